"""Who took part, by school and commune: for a school its classes, for everybody figures in which nobody can be picked out."""

from dataclasses import dataclass

from django.db.models import Count, Q

from contests.models import Contest, Entry
from schools.models import Membership, School, SchoolClass, SchoolYear, Unit

# Fewer entrants than this are never told of one school or commune.
SMALL = 5


@dataclass(frozen=True)
class Part:
    """A school or commune. `name` empty: those with few entrants, together."""

    name: str
    entered: int
    taken: int
    places: int = 1


def grouped(rows: list[tuple[str, int, int]]) -> list[Part]:
    """Rows of (name, entered, taken), the largest first; the small ones become one row, and that row is never small
    itself: the smallest shown one joins it, so that no subtraction from the total tells of few.
    """
    shown = sorted(rows, key=lambda one: (-one[1], one[0]))
    hidden: list[tuple[str, int, int]] = []
    while shown and (shown[-1][1] < SMALL or (hidden and sum(one[1] for one in hidden) < SMALL)):
        hidden.append(shown.pop())
    parts = [Part(*one) for one in shown]
    entered = sum(one[1] for one in hidden)
    if hidden and entered >= SMALL and len(hidden) > 1:
        parts.append(Part("", entered, sum(one[2] for one in hidden), len(hidden)))
    return parts


@dataclass(frozen=True)
class Statistics:
    """`all_entered` is None where so few entered that even the total would tell of them."""

    all_entered: int | None
    all_taken: int | None
    schools: list[Part]
    communes: list[Part]


def statistics_of(contest: Contest) -> Statistics:
    """Two queries. Names of schools are those they had on the reference date."""
    took = Count("pk", filter=Q(pk__in=Entry.objects.filter(contest=contest, attempts__isnull=False).values("pk")))
    rows = list(
        Entry.objects.filter(contest=contest)
        .in_the_running()
        .values_list("school_key", "unit_key", "unit_name")
        .annotate(entered=Count("pk"), taken=took)
        .order_by("unit_name")
    )
    units = dict(Unit.objects.filter(uuid__in={row[1] for row in rows if row[1]}).values_list("uuid", "name"))
    schools: dict = {}
    communes: dict = {}
    for school, unit, name, entered, taken in rows:
        for table, key, title in ((schools, school, name), (communes, unit, units.get(unit, ""))):
            if key and title:
                held = table.get(key, (title, 0, 0))
                table[key] = (title, held[1] + entered, held[2] + taken)
    everybody = sum(row[3] for row in rows)
    few = everybody < SMALL
    return Statistics(
        all_entered=None if few else everybody,
        all_taken=None if few else sum(row[4] for row in rows),
        schools=grouped(list(schools.values())),
        communes=grouped(list(communes.values())),
    )


def classes_in(contest: Contest, school: School) -> list[dict]:
    """Classes of this school year with their pupils, how many entered and how many took part. Three queries."""
    classes = list(
        SchoolClass.objects.filter(school=school, school_year=SchoolYear.objects.current())
        .annotate(pupils=Count("memberships", filter=Q(memberships__ends_on=None, memberships__is_guest=False)))
        .order_by("grade", "name")
    )
    members = Membership.objects.filter(school_class__in=classes, ends_on=None, is_guest=False)
    mine = Entry.objects.filter(contest=contest, user__in=members.values("user")).in_the_running()
    took = set(mine.filter(attempts__isnull=False).values_list("user_id", flat=True))
    entered = set(mine.values_list("user_id", flat=True))
    counted: dict[int, list[int]] = {one.pk: [0, 0] for one in classes}
    for of_class, user in members.values_list("school_class_id", "user_id"):
        counted[of_class][0] += user in entered
        counted[of_class][1] += user in took
    return [{"school_class": one, "entered": counted[one.pk][0], "taken": counted[one.pk][1]} for one in classes]

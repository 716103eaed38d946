"""What happens to every pupil of a school when the year turns; nothing is written here."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from schools.models import Membership, Roll, School, SchoolClass, SchoolIdentifier, SchoolYear
from schools.rosters.planning import class_key

UP, REPEATING, FINISHED, LEAVING, ALREADY = "up", "repeating", "finished", "leaving", "already"
KINDS = (UP, REPEATING, FINISHED, LEAVING, ALREADY)


@dataclass(slots=True)
class Pupil:
    """A pupil of the year that ends and what becomes of them; `membership` is None when nothing is left to end."""

    user_id: int
    membership: int | None
    class_id: int
    starts_on: date
    ends_on: date | None
    name_sort: str
    kind: str = UP


@dataclass(slots=True)
class Line:
    """A class of the year that ends, the class it becomes (none: its pupils have finished), and its pupils."""

    before: SchoolClass
    name: str
    grade: int | None
    pupils: list[Pupil] = field(default_factory=list)

    def number(self, kind: str) -> int:
        return sum(pupil.kind == kind for pupil in self.pupils)

    @property
    def up(self) -> int:
        return self.number(UP)

    @property
    def repeating(self) -> int:
        return self.number(REPEATING)

    @property
    def gone(self) -> int:
        return self.number(FINISHED) + self.number(LEAVING)


@dataclass(slots=True)
class RollPlan:
    """A whole dry run. `rejected` are the typed codes that cannot be taken: (code, reason)."""

    lines: list[Line]
    rejected: list[tuple[str, str]]
    guests: int
    left_before: int
    new_classes: dict[str, tuple[str, int | None]]
    class_ids: dict[str, int]
    grades: list[dict]

    def counts(self) -> dict[str, int]:
        counter = Counter(pupil.kind for line in self.lines for pupil in line.pupils)
        return {kind: counter[kind] for kind in KINDS}

    @property
    def is_empty(self) -> bool:
        """True when committing would write nothing."""
        return all(pupil.kind == ALREADY for line in self.lines for pupil in line.pupils)


def next_name(name: str, grade: int | None) -> str:
    """`11A1` for `10A1` of grade 10, `7/3` for `6/3`; a name that does not begin with its grade stays as it is."""
    return f"{grade + 1}{name[len(str(grade)) :]}" if grade is not None and name.startswith(str(grade)) else name


def plan_roll_over(
    *,
    school: School,
    from_year: SchoolYear,
    to_year: SchoolYear,
    repeaters: Iterable[str] = (),
    leavers: Iterable[str] = (),
    names: Mapping[int, str] | None = None,
) -> RollPlan:
    """Say of every pupil of `from_year` what becomes of them in `to_year`; the new lowest grade comes by import.

    A class goes up by one grade and keeps the rest of its name; the highest grade of the school has finished.
    `repeaters` and `leavers` are pupil codes; a repeater stays in the class of the same name. `names` says by the id of
    a class what it becomes instead, an empty name that its pupils have finished. Who has a class in `to_year` already
    (a transfer, an import, an earlier run) is left alone. Reads seven queries whatever the size of the school.
    """
    names = names or {}
    lines = {}
    for one in SchoolClass.objects.filter(school=school, school_year=from_year).order_by("grade", "name_sort"):
        ends = one.grade is not None and school.grade_max is not None and one.grade + 1 > school.grade_max
        name = names.get(one.pk, "" if ends else next_name(one.name, one.grade))
        lines[one.pk] = Line(one, name, None if one.grade is None else one.grade + 1)
    placed = set(
        Membership.objects.filter(
            user__in=Membership.objects.filter(school_class__in=lines).values("user"),
            school_class__school_year=to_year,
            is_guest=False,
            ends_on=None,
        ).values_list("user", flat=True)
    )
    guests, gone, users = 0, set(), {}
    rows = Membership.objects.filter(school_class__in=lines).order_by("school_class", "name_sort", "pk")
    for row in rows.iterator(chunk_size=5_000):
        if row.is_guest:
            guests += row.ends_on is None
        elif row.ends_on is not None and row.ends_on < min(from_year.ends_on, timezone.localdate()):
            gone.add(row.user_id)
        else:
            pupil = Pupil(row.user_id, row.pk, row.school_class_id, row.starts_on, row.ends_on, row.name_sort)
            lines[row.school_class_id].pupils.append(pupil)
            users[row.user_id] = pupil
    rejected = _decide(school, lines, users, placed, list(repeaters), list(leavers))
    plan = RollPlan(list(lines.values()), rejected, guests, len(gone - users.keys()), {}, {}, [])
    _classes(plan, school, to_year)
    plan.grades = _grades(plan, school, from_year, to_year)
    return plan


def _decide(school, lines, users, placed, repeaters: list[str], leavers: list[str]) -> list[tuple[str, str]]:
    chosen, rejected = _by_code(school, users, repeaters, leavers)
    for user_id, pupil in users.items():
        if user_id in placed or (pupil.ends_on is not None and user_id not in chosen):
            pupil.kind = ALREADY
        elif user_id in chosen:
            pupil.kind = chosen[user_id]
        elif not lines[pupil.class_id].name:
            pupil.kind = FINISHED
        if pupil.ends_on is not None and pupil.kind in {FINISHED, LEAVING}:
            pupil.kind = ALREADY
    return rejected


def _by_code(school, users, repeaters: list[str], leavers: list[str]) -> tuple[dict[int, str], list[tuple[str, str]]]:
    chosen: dict[int, str] = {}
    rejected: list[tuple[str, str]] = []
    if not repeaters and not leavers:
        return chosen, rejected
    exact: dict[str, int] = {}
    stripped: dict[str, set[int]] = defaultdict(set)
    found = SchoolIdentifier.objects.filter(school=school, valid_to=None).values_list("user", "code", "code_stripped")
    for user_id, code, bare in found.iterator(chunk_size=5_000):
        exact[code.upper()] = user_id
        stripped[bare].add(user_id)
    for kind, codes in ((REPEATING, repeaters), (LEAVING, leavers)):
        for typed in dict.fromkeys(code.strip() for code in codes if code.strip()):
            fitting = stripped.get(SchoolIdentifier.strip_code(typed), set())
            user_id = exact.get(typed.upper()) or (next(iter(fitting)) if len(fitting) == 1 else None)
            if len(fitting) > 1 and typed.upper() not in exact:
                rejected.append((typed, _("Several pupils have this code without its zeros. Type it in full.")))
            elif user_id is None:
                rejected.append((typed, _("Nobody at this school has this code.")))
            elif user_id not in users:
                rejected.append((typed, _("This pupil has no class in the year that ends.")))
            elif user_id in chosen and chosen[user_id] != kind:
                rejected.append((typed, _("This code is in both lists.")))
            else:
                chosen[user_id] = kind
    return chosen, rejected


def _classes(plan: RollPlan, school: School, to_year: SchoolYear) -> None:
    plan.class_ids = {
        class_key(name): pk
        for pk, name in SchoolClass.objects.filter(school=school, school_year=to_year).values_list("pk", "name")
    }
    for line in plan.lines:
        wanted = [(line.name, line.grade)] if line.up else []
        wanted += [(line.before.name, line.before.grade)] if line.repeating else []
        for name, grade in wanted:
            key = class_key(name)
            if key not in plan.class_ids:
                plan.new_classes.setdefault(key, (name[:40], grade))


def _grades(plan: RollPlan, school: School, from_year: SchoolYear, to_year: SchoolYear) -> list[dict]:
    """By grade: how many there are and go on, beside what the roll says of either year (None: there is no roll)."""
    now: Counter = Counter()
    after: Counter = Counter()
    for line in plan.lines:
        now[line.before.grade] += sum(pupil.ends_on is None or pupil.kind == ALREADY for pupil in line.pupils)
        if line.up:
            after[line.grade] += line.up
        if line.repeating:
            after[line.before.grade] += line.repeating
    here = Membership.objects.filter(
        school_class__school=school, school_class__school_year=to_year, ends_on=None, is_guest=False
    )
    for grade, number in here.order_by().values_list("school_class__grade").annotate(number=Sum(1)):
        after[grade] += number
    rolls = _rolls(school, [from_year, to_year])
    known = {grade for grade in (*now, *after, *(grade for _year, grade in rolls)) if grade is not None}
    return [
        {
            "grade": grade,
            "now": now[grade],
            "roll_now": rolls.get((from_year.pk, grade)),
            "next": after[grade],
            "roll_next": rolls.get((to_year.pk, grade)),
        }
        for grade in sorted(known)
    ]


def _rolls(school: School, years: list[SchoolYear]) -> dict[tuple[int, int], int]:
    """The latest roll of each year by grade."""
    latest: dict[int, date] = {}
    sums: dict[tuple[int, int], int] = {}
    rows = Roll.objects.filter(Q(school=school), school_year__in=years).values_list(
        "school_year", "on", "grade", "pupils"
    )
    for year, on, grade, pupils in rows.order_by("-on"):
        if latest.setdefault(year, on) == on:
            sums[year, grade] = sums.get((year, grade), 0) + pupils
    return sums


def first_day(pupil: Pupil, to_year: SchoolYear) -> date:
    """From when a pupil is in the new class: the year's first day, or the day after one who came later."""
    return max(to_year.starts_on, pupil.starts_on + timedelta(days=1))

"""Who the staff of a place are, by their offices: whom a training invites, who must read, and whose figures somebody sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.models.staff import ForStaff
from schools.models import Role, School, Unit, User
from schools.permissions import schools_overseen, units_overseen


@dataclass(frozen=True)
class StaffPlace:
    """A unit with everything under it, or a school."""

    unit: Unit | None = None
    school: School | None = None

    @property
    def name(self) -> str:
        return str(self.school or self.unit or "")

    @property
    def code(self) -> str:
        return self.school.code if self.school else self.unit.code if self.unit else ""

    @property
    def query(self) -> str:
        """As it stands in an address."""
        return f"school={self.code}" if self.school else f"unit={self.code}"


def places_of(user: User) -> list[StaffPlace]:
    """Where a person may look at staff: the top units of their offices, then the schools they administer."""
    units = list(units_overseen(user).order_by("path"))
    tops = [one for one in units if not any(one != other and one.path.startswith(other.path) for other in units)]
    if tops:
        return [StaffPlace(unit) for unit in tops]
    return [StaffPlace(one.unit, one) for one in schools_overseen(user).select_related("unit")]


def place_for(user: User, *, unit: str = "", school: str = "") -> StaffPlace | None:
    """The place with this code if `user` may look at its staff; without a code their first one."""
    if school:
        found = schools_overseen(user).select_related("unit").filter(code=school).first()
        return StaffPlace(found.unit, found) if found else None
    if unit:
        one = units_overseen(user).filter(code=unit).first()
        return StaffPlace(one) if one else None
    return next(iter(places_of(user)), None)


def offices(
    *, kinds: Iterable[str] = (), place: StaffPlace, within: Iterable[Unit] = (), day: date | None = None
) -> QuerySet[Role]:
    """Offices held on `day` (today) at a place, of active accounts; no `kinds` means all of them.

    Under the whole province are also those whose office has no place, such as editors.
    """
    day = day or timezone.localdate()
    found = Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day, user__is_active=True)
    kinds = list(kinds)
    if kinds:
        found = found.filter(kind__in=kinds)
    if place.school:
        return found.filter(school=place.school)
    units = list(within) or ([place.unit] if place.unit else [])
    if any(one.is_root() for one in units):
        return found
    under = Q(pk__in=[])
    for one in units:
        under |= Q(unit__path__startswith=one.path) | Q(school__unit__path__startswith=one.path)
    return found.filter(under)


def offices_for(one: ForStaff) -> QuerySet[Role]:
    """Whom a training or a reading is for."""
    within = [] if one.school_id else list(one.within.all())
    return offices(kinds=one.kinds, place=StaffPlace(one.unit, one.school), within=within)


@dataclass(frozen=True)
class Held:
    """An office as it decides whether something is for its holder."""

    kind: str
    school_id: int | None
    path: str


def held_by(user: User) -> list[Held]:
    """The present offices of a person, in one statement."""
    today = timezone.localdate()
    rows = Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today, user=user.pk)
    return [
        Held(kind, school, school_path or unit_path or "")
        for kind, school, school_path, unit_path in rows.values_list(
            "kind", "school_id", "school__unit__path", "unit__path"
        )
    ]


def is_for(one: ForStaff, offices_held: Iterable[Held]) -> bool:
    """What `offices_for` asks the database, of offices in hand; wants `unit` and `within` fetched before."""
    units = list(one.within.all()) or [one.unit]
    return any(
        (not one.kinds or held.kind in one.kinds)
        and (
            held.school_id == one.school_id
            if one.school_id
            else any(unit.is_root() or held.path.startswith(unit.path) for unit in units)
        )
        for held in offices_held
    )


def people(held: QuerySet[Role]) -> QuerySet[User]:
    """The people behind offices, each once, in the order of names."""
    return (
        User.objects.filter(Exists(held.filter(user=OuterRef("pk"))))
        .select_related("person")
        .order_by("person__name_sort", "pk")
    )


@dataclass(frozen=True)
class Office:
    """What somebody is and where, as a list shows it."""

    kind: str
    place: str

    @property
    def word(self) -> str:
        return str(Role.Kind(self.kind).label) if self.kind in Role.Kind.values else ""


def office_words(user_ids: Iterable[int], held: QuerySet[Role] | None = None) -> dict[int, Office]:
    """The first office of each by the list `held` (any current one by default), in one statement."""
    ids = list(user_ids)
    today = timezone.localdate()
    rows = (
        held if held is not None else Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), starts_on__lte=today)
    )
    found: dict[int, Office] = {}
    for user_id, kind, school, unit in (
        rows.filter(user__in=ids)
        .order_by("starts_on", "pk")
        .values_list("user_id", "kind", "school__name", "unit__name")
    ):
        found.setdefault(user_id, Office(kind, school or unit or ""))
    return found

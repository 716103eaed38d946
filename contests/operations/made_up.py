"""Made-up people for a dry run: of the schools and communes that are really there, so that a category nobody may enter and a
jury without anybody from elsewhere show before the contest opens. Everything here is undone by the rehearsal.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import uuid4

from django.utils import timezone

from contests.eligibility import OF_SCHOOL, Eligibility, Standing, judge
from contests.models import Category, Contest
from contests.queries.people import level_of, units_above
from schools.models import Membership, Person, Role, School, SchoolClass, SchoolYear, Unit, User

# So many schools are enough to see who fits; a province has hundreds.
SCHOOLS = 200
# The usual age in a grade, and of a grown-up.
AGE_IN_GRADE, GROWN_UP = 5, 35
ROLES_OF = {"teacher": Role.Kind.TEACHER, "official": Role.Kind.COMMUNE_OFFICER}


@dataclass(frozen=True)
class Origin:
    """Where a made-up person comes from, and as what."""

    level: str
    school: School | None = None
    unit: Unit | None = None
    grade: int | None = None

    @property
    def age(self) -> int:
        if self.level not in OF_SCHOOL:
            return GROWN_UP
        return (self.grade or 13) + AGE_IN_GRADE


@dataclass
class Audience:
    """Who may enter a category: the origins that fit, spread over schools; where none does, why not."""

    category: Category
    origins: list[Origin] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def has_mates(self) -> bool:
        """Whether somebody could name a mate: mates are found by the code of their school."""
        return any(one.school is not None and one.level in OF_SCHOOL for one in self.origins)


def origins_of(contest: Contest) -> list[Origin]:
    """Everybody there is below whoever holds the contest, one of each kind at each school; at least three queries."""
    path, day = contest.organiser.path, contest.reference_date
    schools = [
        one
        for one in School.objects.filter(unit__path__startswith=path).select_related("unit").order_by("pk")[:SCHOOLS]
        if one.valid_to is None or one.valid_to >= day
    ]
    found = []
    for school in schools:
        low, high = school.grade_min, school.grade_max
        grades: list[int | None] = list(range(low, (high or low) + 1)) if low else [None]
        found += [Origin(level_of(school.kind, grade), school, school.unit, grade) for grade in grades]
        found.append(Origin("teacher", school, school.unit))
    communes = Unit.objects.filter(path__startswith=path, valid_to=None).order_by("-depth", "pk")
    for commune in communes[:20]:
        found += [Origin("official", None, commune), Origin("citizen", None, commune)]
    return found


def audience_of(category: Category, origins: list[Origin], day: date) -> Audience:
    """Which of these fit a category, those of different schools first."""
    conditions, found = Eligibility.read(category.eligibility), Audience(category)
    reasons: dict[str, int] = {}
    by_school: dict[int | None, list[Origin]] = {}
    above: dict[int, frozenset[str]] = {}
    for one in origins:
        unit = one.unit
        if unit is not None and unit.pk not in above:
            above[unit.pk] = units_above(unit) if conditions.units else frozenset()
        role = ROLES_OF.get(one.level)
        standing = Standing(
            "",
            one.level,
            one.grade,
            one.age,
            above[unit.pk] if unit else frozenset(),
            frozenset({role} if role else ()),
        )
        if not (refused := judge(conditions, standing, day)):
            by_school.setdefault(one.school.pk if one.school else None, []).append(one)
        for reason in refused:
            reasons[reason] = reasons.get(reason, 0) + 1
    longest = max(map(len, by_school.values()), default=0)
    found.origins = [rows[place] for place in range(longest) for rows in by_school.values() if place < len(rows)]
    if not found.origins:
        found.reasons = sorted(reasons, key=lambda one: -reasons[one])[:3]
    return found


class Village:
    """Makes the people, and remembers the classes it made for them."""

    def __init__(self, contest: Contest) -> None:
        self.day, self.people = contest.reference_date, 0
        self.year = SchoolYear.objects.current(self.day)
        self._classes: dict[tuple, SchoolClass] = {}

    def person(self, origin: Origin, name: str) -> User:
        """Somebody from there, with an account, a birthday and a class or an office."""
        self.people += 1
        user = User.objects.create(username=f"thu-{uuid4().hex}")
        born = date(self.day.year - origin.age, 1, 1)
        user.person = Person.objects.create(user=user, full_name=f"{name} {self.people}", birth_date=born)
        before = min(self.day, timezone.localdate()) - timedelta(days=1)
        if origin.level in OF_SCHOOL and origin.school and self.year:
            of = self._class(origin)
            Membership.objects.create(user=user, school_class=of, starts_on=before)
        elif kind := ROLES_OF.get(origin.level):
            unit = None if origin.school else origin.unit
            Role.objects.create(user=user, kind=kind, school=origin.school, unit=unit, starts_on=before)
        return user

    def forget_classes(self) -> None:
        """After a step that was taken back: what it made is gone."""
        self._classes.clear()

    def _class(self, origin: Origin) -> SchoolClass:
        key = (origin.school.pk, origin.grade)
        if key not in self._classes:
            self._classes[key] = SchoolClass.objects.create(
                school=origin.school, school_year=self.year, name=f"Thử {uuid4().hex[:8]}", grade=origin.grade
            )
        return self._classes[key]

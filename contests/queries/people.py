"""What somebody was on the reference date of a contest: level, class, school, unit, age, offices."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from contests.eligibility import Standing, age_on
from contests.models import Contest, Entry
from schools.models import Membership, Role, School, Unit, User


@dataclass(frozen=True)
class Place:
    """Where somebody belonged, by keys and by the names of that day."""

    class_key: UUID | None = None
    class_name: str = ""
    school_key: UUID | None = None
    unit_key: UUID | None = None
    unit_name: str = ""


def level_of(kind: str, grade: int | None) -> str:
    """The level of a pupil in a school of this kind."""
    if kind == School.Kind.COMBINED:
        return "thpt" if grade is not None and grade >= 10 else "thcs"
    return kind


def units_above(unit: Unit | None) -> frozenset[str]:
    """Keys of a unit and of all above it. One query for what is above."""
    if unit is None:
        return frozenset()
    above = {str(key) for key in unit.get_ancestors().values_list("uuid", flat=True)}
    return frozenset(above | {str(unit.uuid)})


def standing_on(user: User, day: date) -> tuple[Standing, Place]:
    """What `user` was on `day`, and where. Four queries."""
    offices = Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), user=user, starts_on__lte=day)
    held = list(offices.select_related("school__unit", "unit"))
    roles = frozenset(role.kind for role in held)
    person = getattr(user, "person", None)
    age = age_on(person.birth_date if person else None, day)
    membership = (
        Membership.objects.current(day)
        .filter(user=user, is_guest=False)
        .select_related("school_class__school__unit")
        .order_by("-starts_on", "-pk")
        .first()
    )
    if membership:
        of = membership.school_class
        place = Place(of.uuid, of.name, of.school.uuid, of.school.unit.uuid, of.school.name)
        level, grade, unit = level_of(of.school.kind, of.grade), of.grade, of.school.unit
    else:
        role = next((one for one in held if one.school or one.unit), None)
        school = role.school if role else None
        unit = school.unit if school else role.unit if role else None
        named = school or unit
        place = Place(
            school_key=school.uuid if school else None,
            unit_key=unit.uuid if unit else None,
            unit_name=named.name if named else "",
        )
        level, grade = _level_of_adult(roles), None
    standing = Standing(str(user.uuid), level, grade, age, units_above(unit), roles)
    return standing, place


def standing_for(user: User, contest: Contest) -> tuple[Standing, Place]:
    """What `user` was on the contest's reference date; of who entered it without an account, as they told it then.

    Five queries at most.
    """
    standing, place = standing_on(user, contest.reference_date)
    if place.unit_key is not None:
        return standing, place
    entry = Entry.objects.filter(contest=contest, user=user, is_open_track=True).first()
    if entry is None:
        return standing, place
    told = entry.snapshot
    kept = Standing(
        str(user.uuid), told.get("level", "citizen"), None, told.get("age"), frozenset(told.get("units", ()))
    )
    return kept, Place(unit_key=entry.unit_key, unit_name=entry.unit_name)


def _level_of_adult(roles: frozenset[str]) -> str:
    if Role.Kind.TEACHER in roles or Role.Kind.SCHOOL_ADMIN in roles:
        return "teacher"
    if roles & {Role.Kind.COMMUNE_OFFICER, Role.Kind.PROVINCE_OFFICER}:
        return "official"
    return "citizen"

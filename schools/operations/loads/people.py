"""Communes, schools, classes, teachers and pupils of two school years."""

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone

from cms.jobs.steps import Step, untold
from cms.text.folding import fold, natural_key
from schools.models import (
    Membership,
    Person,
    Role,
    Roll,
    School,
    SchoolClass,
    SchoolIdentifier,
    SchoolYear,
    Teaching,
    Unit,
    User,
)
from schools.operations.loads.names import Names
from schools.operations.loads.rows import Table

SCHOOLS_OF_A_COMMUNE = 8


@dataclass(slots=True)
class Made:
    """A class of one school, for the rooms that add results: its key, place and year, and the pupils' ids."""

    key: uuid.UUID
    school_key: uuid.UUID
    unit_key: uuid.UUID
    year: SchoolYear
    users: list[int]


@dataclass(slots=True)
class Size:
    """How large the province is."""

    schools: int
    classes: int
    pupils: int
    courses: int
    seed: int


@dataclass(slots=True)
class Part:
    """What a room adds: `begin` before the people, then `add` for the classes of every school; it returns how much.

    What reads the rows of other parts comes after them by a higher `rank`.
    """

    begin: Callable[[Size], None]
    add: Callable[[list[Made], random.Random], int]
    rank: int = 0


parts: list[Part] = []


def register_part(part: Part) -> None:
    """Called in a room's `AppConfig.ready()`."""
    parts.append(part)
    parts.sort(key=lambda one: one.rank)


@dataclass(slots=True)
class _Tables:
    users: Table = field(
        default_factory=lambda: Table(
            User,
            [
                "id",
                "password",
                "is_superuser",
                "username",
                "first_name",
                "last_name",
                "email",
                "is_staff",
                "is_active",
                "date_joined",
                "uuid",
                "language",
                "must_change_password",
                "is_demo",
                "session_number",
            ],
        )
    )
    people: Table = field(
        default_factory=lambda: Table(
            Person, ["user_id", "full_name", "name_sort", "name_folded", "birth_date", "gender"]
        )
    )
    codes: Table = field(
        default_factory=lambda: Table(
            SchoolIdentifier, ["id", "user_id", "school_id", "code", "code_stripped", "valid_from"]
        )
    )
    members: Table = field(
        default_factory=lambda: Table(
            Membership, ["id", "user_id", "school_class_id", "is_guest", "state", "starts_on", "ends_on", "name_sort"]
        )
    )


def generate(size: Size, step: Step = untold) -> dict[str, int]:
    """Make the province; a school is one transaction. Returns what was made. The same size and seed give the same
    people; schools that are there already (by code) are kept, so that a broken run can be continued."""
    draw = random.Random(size.seed)  # noqa: S311 (names, not secrets)
    names = Names(draw)
    years = [_year(code) for code in ("2025-2026", "2026-2027")]
    units = _units(-(-size.schools // SCHOOLS_OF_A_COMMUNE))
    counts = {"schools": 0, "kept": 0, "classes": 0, "pupils": 0, "results": 0}
    for part in parts:
        part.begin(size)
    present = set(School.objects.filter(code__startswith="LD").values_list("code", flat=True))
    tables = _Tables()
    for number in range(size.schools):
        code = f"LD{number:05d}"
        step(number, size.schools, code)
        # Drawn for each school anew, so that one that is kept does not move the others.
        draw.seed(size.seed * 1_000_003 + number)
        if code in present:
            counts["kept"] += 1
            continue
        with transaction.atomic():
            made = _school(code, number, units[number % len(units)], years, size, draw, names, tables)
            counts["results"] += sum(part.add(made, draw) for part in parts)
        counts["schools"] += 1
        counts["classes"] += size.classes
        counts["pupils"] += size.classes * size.pupils
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    step(size.schools, size.schools, "")
    return counts


def _year(code: str) -> SchoolYear:
    start = int(code[:4])
    return SchoolYear.objects.get_or_create(
        code=code, defaults={"starts_on": date(start, 9, 1), "ends_on": date(start + 1, 5, 31)}
    )[0]


def _units(number: int) -> list[Unit]:
    root = Unit.objects.filter(depth=1).first() or Unit.add_root(
        code="LD", name="Tỉnh Đo Thử", kind=Unit.Kind.PROVINCE, valid_from=date(2025, 7, 1)
    )
    found = []
    for place in range(number):
        code = f"LDX{place:04d}"
        unit = Unit.objects.filter(code=code).first()
        if unit is None:
            root = Unit.objects.get(pk=root.pk)
            unit = root.add_child(code=code, name=f"Xã Đo Thử {place + 1}", kind=Unit.Kind.COMMUNE)
        found.append(unit)
    return found


def _school(code, number, unit, years, size: Size, draw, names: Names, tables: _Tables) -> list[Made]:
    lower = number % 3 != 0
    low, high = (6, 9) if lower else (10, 12)
    school = School.objects.create(
        code=code,
        name=f"Trường {'THCS' if lower else 'THPT'} Đo Thử {number + 1}",
        kind=School.Kind.LOWER if lower else School.Kind.UPPER,
        grade_min=low,
        grade_max=high,
        unit=unit,
    )
    grades = [low + place % (high - low + 1) for place in range(size.classes)]
    letters = [place // (high - low + 1) + 1 for place in range(size.classes)]
    now_rows = _classes(school, years[1], grades, letters)
    before_rows = _classes(
        school,
        years[0],
        [grade - 1 for grade in grades if grade > low],
        [letter for grade, letter in zip(grades, letters, strict=True) if grade > low],
    )
    before = {(one.grade, one.name): one for one in before_rows}
    _staff(school, now_rows, names, years[1], tables.users)
    made: list[Made] = []
    users, people, codes, members = [], [], [], []
    joined, blank = timezone.now(), make_password(None)
    serial = 0
    for grade, letter, school_class in zip(grades, letters, now_rows, strict=True):
        inside = []
        earlier = before.get((grade - 1, f"{grade - 1}A{letter}"))
        for name, sort, folded, gender in names.take(size.pupils):
            serial += 1
            user = tables.users.take_id()
            inside.append(user)
            key = uuid.UUID(int=draw.getrandbits(128), version=4)
            users.append(
                (user, blank, False, f"p{key.hex}", "", "", "", False, True, joined, key, "vi", False, False, 0)
            )
            people.append((user, name, sort, folded, _born(grade, draw), gender))
            own = f"{number:05d}{serial:05d}"
            start = years[0].starts_on if earlier else years[1].starts_on
            codes.append((tables.codes.take_id(), user, school.pk, own, own.lstrip("0"), start))
            if earlier:
                members.append(
                    (
                        tables.members.take_id(),
                        user,
                        earlier.pk,
                        False,
                        "left",
                        years[0].starts_on,
                        years[1].starts_on - timedelta(days=1),
                        sort,
                    )
                )
            members.append(
                (tables.members.take_id(), user, school_class.pk, False, "active", years[1].starts_on, None, sort)
            )
        made.append(Made(school_class.uuid, school.uuid, unit.uuid, years[1], inside))
        if earlier:
            made.append(Made(earlier.uuid, school.uuid, unit.uuid, years[0], inside))
    for table, rows in (
        (tables.users, users),
        (tables.people, people),
        (tables.codes, codes),
        (tables.members, members),
    ):
        table.write(rows)
    _roll(school, years[1], grades, size)
    return made


def _classes(school: School, year: SchoolYear, grades: list[int], letters: list[int]) -> list[SchoolClass]:
    names = [f"{grade}A{letter}" for grade, letter in zip(grades, letters, strict=True)]
    return SchoolClass.objects.bulk_create(
        SchoolClass(
            school=school, school_year=year, name=name, name_folded=fold(name), name_sort=natural_key(name), grade=grade
        )
        for name, grade in zip(names, grades, strict=True)
    )


def _staff(school: School, classes: list[SchoolClass], names: Names, year: SchoolYear, ids: Table) -> None:
    """A homeroom teacher for every class, and an administrator."""
    drawn = names.take(len(classes) + 1)
    users = User.objects.bulk_create(
        User(pk=ids.take_id(), username=f"{school.code.lower()}.{place}", password=make_password(None))
        for place in range(len(drawn))
    )
    Person.objects.bulk_create(
        Person(user=user, full_name=name, name_sort=sort, name_folded=folded, gender=gender)
        for user, (name, sort, folded, gender) in zip(users, drawn, strict=True)
    )
    starts = year.starts_on
    roles = [Role(user=user, kind=Role.Kind.TEACHER, school=school, starts_on=starts) for user in users[1:]]
    Role.objects.bulk_create(
        [Role(user=users[0], kind=Role.Kind.SCHOOL_ADMIN, school=school, starts_on=starts), *roles]
    )
    Teaching.objects.bulk_create(
        Teaching(user=user, school_class=one, kind=Teaching.Kind.HOMEROOM, can_edit_roster=True, starts_on=starts)
        for user, one in zip(users[1:], classes, strict=True)
    )


def _roll(school: School, year: SchoolYear, grades: list[int], size: Size) -> None:
    Roll.objects.bulk_create(
        Roll(
            school=school,
            school_year=year,
            on=date(year.starts_on.year, 10, 15),
            level="thpt" if grade >= 10 else "thcs",
            grade=grade,
            pupils=grades.count(grade) * size.pupils + grade % 3,
            frozen_at=timezone.now(),
        )
        for grade in sorted(set(grades))
    )


def _born(grade: int, draw: random.Random) -> date:
    return date(2026 - grade - 5, 1, 1) + timedelta(days=draw.randrange(365))


def moments(year: SchoolYear, draw: random.Random) -> Iterator[datetime]:
    """Times of a school day inside a year and before now, without end."""
    last = min(year.ends_on, timezone.localdate() - timedelta(days=1))
    days = max(1, (last - year.starts_on).days)
    while True:
        day = year.starts_on + timedelta(days=draw.randrange(days))
        yield timezone.make_aware(datetime(day.year, day.month, day.day, 7 + draw.randrange(14), draw.randrange(60)))

"""What a province's bench needs of the database, each as a program of its own that prints one line of JSON.

`prepare` adds to what `generate_load_data` made the people the bench signs in as (once), and tells what every page must
show, counted from the records themselves by statements of its own; `leaving NUMBER` makes a school of 2,000 pupils who
have not gone up yet; `empty NUMBER COUNT` makes schools without pupils, to import into; `counted` tells the figures anew.
"""

import json
import os
import sys
from collections.abc import Callable
from datetime import date, timedelta

import django

YEAR, NEXT = "2026-2027", "2027-2028"
REPORTING_YEAR = "2026"
LEAVING = 2000
SIGNERS = 40

REACHED = """
SELECT count(DISTINCT progress.user_id) FROM courses_lessonprogress progress
JOIN schools_membership membership ON membership.user_id = progress.user_id AND NOT membership.is_guest
JOIN schools_schoolclass class ON class.id = membership.school_class_id
JOIN schools_schoolyear year ON year.id = class.school_year_id AND year.code = progress.school_year
WHERE progress.school_year = %s
"""
ROLL = """
SELECT sum(roll.pupils) FROM schools_roll roll JOIN schools_schoolyear year ON year.id = roll.school_year_id
WHERE year.code = %s AND roll.frozen_at IS NOT NULL
"""
# A1: pupils of upper secondary level on a list of the school year, reached in the reporting year (1/12 to 30/11).
MAIN = """
SELECT count(DISTINCT membership.user_id) FROM schools_membership membership
JOIN schools_schoolclass class ON class.id = membership.school_class_id AND class.grade >= 10
JOIN schools_schoolyear year ON year.id = class.school_year_id AND year.code = %s
WHERE NOT membership.is_guest AND EXISTS (
    SELECT 1 FROM courses_lessonprogress progress
    JOIN schools_membership own ON own.user_id = progress.user_id AND NOT own.is_guest
    JOIN schools_schoolclass theirs ON theirs.id = own.school_class_id
    JOIN schools_schoolyear then_year ON then_year.id = theirs.school_year_id AND then_year.code = progress.school_year
    WHERE progress.user_id = membership.user_id
    GROUP BY progress.school_year
    HAVING min(progress.started_at) BETWEEN %s AND %s)
"""


def _one(sql: str, *params):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def counted() -> dict:
    """The figures that pages and files must show, counted from memberships, rolls and progress."""
    from reports.queries.sources import stretch
    from schools.models import ReportingYear

    year = ReportingYear.objects.get(code=REPORTING_YEAR)
    return {"reached": _one(REACHED, YEAR), "roll": _one(ROLL, YEAR), "a1": _one(MAIN, YEAR, *stretch(year))}


def _staff(username: str, kind: str, **place):
    from schools.models import User
    from schools.operations.accounts import create_staff, grant_role

    found = User.objects.filter(username=username).first()
    if found is None:
        found = create_staff(username=username, full_name="Cán bộ Đo", password=None)
        grant_role(user=found, kind=kind, **place)
    return found


def prepare() -> dict:
    """The people of the bench and the addresses they visit. Called again it finds them."""
    from django.contrib.auth.hashers import make_password
    from django.db.models import Count
    from django.utils import timezone

    from courses.models import Assignment, LessonProgress
    from courses.operations.assignments import assign
    from reports.models import ReportingRound
    from reports.operations.rounds import open_round
    from schools.models import Membership, ReportingYear, School, SchoolYear, Teaching, Unit, User
    from tests.bench.data import PASSWORD, _session
    from tests.bench.storms.ground import _target

    year = SchoolYear.objects.get(code=YEAR)
    SchoolYear.objects.get_or_create(code=NEXT, defaults={"starts_on": date(2027, 9, 1), "ends_on": date(2028, 5, 31)})
    school = School.objects.get(code="LD00000")
    officer = _staff("do.tinh", "province_officer", unit=Unit.objects.get(depth=1))
    admin = _staff("do.truong", "school_admin", school=school)
    homeroom = (
        Teaching.objects.filter(school_class__school=school, school_class__school_year=year, kind="homeroom")
        .select_related("user", "school_class")
        .order_by("pk")
        .first()
    )
    members = list(
        Membership.objects.filter(school_class=homeroom.school_class, state="active")
        .select_related("user")
        .order_by("pk")
    )
    signers = [one.user for one in members[:SIGNERS]]
    if not all(user.has_usable_password() for user in signers):
        User.objects.filter(pk__in=[user.pk for user in signers]).update(password=make_password(PASSWORD))
        for user in signers:
            user.refresh_from_db()
    codes = dict(school.identifiers.filter(user__in=signers).values_list("user", "code"))
    target = _target()
    given = Assignment.objects.filter(created_by=homeroom.user).first() or assign(
        target=target, classes={homeroom.school_class: timezone.now() + timedelta(days=30)}, actor=homeroom.user
    )
    reporting, _made = ReportingYear.objects.get_or_create(
        code=REPORTING_YEAR, defaults={"starts_on": date(2025, 12, 1), "ends_on": date(2026, 11, 30)}
    )
    if not ReportingRound.objects.filter(reporting_year=reporting).exists():
        open_round(reporting_year=reporting, due_on=reporting.ends_on, actor=officer)
    begun = set(
        LessonProgress.objects.filter(user__in=[one.user_id for one in members], school_year=YEAR).values_list(
            "user", flat=True
        )
    )
    classes = school.classes.filter(school_year=year)
    return counted() | {
        "officer": _session(officer),
        "admin": _session(admin),
        "teacher": _session(homeroom.user),
        "pupil": _session(signers[0]),
        "new_ones": [_session(one.user) for one in members if one.user_id not in begun],
        "pupils": [{"school_code": school.code, "username": codes[user.pk], "password": PASSWORD} for user in signers],
        "school": school.code,
        "school_name": school.name,
        "school_classes": sorted(classes.values_list("name", flat=True)),
        "school_pupils": Membership.objects.filter(school_class__in=classes, state="active").aggregate(
            number=Count("user", distinct=True)
        )["number"],
        "school_reached": LessonProgress.objects.filter(school_key=school.uuid, school_year=YEAR)
        .values("user")
        .distinct()
        .count(),
        "schools": School.objects.count(),
        "class": str(homeroom.school_class.uuid),
        "class_pupils": [one.user.get_full_name() for one in members],
        "class_begun": len(begun),
        "report": f"/api/v1/classes/{homeroom.school_class.uuid}/assignments/"
        f"{given.class_assignments.get(school_class=homeroom.school_class).uuid}/status",
        "lesson_url": target.lessons[0].url,
        "lesson_title": target.lessons[0].title,
        "lesson_key": str(target.lessons[0].key),
        "quiz_key": str(target.lessons[0].quiz_key),
    }


def leaving(number: int, pupils: int = LEAVING) -> dict:
    """A school of `pupils` in classes of 40 with a homeroom teacher each, at the end of its year."""
    from schools.models import School, SchoolClass, SchoolYear, Teaching, Unit
    from schools.operations.rosters import commit_import
    from schools.rosters.reading import read_roster
    from tests.bench.roster import workbook

    year = SchoolYear.objects.get(code=YEAR)
    code = f"LDL{number:04d}"
    school = School.objects.create(
        code=code, name=f"Trường Lên Lớp {number}", kind="thpt", grade_min=10, grade_max=12,
        unit=Unit.objects.filter(depth__gt=1).first() or Unit.objects.get(depth=1),
    )  # fmt: skip
    raw = workbook(rows=pupils, prefix="7")
    commit_import(school=school, school_year=year, read=read_roster(raw), actor=None, file_name="lop.xlsx")
    teacher = _staff(f"{code.lower()}.gv", "teacher", school=school)
    Teaching.objects.bulk_create(
        Teaching(user=teacher, school_class=one, kind=Teaching.Kind.HOMEROOM, starts_on=year.starts_on)
        for one in SchoolClass.objects.filter(school=school)
    )
    return {"code": code, "pupils": pupils}


def empty(number: int, count: int) -> dict:
    from schools.models import School, Unit

    units = list(Unit.objects.filter(depth__gt=1)) or [Unit.objects.get(depth=1)]
    made = School.objects.bulk_create(
        School(
            code=f"LDI{number:03d}{place:03d}", name=f"Trường Nhập {number} {place}", kind="thpt", grade_min=10,
            grade_max=12, unit=units[place % len(units)],
        )
        for place in range(count)
    )  # fmt: skip
    return {"codes": [school.code for school in made]}


def next_number() -> dict:
    """A number no earlier run on this database has used."""
    from schools.models import School

    return {"number": School.objects.filter(code__startswith="LDL").count() + 1}


def forget() -> dict:
    """Empty the cache; sessions are in the database too."""
    from django.core.cache import cache

    cache.clear()
    return {}


TASKS: dict[str, Callable] = {
    "prepare": prepare,
    "counted": counted,
    "leaving": leaving,
    "empty": empty,
    "number": next_number,
    "forget": forget,
}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    task, *arguments = sys.argv[1:]
    print(json.dumps(TASKS[task](*(int(argument) for argument in arguments)), ensure_ascii=False))

"""Nothing grows with data that need not: the same SQL for forty pupils and two thousand, for ten courses and a thousand."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from schools.models import Membership, Person
from tests.factories import courses as make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

_NOT_COUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


def statements(client: Client, path: str) -> list[str]:
    """The SQL of one GET, which must succeed; transaction control is not counted (docs/performance.md)."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        _ = b"".join(answer) if answer.streaming else answer.content
    return [query["sql"] for query in captured if not query["sql"].startswith(_NOT_COUNTED)]


def costs(client: Client, paths: dict[str, str], *, warm: bool) -> dict[str, list[str]]:
    """What each path costs, from an empty cache or when it was asked for just before."""
    found = {}
    for name, path in paths.items():
        cache.clear()
        client.get("/api/v1/session")  # the session is read anew, and that is not the page's cost
        if warm:
            client.get(path)
        found[name] = statements(client, path)
    return found


def compare(few: dict[str, list[str]], many: dict[str, list[str]]) -> None:
    grown = {name: f"{len(few[name])} -> {len(many[name])}" for name in few if len(few[name]) != len(many[name])}
    extra = {name: [sql[:160] for sql in many[name] if sql not in few[name]][:6] for name in grown}
    assert grown == {}, extra


def paths_of_a_class(size: int) -> tuple[Client, dict[str, str]]:
    """A class of `size` pupils, most of whom have begun the lesson it was given, and its teacher's screens."""
    school_class, teacher, _few = make.classroom(2)
    (lesson,) = make.lessons_of(make.course(1))
    make.crowd(school_class, size - 2, lesson=lesson)
    given = make.assignment(lesson, school_class, teacher)
    assert Membership.objects.filter(school_class=school_class).count() == size
    client = Client()
    client.force_login(teacher)
    status = f"/vi/teach/assignments/{given.uuid}/"
    return client, {
        "status by API": f"/api/v1/classes/{school_class.uuid}/assignments/{given.uuid}/status",
        "status": status,
        "status, last page": f"{status}?page=999",
        "status as a spreadsheet": f"{status}list.xlsx",
        "pupils": f"/vi/teach/classes/{school_class.uuid}/pupils/",
        "teacher's day": "/vi/teach/",
        "given": "/vi/teach/assigned/",
    }


def test_two_thousand_pupils_cost_the_statements_of_forty():
    few = costs(*paths_of_a_class(40), warm=True)
    many = costs(*paths_of_a_class(2000), warm=True)
    assert Person.objects.count() >= 2040
    compare(few, many)
    # The account, the assignment with its class and right, extensions, the roster with progress (docs/performance.md: six).
    assert len(many["status by API"]) <= 6, many["status by API"]


@pytest.mark.skipif("postgres" in settings.DATABASES["default"]["ENGINE"], reason="PostgreSQL knows its tables' sizes")
def test_sqlite_finds_the_code_of_a_pupil_by_the_pupil():
    """Not among all codes of the school for each of them, which takes half a second with two thousand."""
    client, paths = paths_of_a_class(40)
    (roster,) = [sql for sql in statements(client, paths["status by API"]) if " identifier ON " in sql]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {roster}")
        plan = [row[-1] for row in cursor.fetchall()]
    assert any("identifier_of_pupil (user_id=? AND school_id=?)" in step for step in plan), plan


def test_a_thousand_courses_cost_the_statements_of_ten():
    _class, teacher, (pupil,) = make.classroom(1)
    section = make.shelf(10)
    visitor, teaching, learning = Client(), Client(), Client()
    teaching.force_login(teacher)
    learning.force_login(pupil)
    open_to_all = {
        "home": "/vi/",
        "list of courses": section.url,
        "list by API": "/api/v1/courses?language=vi&page_size=10",
        "materials by API": "/api/v1/materials?language=vi&per_page=10",
        "search": "/vi/search/?q=khoa+hoc",
    }
    # Outlines are kept course by course: from an empty cache a page pays for those it shows, ten or twelve.
    chosen_from = {"what to assign": "/vi/teach/assign/"}
    own = {"pupil's day": "/vi/learn/", "list, signed in": section.url}

    def measured() -> list[dict[str, list[str]]]:
        return [
            costs(visitor, open_to_all, warm=True),
            costs(teaching, chosen_from, warm=True),
            costs(learning, own, warm=True),
            costs(visitor, open_to_all, warm=False),
            costs(learning, own, warm=False),
        ]

    few = measured()
    make.shelf(1000)
    many = measured()
    for one, other in zip(few, many, strict=True):
        compare(one, other)
    assert many[0]["list of courses"] == many[0]["home"] == [], "a kept page asks the database nothing"

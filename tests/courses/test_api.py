"""The API of the contract: catalogue, progress, who has not done it."""

import gzip
import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.api import STATUS_COLUMNS
from courses.models import LessonEvent, LessonProgress
from tests.factories import courses as make

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def put(client, key, events, **more):
    return client.put(
        f"/api/v1/lessons/{key}/progress",
        json.dumps({"events": events, **more}),
        content_type="application/json",
    )


def event(kind="opened", **more):
    return {"id": str(uuid.uuid4()), "kind": kind, "block": None, "at": timezone.now().isoformat(), **more}


def statements(queries) -> list[str]:
    return [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.mark.slow
def test_the_catalogue_lists_published_courses_of_a_language(client):
    course = make.course(1, quizzes=[make.quiz(1)])
    make.english(course)
    draft = make.course(0, title="Bản nháp")
    draft.unpublish()
    found = client.get("/api/v1/courses?language=vi").json()
    assert found["count"] == 1
    (only,) = found["results"]
    assert only == {
        "key": str(course.translation_key),
        "title": "Công dân số",
        "url": course.url,
        "language": "vi",
        "summary": "Khóa học mẫu.",
    }
    assert only["url"].startswith("/vi/")
    english = client.get("/api/v1/courses?language=en").json()["results"]
    assert [(one["key"], one["language"]) for one in english] == [(str(course.translation_key), "en")]
    assert client.get("/api/v1/courses?language=xx").status_code == 422


@pytest.mark.slow
def test_an_outline_has_the_lessons_and_their_quizzes(client):
    quiz = make.quiz(1)
    course = make.course(2, quizzes=[quiz])
    found = client.get(f"/api/v1/courses/{course.translation_key}").json()
    first, second = found["lessons"]
    assert first["quiz"] == {"key": str(quiz.translation_key), "title": quiz.title}
    assert second["quiz"] is None
    assert [one["key"] for one in found["lessons"]] == [str(one.translation_key) for one in make.lessons_of(course)]
    for unknown in (uuid.uuid4(), "khong-phai-uuid", "1"):
        answer = client.get(f"/api/v1/courses/{unknown}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_progress_is_kept_whatever_the_order_and_repetition():
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    client = signed_in(pupil)
    block = lesson.block_ids[0]
    events = [event(), event("seen", block=block), event("finished")]
    answer = put(client, lesson.translation_key, events)
    assert answer.status_code == 200, answer.content
    assert answer.json()["state"] == "finished"
    again = put(client, lesson.translation_key, list(reversed(events)), sent_at=timezone.now().isoformat())
    assert again.json()["finished_at"] == answer.json()["finished_at"]
    assert LessonEvent.objects.filter(kind__in=["opened", "seen", "finished"]).count() == 3


def test_an_ordinary_save_of_progress_is_four_statements():
    """The account, the events, the row read, the row written."""
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    client = signed_in(pupil)
    put(client, lesson.translation_key, [event()])
    # The first step of a lesson is news for the coverage, one more insert.
    put(client, lesson.translation_key, [event("seen", block=lesson.block_ids[0])])
    for count in (1, 3):
        events = [event("seen", block=lesson.block_ids[n % len(lesson.block_ids)]) for n in range(count)]
        with CaptureQueriesContext(connection) as queries:
            assert put(client, lesson.translation_key, events).status_code == 200
        assert len(statements(queries)) == 4, statements(queries)


@pytest.mark.parametrize(
    "bad",
    [
        {"kind": "attended"},
        {"kind": "course_finished"},
        {"id": "not-an-id"},
        {"at": "yesterday"},
        {"kind": "seen", "block": ""},
        {"block": "x" * 41},
        {"block": "a\0<script>"},
        {"block": "<script>"},
    ],
)
def test_what_a_lesson_does_not_know_is_refused_and_changes_nothing(bad):
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    answer = put(signed_in(pupil), lesson.translation_key, [event(), event() | bad])
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")
    assert not LessonEvent.objects.exists()
    (error,) = answer.json()["errors"]
    assert re.search(r"\b(phải|không|quá|chưa)\b", error["message"], re.IGNORECASE), error


def test_an_unknown_kind_is_told_in_the_readers_language():
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    client = signed_in(pupil)
    for language, words in (("vi", "phải là một trong: finished"), ("en", "must be one of: finished")):
        client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
        (error,) = put(client, lesson.translation_key, [event("attended")]).json()["errors"]
        assert words in error["message"]


@pytest.mark.slow
def test_only_blocks_of_the_lesson_are_kept():
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    events = [event("seen", block=f"made-up-{n}") for n in range(50)] + [event("opened", block="made-up")]
    answer = put(signed_in(pupil), lesson.translation_key, events)
    assert (answer.status_code, answer.json()["blocks_seen"], answer.json()["position"]) == (200, [], "")
    assert LessonEvent.objects.get().block == ""


@pytest.mark.slow
def test_an_id_somebody_else_has_used_swallows_nothing():
    _class, _teacher, (first, second) = make.classroom(2)
    (lesson,) = make.lessons_of(make.course(1))
    finished = event("finished")
    for pupil in (first, second):
        assert put(signed_in(pupil), lesson.translation_key, [finished]).json()["state"] == "finished"


def test_an_unknown_lesson_is_not_found_and_a_visitor_is_asked_to_sign_in(client):
    _class, _teacher, (pupil,) = make.classroom(1)
    (lesson,) = make.lessons_of(make.course(1))
    assert put(signed_in(pupil), uuid.uuid4(), [event()]).status_code == 404
    assert put(signed_in(pupil), "no-key", [event()]).status_code == 404
    assert put(client, lesson.translation_key, [event()]).status_code == 401


@pytest.mark.slow
def test_progress_does_not_care_for_the_language():
    _class, _teacher, (pupil,) = make.classroom(1)
    course = make.course(1)
    make.english(course)
    (lesson,) = make.lessons_of(course)
    client = signed_in(pupil)
    put(client, lesson.translation_key, [event("seen", block=lesson.block_ids[0])], language="vi")
    answer = put(client, lesson.translation_key, [event("seen", block=lesson.block_ids[1])], language="en")
    assert answer.json()["blocks_seen"] == lesson.block_ids[:2]
    assert LessonProgress.objects.get().language == "en"


# --- Who has not done it -----------------------------------------------------------------------------------------------


def status_url(given):
    return f"/api/v1/classes/{given.school_class.uuid}/assignments/{given.uuid}/status"


@pytest.mark.slow
def test_status_has_the_rows_of_the_class():
    school_class, teacher, people = make.classroom(3)
    (lesson,) = make.lessons_of(make.course(1))
    given = make.assignment(lesson, school_class, teacher)
    put(signed_in(people[1]), lesson.translation_key, [event("finished")])
    found = signed_in(teacher).get(status_url(given)).json()
    assert found["counts"] == {"todo": 2, "doing": 0, "done": 1, "late": 0}
    assert tuple(found["columns"]) == STATUS_COLUMNS
    rows = [dict(zip(found["columns"], row, strict=True)) for row in found["rows"]]
    assert [(row["number"], row["name"], row["state"]) for row in rows] == [
        (1, "Nguyễn Văn An", "todo"),
        (3, "Lò Văn Cương", "todo"),
        (2, "Trần Thị Bình", "done"),
    ]
    by_assignment = status_url(given).replace(str(given.uuid), str(given.assignment.uuid))
    assert signed_in(teacher).get(by_assignment).json()["rows"] == found["rows"]


@pytest.mark.slow
def test_status_is_not_there_for_others(client):
    school_class, teacher, people = make.classroom(1)
    other_class, other_teacher, _people = make.classroom(1, name="11B")
    (lesson,) = make.lessons_of(make.course(1))
    given = make.assignment(lesson, school_class, teacher)
    assert client.get(status_url(given)).status_code == 401
    for user in (people[0], other_teacher):
        assert signed_in(user).get(status_url(given)).status_code == 404
    elsewhere = status_url(given).replace(str(school_class.uuid), str(other_class.uuid))
    assert signed_in(teacher).get(elsewhere).status_code == 404


@pytest.mark.slow
def test_status_that_has_not_changed_is_not_sent_again():
    school_class, teacher, _people = make.classroom(2)
    (lesson,) = make.lessons_of(make.course(1))
    given = make.assignment(lesson, school_class, teacher)
    client = signed_in(teacher)
    first = client.get(status_url(given))
    assert client.get(status_url(given), headers={"If-None-Match": first["ETag"]}).status_code == 304
    type(given).objects.update(due_at=timezone.now() + timedelta(days=9))
    assert client.get(status_url(given), headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["lesson", "course"])
def test_the_statements_of_a_status_do_not_grow_with_the_class(kind):
    """Account, assignment, extensions, roster with progress; for a course also the results of its quizzes."""
    school_class, teacher, _people = make.classroom(1)
    course = make.course(2)
    target = course if kind == "course" else make.lessons_of(course)[0]
    given = make.assignment(target, school_class, teacher)
    client = signed_in(teacher)
    client.get(status_url(given))
    counted = []
    for size in (1, 3, 40):
        while school_class.memberships.count() < size:
            make.pupil(school_class, f"Lê Văn Số {school_class.memberships.count()}")
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(status_url(given)).json()["rows"]) == size
        counted.append(len(statements(queries)))
    assert counted == ([5] * 3 if kind == "course" else [4] * 3)


@pytest.mark.slow
def test_two_thousand_pupils_travel_in_sixty_kilobytes():
    school_class, teacher, _people = make.classroom(0)
    (lesson,) = make.lessons_of(make.course(1))
    given = make.assignment(lesson, school_class, teacher)
    make.crowd(school_class, 2000, lesson=lesson)
    client = signed_in(teacher)
    client.get(status_url(given))
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(status_url(given))
    assert len(statements(queries)) == 4
    assert len(answer.json()["rows"]) == 2000
    assert len(gzip.compress(answer.content, compresslevel=6)) <= 60_000

"""Exercises in lessons: who may play them, and what becomes of an end."""

import json
import re
from copy import deepcopy
from uuid import uuid4

import pytest
from django.core.cache import cache
from django_h5p.models import Attempt
from django_h5p.statements import activity_id
from django_h5p.testing import tiny_package

from courses.models import LessonEvent, LessonProgress
from courses.operations.rebuilding import rebuild_lesson
from tests.factories import courses as make
from tests.factories import h5p

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def exercise_made(shared_database):
    return h5p.content()


@pytest.fixture
def exercise(db, exercise_made):
    return deepcopy(exercise_made)


@pytest.fixture(scope="module")
def lesson_made(shared_database, exercise_made):
    return make.lesson(make.course(0), body=[make.text_block(), h5p.block(exercise_made)])


@pytest.fixture
def lesson(db, lesson_made):
    return deepcopy(lesson_made)


def place_on(client, lesson) -> str:
    """What the page's player would send to begin."""
    return re.search(r'data-place="([^"]+)"', client.get(lesson.url).content.decode())[1]


def begin(client, lesson, exercise, place=None):
    body = {"place": place or place_on(client, lesson), "language": "vi"}
    return client.post(f"/api/v1/h5p/{exercise.uuid}/attempts", json.dumps(body), content_type="application/json")


def say(client, begun: dict, exercise, raw: float = 1, **fields):
    statement = {
        "id": str(uuid4()),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
        "object": {"id": activity_id(exercise.uuid)},
        "result": {"score": {"raw": raw, "max": 1}},
    } | fields
    return client.post(
        f"/api/v1/h5p/{begun['attempt']}/statements",
        json.dumps(statement),
        content_type="application/json",
        headers={"Authorization": f"Bearer {begun['token']}"},
    )


@pytest.mark.slow
def test_the_page_weighs_nothing_of_the_package_and_the_block_stands_in_its_place(as_user, lesson, exercise):
    page = as_user().get(lesson.url).content.decode()
    assert f"/h5p/play/{exercise.uuid}/" in page
    assert "<iframe" not in page
    assert page.count("django_h5p/player.js") == 1
    assert "Em làm thử nhé." in page


@pytest.mark.slow
def test_an_end_is_a_self_check_of_its_block_and_no_score(as_user, pupil, lesson, exercise):
    client = as_user(pupil)
    begun = begin(client, lesson, exercise).json()
    assert say(client, begun, exercise).json()["state"] == "completed"
    event = LessonEvent.objects.get(user=pupil)
    assert (event.kind, event.block) == ("self_check", str(lesson.block_ids[1]))
    row = LessonProgress.objects.get(user=pupil)
    assert (row.lesson_key, row.blocks_seen) == (lesson.translation_key, [str(lesson.block_ids[1])])
    assert (row.quiz_best, row.quiz_attempts, row.state) == (None, 0, "started")


@pytest.mark.slow
def test_a_retry_adds_an_attempt_and_rebuilding_gives_the_same(as_user, pupil, lesson, exercise):
    client = as_user(pupil)
    begun = begin(client, lesson, exercise).json()
    for raw in (0, 1):
        say(client, begun, exercise, raw)
    assert Attempt.objects.filter(user=pupil, state="completed").count() == 2
    before = LessonProgress.objects.values().get(user=pupil)
    rebuild_lesson(lesson_key=lesson.translation_key, user_ids=[pupil.pk], course_key=before["course_key"])
    after = LessonProgress.objects.values().get(user=pupil)
    assert {key: value for key, value in after.items() if key != "id"} == {
        key: value for key, value in before.items() if key != "id"
    }


@pytest.mark.slow
def test_a_lesson_taken_down_is_not_played(as_user, pupil, editor, lesson, exercise):
    place = place_on(as_user(pupil), lesson)
    lesson.unpublish()
    cache.clear()
    refused = begin(as_user(pupil), lesson, exercise, place)
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")
    assert begin(as_user(editor), lesson, exercise, place).status_code == 200


def test_a_stranger_cannot_write_to_an_attempt(as_user, pupil, other_pupil, lesson, exercise):
    begun = begin(as_user(pupil), lesson, exercise).json()
    theirs = begin(as_user(other_pupil), lesson, exercise).json()
    forged = {**begun, "token": theirs["token"]}
    answer = say(as_user(other_pupil), forged, exercise)
    assert (answer.status_code, answer.json()["code"]) == (403, "token_wrong")
    assert say(as_user(other_pupil), {**begun, "token": "x"}, exercise).status_code == 403
    assert begin(as_user(), lesson, exercise).status_code == 401
    assert not Attempt.objects.filter(state="completed").exists()


def test_a_place_nobody_signed_is_refused(as_user, pupil, lesson, exercise):
    assert begin(as_user(pupil), lesson, exercise, "made:up").status_code == 403


def test_a_new_title_reaches_the_page(as_user, lesson, exercise, django_capture_on_commit_callbacks):
    as_user().get(lesson.url)
    with django_capture_on_commit_callbacks(execute=True):
        h5p.content(tiny_package("Tên mới"), content=exercise)
    assert "Tên mới" in as_user().get(lesson.url).content.decode()


def test_the_origins_do_not_mix(as_user, lesson, exercise, settings):
    """Packages are found on the H5P origin only, and nothing of the site there."""
    host = settings.H5P_ORIGIN.split("//")[1]
    path = f"/h5p/embed/{exercise.current_version.uuid}/"
    assert as_user().get(path, follow=True).status_code == 404
    framed = as_user().get(path, headers={"host": host})
    assert framed.status_code == 200
    assert f"frame-ancestors {settings.SITE_URL}" in framed["Content-Security-Policy"]
    assert not framed.cookies
    away = as_user().get(lesson.url, headers={"host": host})
    assert (away.status_code, away["Location"]) == (302, settings.SITE_URL + lesson.url)
    assert as_user().get("/api/v1/session", headers={"host": host}).status_code == 302


def test_a_library_file_comes_from_the_object_store_in_parts(as_user, exercise, settings):
    library = exercise.current_version.main_library
    headers = {"host": settings.H5P_ORIGIN.split("//")[1], "range": "bytes=4-7"}
    answer = as_user().get(f"/h5p/libs/{library.directory}/main.js", headers=headers)
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, b"H5P ")
    assert answer["Cache-Control"].endswith("immutable")

"""Helping a class through a quiz: what is given reaches the pupils it is for, once, with its reason, and nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from quizzes import problems
from quizzes.models import Allowance, Attempt
from quizzes.operations import start_attempt, submit_attempt
from quizzes.queries.rescue import desk_of
from tests.factories import quizzes as make
from tests.factories import schools as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def quiz():
    return make.quiz(1, time_limit_minutes=15, attempts=1)


@pytest.fixture
def opening(quiz):
    return make.opening(quiz, closes_at=timezone.now() + timedelta(hours=2))


def page_of(user) -> Client:
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(user)
    return client


def address(quiz, school_class) -> str:
    return reverse("quiz_rescue", args=[quiz.quiz_key, school_class.uuid])


def form(opening, whom="class", what="time", **more) -> dict:
    return {
        "opening": str(opening.uuid),
        "whom": str(whom),
        "what": what,
        "minutes": 15,
        "closes_at": "",
        "why": "line",
        "note": "",
        "key": str(uuid4()),
    } | more


def start(user, quiz) -> Attempt:
    return start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=str(uuid4()))[0]


def test_more_time_for_a_class_moves_those_that_run_and_is_given_once(
    quiz, opening, school_class, pupil, other_pupil, teacher
):
    mine, theirs = start(pupil, quiz), start(make.pupil(make.school_class("10A9")), quiz)
    client, sent = page_of(teacher), form(opening, note="cả xã mất mạng")
    for _time in range(2):
        assert client.post(address(quiz, school_class), sent).status_code == 302
    moved = Attempt.objects.get(pk=mine.pk)
    assert moved.deadline == mine.deadline + timedelta(minutes=15)
    assert Attempt.objects.get(pk=theirs.pk).deadline == theirs.deadline
    given = Allowance.objects.get()
    assert (given.class_key, given.reason) == (school_class.uuid, "Mất mạng: cả xã mất mạng")
    assert AuditEvent.objects.get(action="grant_allowance").actor == teacher.uuid
    page = client.get(address(quiz, school_class)).content.decode()
    assert "thêm 15 phút" in page
    assert "cả xã mất mạng" in page


def test_another_attempt_for_one_pupil(quiz, opening, school_class, pupil, other_pupil, teacher):
    for user in (pupil, other_pupil):
        submit_attempt(user=user, attempt_uuid=start(user, quiz).uuid)
    client = page_of(teacher)
    assert client.post(address(quiz, school_class), form(opening, pupil.uuid, "attempt")).status_code == 302
    assert start(pupil, quiz).number == 2
    with pytest.raises(problems.NoAttemptsLeft):
        start(other_pupil, quiz)


def test_attempts_of_a_class_are_opened_again(quiz, opening, school_class, pupil, other_pupil, teacher):
    ended = submit_attempt(user=pupil, attempt_uuid=start(pupil, quiz).uuid)
    running = start(other_pupil, quiz)
    client, sent = page_of(teacher), form(opening, what="reopen", why="power")
    for _time in range(2):
        client.post(address(quiz, school_class), sent)
    assert Attempt.objects.get(pk=ended.pk).is_open
    assert Attempt.objects.get(pk=running.pk).deadline == running.deadline
    assert AuditEvent.objects.filter(action="reopen_attempt").count() == 1
    assert "mở lại 15 phút" in client.get(address(quiz, school_class)).content.decode()


def test_a_later_end(quiz, opening, school_class, pupil, teacher):
    later = timezone.localtime(timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    sent = form(opening, what="later", closes_at=later.strftime("%Y-%m-%dT%H:%M"))
    assert page_of(teacher).post(address(quiz, school_class), sent).status_code == 302
    assert Allowance.objects.get().closes_at == later


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"why": ""}, "Thầy cô ghi lý do"),
        ({"why": "other", "note": " "}, "Thầy cô ghi lý do"),
        ({"what": "time", "minutes": ""}, "Hãy ghi số phút"),
        ({"what": "later", "closes_at": ""}, "Chọn hạn mới"),
        ({"what": "later", "closes_at": "2020-01-01T08:00"}, "đã qua"),
        ({"whom": "commune"}, ""),
        ({"minutes": "9999"}, ""),
    ],
)
def test_what_is_refused(wrong, words, quiz, opening, school_class, pupil, teacher):
    answer = page_of(teacher).post(address(quiz, school_class), form(opening) | wrong)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Allowance.objects.exists()


def test_pupils_of_other_classes_and_other_openings_cannot_be_named(quiz, opening, school_class, pupil, teacher):
    stranger = make.pupil(make.school_class("10A9"))
    other = make.opening(make.quiz(1))
    client = page_of(teacher)
    for sent in (form(opening, stranger.uuid), form(other)):
        assert client.post(address(quiz, school_class), sent).status_code == 422
    assert not Allowance.objects.exists()


def test_not_your_class(quiz, opening, school_class, pupil, other_teacher):
    elsewhere = people.make_with_role("province_officer", unit=make.school_class("11C").school.unit)
    for user in (pupil, other_teacher, elsewhere, people.make_with_role("editor")):
        client = page_of(user)
        assert client.get(address(quiz, school_class)).status_code == 404
        assert client.post(address(quiz, school_class), form(opening)).status_code == 404
    assert Client().get(address(quiz, school_class)).status_code == 302
    assert not Allowance.objects.exists()


def test_the_officer_of_the_province_gives_to_a_commune(quiz, opening, school_class, pupil):
    officer = people.make_with_role("province_officer", unit=school_class.school.unit.get_parent())
    client = page_of(officer)
    assert client.post(address(quiz, school_class), form(opening, "commune")).status_code == 302
    assert Allowance.objects.get().unit_key == school_class.school.unit.uuid
    assert client.post(address(quiz, school_class), form(opening, "commune", "reopen")).status_code == 422


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_as_much_for_one_pupil_as_for_many(
    count, quiz, opening, school_class, django_assert_num_queries
):
    for _number in range(count):
        start(make.pupil(school_class), quiz)
    desk_of(quiz.quiz_key, school_class, "vi", with_commune=False)
    # the paper; pupils; attempts; openings; allowances; reopened attempts
    with django_assert_num_queries(6):
        desk = desk_of(quiz.quiz_key, school_class, "vi", with_commune=False)
    assert len(desk.pupils) == count

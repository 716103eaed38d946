"""The teacher's first page at one glance: what waits today, and nothing that does not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quizzes.models import Answer, Attempt
from quizzes.operations import save_answers, start_attempt, submit_attempt
from schools.models import Membership, SchoolYear
from schools.operations.accounts import request_password
from tests.courses.test_teaching import signed_in, statements
from tests.factories import courses as make
from tests.factories import quizzes as make_quiz

pytestmark = pytest.mark.django_db


def tiles(teacher) -> dict[str, tuple[int, str]]:
    found = signed_in(teacher).get(reverse("courses:teach")).context["tiles"]
    return {str(tile["label"]): (tile["number"], tile["url"]) for tile in found}


def write_a_text(school_class, user, key: str = "bai-viet") -> Attempt:
    quiz = make_quiz.quiz([make_quiz.of_type("long")], title="Bài viết")
    make_quiz.opening(quiz, audience={"kind": "classes", "keys": [str(school_class.uuid)]})
    attempt, _new = start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=key)
    said = [(attempt.questions[0][0], 1, "Em giúp bà tra cứu hồ sơ.", None)]
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=said, sent_at=None)
    return submit_attempt(user=user, attempt_uuid=attempt.uuid)


@pytest.mark.slow
def test_everything_that_waits_is_counted_and_leads_to_it():
    first, teacher, people = make.classroom(3)
    lessons = make.lessons_of(make.course(2))
    make.assignment(lessons[0], first, teacher, due_in=timedelta(days=-1))
    late = make.assignment(lessons[1], first, teacher)
    end = timezone.localtime().replace(hour=23, minute=59, second=59)
    type(late).objects.filter(pk=late.pk).update(due_at=end)
    request_password(user=people[0])
    write_a_text(first, people[1])
    Membership.objects.filter(user=people[2]).update(starts_on=timezone.localdate() - timedelta(days=2))
    SchoolYear.objects.update(starts_on=timezone.localdate() - timedelta(days=80))
    assert tiles(teacher) == {
        "Bài quá hạn": (1, "#chase"),
        "Hết hạn hôm nay": (1, "#coming"),
        "Bài viết chờ chấm": (1, reverse("quiz_marking")),
        "Cần giúp": (1, "#passwords"),
        "Học sinh mới": (1, "#newcomers"),
    }
    page = signed_in(teacher).get(reverse("courses:teach")).content.decode()
    for anchor in ("chase", "coming", "passwords", "newcomers"):
        assert f'id="{anchor}"' in page
    Answer.objects.update(fraction=1)
    assert "Bài viết chờ chấm" not in tiles(teacher)


def test_in_the_first_weeks_of_a_year_nobody_is_new():
    _first, teacher, _people = make.classroom(3)
    Membership.objects.update(starts_on=timezone.localdate())
    SchoolYear.objects.update(starts_on=timezone.localdate() - timedelta(days=5))
    assert tiles(teacher) == {}


def test_nothing_waits():
    first, teacher, _people = make.classroom(2)
    make.assignment(make.lessons_of(make.course(1))[0], first, teacher)
    Membership.objects.update(starts_on=timezone.localdate() - timedelta(days=30))
    page = signed_in(teacher).get(reverse("courses:teach")).content.decode()
    assert "Hôm nay không có việc gì chờ thầy cô." in page


def test_only_the_own_classes_count():
    first, _teacher, people = make.classroom(2)
    _other, stranger, _others = make.classroom(1, name="11B")
    request_password(user=people[0])
    write_a_text(first, people[1])
    assert tiles(stranger) == {}


@pytest.mark.slow
def test_the_statements_do_not_grow():
    first, teacher, people = make.classroom(3)
    client, counted = signed_in(teacher), []
    for number in (0, 2):
        for more in range(number):
            write_a_text(first, people[more], key=f"bai-{more}")
            new = make.pupil(first, f"Lê Văn Mới {more}")
            Membership.objects.filter(user=new).update(starts_on=timezone.localdate())
        client.get(reverse("courses:teach"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("courses:teach"))
        counted.append(len(statements(queries)))
    assert counted[0] == counted[1]

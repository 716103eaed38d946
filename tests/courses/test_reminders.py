"""The site's own reminders: due tomorrow, not begun, each once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Assignment, DueExtension
from courses.operations.lessons import record_events
from courses.operations.reminders import remind_of_work
from schools.models import Notification
from tests.factories import courses as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def given():
    school_class, teacher, people = make.classroom(3)
    (lesson,) = make.lessons_of(make.course(1))
    row = make.assignment(lesson, school_class, teacher, due_in=timedelta(hours=20))
    return row, lesson, teacher, people


def told(kind: str) -> set[int]:
    return set(Notification.objects.filter(kind=kind).values_list("user_id", flat=True))


def do(lesson, user, *kinds):
    record_events(user=user, place=make.place(lesson), events=[make.event(kind) for kind in kinds])


def test_who_is_not_done_the_day_before_is_told_once(given):
    _row, lesson, _teacher, (an, binh, cuong) = given
    do(lesson, an, "opened", "finished")
    do(lesson, binh, "opened")
    assert remind_of_work() == {"due_soon": 2, "not_started": 0}
    assert told("due_soon") == {binh.pk, cuong.pk}
    assert remind_of_work() == {"due_soon": 0, "not_started": 0}
    do(lesson, cuong, "opened", "finished")
    assert Notification.objects.get(user=cuong, kind="due_soon").read_at, "done: nothing is asked any more"


def test_who_has_not_begun_after_three_days_is_told(given):
    row, lesson, _teacher, (an, binh, cuong) = given
    Assignment.objects.update(opens_at=timezone.now() - timedelta(days=3, minutes=1))
    type(row).objects.update(due_at=timezone.now() + timedelta(days=5))
    do(lesson, an, "opened")
    assert remind_of_work() == {"due_soon": 0, "not_started": 2}
    assert told("not_started") == {binh.pk, cuong.pk}
    assert remind_of_work()["not_started"] == 0


def test_a_date_of_ones_own_counts(given):
    row, _lesson, teacher, (an, *_others) = given
    later = row.due_at + timedelta(days=3)
    DueExtension.objects.create(class_assignment=row, user=an, due_at=later, reason="Ốm", granted_by=teacher)
    remind_of_work()
    assert an.pk not in told("due_soon")
    remind_of_work(later - timedelta(hours=12))
    assert Notification.objects.get(user=an, kind="due_soon").context["due"] == f"{timezone.localtime(later):%d/%m}"


def test_nothing_after_the_due_date_and_nothing_of_what_was_withdrawn(given):
    row, _lesson, teacher, _people = given
    assert remind_of_work(row.due_at + timedelta(hours=1)) == {"due_soon": 0, "not_started": 0}
    type(row).objects.update(withdrawn_at=timezone.now(), withdrawn_by=teacher)
    assert remind_of_work() == {"due_soon": 0, "not_started": 0}

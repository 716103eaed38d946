"""Recording what learners do: idempotent, indifferent to order, cheap, and equal to a rebuild."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from courses.models import CourseProgress, LessonEvent, LessonProgress
from courses.moment import moment_of
from courses.operations.lessons import OLDEST, happened_at, record_events
from courses.operations.sessions import record_attendance
from courses.problems import HeldInTheFuture, NotInTheClass
from quizzes.operations import (
    cancel_question,
    freeze_paper,
    regrade,
    reopen_attempt,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.signals import ways_on
from tests.factories import courses as make
from tests.factories.quizzes import right_answers

pytestmark = pytest.mark.django_db


def check() -> dict:
    out = StringIO()
    call_command("rebuild_progress", "--check", "--json", stdout=out)
    return json.loads(out.getvalue())


def statements(queries) -> list[str]:
    return [one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


@pytest.fixture
def pupil():
    _school_class, _teacher, people = make.classroom(1)
    return people[0]


def test_events_become_progress_of_the_lesson_and_the_course(pupil):
    course = make.course(2)
    first, second = make.lessons_of(course)
    blocks = first.block_ids
    record_events(user=pupil, place=make.place(first), events=[make.event("opened")])
    row = record_events(user=pupil, place=make.place(first), events=[make.event("seen", block=blocks[1])])
    assert (row.state, row.blocks_seen, row.position) == ("started", [blocks[1]], blocks[1])
    moment = moment_of(pupil)
    assert (row.school_year, row.class_key, row.school_key, row.unit_key) == tuple(moment)
    record_events(user=pupil, place=make.place(first), events=[make.event("finished")])
    progress = CourseProgress.objects.get(user=pupil)
    assert (progress.lessons_started, progress.lessons_done, progress.finished_at) == (1, 1, None)
    record_events(user=pupil, place=make.place(second), events=[make.event("finished")])
    progress.refresh_from_db()
    assert (progress.lessons_started, progress.lessons_done) == (2, 2)
    assert progress.finished_at is not None
    assert check()["differences"] == 0


def test_a_repeated_event_counts_once(pupil):
    (lesson,) = make.lessons_of(make.course(1))
    events = [make.event("opened"), make.event("finished")]
    once = record_events(user=pupil, place=make.place(lesson), events=events)
    again = record_events(user=pupil, place=make.place(lesson), events=events, sent_at=timezone.now())
    assert LessonEvent.objects.filter(user=pupil, kind__in=["opened", "finished"]).count() == 2
    assert (again.finished_at, again.last_at) == (once.finished_at, once.last_at)
    assert check()["differences"] == 0


def test_events_that_arrive_late_are_put_in_their_place(pupil):
    """A phone without a line finishes the lesson after a tablet has opened it; the phone's events come last."""
    course = make.course(1)
    (lesson,) = make.lessons_of(course)
    now = timezone.now()
    record_events(user=pupil, place=make.place(lesson), events=[make.event("opened", at=now - timedelta(minutes=5))])
    record_events(user=pupil, place=make.place(lesson), events=[make.event("seen", block="b9", at=now)])
    row = record_events(
        user=pupil,
        place=make.place(lesson),
        events=[
            make.event("finished", at=now - timedelta(hours=2)),
            make.event("seen", block="b1", at=now - timedelta(hours=3)),
        ],
    )
    assert row.state == "finished"
    assert row.started_at == now - timedelta(hours=3)
    assert (row.blocks_seen, row.position) == (["b1", "b9"], "b9")
    assert CourseProgress.objects.get(user=pupil).started_at == row.started_at
    assert check()["differences"] == 0


def test_a_wrong_clock_does_no_harm():
    now = timezone.now()
    year_back = now - timedelta(days=365)
    sent = year_back + timedelta(minutes=10)
    assert happened_at(year_back, sent, now) == now - timedelta(minutes=10)
    assert happened_at(now + timedelta(days=3), None, now) == now, "never in the future"
    assert happened_at(now - OLDEST - timedelta(days=1), None, now) == now
    assert happened_at(now - timedelta(hours=1), None, now) == now - timedelta(hours=1)


def test_an_ordinary_save_is_three_statements(pupil):
    """The session's user is the fourth: insert the events, read the row, write the row."""
    lessons = make.lessons_of(make.course(2))
    for lesson in lessons:
        # The first step seen is news for the coverage ledger: one more insert, once a lesson.
        record_events(
            user=pupil, place=make.place(lesson), events=[make.event("opened"), make.event("seen", block="b0")]
        )
    for count in (1, 3):
        events = [make.event("seen", block=f"b{count}{n}") for n in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            record_events(user=pupil, place=make.place(lessons[0]), events=events)
        assert len(statements(queries)) == 3
    with CaptureQueriesContext(connection) as queries:
        record_events(user=pupil, place=make.place(lessons[0]), events=events)
    assert len(statements(queries)) == 2, "nothing new is nothing written"


@pytest.fixture
def with_quiz(pupil):
    quiz = make.quiz(2)
    course = make.course(1, quizzes=[quiz])
    return pupil, quiz, make.lessons_of(course)[0]


def take(user, quiz, right: bool = True):
    attempt, _new = start_attempt(user=user, quiz_key=quiz.translation_key, idempotency_key=str(uuid4()))
    if right:
        saves = [(key, 1, value, None) for key, value in right_answers(quiz).items()]
        save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    return submit_attempt(user=user, attempt_uuid=attempt.uuid)


def test_the_quiz_of_a_lesson_counts_but_does_not_finish_it(with_quiz):
    pupil, quiz, lesson = with_quiz
    record_events(user=pupil, place=make.place(lesson), events=[make.event("opened")])
    take(pupil, quiz, right=True)
    take(pupil, quiz, right=False)
    row = LessonProgress.objects.get(user=pupil)
    assert (row.quiz_best, row.quiz_passed, row.quiz_attempts) == (Decimal(100), True, 2)
    assert (row.state, row.lesson_key) == ("started", lesson.translation_key)
    assert check()["differences"] == 0


def test_a_quiz_taken_without_the_lesson_begins_it(with_quiz):
    pupil, quiz, lesson = with_quiz
    take(pupil, quiz)
    row = LessonProgress.objects.get(user=pupil)
    assert (row.quiz_best, row.course_key) == (Decimal(100), lesson.get_parent().translation_key)
    assert CourseProgress.objects.get(user=pupil).lessons_started == 1
    assert check()["differences"] == 0


def test_a_result_costs_two_statements_and_a_reopened_attempt_loses_its_score(with_quiz):
    from courses.operations.lessons import record_result

    pupil, quiz, lesson = with_quiz
    record_events(user=pupil, place=make.place(lesson), events=[make.event("opened")])
    attempt = take(pupil, quiz)
    with CaptureQueriesContext(connection) as queries:
        record_result(attempt=attempt)
    assert len(statements(queries)) == 2, "the progress, and one line for the coverage ledger"
    assert LessonProgress.objects.get(user=pupil).quiz_attempts == 1, "the same attempt counts once"
    reopen_attempt(attempt=attempt, seconds=600, reason="Mất mạng", granted_by=None)
    row = LessonProgress.objects.get(user=pupil)
    assert (row.quiz_best, row.quiz_passed, row.quiz_attempts) == (None, False, 0)
    assert check()["differences"] == 0


def test_progress_follows_a_corrected_key_and_a_cancelled_question(with_quiz):
    """Up and down, as `rebuild_progress` would work it out from nothing; what is finished stays finished."""
    pupil, quiz, lesson = with_quiz
    record_events(user=pupil, place=make.place(lesson), events=[make.event("finished")])
    take(pupil, quiz, right=True)
    row = LessonProgress.objects.get(user=pupil)
    assert (row.quiz_best, row.quiz_passed, row.state) == (100, True, "finished")
    question = quiz.quiz_questions.first().question
    first, second = question.options.order_by("sort_order")[:2]
    first.is_correct, second.is_correct = False, True
    first.save()
    second.save()
    key = freeze_paper(quiz_key=quiz.quiz_key)
    regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Đáp án sai", key_id=key.pk)
    row.refresh_from_db()
    assert (row.quiz_best, row.state) == (50, "finished")
    assert check()["differences"] == 0
    cancel_question(quiz_key=quiz.quiz_key, question_key=question.translation_key, reason="Sai đề", actor=pupil)
    regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Sai đề")
    row.refresh_from_db()
    assert (row.quiz_best, row.quiz_passed) == (100, True)
    assert check()["differences"] == 0


@pytest.mark.slow
def test_the_result_of_a_lessons_quiz_leads_on_when_passed_and_back_when_not(pupil):
    quiz, other = make.quiz(1), make.quiz(1)
    first, second = make.lessons_of(make.course(2, quizzes=[quiz, other]))
    missed, passed, last = take(pupil, quiz, right=False), take(pupil, quiz), take(pupil, other)
    assert [way["url"] for way in ways_on(missed, "vi")] == [first.url, second.url]
    assert [way["label"] for way in ways_on(passed, "vi")] == ["Bài tiếp: Bài 2", "Học lại bài"]
    assert [way["url"] for way in ways_on(last, "vi")] == [second.get_parent().url, second.url]
    last.context_kind = "open"
    assert ways_on(last, "vi") == []


def test_attendance_finishes_the_lesson_and_can_be_taken_back():
    school_class, teacher, people = make.classroom(3)
    course = make.course(1)
    (lesson,) = make.lessons_of(course)
    record_events(user=people[0], place=make.place(lesson), events=[make.event("opened")])
    where = {"school_class": school_class, "place": make.place(lesson), "held_on": timezone.localdate()}
    record_attendance(present=[people[0].pk, people[1].pk], actor=teacher, **where)
    rows = {row.user_id: row for row in LessonProgress.objects.all()}
    assert {row.state for row in rows.values()} == {"finished"}
    assert rows[people[1].pk].attended_on == where["held_on"]
    assert CourseProgress.objects.filter(finished_at__isnull=False).count() == 2
    record_attendance(present=[people[1].pk, people[2].pk], actor=teacher, **where)
    rows = {row.user_id: row for row in LessonProgress.objects.all()}
    assert rows[people[0].pk].state == "started", "what the pupil did alone stays"
    assert rows[people[2].pk].state == "finished"
    assert CourseProgress.objects.get(user=people[0]).finished_at is None
    record_attendance(present=[people[2].pk], actor=teacher, **where)
    assert not LessonProgress.objects.filter(user=people[1]).exists()
    assert check()["differences"] == 0


def test_attendance_is_of_pupils_of_the_class_and_of_days_that_have_been():
    school_class, teacher, people = make.classroom(1)
    _other, _teacher, strangers = make.classroom(1, name="10A2")
    (lesson,) = make.lessons_of(make.course(1))
    where = {"school_class": school_class, "place": make.place(lesson), "actor": teacher}
    with pytest.raises(NotInTheClass):
        record_attendance(present=[strangers[0].pk], held_on=timezone.localdate(), **where)
    with pytest.raises(HeldInTheFuture):
        record_attendance(present=[people[0].pk], held_on=timezone.localdate() + timedelta(days=1), **where)
    assert not LessonProgress.objects.exists()


@pytest.mark.slow
def test_rebuild_finds_and_mends_what_was_changed_by_hand(with_quiz):
    pupil, quiz, lesson = with_quiz
    record_events(user=pupil, place=make.place(lesson), events=[make.event("finished")])
    take(pupil, quiz)
    stored = list(LessonProgress.objects.values()), list(CourseProgress.objects.values())
    LessonProgress.objects.update(quiz_best=5, state="started", finished_at=None)
    CourseProgress.objects.update(lessons_done=0, finished_at=None)
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("rebuild_progress", "--check", "--json", stdout=out)
    assert refused.value.returncode == 1
    report = json.loads(out.getvalue())
    assert report["differences"] == 2
    assert report["examples"][0]["fields"] == ["finished_at", "quiz_best", "state"]
    call_command("rebuild_progress", "--json", stdout=StringIO())
    assert (list(LessonProgress.objects.values()), list(CourseProgress.objects.values())) == stored


@pytest.mark.slow
def test_everything_can_be_rebuilt_from_nothing(with_quiz):
    pupil, quiz, lesson = with_quiz
    record_events(user=pupil, place=make.place(lesson), events=[make.event("opened"), make.event("finished")])
    take(pupil, quiz)

    def rows():
        return [
            list(model.objects.order_by("user_id").values(*(f.name for f in model._meta.fields if f.name != "id")))
            for model in (LessonProgress, CourseProgress)
        ]

    stored = rows()
    LessonProgress.objects.all().delete()
    CourseProgress.objects.all().delete()
    call_command("rebuild_progress", "--json", stdout=StringIO())
    assert rows() == stored


def test_another_year_is_another_row(pupil):
    (lesson,) = make.lessons_of(make.course(1))
    record_events(user=pupil, place=make.place(lesson), events=[make.event("finished")])
    LessonEvent.objects.update(school_year="2025-2026")
    LessonProgress.objects.update(school_year="2025-2026")
    CourseProgress.objects.update(school_year="2025-2026")
    row = record_events(user=pupil, place=make.place(lesson), events=[make.event("opened")])
    assert (row.school_year, row.state) == ("2026-2027", "started")
    assert LessonProgress.objects.filter(user=pupil).count() == 2
    assert check()["differences"] == 0

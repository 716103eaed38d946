"""Taking a quiz through the operations: windows, limits, deadlines, closing, what teachers may grant."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from quizzes import problems, queries
from quizzes.models import Answer, Attempt, EarlierReceipt, Opening, Paper
from quizzes.operations import (
    close_due_attempts,
    extend_pupil,
    freeze_paper,
    grant_allowance,
    reopen_attempt,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.permissions import attempts_in_care_of
from quizzes.signals import attempt_finished, attempt_reopened
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def start(user, quiz, key="one", **more):
    return start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=key, **more)[0]


def save(attempt, answers, seq=1, waited=0, sent_at=None):
    now = sent_at or timezone.now()
    return save_answers(
        user=attempt.user,
        attempt_uuid=attempt.uuid,
        saves=[(question, seq, value, now - timedelta(seconds=waited)) for question, value in answers.items()],
        sent_at=now,
    )


def submit(attempt):
    return submit_attempt(user=attempt.user, attempt_uuid=attempt.uuid)


def move_deadline(attempt, **ago):
    Attempt.objects.filter(pk=attempt.pk).update(deadline=timezone.now() - timedelta(**ago))


@pytest.fixture
def news():
    heard = []

    def on_finish(sender, attempt, change, **kwargs):
        heard.append((change, attempt.pk))

    def on_reopen(sender, attempt, **kwargs):
        heard.append(("reopened", attempt.pk))

    pairs = [(attempt_finished, on_finish), (attempt_reopened, on_reopen)]
    for signal, receiver in pairs:
        signal.connect(receiver)
    yield heard
    for signal, receiver in pairs:
        signal.disconnect(receiver)


def test_a_whole_attempt(pupil, school_class, news):
    quiz = make.quiz([make.question(), make.true_false(), make.multiple()], time_limit_minutes=15)
    make.opening(quiz)
    attempt = start(pupil, quiz)
    assert (attempt.number, attempt.state) == (1, "open")
    assert attempt.deadline - attempt.started_at == 15 * MINUTE
    assert (attempt.class_key, attempt.school_key) == (school_class.uuid, school_class.school.uuid)
    assert (attempt.unit_key, attempt.school_year) == (school_class.school.unit.uuid, "2026-2027")
    right = make.right_answers(quiz)
    assert set(save(attempt, right).sequences.values()) == {1}
    ended = submit(attempt)
    ended.refresh_from_db()
    assert (ended.state, ended.score, ended.max_score, ended.passed, ended.answered) == ("submitted", 3, 3, True, 3)
    assert Answer.objects.filter(attempt=ended, fraction=1, points=1, late=False).count() == 3
    assert submit(attempt).receipt_code == ended.receipt_code
    assert news == [("submitted", attempt.pk)]


@pytest.mark.slow
def test_an_unpublished_or_unopened_quiz_is_unknown(pupil):
    with pytest.raises(problems.NoSuchQuiz):
        start(pupil, make.quiz())
    quiz = make.quiz()
    make.opening(quiz)
    quiz.live = False
    quiz.save()
    freeze_paper(quiz_key=quiz.quiz_key)
    with pytest.raises(problems.NoSuchQuiz):
        start(pupil, quiz)


@pytest.mark.parametrize("kind", ["users", "classes", "schools", "units"])
def test_audiences(kind, pupil, school_class):
    stranger = make.pupil(make.school_class("9B"))
    keys = {
        "users": pupil.uuid,
        "classes": school_class.uuid,
        "schools": school_class.school.uuid,
        "units": school_class.school.unit.uuid,
    }
    quiz = make.quiz()
    make.opening(quiz, {"kind": kind, "keys": [str(keys[kind])]})
    assert start(pupil, quiz).is_open
    with pytest.raises(problems.NoSuchQuiz):
        start(stranger, quiz)


def test_a_contest_round_opens_by_operation_only(pupil):
    quiz = make.signed(make.quiz())
    opening = make.opening(quiz, {"kind": "by_operation"}, context_kind="contest", context_key="vong-1")
    with pytest.raises(problems.NoSuchQuiz):
        start(pupil, quiz)
    attempt = start(pupil, quiz, opening=opening)
    assert (attempt.context_kind, attempt.context_key) == ("contest", "vong-1")
    assert start(pupil, quiz, key="two", opening=opening) == attempt


def test_a_teacher_reads_no_answers_of_a_contest(pupil, teacher, school_class):
    quiz = make.signed(make.quiz())
    opening = make.opening(quiz, {"kind": "by_operation"}, context_kind="contest", context_key="vong-1")
    attempt = start(pupil, quiz, opening=opening)
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    client = Client()
    client.force_login(teacher)
    assert client.get(reverse("quiz_result", args=[attempt.uuid])).status_code == 404
    assert not attempts_in_care_of(teacher).exists()


def test_an_assignment_comes_before_a_lesson(pupil, school_class):
    quiz = make.quiz()
    everyone = make.opening(quiz)
    lesson = make.opening(quiz, context_kind="lesson", context_key="bai-1")
    given = {"kind": "classes", "keys": [str(school_class.uuid)]}
    assignment = make.opening(quiz, given, context_kind="assignment", context_key="giao-1")
    assert start(pupil, quiz).opening == assignment
    Opening.objects.filter(pk=assignment.pk).update(closes_at=timezone.now() - MINUTE)
    stranger = make.pupil()
    assert start(stranger, quiz).opening == lesson
    assert everyone.taken.count() == 0


def test_the_window(pupil):
    quiz = make.quiz()
    opening = make.opening(quiz, opens_at=timezone.now() + MINUTE)
    with pytest.raises(problems.NotOpenYet):
        start(pupil, quiz)
    Opening.objects.filter(pk=opening.pk).update(
        opens_at=timezone.now() - 9 * MINUTE, closes_at=timezone.now() - MINUTE
    )
    with pytest.raises(problems.QuizClosed):
        start(pupil, quiz)


def test_the_window_cuts_the_time_limit_and_the_start_says_so(pupil):
    quiz = make.quiz(time_limit_minutes=45)
    closes_at = timezone.now() + 18 * MINUTE
    make.opening(quiz, closes_at=closes_at)
    assert start(pupil, quiz).deadline == closes_at


def test_the_open_attempt_is_resumed_whatever_the_key_and_the_same_key_never_starts_another(pupil):
    quiz = make.quiz()
    make.opening(quiz)
    attempt, made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="one")
    assert made
    assert start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="two") == (attempt, False)
    submit(attempt)
    assert start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="one") == (attempt, False)
    another, made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="three")
    assert (made, another.number) == (True, 2)


def test_a_key_used_for_another_quiz_is_refused(pupil):
    first, second = make.quiz(), make.quiz()
    make.opening(first), make.opening(second)
    start(pupil, first, "same")
    with pytest.raises(problems.BadKey):
        start(pupil, second, "same")


def test_attempts_run_out(pupil):
    quiz = make.quiz(attempts=3)
    opening = make.opening(quiz, attempts=2)
    for key in "ab":
        submit(start(pupil, quiz, key))
    with pytest.raises(problems.NoAttemptsLeft):
        start(pupil, quiz, "c")
    grant_allowance(opening=opening, user=pupil, extra_attempts=1, reason="Mất điện", granted_by=None)
    assert start(pupil, quiz, "d").number == 3


def test_an_answer_to_something_else_changes_nothing(pupil):
    quiz = make.quiz(2)
    make.opening(quiz)
    attempt = start(pupil, quiz)
    right = make.right_answers(quiz)
    first, second = right
    bad = [
        ({first: right[first], "no such question": "x"}, problems.BadAnswer),
        ({first: right[first], second: right[first]}, problems.BadAnswer),
        ({first: 5}, problems.BadAnswer),
    ]
    for answers, problem in bad:
        with pytest.raises(problem):
            save(attempt, answers)
    for seq in (0, -1, "1", 1.5, True, None, 10**12):
        with pytest.raises(problems.BadSequence):
            save(attempt, {first: right[first]}, seq=seq)
    attempt.refresh_from_db()
    assert attempt.answers == {}


def test_a_stranger_gets_nothing(pupil, other_pupil):
    quiz = make.quiz(1)
    make.opening(quiz)
    attempt = start(pupil, quiz)
    with pytest.raises(problems.NoSuchAttempt):
        submit_attempt(user=other_pupil, attempt_uuid=attempt.uuid)
    with pytest.raises(problems.NoSuchAttempt):
        save_answers(user=other_pupil, attempt_uuid=attempt.uuid, saves=[("rubbish", -1, 5, None)], sent_at=None)


def test_after_a_submit_nothing_changes_and_the_browser_learns_what_is_held(pupil):
    quiz = make.quiz(1)
    make.opening(quiz)
    attempt = start(pupil, quiz)
    right = make.right_answers(quiz)
    save(attempt, right, seq=3)
    submit(attempt)
    with pytest.raises(problems.AttemptClosed) as caught:
        save(attempt, right, seq=4)
    assert caught.value.extra["saved"] == dict.fromkeys(right, 3)


class TestDeadline:
    @pytest.fixture
    def quiz(self):
        quiz = make.quiz(2, time_limit_minutes=10)
        make.opening(quiz)
        return quiz

    def test_in_grace_an_answer_given_in_time_is_taken_and_marked(self, pupil, quiz):
        attempt = start(pupil, quiz)
        first, second = make.right_answers(quiz)
        move_deadline(attempt, seconds=60)
        saved = save(attempt, {first: make.right_answers(quiz)[first]}, waited=90)
        assert (saved.attempt.late_sync, saved.refused) == (True, set())
        with pytest.raises(problems.AttemptClosed):
            save(attempt, {second: make.right_answers(quiz)[second]}, waited=10)
        ended = submit(attempt)
        assert (ended.state, ended.score, ended.late_sync) == ("submitted", 1, True)
        assert ended.answer_rows.get().late

    def test_after_grace_the_attempt_is_closed_as_of_its_deadline_with_what_was_saved(self, pupil, quiz, news):
        attempt = start(pupil, quiz)
        right = make.right_answers(quiz)
        save(attempt, dict(list(right.items())[:1]))
        move_deadline(attempt, minutes=30)
        with pytest.raises(problems.AttemptClosed) as caught:
            save(attempt, right, seq=2, waited=3600)
        assert list(caught.value.extra["saved"].values()) == [1]
        attempt.refresh_from_db()
        assert (attempt.state, attempt.score, attempt.closed_at) == ("closed", 1, attempt.deadline)
        assert attempt.receipt_code
        assert submit(attempt).receipt_code == attempt.receipt_code
        assert news[-1] == ("closed", attempt.pk)

    def test_the_minute_task_closes_what_is_due_and_nothing_else(self, pupil, other_pupil, quiz):
        due, running = start(pupil, quiz), start(other_pupil, quiz)
        move_deadline(due, seconds=121)
        move_deadline(running, seconds=60)
        assert close_due_attempts() == 1
        assert close_due_attempts() == 0
        due.refresh_from_db(), running.refresh_from_db()
        assert (due.state, due.score, running.state) == ("closed", 0, "open")

    def test_a_closed_attempt_still_takes_an_answer_given_in_time_within_grace(self, pupil, quiz, news):
        first = start(pupil, quiz)
        right = make.right_answers(quiz)
        move_deadline(first, seconds=30)
        second = start(pupil, quiz, "two")
        first.refresh_from_db()
        assert (first.state, second.number) == ("closed", 2)
        receipt = first.receipt_code
        save(first, right, waited=60)
        first.refresh_from_db()
        assert (first.score, first.late_sync, first.receipt_code) == (2, True, receipt)
        assert first.answer_rows.filter(late=True).count() == 2
        assert news[-1] == ("amended", first.pk)

    def test_extending_a_pupil_moves_the_deadline_at_once_and_is_logged(self, pupil, teacher, quiz):
        attempt = start(pupil, quiz)
        before = attempt.deadline
        with pytest.raises(problems.ReasonRequired):
            extend_pupil(opening=attempt.opening, user=pupil, seconds=300, reason="  ", granted_by=teacher)
        extend_pupil(opening=attempt.opening, user=pupil, seconds=300, reason="Mất mạng", granted_by=teacher)
        attempt.refresh_from_db()
        assert attempt.deadline == before + 5 * MINUTE
        event = AuditEvent.objects.get(action="grant_allowance")
        assert (event.actor, event.detail["reason"]) == (teacher.uuid, "Mất mạng")

    def test_the_windows_end_gives_way_to_an_extension(self, pupil, teacher):
        quiz = make.quiz(1, time_limit_minutes=45)
        closes_at = timezone.now() + 10 * MINUTE
        opening = make.opening(quiz, closes_at=closes_at)
        attempt = start(pupil, quiz)
        extend_pupil(opening=opening, user=pupil, seconds=600, reason="Mất mạng", granted_by=teacher)
        attempt.refresh_from_db()
        assert attempt.deadline == closes_at + 10 * MINUTE

    @pytest.mark.parametrize("whom", ["class_key", "unit_key"])
    def test_a_class_or_commune_without_a_line_gets_more_time_in_one_action(
        self, whom, pupil, other_pupil, teacher, school_class, quiz
    ):
        stranger = make.pupil(make.school_class("8C"))
        attempts = [start(user, quiz) for user in (pupil, other_pupil, stranger)]
        key = {"class_key": school_class.uuid, "unit_key": school_class.school.unit.uuid}[whom]
        grant_allowance(
            opening=attempts[0].opening, **{whom: key}, extra_seconds=600, reason="Mất mạng", granted_by=teacher
        )
        before = [attempt.deadline for attempt in attempts]
        for attempt in attempts:
            attempt.refresh_from_db()
        assert [attempt.deadline - old for attempt, old in zip(attempts, before, strict=True)] == [
            10 * MINUTE,
            10 * MINUTE,
            timedelta(0),
        ]


def test_reopening_keeps_the_answers_and_the_old_receipt(pupil, teacher, news):
    quiz = make.quiz(2)
    make.opening(quiz)
    attempt = start(pupil, quiz)
    right = make.right_answers(quiz)
    save(attempt, dict(list(right.items())[:1]))
    old = submit(attempt).receipt_code
    reopened = reopen_attempt(attempt=attempt, seconds=600, reason="Nộp nhầm", granted_by=teacher)
    assert (reopened.state, reopened.receipt_code, len(reopened.answers)) == ("open", None, 1)
    with pytest.raises(problems.AttemptStillOpen):
        reopen_attempt(attempt=attempt, seconds=600, reason="Nộp nhầm", granted_by=teacher)
    save(attempt, right, seq=2)
    ended = submit(attempt)
    assert (ended.score, ended.receipt_code != old) == (2, True)
    assert EarlierReceipt.objects.get(code=old).score == 1
    assert queries.receipt_of(old.lower().replace("-", " "))[0] == attempt
    assert [what for what, _pk in news] == ["submitted", "reopened", "submitted"]
    assert AuditEvent.objects.filter(action="reopen_attempt", target_key=str(attempt.uuid)).count() == 1


@pytest.mark.parametrize(("which", "number"), [("best", 2), ("first", 1), ("last", 3)])
def test_which_attempt_counts(which, number, pupil):
    quiz = make.quiz(2)
    make.opening(quiz)
    right = make.right_answers(quiz)
    for key, count in (("a", 1), ("b", 2), ("c", 0)):
        attempt = start(pupil, quiz, key)
        save(attempt, dict(list(right.items())[:count]))
        submit(attempt)
    start(pupil, quiz, "d")
    attempts = queries.attempts_of(user=pupil, quiz_keys=[quiz.quiz_key])
    assert queries.counting(attempts, which).number == number


class TestPapers:
    def test_editing_a_question_never_changes_a_taken_paper(self, pupil, other_pupil):
        asked = make.question()
        quiz = make.quiz([asked])
        make.opening(quiz)
        before = start(pupil, quiz)
        right = make.right_answers(quiz)
        shown = queries.started(before)["questions"]

        asked.stem = "Câu hỏi đã sửa?"
        for option in asked.options.all():
            option.is_correct = not option.is_correct and option.sort_order == 1
            option.save()
        asked.save()
        freeze_paper(quiz_key=quiz.quiz_key)

        assert queries.started(before)["questions"] == shown
        save(before, right)
        assert submit(before).score == 1
        after = start(other_pupil, quiz)
        assert queries.started(after)["questions"][0]["stem"] == "Câu hỏi đã sửa?"
        save(after, right)
        assert submit(after).score == 0

    def test_freezing_again_writes_nothing_and_going_back_returns_the_earlier_paper(self):
        asked = make.question()
        quiz = make.quiz([asked])
        first = Paper.objects.get()
        assert freeze_paper(quiz_key=quiz.quiz_key) == first
        words, asked.stem = asked.stem, "Khác?"
        asked.save()
        second = freeze_paper(quiz_key=quiz.quiz_key)
        assert (second.version, second.is_current) == (2, True)
        asked.stem = words
        asked.save()
        assert freeze_paper(quiz_key=quiz.quiz_key) == first
        assert list(Paper.objects.filter(is_current=True)) == [first]

    def test_a_paper_never_changes(self):
        make.quiz()
        paper = Paper.objects.get()
        paper.document = {}
        with pytest.raises(TypeError):
            paper.save()

    def test_publishing_and_saving_a_question_freeze_after_the_commit(self, django_capture_on_commit_callbacks):
        asked = make.question()
        quiz = make.quiz([asked])
        with django_capture_on_commit_callbacks(execute=True):
            asked.stem = "Mới?"
            asked.save()
        assert Paper.objects.get(is_current=True).document["questions"][0]["stem"]["vi"] == "Mới?"
        quiz.title = "Tên mới"
        with django_capture_on_commit_callbacks(execute=True):
            quiz.save_revision().publish()
        assert Paper.objects.get(is_current=True).document["title"]["vi"] == "Tên mới"
        with django_capture_on_commit_callbacks(execute=True):
            quiz.unpublish()
        assert not Paper.objects.filter(is_current=True).exists()

    def test_a_question_that_is_not_approved_stays_out(self):
        draft = make.question("Chưa duyệt?", review="draft")
        make.quiz([make.question(), draft])
        assert len(Paper.objects.get().document["questions"]) == 1
        make.quiz([draft])
        assert Paper.objects.count() == 1

    def test_a_translation_changes_words_and_nothing_else(self, pupil, other_pupil):
        quiz = make.quiz(1, english=True)
        make.opening(quiz)
        attempt = start(pupil, quiz, language="en")
        told = queries.started(attempt)["questions"][0]
        assert told["stem"].endswith("(en)")
        assert all(option["text"].endswith("(en)") for option in told["options"])
        save(attempt, make.right_answers(quiz))
        assert submit(attempt).score == 1
        assert queries.started(start(other_pupil, quiz, language="km"))["questions"][0]["stem"] == "Câu hỏi số 1?"

    def test_drawn_questions(self, pupil):
        topic = make.topic()
        for number in range(8):
            make.question(f"Câu {number}?", topic=topic, difficulty=1 + number % 2)
        fixed = make.question("Câu cố định?")
        quiz = make.quiz(
            [fixed],
            draws=[
                {"bank": make.bank(), "topic": topic, "difficulty": 1, "count": 2, "points": 2},
                {"bank": make.bank(), "count": 3, "points": Decimal("0.5")},
            ],
        )
        make.opening(quiz)
        attempt = start(pupil, quiz)
        assert len(attempt.questions) == 6
        assert attempt.questions[0][0] == str(fixed.translation_key)
        assert submit(attempt).max_score == Decimal("6.5")


class TestConstraints:
    @pytest.mark.parametrize(
        "change",
        [
            {"state": "submitted"},
            {"score": 1},
            {"receipt_code": "AAAAA-AAAAA"},
            {"state": "closed", "receipt_code": "x", "score": 2, "max_score": 1, "closed_at": timezone.now()},
        ],
    )
    def test_the_database_refuses_a_half_ended_attempt(self, change, pupil):
        quiz = make.quiz()
        make.opening(quiz)
        attempt = start(pupil, quiz)
        with pytest.raises(IntegrityError), transaction.atomic():
            Attempt.objects.filter(pk=attempt.pk).update(**change)


def test_an_answer_that_waited_for_its_turn_on_the_server_is_not_late(pupil):
    """In a storm a request waits for seconds after it came; with what it took on the way that made answers late."""
    quiz = make.quiz(2, time_limit_minutes=15)
    make.opening(quiz)
    attempt = start(pupil, quiz)
    move_deadline(attempt, seconds=10)
    (first, value), (second, other) = make.right_answers(quiz).items()
    sent_at = timezone.now()
    more = {"user": attempt.user, "attempt_uuid": attempt.uuid, "sent_at": sent_at}
    came_in_time = timezone.now() - timedelta(seconds=11)
    saved = save_answers(saves=[(first, 1, value, sent_at)], arrived_at=came_in_time, **more)
    assert (saved.sequences, saved.refused) == ({first: 1}, set())
    assert not saved.attempt.late_sync
    with pytest.raises(problems.AttemptClosed):
        save_answers(saves=[(second, 1, other, sent_at)], arrived_at=timezone.now(), **more)
    with pytest.raises(problems.AttemptClosed):
        save_answers(saves=[(second, 1, other, sent_at)], **more)

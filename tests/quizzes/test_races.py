"""Twenty requests at once, on the real database: one attempt, one receipt, nothing lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from quizzes import problems
from quizzes.models import Answer, Attempt
from quizzes.operations import save_answers, start_attempt, submit_attempt
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 20


def together(call):
    """What `call(n)` returns in twenty threads that begin at the same moment."""
    barrier = Barrier(AT_ONCE)

    def run(number):
        barrier.wait()
        try:
            return call(number)
        finally:
            connections.close_all()

    if connection.vendor == "sqlite":
        connection.close()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


@pytest.fixture
def quiz():
    quiz = make.quiz(10, time_limit_minutes=15)
    make.opening(quiz, attempts=1)
    return quiz


@pytest.mark.slow
@pytest.mark.parametrize("same_key", [True, False])
def test_starts(same_key, quiz, pupil):
    results = together(
        lambda number: start_attempt(
            user=pupil, quiz_key=quiz.quiz_key, idempotency_key="key" if same_key else f"key {number}"
        )
    )
    assert len({attempt.uuid for attempt, _made in results}) == 1
    assert sum(made for _attempt, made in results) == 1
    assert Attempt.objects.count() == 1


def test_submits(quiz, pupil):
    attempt, _made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="key")
    right = make.right_answers(quiz)
    save_answers(
        user=pupil,
        attempt_uuid=attempt.uuid,
        saves=[(one, 1, value, None) for one, value in right.items()],
        sent_at=None,
    )
    receipts = together(lambda number: submit_attempt(user=pupil, attempt_uuid=attempt.uuid).receipt_code)
    assert len(set(receipts)) == 1
    assert Answer.objects.count() == 10


def test_saves_of_several_tabs(quiz, pupil):
    attempt, _made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="key")
    right = list(make.right_answers(quiz).items())
    now = timezone.now()

    def save(number):
        question, value = right[number % 10]
        saves = [(question, 1 + number // 10, value, now - timedelta(seconds=1))]
        return save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=saves, sent_at=now)

    together(save)
    attempt.refresh_from_db()
    assert {question: answer["seq"] for question, answer in attempt.answers.items()} == {
        one: 2 for one, _value in right
    }


def before_the_write(do):
    """Calls `do` once, just before the first attempt is updated in the block."""
    waiting = [do]

    def wrapper(execute, sql, params, many, context):
        if waiting and sql.startswith('UPDATE "quizzes_attempt"'):
            waiting.pop()()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(wrapper)


def test_a_save_sees_what_another_wrote_since_it_read(quiz, pupil):
    attempt, _made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="key")
    (first, one), (second, two), (third, three), (fourth, four), *_others = make.right_answers(quiz).items()

    def save(question, value):
        saves = [(question, 1, value, timezone.now())]
        return save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=saves, sent_at=timezone.now())

    save(first, one)
    with before_the_write(lambda: save(second, two)):
        assert save(third, three).sequences == {first: 1, second: 1, third: 1}
    attempt.refresh_from_db()
    assert (set(attempt.answers), attempt.answered) == ({first, second, third}, 3)
    with (
        before_the_write(lambda: submit_attempt(user=pupil, attempt_uuid=attempt.uuid)),
        pytest.raises(problems.AttemptClosed) as closed,
    ):
        save(fourth, four)
    assert set(closed.value.extra["saved"]) == {first, second, third}
    assert Answer.objects.filter(attempt=attempt).count() == 3

"""Contests as a secretary sets them up, and people who enter them."""

import itertools
from datetime import datetime, timedelta

from django.utils import timezone

from contests.models import Category, Contest, Entry, Round
from contests.operations import (
    Agreed,
    choose_quiz,
    enter_contest,
    move_contest,
    set_up_contest,
    start_round_attempt,
)
from contests.operations.states import name_of
from quizzes.models import Attempt, Quiz
from quizzes.operations import save_answers, submit_attempt
from tests.factories import quizzes
from tests.factories.schools import make_with_role, province

_numbers = itertools.count(1)
ORDER = [["score", "desc"], ["duration_ms", "asc"], ["submitted_at", "asc"], ["draw", "asc"]]
ALL_AGREED = Agreed(rules=True, pledge=True, guardian="Trần Văn Cha", used_ai=False)


def secretary():
    return make_with_role("contest_secretary", f"Hồ Thị Thư Ký {next(_numbers)}")


def document(*, weeks: int = 1, begins: datetime | None = None, days: int = 7, **more) -> dict:
    """A weekly knowledge contest that is open now."""
    first = begins or timezone.now() - timedelta(hours=1)
    rounds = [
        {
            "level": "week",
            "opens_at": first + timedelta(days=days * number),
            "closes_at": first + timedelta(days=days * (number + 1)),
        }
        for number in range(weeks)
    ]
    return {
        "title": "Tìm hiểu dịch vụ công",
        "summary": "Mỗi tuần một lượt thi.",
        "text": "Điều 1. Ai cũng được thi.",
        "rules": {},
        "order": ORDER,
        "rounds": rounds,
    } | more


def draft(*, by=None, quiz: Quiz | None = None, **more) -> Contest:
    """A contest with a signed quiz in every round and category, not open yet."""
    by = by or secretary()
    contest = set_up_contest(document=document(**more), organiser=province(), by=by)
    quiz = quiz or quizzes.signed(quizzes.quiz(4, title="Đề thi tuần", feedback="after_close"))
    for round in Round.objects.filter(stage__contest=contest):
        for category in Category.objects.filter(contest=contest):
            choose_quiz(round=round, category=category, quiz_key=quiz.quiz_key, by=by)
    return contest


def opened(*, by=None, **more) -> Contest:
    by = by or secretary()
    contest = draft(by=by, **more)
    move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    return contest


def entry(contest: Contest, user, category: Category | None = None) -> Entry:
    category = category or Category.objects.filter(contest=contest).order_by("pk").first()
    return enter_contest(contest=contest, category=category, user=user, agreed=ALL_AGREED)


def take(
    contest: Contest, user, *, right: int = 4, number: int = 1, seconds: int = 60, key: str = "", **more
) -> Attempt:
    """Take a round with so many right answers in so many seconds."""
    attempt, _made = start_round_attempt(
        user=user, contest=contest, number=number, idempotency_key=key or f"key-{next(_numbers)}", **more
    )
    answers = quizzes.right_answers(Quiz.objects.get(translation_key=attempt.quiz_key, locale__language_code="vi"))
    saves = []
    for place, (question, options) in enumerate(attempt.questions):
        value = answers[question] if place < right else next(one for one in options if one != answers[question])
        saves.append((question, 1, value, None))
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    attempt = submit_attempt(user=user, attempt_uuid=attempt.uuid)
    began = attempt.closed_at - timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=began)
    attempt.refresh_from_db()
    return attempt


def close_rounds(contest: Contest) -> None:
    """Let the last hour pass: every round has closed."""
    for round in Round.objects.filter(stage__contest=contest):
        now = timezone.now()
        if round.closes_at > now:
            round.opens_at, round.closes_at = min(round.opens_at, now - timedelta(hours=2)), now - timedelta(seconds=1)
            round.save(update_fields=["opens_at", "closes_at"])

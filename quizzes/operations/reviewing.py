"""Spaced review of what a pupil missed (Leitner's boxes): a card comes back after 1, 3, 7, 14 and 30 days. Counts nowhere."""

import logging
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from quizzes import grading, problems
from quizzes.kinds import kind_of
from quizzes.kinds.base import ONE
from quizzes.models import Attempt, Opening, Paper, ReviewCard
from quizzes.operations.attempts import cancelled_in
from quizzes.papers import corrected_paper, marking_paper, paper
from quizzes.queries.review import forget_due

logger = logging.getLogger(__name__)

DAYS = (1, 3, 7, 14, 30)


def first_day(attempt: Attempt) -> date | None:
    """The day from which an attempt's questions may be practised with their key; None where it is never shown."""
    feedback = paper(attempt.paper_id).settings["feedback"]
    closes_at = attempt.opening.closes_at
    if attempt.context_kind == Opening.Kind.CONTEST or feedback in {"score_only", "nothing"}:
        return None
    tomorrow = timezone.localdate(attempt.closed_at) + timedelta(days=DAYS[0])
    if feedback == "after_close":
        return max(tomorrow, timezone.localdate(closes_at) + timedelta(days=1)) if closes_at else None
    return tomorrow


@transaction.atomic
def note_attempt(*, attempt: Attempt) -> int:
    """Make a card of each question missed in an ended attempt, and move those on that were answered right.

    Missed is whatever earned less than all, unanswered too, unless nothing was answered at all; not what a person marks
    or was cancelled. A card remembers when it was last seen, so the same attempt may be noted again. Returns how many
    cards were made or moved.
    """
    due_on = None if attempt.is_open or not attempt.answered else first_day(attempt)
    if due_on is None:
        return 0
    values = {question: answer["value"] for question, answer in attempt.answers.items()}
    void = cancelled_in(attempt.quiz_key)
    cards = {
        str(card.question_key): card
        for card in ReviewCard.objects.select_for_update().filter(
            user_id=attempt.user_id, question_key__in=[one for one, _options in attempt.questions]
        )
    }
    made, moved, learned = [], [], []
    for question in marking_paper(attempt).asked(attempt.questions):
        one = question["id"]
        if one in void or kind_of(question).right(question) is None:
            continue
        right = grading.grade(questions=[question], values=values, pass_percent=0).marks[one].fraction == ONE
        card = cards.get(one)
        if card is None:
            if not right:
                card = ReviewCard(user_id=attempt.user_id, question_key=UUID(one), due_on=due_on)
                made.append(card)
        elif card.last_seen_at is not None and card.last_seen_at >= attempt.closed_at:
            continue
        elif right and card.box + 1 == len(DAYS):
            learned.append(card.pk)
            continue
        else:
            _move(card, right, due_on - timedelta(days=DAYS[0]))
            moved.append(card)
        if card is not None:
            card.quiz_key, card.paper_id, card.last_seen_at = attempt.quiz_key, attempt.paper_id, attempt.closed_at
    ReviewCard.objects.bulk_create(made, ignore_conflicts=True)
    ReviewCard.objects.bulk_update(moved, ["box", "due_on", "missed", "quiz_key", "paper", "last_seen_at"])
    ReviewCard.objects.filter(pk__in=learned).delete()
    transaction.on_commit(partial(forget_due, attempt.user_id))
    return len(made) + len(moved) + len(learned)


def note_finished_attempts(*, limit: int = 2000) -> int:
    """Note every ended attempt that waits for it, oldest first, each in its own transaction. Returns how many.

    Two at a time do no harm: an attempt that another worker holds is left to it.
    """
    waiting = Attempt.objects.exclude(state=Attempt.State.OPEN).filter(noted_at=None).order_by("closed_at")
    noted = 0
    for pk in list(waiting.values_list("pk", flat=True)[:limit]):
        try:
            noted += _note_waiting(pk)
        except Exception:  # One that cannot be noted is told each time, and keeps no other back.
            logger.exception("The attempt %s could not be noted for review.", pk)
    return noted


@transaction.atomic
def _note_waiting(pk: int) -> bool:
    attempt = (
        Attempt.objects.select_related("opening")
        .select_for_update(of=("self",), skip_locked=connection.features.has_select_for_update_skip_locked)
        .exclude(state=Attempt.State.OPEN)
        .filter(pk=pk, noted_at=None)
        .first()
    )
    if attempt is None:
        return False
    note_attempt(attempt=attempt)
    Attempt.objects.filter(pk=pk).update(noted_at=timezone.now())
    return True


@transaction.atomic
def renote_attempt(*, attempt: Attempt) -> int:
    """Put the cards of an ended attempt right after its marks were computed anew. Returns how many were made or dropped.

    A question that turns out right, or is cancelled, loses the card that this attempt made or put back; one that turns out
    wrong gets its card. What the pupil has practised since is left as it is. May be repeated.
    """
    due_on = None if attempt.is_open or not attempt.answered else first_day(attempt)
    if due_on is None:
        return 0
    values = {question: answer["value"] for question, answer in attempt.answers.items()}
    void = cancelled_in(attempt.quiz_key)
    cards = {
        str(card.question_key): card
        for card in ReviewCard.objects.select_for_update().filter(
            user_id=attempt.user_id, question_key__in=[one for one, _options in attempt.questions]
        )
    }
    made, dropped = [], []
    for question in marking_paper(attempt).asked(attempt.questions):
        one = question["id"]
        if kind_of(question).right(question) is None:
            continue
        mark = grading.grade(questions=[question], values=values, pass_percent=0, cancelled=void).marks[one]
        card = cards.get(one)
        if mark.fraction == ONE:
            if card is not None and card.box == 0 and card.last_seen_at == attempt.closed_at:
                dropped.append(card.pk)
        elif card is None and one not in void:
            made.append(
                ReviewCard(
                    user_id=attempt.user_id,
                    question_key=UUID(one),
                    quiz_key=attempt.quiz_key,
                    paper_id=attempt.paper_id,
                    due_on=max(due_on, timezone.localdate() + timedelta(days=DAYS[0])),
                    last_seen_at=attempt.closed_at,
                )
            )
    ReviewCard.objects.bulk_create(made, ignore_conflicts=True)
    ReviewCard.objects.filter(pk__in=dropped).delete()
    transaction.on_commit(partial(forget_due, attempt.user_id))
    return len(made) + len(dropped)


def _move(card: ReviewCard, right: bool, today: date) -> None:
    card.box = card.box + 1 if right else 0
    card.missed += not right
    card.due_on = today + timedelta(days=DAYS[card.box])


@dataclass(frozen=True)
class Checked:
    """What a card's answer was worth; `learned` when the card is gone, else `due_on` says when it comes again."""

    fraction: Decimal
    learned: bool
    due_on: date

    @property
    def right(self) -> bool:
        return self.fraction == ONE


def key_of_card(card: ReviewCard) -> dict:
    """The question as it was missed, with the present key of its quiz: a wrong key that was mended is not practised."""
    present = Paper.objects.filter(quiz_key=card.quiz_key, is_current=True).values_list("pk", flat=True).first()
    frozen = corrected_paper(card.paper_id, present) if present and present != card.paper_id else paper(card.paper_id)
    return frozen.by_id[str(card.question_key)]


@transaction.atomic
def answer_card(*, user, card_id: int, value: Any) -> Checked:
    """Check an answer to a card and move the card; one that is not due is only checked, so that a form may be sent twice.

    Raises NoSuchQuestion for a card that is not theirs, BadAnswer for what cannot be an answer or is none.
    """
    card = ReviewCard.objects.select_for_update().filter(pk=card_id, user_id=user.pk).first()
    if card is None:
        raise problems.NoSuchQuestion()
    question = key_of_card(card)
    try:
        value = grading.clean(question, value)
    except grading.NotAnAnswer:
        raise problems.BadAnswer(question=question["id"]) from None
    if value is None:
        raise problems.BadAnswer(question=question["id"])
    fraction = kind_of(question).fraction(question, value)
    transaction.on_commit(partial(forget_due, user.pk))
    right, today = fraction == ONE, timezone.localdate()
    if card.due_on > today:
        return Checked(fraction, False, card.due_on)
    if right and card.box + 1 == len(DAYS):
        card.delete()
        return Checked(fraction, True, today)
    _move(card, right, today)
    card.last_seen_at = timezone.now()
    card.save(update_fields=["box", "due_on", "missed", "last_seen_at"])
    return Checked(fraction, False, card.due_on)

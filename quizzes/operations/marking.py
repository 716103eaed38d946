"""Marking by a person: what a teacher gives an answer, and the result that follows from it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import transaction

from cms.audit.operations import record
from quizzes import problems
from quizzes.kinds import kind_of
from quizzes.kinds.base import MILLIONTH
from quizzes.models import Attempt, EarlierResult, Marking
from quizzes.operations.attempts import mark, store_marks
from quizzes.papers import marking_paper
from quizzes.signals import attempt_finished


@transaction.atomic
def mark_answer(
    *,
    attempt: Attempt,
    question_key: UUID,
    marker,
    points: Decimal | None = None,
    points_by_criterion: Mapping[str, Decimal] | None = None,
    comment: str = "",
) -> Marking:
    """Give one answer its points, of the question or of each criterion of its rubric, and a comment for the pupil. Logged.

    The caller has checked that the attempt is in the marker's care. Marked again, the newest counts and a result that
    was complete before is kept; the very same once more changes nothing. Raises NothingToMark, BadPoints.
    """
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    question = _to_mark(attempt, question_key)
    fraction, by_criterion = _fraction(question, points, points_by_criterion)
    comment = comment.strip()
    newest = attempt.markings.filter(question_key=question_key).order_by("-marked_at", "-pk").first()
    if newest and (newest.fraction, newest.points_by_criterion, newest.comment, newest.marker_id) == (
        fraction,
        by_criterion,
        comment,
        getattr(marker, "pk", None),
    ):
        return newest
    marking = Marking.objects.create(
        attempt=attempt,
        question_key=question_key,
        fraction=fraction,
        points_by_criterion=by_criterion,
        comment=comment,
        marker=marker,
    )
    record(
        actor=marker,
        action="mark_answer",
        target_kind="attempt",
        target_key=str(attempt.uuid),
        detail={"question": str(question_key), "fraction": str(fraction), "again": newest is not None},
    )
    before = (attempt.score, attempt.max_score, bool(attempt.passed))
    was_complete = not attempt.needs_marking
    rows = mark(attempt, marking_paper(attempt))
    if was_complete and before[0] != attempt.score:
        EarlierResult.objects.create(
            attempt=attempt, score=before[0], max_score=before[1], passed=before[2], reason="mark_answer"
        )
    store_marks(attempt, rows)
    attempt_finished.send(sender=Attempt, attempt=attempt, change="marked")
    return marking


def _to_mark(attempt: Attempt, question_key: UUID) -> dict:
    one = str(question_key)
    question = marking_paper(attempt).by_id.get(one)
    value = attempt.answers.get(one, {}).get("value")
    if attempt.is_open or question is None or value is None or kind_of(question).fraction(question, value) is not None:
        raise problems.NothingToMark()
    return question


def _fraction(
    question: dict, points: Decimal | None, by_criterion: Mapping[str, Decimal] | None
) -> tuple[Decimal, dict[str, str]]:
    """The share of the whole, to a millionth, and the points as they are stored."""
    rubric = question["scoring"].get("rubric")
    try:
        if not rubric:
            given, whole, told = Decimal(points), Decimal(question["points"]), {}
        else:
            known = {one["id"]: Decimal(one["points"]) for one in rubric}
            parts = {one: Decimal(value) for one, value in (by_criterion or {}).items()}
            if parts.keys() != known.keys() or any(not 0 <= parts[one] <= most for one, most in known.items()):
                raise problems.BadPoints()
            given, whole = sum(parts.values(), Decimal(0)), sum(known.values(), Decimal(0))
            told = {one: str(value.normalize()) for one, value in sorted(parts.items())}
        if not 0 <= given <= whole:
            raise problems.BadPoints()
    except (InvalidOperation, TypeError):
        raise problems.BadPoints() from None
    return (given / whole).quantize(MILLIONTH), told

"""Scoring: every press is saved, handing in fixes it; afterwards only rulings of the meeting stand beside it."""

from decimal import Decimal, InvalidOperation

from django.db import transaction
from django.utils import timezone

from contests.models import Criterion, Mark, Meeting, Review, Ruling, Score, Work
from contests.operations.jury import GIVEN, REMINDER, key_of
from contests.operations.setting_up import log
from contests.problems import PointsMissing, PointsRefused, ReasonMissing, ReviewDone, StillJudging
from schools.operations.notifications import settle

QUARTER = Decimal("0.25")


def read_points(value, criterion: Criterion | Mark) -> Decimal:
    """Points as typed («7,5»), in quarters and within the scale. Raises PointsRefused."""
    try:
        found = Decimal(str(value).strip().replace(",", "."))
    except InvalidOperation:
        raise PointsRefused() from None
    if not found.is_finite() or not 0 <= found <= criterion.top or found % QUARTER:
        raise PointsRefused()
    return found


def _open(review: Review) -> Review:
    review = Review.objects.select_for_update().select_related("work").get(pk=review.pk)
    if review.state != Review.State.ASSIGNED:
        raise ReviewDone()
    return review


@transaction.atomic
def save_score(*, review: Review, key: str, value) -> Score | None:
    """Save the points of one criterion; again is the last word, and nothing typed takes them out.

    Raises ReviewDone, PointsRefused.
    """
    review = _open(review)
    criterion = Criterion.objects.filter(category=review.work.category_id, key=key).first()
    if criterion is None:
        raise PointsRefused()
    if not str(value).strip():
        review.scores.filter(criterion=criterion).delete()
        return None
    score, _made = Score.objects.update_or_create(
        review=review,
        criterion=criterion,
        defaults={"points": read_points(value, criterion), "saved_at": timezone.now()},
    )
    return score


@transaction.atomic
def save_comment(*, review: Review, text: str) -> Review:
    """Raises ReviewDone."""
    review = _open(review)
    review.comment = text.strip()[:2000]
    review.save(update_fields=["comment"])
    return review


@transaction.atomic
def submit_review(*, review: Review) -> Review:
    """Hand in; again is no-op. Raises PointsMissing, and ReviewDone where it was given back."""
    held = Review.objects.select_for_update().select_related("work__contest", "juror").get(pk=review.pk)
    if held.state == Review.State.SUBMITTED:
        return held
    held = _open(held)
    wanted = set(Criterion.objects.filter(category=held.work.category_id).values_list("pk", flat=True))
    if not wanted or wanted - set(held.scores.values_list("criterion_id", flat=True)):
        raise PointsMissing()
    held.state, held.submitted_at = Review.State.SUBMITTED, timezone.now()
    held.save(update_fields=["state", "submitted_at"])
    contest, juror = held.work.contest, held.juror
    if not juror.reviews.filter(state=Review.State.ASSIGNED).exists():
        settle(users=[juror.user_id], keys=[key_of(kind, contest) for kind in (GIVEN, REMINDER)])
    return held


@transaction.atomic
def rule(*, work: Work, reason: str, by, review: Review | None = None, key: str = "", value=None) -> Ruling:
    """Write down what the meeting decided: other points for one score, or that everything stands. Logged.

    A new row each time. Raises ReasonMissing, StillJudging while a juror has not handed in, PointsRefused.
    """
    if not reason.strip():
        raise ReasonMissing()
    work = Work.objects.select_for_update().select_related("contest").get(pk=work.pk)
    if work.reviews.filter(state=Review.State.ASSIGNED).exists():
        raise StillJudging()
    criterion = points = None
    if review is not None:
        criterion = Criterion.objects.filter(category=work.category_id, key=key).first()
        if criterion is None or review.work_id != work.pk or review.state != Review.State.SUBMITTED:
            raise PointsRefused()
        points = read_points(value, criterion)
    made = Ruling.objects.create(
        work=work, review=review, criterion=criterion, points=points, reason=reason.strip()[:500], by=by
    )
    log(by, "rule_on_score", work.contest, work=work.code, criterion=key, points=str(points or ""), reason=made.reason)
    return made


@transaction.atomic
def write_minutes(*, contest, by, held_at, place: str, chair: str, clerk: str, conclusions: str = "") -> Meeting:
    """Who met, when and where, and what they concluded. Logged at every change."""
    meeting, _made = Meeting.objects.update_or_create(
        contest=contest,
        defaults={
            "held_at": held_at,
            "place": place.strip()[:200],
            "chair": chair.strip()[:120],
            "clerk": clerk.strip()[:120],
            "conclusions": conclusions.strip()[:5000],
            "written_by": by,
            "written_at": timezone.now(),
        },
    )
    log(by, "write_minutes", contest, held=meeting.held_at.isoformat())
    return meeting

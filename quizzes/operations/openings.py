"""Windows for quizzes, and what teachers may grant: more time, another attempt, an attempt opened again."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cms.audit.operations import record
from quizzes import problems
from quizzes.models import Allowance, Attempt, EarlierReceipt, Opening
from quizzes.operations.approving import require_signed
from quizzes.papers import paper
from quizzes.permissions import covers, window_of
from quizzes.signals import attempt_reopened


@transaction.atomic
def open_quiz(
    *,
    quiz_key: UUID,
    context_kind: str,
    context_key: str,
    audience: dict,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    attempts: int | None = None,
    time_limit_seconds: int | None = None,
    grace_seconds: int = 120,
) -> Opening:
    """Make the window of a context, or set it anew; called again with the same values it changes nothing.

    `attempts` and `time_limit_seconds` of None mean the quiz's own. Attempts that run keep their deadline. Raises
    UnsignedQuestions where a contest would ask what no reviewer has signed.
    """
    if context_kind == Opening.Kind.CONTEST:
        require_signed(quiz_key=quiz_key)
    opening, _made = Opening.objects.update_or_create(
        quiz_key=quiz_key,
        context_kind=context_kind,
        context_key=str(context_key),
        defaults={
            "audience": audience,
            "opens_at": opens_at,
            "closes_at": closes_at,
            "attempts": attempts,
            "time_limit_seconds": time_limit_seconds,
            "grace_seconds": grace_seconds,
        },
    )
    return opening


@transaction.atomic
def grant_allowance(
    *,
    opening: Opening,
    reason: str,
    granted_by,
    user=None,
    class_key: UUID | None = None,
    unit_key: UUID | None = None,
    extra_seconds: int = 0,
    extra_attempts: int = 0,
    closes_at: datetime | None = None,
    key: UUID | None = None,
) -> Allowance:
    """Give one pupil, one class or one commune more; attempts that run get their new deadline at once. Logged.

    With a `key` the same gift sent twice is given once. Raises ReasonRequired.
    """
    reason = reason.strip()
    if not reason:
        raise problems.ReasonRequired()
    given = Allowance.objects.filter(uuid=key, opening=opening).first() if key else None
    if given:
        return given
    allowance = Allowance.objects.create(
        uuid=key or uuid4(),
        opening=opening,
        user=user,
        class_key=class_key,
        unit_key=unit_key,
        extra_seconds=extra_seconds,
        extra_attempts=extra_attempts,
        closes_at=closes_at,
        reason=reason[:300],
        granted_by=granted_by,
    )
    record(
        actor=granted_by,
        action="grant_allowance",
        target_kind="opening",
        target_key=str(opening.uuid),
        detail={
            "user": str(user.uuid) if user else None,
            "class": str(class_key) if class_key else None,
            "unit": str(unit_key) if unit_key else None,
            "extra_seconds": extra_seconds,
            "extra_attempts": extra_attempts,
            "closes_at": closes_at.isoformat() if closes_at else None,
            "reason": reason[:300],
        },
    )
    _move_deadlines(opening, user, class_key, unit_key)
    return allowance


def _move_deadlines(opening: Opening, user, class_key: UUID | None, unit_key: UUID | None) -> None:
    whose = Q(user=user) if user else Q(class_key=class_key) if class_key else Q(unit_key=unit_key)
    running = Attempt.objects.select_for_update().filter(whose, opening=opening, state=Attempt.State.OPEN)
    allowances = list(opening.allowances.all())
    moved = []
    for attempt in running:
        mine = [
            one
            for one in allowances
            if covers(one, user_id=attempt.user_id, class_key=attempt.class_key, unit_key=attempt.unit_key)
        ]
        window = window_of(opening, attempt.paper_id, None, mine)
        deadline = window.deadline(paper(attempt.paper_id).settings, attempt.started_at)
        if deadline != attempt.deadline and (
            deadline is None or attempt.deadline is None or deadline > attempt.deadline
        ):
            attempt.deadline = deadline
            moved.append(attempt)
    Attempt.objects.bulk_update(moved, ["deadline"], batch_size=500)


@transaction.atomic
def extend_pupil(
    *, opening: Opening, user, seconds: int, reason: str, granted_by, key: UUID | None = None
) -> Allowance:
    """Give one pupil `seconds` more, for the attempt that runs or for the next; the window's end gives way to it."""
    closes_at = None
    if opening.closes_at:
        running = opening.taken.filter(user=user, state=Attempt.State.OPEN).first()
        ends = running.deadline if running and running.deadline else max(opening.closes_at, timezone.now())
        closes_at = max(opening.closes_at, ends + timedelta(seconds=seconds))
    return grant_allowance(
        opening=opening,
        user=user,
        extra_seconds=seconds,
        closes_at=closes_at,
        reason=reason,
        granted_by=granted_by,
        key=key,
    )


@transaction.atomic
def extend_group(
    *,
    opening: Opening,
    seconds: int,
    reason: str,
    granted_by,
    class_key: UUID | None = None,
    unit_key: UUID | None = None,
    key: UUID | None = None,
) -> Allowance:
    """The same for a class or a commune: whoever runs, and whoever starts later, has `seconds` more."""
    closes_at = max(opening.closes_at, timezone.now()) + timedelta(seconds=seconds) if opening.closes_at else None
    return grant_allowance(
        opening=opening,
        class_key=class_key,
        unit_key=unit_key,
        extra_seconds=seconds,
        closes_at=closes_at,
        reason=reason,
        granted_by=granted_by,
        key=key,
    )


@transaction.atomic
def reopen_attempt(*, attempt: Attempt, seconds: int, reason: str, granted_by) -> Attempt:
    """Open an ended attempt again for `seconds` from now, with the answers it holds. Logged; the old receipt is kept.

    Raises ReasonRequired, AttemptStillOpen (it, or a later attempt of the pupil, is open).
    """
    reason = reason.strip()
    if not reason:
        raise problems.ReasonRequired()
    attempt = Attempt.objects.select_for_update().get(pk=attempt.pk)
    if attempt.on_paper:
        raise problems.TakenOnPaper()
    if Attempt.objects.filter(user=attempt.user_id, opening=attempt.opening_id, state=Attempt.State.OPEN).exists():
        raise problems.AttemptStillOpen()
    EarlierReceipt.objects.create(
        attempt=attempt,
        code=attempt.receipt_code,
        state=attempt.state,
        answered=attempt.answered,
        score=attempt.score,
        max_score=attempt.max_score,
        at=attempt.closed_at,
    )
    attempt.answer_rows.all().delete()
    attempt.state = Attempt.State.OPEN
    attempt.deadline = timezone.now() + timedelta(seconds=seconds)
    attempt.score = attempt.max_score = attempt.passed = None
    attempt.needs_marking = False
    attempt.receipt_code = attempt.submitted_at = attempt.closed_at = attempt.noted_at = None
    attempt.save()
    record(
        actor=granted_by,
        action="reopen_attempt",
        target_kind="attempt",
        target_key=str(attempt.uuid),
        detail={"seconds": seconds, "reason": reason[:300]},
    )
    attempt_reopened.send(sender=Attempt, attempt=attempt)
    return attempt


@transaction.atomic
def reopen_latest(
    *, opening: Opening, seconds: int, reason: str, granted_by, user=None, class_key: UUID | None = None
) -> list[Attempt]:
    """Open again the last attempt of a pupil, or of everybody in a class; who has one open already is left alone.

    Raises ReasonRequired; for one pupil AttemptStillOpen, and NoSuchAttempt where there is nothing to open.
    """
    whose = Q(user=user) if user else Q(class_key=class_key)
    latest: dict[int, Attempt] = {}
    online = Attempt.objects.filter(whose, opening=opening, entered=Attempt.Entered.ONLINE)
    for attempt in online.order_by("number"):
        latest[attempt.user_id] = attempt
    if user and not latest:
        raise problems.NoSuchAttempt()
    return [
        reopen_attempt(attempt=attempt, seconds=seconds, reason=reason, granted_by=granted_by)
        for attempt in latest.values()
        if user or not attempt.is_open
    ]

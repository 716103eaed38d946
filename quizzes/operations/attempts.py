"""Taking a quiz: start, save, submit, close. Each may be repeated; the database's constraints decide races."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone

from cms.querying import BuiltOnce, InsertOnce, Param, UpdateOnce
from quizzes import drawing, grading, merging, problems
from quizzes.kinds import kind_of
from quizzes.models import Answer, Attempt, Cancellation, Opening, Paper, Quiz
from quizzes.papers import FrozenPaper, marking_paper, paper
from quizzes.permissions import Window, openings_for, standing_of, window_of
from quizzes.signals import attempt_finished

# No letters that are read or heard as one another (0/O, 1/I/L, 2/Z, U/V …): people type receipts from paper.
RECEIPT_LETTERS = "3456789ABCDEFGHJKMNPQRTWXY"


def new_receipt_code() -> str:
    letters = "".join(secrets.choice(RECEIPT_LETTERS) for _ in range(10))
    return f"{letters[:5]}-{letters[5:]}"


_TAKEN = BuiltOnce(
    lambda: Attempt.objects.filter(
        user_id=Param("user", models.BigAutoField()), quiz_key=Param("quiz", models.UUIDField())
    )
)


def start_attempt(
    *,
    user,
    quiz_key: UUID,
    idempotency_key: str,
    language: str = "vi",
    opening: Opening | None = None,
) -> tuple[Attempt, bool]:
    """Start an attempt, or give back the open one whatever the key; the second value says whether it is new.

    The same key again gives the attempt it made, ended or not. With `opening` the caller has checked who may take it
    (a contest round); without, the person's best window is taken. Raises NoSuchQuiz, NotOpenYet, QuizClosed,
    NoAttemptsLeft, BadKey.
    """
    now = timezone.now()
    if opening is None:
        windows = openings_for(user, quiz_key)
    else:
        current = Paper.objects.filter(quiz_key=quiz_key, is_current=True).values_list("pk", flat=True).first()
        places = standing_of(user).places
        mine = list(opening.allowances.filter(user_id=user.pk))
        windows = [window_of(opening, current, places[0] if places else None, mine)] if current else []
    if not windows:
        raise problems.NoSuchQuiz()
    taken = _TAKEN.rows(user=user.pk, quiz=quiz_key)
    for attempt in taken:
        if attempt.idempotency_key == idempotency_key:
            return attempt, False
    window, resumed = _choose(windows, taken, now)
    if resumed:
        return resumed, False
    attempt = _insert(user, window, taken, idempotency_key, language, now)
    if attempt.pk is None:
        return _winner(user, window.opening, idempotency_key), False
    return attempt, True


def _choose(windows: list[Window], taken: list[Attempt], now: datetime) -> tuple[Window, Attempt | None]:
    """The window to start in, and the attempt open in it; closes an attempt whose time is up on the way."""
    for window in windows:
        for attempt in taken:
            if attempt.opening_id == window.opening.pk and attempt.is_open:
                if attempt.deadline is None or now <= attempt.deadline:
                    return window, attempt
                with transaction.atomic():
                    _close_locked(attempt.pk)
    used = [sum(attempt.opening_id == window.opening.pk for attempt in taken) for window in windows]
    open_now = [(window, count) for window, count in zip(windows, used, strict=True) if window.is_open(now)]
    for window, count in open_now:
        if count < window.attempts(paper(window.paper_id).settings):
            return window, None
    if open_now:
        raise problems.NoAttemptsLeft()
    if any(window.is_early(now) for window in windows):
        raise problems.NotOpenYet()
    raise problems.QuizClosed()


# One statement, which is its own transaction: what came before only reads.
_KEEP = InsertOnce(Attempt, with_key=True, unless_there=True)


def _insert(user, window: Window, taken: list[Attempt], key: str, language: str, now: datetime) -> Attempt:
    """The new attempt; without a primary key when another request was first with its number, its key or an open one."""
    frozen = paper(window.paper_id)
    uuid = uuid4()
    place = window.place
    attempt = Attempt(
        uuid=uuid,
        user_id=user.pk,
        quiz_key=frozen.quiz_key,
        paper_id=frozen.pk,
        opening_id=window.opening.pk,
        context_kind=window.opening.context_kind,
        context_key=window.opening.context_key,
        number=1 + max((one.number for one in taken if one.opening_id == window.opening.pk), default=0),
        idempotency_key=key,
        language=language,
        started_at=now,
        deadline=window.deadline(frozen.settings, now),
        grace_seconds=window.opening.grace_seconds,
        questions=drawing.draw(frozen.document, seed=str(uuid)),
        school_year=place.school_year if place else "",
        class_key=place and place.class_key,
        school_key=place and place.school_key,
        unit_key=place and place.unit_key,
    )
    _KEEP([attempt])
    return attempt


def _winner(user, opening: Opening, key: str) -> Attempt:
    """The attempt that another request made while this one was about to."""
    for attempt in Attempt.objects.filter(user_id=user.pk, opening=opening).order_by("-number"):
        if attempt.is_open or attempt.idempotency_key == key:
            return attempt
    raise problems.BadKey()


@dataclass(frozen=True)
class Saved:
    """What the server holds after a save.

    `refused`: answered too late; `passed`: left behind where there is no way back; `differs`: another value counts.
    """

    attempt: Attempt
    refused: set[str]
    passed: set[str]
    differs: set[str]

    @property
    def sequences(self) -> dict[str, int]:
        return sequences(self.attempt)


def sequences(attempt: Attempt) -> dict[str, int]:
    return {question: answer["seq"] for question, answer in attempt.answers.items()}


def _attempt_of_its_pupil() -> models.QuerySet[Attempt]:
    return Attempt.objects.filter(uuid=Param("uuid", models.UUIDField()), user_id=Param("user", models.BigAutoField()))


_READ = BuiltOnce(_attempt_of_its_pupil)
_LOCK = BuiltOnce(lambda: _attempt_of_its_pupil().select_for_update())


def _own(query: BuiltOnce[Attempt], user, attempt_uuid: UUID) -> Attempt:
    try:
        return query.one(uuid=attempt_uuid, user=user.pk)
    except Attempt.DoesNotExist:
        raise problems.NoSuchAttempt() from None


def _cleaned(frozen: FrozenPaper, attempt: Attempt, saves: Iterable[tuple[str, int, Any, datetime | None]]):
    asked = {one for one, _options in attempt.questions}
    for question, seq, value, answered_at in saves:
        if isinstance(seq, bool) or not isinstance(seq, int) or not 1 <= seq <= 2_000_000_000:
            raise problems.BadSequence(question=question)
        if question not in asked:
            raise problems.BadAnswer(question=question)
        try:
            value = grading.clean(frozen.by_id[question], value)
        except grading.NotAnAnswer:
            raise problems.BadAnswer(question=question) from None
        yield merging.Save(question, seq, value, answered_at)


_SAVED = ("answers", "answered", "saved_at", "late_sync")
_STORE_ANSWERS = UpdateOnce(Attempt, *_SAVED, unless_changed=("state", "answers"))


def save_answers(
    *,
    user,
    attempt_uuid: UUID,
    saves: list[tuple[str, int, Any, datetime | None]],
    sent_at: datetime | None,
    arrived_at: datetime | None = None,
) -> Saved:
    """Take in answers, each (question, seq, value, answered_at by the browser's clock). All or, on an error, none.

    `arrived_at` is when the server got them, if that was before now: waiting for their turn makes no answer late.
    One read and one write; no write when nothing is new. Raises NoSuchAttempt before anything else,
    AttemptClosed (with `saved`) after a submit or when everything came too late, BadAnswer, BadSequence.
    """
    now = arrived_at or timezone.now()
    # Two requests for one attempt in the same moment are rare: the write itself sees whether it was changed since the
    # read, and only then is everything done again under a lock (ADR 0053).
    attempt = _own(_READ, user, attempt_uuid)
    incoming, merged = _merged(attempt, saves, sent_at, now)
    if merged.changed and not _stored(attempt, merged, now):
        with transaction.atomic():
            attempt = _own(_LOCK, user, attempt_uuid)
            incoming, merged = _merged(attempt, saves, sent_at, now)
            if merged.changed:
                _put(attempt, merged, now)
                if attempt.is_open:
                    attempt.save(update_fields=_SAVED)
                else:
                    _amend(attempt)
    if merged.refused and not merged.changed:
        close_if_due(attempt=attempt)
        raise problems.AttemptClosed(saved=sequences(attempt))
    differs = {
        save.question
        for save in incoming
        if save.question in attempt.answers and _differs(attempt.answers[save.question], save)
    }
    return Saved(attempt, merged.refused, merged.passed, differs)


def _merged(
    attempt: Attempt, saves, sent_at: datetime | None, now: datetime
) -> tuple[list[merging.Save], merging.Merged]:
    """What came, and what the attempt's answers are with it. Raises AttemptClosed, BadAnswer, BadSequence."""
    frozen = paper(attempt.paper_id)
    incoming = list(_cleaned(frozen, attempt, saves))
    if attempt.state == Attempt.State.SUBMITTED or (attempt.state == Attempt.State.CLOSED and not attempt.deadline):
        raise problems.AttemptClosed(saved=sequences(attempt))
    return incoming, merging.merge(
        attempt.answers,
        incoming,
        now=now,
        sent_at=sent_at,
        started_at=attempt.started_at,
        deadline=attempt.deadline,
        grace=timedelta(seconds=attempt.grace_seconds),
        one_way=[one for one, _shown in attempt.questions] if is_one_way(frozen.settings) else (),
    )


def _put(attempt: Attempt, merged: merging.Merged, now: datetime) -> None:
    attempt.answers = merged.answers
    attempt.answered = sum(answer["value"] is not None for answer in merged.answers.values())
    attempt.saved_at = now
    attempt.late_sync = attempt.late_sync or merged.late


def _stored(attempt: Attempt, merged: merging.Merged, now: datetime) -> bool:
    """Put what was merged into an open attempt and write it; False when it is closed, or was changed since it was read."""
    if not attempt.is_open:
        return False
    before = {"state": attempt.state, "answers": attempt.answers}
    _put(attempt, merged, now)
    return _STORE_ANSWERS(attempt.pk, before=before, **{name: getattr(attempt, name) for name in _SAVED})


def _differs(held: dict, save: merging.Save) -> bool:
    if held.get("final") and save.seq > held["seq"]:
        return True
    return held["seq"] == save.seq and held["value"] != save.value


def is_one_way(settings: dict) -> bool:
    """Whether a question stays behind for good once a later one is answered."""
    return settings.get("navigation") == Quiz.Navigation.SEQUENTIAL


@transaction.atomic
def check_answer(*, user, attempt_uuid: UUID, question: str) -> Attempt:
    """Make the answer to one question final, so that its pupil may be told whether it is right. May be repeated.

    Only where the quiz allows it while it is taken. Raises NoSuchAttempt, AttemptClosed, NoInstantFeedback, BadAnswer
    (no question of this attempt), NothingToCheck (it has no answer yet, or a person marks it).
    """
    attempt = _own(_LOCK, user, attempt_uuid)
    frozen = paper(attempt.paper_id)
    if not frozen.settings.get("instant_feedback"):
        raise problems.NoInstantFeedback()
    if not attempt.is_open or (attempt.deadline and timezone.now() > attempt.deadline):
        raise problems.AttemptClosed(saved=sequences(attempt))
    if all(question != one for one, _shown in attempt.questions):
        raise problems.BadAnswer(question=question)
    held = attempt.answers.get(question)
    full = frozen.by_id[question]
    if held is None or held["value"] is None or kind_of(full).fraction(full, held["value"]) is None:
        raise problems.NothingToCheck(question=question)
    if not held.get("final"):
        attempt.answers = attempt.answers | {question: held | {"final": True}}
        Attempt.objects.filter(pk=attempt.pk).update(answers=attempt.answers)
    return attempt


@transaction.atomic
def submit_attempt(*, user, attempt_uuid: UUID) -> Attempt:
    """End an attempt, mark it and give it its receipt. An ended attempt is returned as it is, with the same receipt.

    After the deadline the answers that were saved in time count, and the attempt is closed as of the deadline.
    """
    attempt = _own(_LOCK, user, attempt_uuid)
    if not attempt.is_open:
        return attempt
    now = timezone.now()
    if attempt.deadline and now > attempt.deadline + timedelta(seconds=attempt.grace_seconds):
        _finish(attempt, Attempt.State.CLOSED, attempt.deadline)
    else:
        _finish(attempt, Attempt.State.SUBMITTED, now)
    return attempt


def close_if_due(*, attempt: Attempt) -> Attempt:
    """Close an open attempt whose deadline and grace have passed, with what was saved; otherwise leave it."""
    if not attempt.is_open or attempt.deadline is None:
        return attempt
    if timezone.now() <= attempt.deadline + timedelta(seconds=attempt.grace_seconds):
        return attempt
    with transaction.atomic():
        return _close_locked(attempt.pk) or Attempt.objects.get(pk=attempt.pk)


def close_due_attempts(*, limit: int = 5000) -> int:
    """Close every open attempt whose deadline and grace have passed; each in its own transaction. Returns how many."""
    now = timezone.now()
    due = Attempt.objects.filter(state=Attempt.State.OPEN, deadline__lt=now).order_by("deadline")
    closed = 0
    for pk, deadline, grace in list(due.values_list("pk", "deadline", "grace_seconds")[:limit]):
        if now > deadline + timedelta(seconds=grace):
            with transaction.atomic():
                closed += _close_locked(pk) is not None
    return closed


def _close_locked(pk: int) -> Attempt | None:
    attempt = Attempt.objects.select_for_update().get(pk=pk)
    if not attempt.is_open or attempt.deadline is None or timezone.now() <= attempt.deadline:
        return None
    # The end of a closed attempt is its deadline, not the minute in which somebody looked.
    _finish(attempt, Attempt.State.CLOSED, attempt.deadline)
    return attempt


def mark(
    attempt: Attempt,
    frozen: FrozenPaper,
    *,
    cancelled: set[str] | None = None,
    marked: dict[str, Decimal] | None = None,
) -> list[Answer]:
    """Set the attempt's marks from its answers, what people gave and what was cancelled; returns the answer rows, unsaved.

    `cancelled` and `marked` are given where many attempts are marked at once. The first time there is nothing that
    people gave, so it is not asked for. Of a quiz on paper of which only the total was typed, that total stands.
    """
    if attempt.entered == Attempt.Entered.TOTAL:
        return []
    if marked is None:
        marked = {} if attempt.is_open else given_by_people(attempt)
    result = grading.grade(
        questions=frozen.asked(attempt.questions),
        values={question: answer["value"] for question, answer in attempt.answers.items()},
        pass_percent=frozen.settings["pass_percent"],
        cancelled=cancelled_in(attempt.quiz_key) if cancelled is None else cancelled,
        marked=marked,
    )
    attempt.score, attempt.max_score = result.score, result.max_score
    attempt.passed, attempt.answered = result.passed, result.answered
    attempt.needs_marking = result.pending
    return [
        Answer(
            attempt_id=attempt.pk,
            question_key=question,
            value=answer["value"],
            seq=answer["seq"],
            answered_at=datetime.fromisoformat(answer["answered_at"]),
            fraction=result.marks[question].fraction,
            points=result.marks[question].points,
            late=answer.get("late", False),
        )
        for question, answer in attempt.answers.items()
        if answer["value"] is not None
    ]


_CANCELLED = BuiltOnce(
    lambda: Cancellation.objects.filter(quiz_key=Param("quiz", models.UUIDField()), withdrawn_at=None).values_list(
        "question_key", flat=True
    )
)


def cancelled_in(quiz_key: UUID) -> set[str]:
    return {str(key) for key in _CANCELLED.rows(quiz=quiz_key)}


def given_by_people(attempt: Attempt) -> dict[str, Decimal]:
    """The fraction each answer was given by a person, the newest of each."""
    rows = attempt.markings.order_by("marked_at", "pk").values_list("question_key", "fraction")
    return {str(question): fraction for question, fraction in rows}


_KEEP_ANSWERS = InsertOnce(Answer)
_STORE_END = UpdateOnce(
    Attempt, "state", "closed_at", "submitted_at", "receipt_code", "score", "max_score", "passed", "answered", "needs_marking"
)  # fmt: skip


def _finish(attempt: Attempt, state: str, at: datetime) -> None:
    rows = mark(attempt, marking_paper(attempt))
    attempt.state, attempt.closed_at = state, at
    attempt.submitted_at = at if state == Attempt.State.SUBMITTED else None
    attempt.receipt_code = new_receipt_code()
    _KEEP_ANSWERS(rows)
    _STORE_END(
        attempt.pk,
        state=attempt.state,
        closed_at=at,
        submitted_at=attempt.submitted_at,
        receipt_code=attempt.receipt_code,
        score=attempt.score,
        max_score=attempt.max_score,
        passed=attempt.passed,
        answered=attempt.answered,
        needs_marking=attempt.needs_marking,
    )
    attempt_finished.send(sender=Attempt, attempt=attempt, change=state)


def _amend(attempt: Attempt) -> None:
    """Marks again an attempt that was closed by its deadline and now got an answer given in time."""
    store_marks(attempt, mark(attempt, marking_paper(attempt)))
    attempt.save(update_fields=["answers", "saved_at", "late_sync"])
    attempt_finished.send(sender=Attempt, attempt=attempt, change="amended")


def store_marks(attempt: Attempt, rows: list[Answer]) -> None:
    """Write what `mark` made for an ended attempt, in place of what was there."""
    attempt.answer_rows.all().delete()
    _KEEP_ANSWERS(rows)
    attempt.save(update_fields=["answered", "score", "max_score", "passed", "needs_marking"])

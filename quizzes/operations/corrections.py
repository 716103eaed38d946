"""Mending a quiz that people have taken: a question cancelled, a wrong key put right, every result computed anew.

Nothing that was shown is lost (`EarlierResult`), and the paper of an attempt stays what it was; where a later key marked
it, the attempt says so (`graded_by`).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from cms.jobs.models import Job
from cms.jobs.operations import start_job
from cms.jobs.steps import Step, untold
from quizzes import problems
from quizzes.models import Answer, Attempt, Cancellation, EarlierResult, Marking, Paper
from quizzes.operations.attempts import cancelled_in, mark, store_marks
from quizzes.papers import corrected_paper, marking_paper, paper
from quizzes.signals import attempt_finished

REGRADE_JOB = "quizzes.regrade"
BATCH = 200
ENDED = [Attempt.State.SUBMITTED, Attempt.State.CLOSED]


def _said(reason: str) -> str:
    reason = reason.strip()[:300]
    if not reason:
        raise problems.ReasonRequired()
    return reason


@transaction.atomic
def cancel_question(*, quiz_key: UUID, question_key: UUID, reason: str, actor) -> tuple[Cancellation, Job | None]:
    """Full marks for everybody who was or will be asked this question, and a job that computes the results anew. Logged.

    Cancelled already: gives back what there is and starts nothing. Raises ReasonRequired, NoSuchQuestion.
    """
    reason = _said(reason)
    if not was_asked(quiz_key, question_key):
        raise problems.NoSuchQuestion()
    cancellation, made = Cancellation.objects.get_or_create(
        quiz_key=quiz_key, question_key=question_key, withdrawn_at=None, defaults={"reason": reason, "actor": actor}
    )
    if not made:
        return cancellation, None
    _log(actor, "cancel_question", quiz_key, question=str(question_key), reason=reason)
    return cancellation, _start(quiz_key, actor, reason)


@transaction.atomic
def withdraw_cancellation(*, cancellation: Cancellation, reason: str, actor) -> Job | None:
    """Count the answers to a cancelled question again. Logged. Withdrawn already: None. Raises ReasonRequired."""
    reason = _said(reason)
    cancellation = Cancellation.objects.select_for_update().get(pk=cancellation.pk)
    if cancellation.withdrawn_at is not None:
        return None
    cancellation.withdrawn_at = timezone.now()
    cancellation.save(update_fields=["withdrawn_at"])
    _log(actor, "withdraw_cancellation", cancellation.quiz_key, question=str(cancellation.question_key), reason=reason)
    return _start(cancellation.quiz_key, actor, reason)


@transaction.atomic
def preview_key(*, quiz_key: UUID, paper_id: int, actor) -> Job:
    """A job that counts how many results the key of this paper would change. Raises NoSuchKey."""
    _current(quiz_key, paper_id)
    return _start(quiz_key, actor, "", paper=paper_id, dry=True)


@transaction.atomic
def apply_key(*, quiz_key: UUID, paper_id: int, reason: str, actor) -> Job:
    """Mark every attempt of the quiz by the key of its current paper. Logged.

    `paper_id` is the paper whose key was looked at; raises NoSuchKey when it is no longer the current one, ReasonRequired.
    """
    reason = _said(reason)
    _current(quiz_key, paper_id)
    _log(actor, "apply_key", quiz_key, paper=paper_id, reason=reason)
    return _start(quiz_key, actor, reason, paper=paper_id)


@transaction.atomic
def compute_anew(*, job: Job, actor) -> Job:
    """Do once more what a job that failed was to do; what it had done stays done."""
    return start_job(kind=REGRADE_JOB, owner=actor, params=job.params)


def _current(quiz_key: UUID, paper_id: int) -> None:
    if not Paper.objects.filter(pk=paper_id, quiz_key=quiz_key, is_current=True).exists():
        raise problems.NoSuchKey()


def _log(actor, action: str, quiz_key: UUID, **detail) -> None:
    record(actor=actor, action=action, target_kind="quiz", target_key=str(quiz_key), detail=detail)


def _start(quiz_key: UUID, actor, reason: str, **more) -> Job:
    return start_job(kind=REGRADE_JOB, owner=actor, params={"quiz": str(quiz_key), "reason": reason, **more})


def papers_of(quiz_key: UUID) -> list[int]:
    """The ids of the papers that somebody took, and of the current one, newest first."""
    taken = Attempt.objects.filter(quiz_key=quiz_key).values("paper_id").distinct()
    rows = Paper.objects.filter(quiz_key=quiz_key).order_by("-version")
    return list((rows.filter(pk__in=taken) | rows.filter(is_current=True)).values_list("pk", flat=True))


def was_asked(quiz_key: UUID, question_key: UUID) -> bool:
    return any(str(question_key) in paper(pk).by_id for pk in papers_of(quiz_key))


@dataclass
class Regraded:
    """How many attempts were looked at, and how many of their results became others."""

    attempts: int = 0
    changed: int = 0
    higher: int = 0
    lower: int = 0
    now_passed: int = 0
    no_longer_passed: int = 0

    def count(self, before: tuple[Decimal, bool], after: tuple[Decimal, bool]) -> None:
        self.changed += 1
        self.higher += after[0] > before[0]
        self.lower += after[0] < before[0]
        self.now_passed += after[1] and not before[1]
        self.no_longer_passed += before[1] and not after[1]


@dataclass
class _Batch:
    """Some ended attempts, locked, with what people gave them and the rows they have: two queries, however many."""

    attempts: list[Attempt]
    given: dict[int, dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    rows: dict[int, dict[UUID, tuple]] = field(default_factory=lambda: defaultdict(dict))

    def __post_init__(self):
        for pk, question, fraction in (
            Marking.objects.filter(attempt__in=self.attempts)
            .order_by("marked_at", "pk")
            .values_list("attempt_id", "question_key", "fraction")
        ):
            self.given[pk][str(question)] = fraction
        for pk, question, *marks in Answer.objects.filter(attempt__in=self.attempts).values_list(
            "attempt_id", "question_key", "fraction", "points"
        ):
            self.rows[pk][question] = tuple(marks)


def regrade(
    *,
    quiz_key: UUID,
    change_key: UUID,
    reason: str,
    key_id: int | None = None,
    dry: bool = False,
    step: Step = untold,
) -> Regraded:
    """Compute every ended attempt of a quiz anew: what is cancelled, what people gave, and the key of paper `key_id`.

    In batches, each its own transaction, so that it may be killed anywhere and run again: what is right already is left
    alone, and under one `change_key` an old result is kept once. With `dry` nothing is written. Attempts that run are
    told of the new key and looked at once more at the end, for those that end meanwhile.
    """
    counted = Regraded()
    total = Attempt.objects.filter(quiz_key=quiz_key, state__in=ENDED).count()
    running = list(Attempt.objects.filter(quiz_key=quiz_key, state=Attempt.State.OPEN).values_list("pk", flat=True))
    if key_id is not None and not dry:
        _tell_running(running, key_id)
    last = 0
    while True:
        with transaction.atomic():
            ended = Attempt.objects.select_for_update().filter(quiz_key=quiz_key, state__in=ENDED, pk__gt=last)
            batch = list(ended.order_by("pk")[:BATCH])
            _regrade(batch, change_key, reason, key_id, dry, counted)
        if not batch:
            break
        last = batch[-1].pk
        step(min(counted.attempts, total), total, "")
    if dry:
        return counted
    for start in range(0, len(running), BATCH):
        with transaction.atomic():
            ended = Attempt.objects.select_for_update().filter(pk__in=running[start : start + BATCH], state__in=ENDED)
            _regrade(list(ended.order_by("pk")), change_key, reason, key_id, dry, Regraded())
    return _stored(change_key, counted.attempts)


def _tell_running(running: list[int], key_id: int) -> None:
    for start in range(0, len(running), BATCH):
        with transaction.atomic():
            rows = Attempt.objects.select_for_update().filter(
                pk__in=running[start : start + BATCH], state=Attempt.State.OPEN
            )
            for attempt in rows.only("pk", "paper_id", "graded_by_id", "questions"):
                graded_by = _graded_by(attempt, key_id)
                if graded_by != attempt.graded_by_id:
                    Attempt.objects.filter(pk=attempt.pk).update(graded_by=graded_by)


def _graded_by(attempt: Attempt, key_id: int) -> int | None:
    """The paper to name as the attempt's key; None where it gives every question the key it was asked with."""
    if attempt.paper_id == key_id:
        return None
    corrected = corrected_paper(attempt.paper_id, key_id).corrected
    return key_id if any(one in corrected for one, _options in attempt.questions) else None


def _regrade(
    attempts: list[Attempt], change_key: UUID, reason: str, key_id: int | None, dry: bool, counted: Regraded
) -> None:
    if not attempts:
        return
    batch = _Batch(attempts)
    cancelled = cancelled_in(attempts[0].quiz_key)
    for attempt in attempts:
        counted.attempts += 1
        before = (attempt.score, attempt.max_score, attempt.passed, attempt.needs_marking)
        graded_by = attempt.graded_by_id
        if key_id is not None:
            attempt.graded_by_id = _graded_by(attempt, key_id)
        rows = mark(attempt, marking_paper(attempt), cancelled=cancelled, marked=batch.given[attempt.pk])
        after = (attempt.score, attempt.max_score, attempt.passed, attempt.needs_marking)
        if after != before:
            counted.count((before[0], bool(before[2])), (after[0], bool(after[2])))
        if dry:
            continue
        if attempt.graded_by_id != graded_by:
            attempt.save(update_fields=["graded_by"])
        if after != before:
            EarlierResult.objects.get_or_create(
                attempt=attempt,
                change_key=change_key,
                defaults={"score": before[0], "max_score": before[1], "passed": bool(before[2]), "reason": reason},
            )
        if (
            after != before
            or {UUID(row.question_key): (row.fraction, row.points) for row in rows} != batch.rows[attempt.pk]
        ):
            store_marks(attempt, rows)
        if after != before:
            attempt_finished.send(sender=Attempt, attempt=attempt, change="regraded")


def _stored(change_key: UUID, attempts: int) -> Regraded:
    """The whole change in figures, also when it took several runs."""
    counted = Regraded(attempts=attempts)
    kept = EarlierResult.objects.filter(change_key=change_key)
    for old, had_passed, new, passes in kept.values_list(
        "score", "passed", "attempt__score", "attempt__passed"
    ).iterator():
        # A reopened attempt has no result to compare with.
        if new is not None:
            counted.count((old, had_passed), (new, bool(passes)))
    return counted

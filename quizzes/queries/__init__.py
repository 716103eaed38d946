"""What screens, the API and other rooms read about quizzes and attempts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from quizzes.models import Attempt, EarlierReceipt, Paper, Quiz
from quizzes.papers import FrozenPaper, paper
from quizzes.permissions import Window, openings_for


def stamp(moment: datetime | None) -> str | None:
    """A moment as old browsers parse it: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None


def plain(number: Decimal | None) -> int | float | None:
    """A mark as JSON holds it: 7 or 7.25."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def started(attempt: Attempt, language: str = "") -> dict:
    """The document with which an attempt is taken (contract: `POST /quizzes/{key}/attempts`). No answer key in it."""
    return {
        "attempt": str(attempt.uuid),
        "number": attempt.number,
        "started_at": stamp(attempt.started_at),
        "deadline": stamp(attempt.deadline),
        "grace_seconds": attempt.grace_seconds,
        "server_time": stamp(timezone.now()),
        "questions": paper(attempt.paper_id).public(attempt.questions, language or attempt.language),
    }


def current(attempt: Attempt, language: str = "") -> dict:
    """`started` and what has happened since, so that another device can carry on."""
    document = started(attempt, language) | {"state": attempt.state, "answers": answers_of(attempt)}
    if attempt.receipt_code:
        document["receipt"] = attempt.receipt_code
    return document


def answers_of(attempt: Attempt) -> dict[str, dict]:
    """{question: {"seq", "value"}}; `"final": True` besides where the pupil had the answer checked."""
    return {
        question: {"seq": answer["seq"], "value": answer["value"]} | ({"final": True} if answer.get("final") else {})
        for question, answer in attempt.answers.items()
    }


def submitted(attempt: Attempt) -> dict:
    """What a submit answers (contract)."""
    document = {
        "receipt": attempt.receipt_code,
        "answered": attempt.answered,
        "submitted_at": stamp(attempt.submitted_at or attempt.closed_at),
        "state": attempt.state,
    }
    # Where nothing is told before the end, a program is told no more than a page shows.
    if attempt.score is not None and paper(attempt.paper_id).settings["feedback"] != Quiz.Feedback.NOTHING:
        document |= {"score": plain(attempt.score), "max_score": plain(attempt.max_score), "passed": attempt.passed}
    return document


def current_paper(quiz_key: UUID) -> FrozenPaper | None:
    """The paper with which a quiz would start now; None while it is not published. One query."""
    pk = Paper.objects.filter(quiz_key=quiz_key, is_current=True).values_list("pk", flat=True).first()
    return paper(pk) if pk else None


def titles_of(quiz_keys: Iterable[UUID], language: str) -> dict[UUID, str]:
    """Titles of the published ones among these quizzes. One query."""
    found = Paper.objects.filter(quiz_key__in=set(quiz_keys), is_current=True).values_list("quiz_key", "pk")
    return {quiz_key: paper(pk).title(language) for quiz_key, pk in found}


def attempts_of(
    *,
    user=None,
    users: Iterable[int] | None = None,
    quiz_keys: Iterable[UUID] | None = None,
    context_kind: str = "",
    context_keys: Iterable[str] | None = None,
) -> QuerySet[Attempt]:
    """Attempts narrowed by whom, which quizzes and where; newest first. Without the large columns."""
    attempts = Attempt.objects.defer("questions", "answers").order_by("-started_at", "-pk")
    if user is not None:
        attempts = attempts.filter(user_id=user.pk)
    if users is not None:
        attempts = attempts.filter(user_id__in=users)
    if quiz_keys is not None:
        attempts = attempts.filter(quiz_key__in=list(quiz_keys))
    if context_kind:
        attempts = attempts.filter(context_kind=context_kind)
    if context_keys is not None:
        attempts = attempts.filter(context_key__in=[str(key) for key in context_keys])
    return attempts


def counting(attempts: Iterable[Attempt], which: str) -> Attempt | None:
    """The attempt that counts among the ended ones of one person: the "best", the "first" or the "last"."""
    ended = sorted((attempt for attempt in attempts if not attempt.is_open), key=lambda attempt: attempt.number)
    if not ended:
        return None
    if which == Quiz.WhichCounts.BEST:
        return max(
            ended, key=lambda attempt: (attempt.score / attempt.max_score if attempt.max_score else 0, -attempt.number)
        )
    return ended[0] if which == Quiz.WhichCounts.FIRST else ended[-1]


def receipt_of(code: str) -> tuple[Attempt, EarlierReceipt | None] | None:
    """The attempt behind a receipt as people type it; the second value when it was replaced by a reopening."""
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    code = f"{letters[:5]}-{letters[5:]}"
    attempt = Attempt.objects.select_related("user__person", "opening").filter(receipt_code=code).first()
    if attempt:
        return attempt, None
    earlier = (
        EarlierReceipt.objects.select_related("attempt__user__person", "attempt__opening").filter(code=code).first()
    )
    return (earlier.attempt, earlier) if earlier else None


@dataclass(frozen=True)
class Entrance:
    """What a person finds at the door of a quiz: the window they would take, and what they did before."""

    window: Window
    paper: FrozenPaper
    attempts: list[Attempt]
    now: datetime

    @property
    def running(self) -> Attempt | None:
        for attempt in self.attempts:
            if attempt.is_open and (attempt.deadline is None or attempt.deadline > self.now):
                return attempt
        return None

    @property
    def ended(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if not attempt.is_open]

    @property
    def allowed(self) -> int:
        return self.window.attempts(self.paper.settings)

    @property
    def left(self) -> int:
        used = sum(attempt.opening_id == self.window.opening.pk for attempt in self.attempts)
        return max(0, self.allowed - used)

    @property
    def state(self) -> str:
        """running, early, closed, used_up, or open."""
        if self.running:
            return "running"
        if self.window.is_early(self.now):
            return "early"
        if not self.window.is_open(self.now):
            return "closed"
        return "open" if self.left else "used_up"

    @property
    def limit_minutes(self) -> int | None:
        limit = self.window.time_limit(self.paper.settings)
        return round(limit.total_seconds() / 60) if limit else None

    @property
    def cut_minutes(self) -> int | None:
        """Whole minutes that are really left when the window ends before the time limit would; otherwise None."""
        limit, closes_at = self.window.time_limit(self.paper.settings), self.window.closes_at
        if limit is None or closes_at is None or closes_at >= self.now + limit:
            return None
        return max(0, int((closes_at - self.now).total_seconds() // 60))

    @property
    def counting(self) -> Attempt | None:
        return counting(self.attempts, self.paper.settings["which_counts"])

    @property
    def question_count(self) -> int:
        document = self.paper.document
        pooled = {one for pool in document["draws"] for one in pool["ids"]}
        fixed = sum(question["id"] not in pooled for question in document["questions"])
        return fixed + sum(min(pool["count"], len(pool["ids"])) for pool in document["draws"])


def entrance_of(user, quiz_key: UUID) -> Entrance | None:
    """The door of a quiz for one person; None when no window of it is theirs. As many queries as a start, less one."""
    windows = openings_for(user, quiz_key)
    if not windows:
        return None
    now = timezone.now()
    attempts = list(
        Attempt.objects.defer("questions", "answers").filter(user=user, quiz_key=quiz_key).order_by("-started_at")
    )

    def rank(window: Window) -> tuple[bool, bool, bool]:
        door = Entrance(window, paper(window.paper_id), attempts, now)
        running = door.running is not None and door.running.opening_id == window.opening.pk
        return not running, door.state != "open", window.is_early(now)

    window = min(windows, key=rank)
    return Entrance(window, paper(window.paper_id), attempts, now)

"""What the page of a quiz's corrections tells."""

from dataclasses import dataclass, field
from uuid import UUID

from cms.jobs.models import Job
from quizzes.kinds import kind_of
from quizzes.kinds.base import targets
from quizzes.models import Attempt, Cancellation, Paper
from quizzes.operations.corrections import REGRADE_JOB, papers_of
from quizzes.papers import corrected_paper, paper, words

JOBS = 10


@dataclass
class MendedQuestion:
    """A question that somebody was asked. `cancellation` is the one in force."""

    key: UUID
    stem: str
    right: str
    cancellation: Cancellation | None = None
    in_force: bool = True


@dataclass(frozen=True)
class CorrectedKey:
    """A question whose key the present paper has changed, with what was right before and what is now."""

    stem: str
    before: str
    after: str


@dataclass
class Mending:
    """A quiz with what can be mended in it. `paper_id` is the present paper, None when it is not published."""

    quiz_key: UUID
    title: str
    attempts: int
    paper_id: int | None
    questions: list[MendedQuestion] = field(default_factory=list)
    corrected: list[CorrectedKey] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)


def mending_of(quiz_key: UUID, language: str) -> Mending | None:
    """Everything on the page; None for a quiz that never had a paper. Six queries, however many questions."""
    present = Paper.objects.filter(quiz_key=quiz_key, is_current=True).values_list("pk", flat=True).first()
    known = papers_of(quiz_key)
    if not known:
        return None
    attempts = Attempt.objects.filter(quiz_key=quiz_key)
    mending = Mending(
        quiz_key,
        paper(known[0]).title(language),
        attempts.exclude(state=Attempt.State.OPEN).count(),
        present,
        jobs=list(Job.objects.filter(kind=REGRADE_JOB, params__quiz=str(quiz_key)).order_by("-created_at")[:JOBS]),
    )
    cancelled = {
        str(one.question_key): one
        for one in Cancellation.objects.filter(quiz_key=quiz_key, withdrawn_at=None).select_related("actor__person")
    }
    seen = set()
    for pk in ([present] if present else []) + known:
        for one, question in paper(pk).by_id.items():
            if one not in seen:
                seen.add(one)
                mending.questions.append(
                    MendedQuestion(
                        UUID(one),
                        words(question["stem"], language),
                        right_in_words(question, language),
                        cancelled.get(one),
                        pk == present,
                    )
                )
    if present:
        mending.corrected = _corrected(attempts, present, language)
    return mending


def _corrected(attempts, present: int, language: str) -> list[CorrectedKey]:
    """Each question once for each key by which it was marked and that is not the present one."""
    told = {}
    for asked, graded_by in attempts.values_list("paper_id", "graded_by_id").distinct():
        before = corrected_paper(asked, graded_by) if graded_by else paper(asked)
        after = corrected_paper(asked, present) if asked != present else paper(asked)
        for one, question in after.by_id.items():
            was, now = (right_in_words(each, language) for each in (before.by_id[one], question))
            if before.by_id[one] != question:
                told[one, was, now] = CorrectedKey(words(question["stem"], language), was, now)
    return list(told.values())


def right_in_words(question: dict, language: str) -> str:
    """The right answer as a line of text; empty where a person marks."""
    told = {one["id"]: words(one["text"], language) for one in (*question["options"], *targets(question))}

    def say(value) -> str:
        if isinstance(value, bool):
            return "✓" if value else "✗"
        return told.get(value, value)

    right = kind_of(question).right(question)
    if right is None:
        return ""
    if question["type"] in {"short", "numeric"}:
        accepted = [told[one["id"]] for one in question["options"] if one["correct"] or one.get("fraction")]
        return " / ".join(accepted)
    if isinstance(right, list):
        return " → ".join(map(say, right)) if question["type"] == "ordering" else "; ".join(map(say, right))
    if isinstance(right, dict):
        return "; ".join(f"{told[one]} – {say(value)}" for one, value in right.items())
    return say(right)

"""What a contest asks, as the desk lists it."""

from dataclasses import dataclass, field
from uuid import UUID

from contests.models import Contest, RoundQuiz
from quizzes.models import Cancellation, Paper


@dataclass
class Asked:
    """A quiz of the contest with the rounds that ask it. `questions` are {"key", "stem", "cancelled": reason or ""}."""

    key: UUID
    title: str
    rounds: list[int] = field(default_factory=list)
    questions: list[dict] = field(default_factory=list)


def asked_in(contest: Contest, language: str) -> list[Asked]:
    """Three queries however many rounds."""
    found: dict[UUID, Asked] = {}
    for key, number in (
        RoundQuiz.objects.filter(round__stage__contest=contest)
        .order_by("round__number")
        .values_list("quiz_key", "round__number")
    ):
        one = found.setdefault(key, Asked(key, ""))
        if number not in one.rounds:
            one.rounds.append(number)
    cancelled = {
        (one.quiz_key, str(one.question_key)): one.reason
        for one in Cancellation.objects.filter(quiz_key__in=found, withdrawn_at=None)
    }
    for paper in Paper.objects.filter(quiz_key__in=found, is_current=True):
        one = found[paper.quiz_key]
        one.title = _in(paper.document["title"], language)
        one.questions = [
            {
                "key": question["id"],
                "stem": _in(question["stem"], language),
                "cancelled": cancelled.get((paper.quiz_key, question["id"]), ""),
            }
            for question in paper.document["questions"]
        ]
    return list(found.values())


def _in(texts, language: str) -> str:
    if not isinstance(texts, dict):
        return str(texts)
    return texts.get(language) or texts.get("vi") or next(iter(texts.values()), "")

"""The quizzes a class has taken, as the way to their figures."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Avg, Count, F, FloatField, Max, OuterRef, Subquery
from django.db.models.functions import Cast

from quizzes.models import Attempt, Paper
from quizzes.papers import paper
from quizzes.permissions import Sight
from quizzes.queries.figures.counting import ENDED
from quizzes.queries.figures.reading import OUT_OF

PER_PAGE = 50


@dataclass(frozen=True)
class TakenQuiz:
    """A quiz with how many pupils of the class took it, in how many attempts, and the mean of all these out of ten."""

    quiz_key: UUID
    title: str
    pupils: int
    attempts: int
    mean: float | None
    last_at: datetime


def quizzes_taken(sight: Sight, language: str, page: str | None) -> tuple[Page, list[TakenQuiz]]:
    """What the classes in sight took, the latest first; a page of it. Two queries once the papers are read."""
    newest = Paper.objects.filter(quiz_key=OuterRef("quiz_key")).order_by("-is_current", "-version").values("pk")[:1]
    ratio = Cast("score", FloatField()) / Cast("max_score", FloatField())
    attempts = Attempt.objects.filter(class_key__in=sight.classes.values("uuid"), state__in=ENDED, max_score__gt=0)
    if not sight.with_contests:
        attempts = attempts.exclude(context_kind="contest")
    rows = (
        attempts.order_by()
        .values("quiz_key")
        .annotate(
            pupils=Count("user_id", distinct=True),
            attempts=Count("pk"),
            mean=Avg(ratio),
            last_at=Max("closed_at"),
            paper=Subquery(newest),
        )
        .order_by(F("last_at").desc(), "quiz_key")
    )
    listed = Paginator(rows, PER_PAGE).get_page(page)
    return listed, [
        TakenQuiz(
            row["quiz_key"],
            paper(row["paper"]).title(language),
            row["pupils"],
            row["attempts"],
            row["mean"] * OUT_OF,
            row["last_at"],
        )
        for row in listed.object_list
    ]

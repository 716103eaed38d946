"""The figures of a quiz that a whole province took: computed by a job, kept with the time at which they were taken."""

from uuid import UUID

from django.core.cache import cache

from quizzes.permissions import Sight
from quizzes.queries.figures.counting import ENDED, Which
from quizzes.queries.figures.reading import Figures

# More attempts than this take longer than a page may (docs/performance.md: 100,000 take about nine seconds).
LARGE = 10_000
DAYS = 7


def is_large(quiz_key: UUID, sight: Sight) -> bool:
    """Whether the figures are to be left to a job. One query."""
    return sight.classes is None and sight.attempts(quiz_key).filter(state__in=ENDED).count() > LARGE


def kept(quiz_key: UUID, which: Which, language: str, year: str = "") -> Figures | None:
    """What a job computed last, of everybody; `taken_at` says when. None where there is nothing, or not any more."""
    return cache.get(_name(quiz_key, which, language, year))


def keep(figures: Figures, language: str) -> None:
    cache.set(_name(figures.quiz_key, figures.which, language, figures.year), figures, DAYS * 24 * 3600)


def _name(quiz_key: UUID, which: Which, language: str, year: str) -> str:
    # A new shape of the figures must not be read as an old one.
    return f"quiz-figures:2:{quiz_key}:{which}:{language}:{year}"

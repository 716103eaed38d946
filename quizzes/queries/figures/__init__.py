"""The figures of a quiz: one function behind the page, the print and the .xlsx."""

from quizzes.queries.figures.counting import Which
from quizzes.queries.figures.keeping import LARGE, is_large, keep, kept
from quizzes.queries.figures.reading import ClassFigures, Figures, QuestionFigures, figures_of

__all__ = ["LARGE", "ClassFigures", "Figures", "QuestionFigures", "Which", "figures_of", "is_large", "keep", "kept"]

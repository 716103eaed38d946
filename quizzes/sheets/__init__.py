"""Questions as pages show them: while a quiz is taken, after it, and to its editor. Everything a template prints."""

from quizzes.sheets.asking import asked, sheet_of
from quizzes.sheets.outcomes import Outcome, checked, outcome_of
from quizzes.sheets.preview import preview_of, preview_of_question

__all__ = ["Outcome", "asked", "checked", "outcome_of", "preview_of", "preview_of_question", "sheet_of"]

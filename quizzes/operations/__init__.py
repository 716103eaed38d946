from quizzes.operations.attempts import (
    close_due_attempts,
    close_if_due,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.operations.openings import extend_pupil, grant_allowance, open_quiz, reopen_attempt
from quizzes.operations.papers import freeze_paper, freeze_papers_using

__all__ = [
    "close_due_attempts",
    "close_if_due",
    "extend_pupil",
    "freeze_paper",
    "freeze_papers_using",
    "grant_allowance",
    "open_quiz",
    "reopen_attempt",
    "save_answers",
    "start_attempt",
    "submit_attempt",
]

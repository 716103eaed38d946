from quizzes.operations.attempts import (
    check_answer,
    close_due_attempts,
    close_if_due,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.operations.openings import extend_pupil, grant_allowance, open_quiz, reopen_attempt
from quizzes.operations.papers import freeze_paper, freeze_papers_using
from quizzes.operations.starter import Loaded, load_quiz

__all__ = [
    "Loaded",
    "check_answer",
    "close_due_attempts",
    "close_if_due",
    "extend_pupil",
    "freeze_paper",
    "freeze_papers_using",
    "grant_allowance",
    "load_quiz",
    "open_quiz",
    "reopen_attempt",
    "save_answers",
    "start_attempt",
    "submit_attempt",
]

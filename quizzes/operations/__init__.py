from quizzes.operations.approving import approve_questions, unsigned_questions
from quizzes.operations.attempts import (
    check_answer,
    close_due_attempts,
    close_if_due,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.operations.corrections import (
    apply_key,
    cancel_question,
    compute_anew,
    preview_key,
    regrade,
    withdraw_cancellation,
)
from quizzes.operations.figures import compute_figures
from quizzes.operations.marking import mark_answer
from quizzes.operations.openings import (
    extend_group,
    extend_pupil,
    grant_allowance,
    open_quiz,
    reopen_attempt,
    reopen_latest,
)
from quizzes.operations.papers import freeze_contest_papers_on, freeze_paper, freeze_papers_using
from quizzes.operations.reviewing import answer_card, note_attempt, note_finished_attempts, renote_attempt
from quizzes.operations.starter import Loaded, load_quiz

__all__ = [
    "Loaded",
    "answer_card",
    "apply_key",
    "approve_questions",
    "cancel_question",
    "check_answer",
    "close_due_attempts",
    "close_if_due",
    "compute_anew",
    "compute_figures",
    "extend_group",
    "extend_pupil",
    "freeze_contest_papers_on",
    "freeze_paper",
    "freeze_papers_using",
    "grant_allowance",
    "load_quiz",
    "mark_answer",
    "note_attempt",
    "note_finished_attempts",
    "open_quiz",
    "preview_key",
    "regrade",
    "renote_attempt",
    "reopen_attempt",
    "reopen_latest",
    "save_answers",
    "start_attempt",
    "submit_attempt",
    "unsigned_questions",
    "withdraw_cancellation",
]

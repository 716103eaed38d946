from celery import shared_task

from quizzes.operations import close_due_attempts, note_finished_attempts
from quizzes.operations.imports import forget_old_imports


@shared_task
def close_due() -> int:
    """Every minute: attempts whose time is up are closed with what was saved."""
    return close_due_attempts()


@shared_task
def note_finished() -> int:
    """Every quarter of a minute: cards of what was missed. Apart from the submit, which must stay cheap."""
    return note_finished_attempts()


@shared_task
def forget_imports() -> int:
    """Every hour: uploaded files of questions that nobody imported are erased."""
    return forget_old_imports()

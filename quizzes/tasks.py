from celery import shared_task

from quizzes.models import Attempt
from quizzes.operations import close_due_attempts, note_attempt
from quizzes.operations.imports import forget_old_imports


@shared_task
def close_due() -> int:
    """Every minute: attempts whose time is up are closed with what was saved."""
    return close_due_attempts()


@shared_task
def note_for_review(attempt_id: int) -> None:
    """After an attempt: cards of what was missed. Apart from the submit, which must stay cheap."""
    attempt = Attempt.objects.select_related("opening").filter(pk=attempt_id).first()
    if attempt is not None:
        note_attempt(attempt=attempt)


@shared_task
def forget_imports() -> int:
    """Every hour: uploaded files of questions that nobody imported are erased."""
    return forget_old_imports()

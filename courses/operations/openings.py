"""The windows through which a lesson's quiz is taken."""

from uuid import UUID

from django.db import transaction

from quizzes.models import Opening
from quizzes.operations import open_quiz


@transaction.atomic
def open_lesson_quiz(*, lesson_key: UUID, quiz_key: UUID) -> Opening:
    """Make sure that whoever reads the lesson may take its quiz; one that is open already is left as it is.

    The lesson is the context, not the assignment: what a pupil scored before a teacher assigned the lesson counts, and
    a due date is chased, never a reason to refuse an answer. The quiz's own rules say how many attempts there are.
    """
    found = Opening.objects.filter(
        quiz_key=quiz_key, context_kind=Opening.Kind.LESSON, context_key=str(lesson_key)
    ).first()
    return found or open_quiz(
        quiz_key=quiz_key,
        context_kind=Opening.Kind.LESSON,
        context_key=str(lesson_key),
        audience={"kind": "everyone"},
    )

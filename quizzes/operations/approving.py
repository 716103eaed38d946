"""A reviewer answers for a question: without that it is not scored in a contest."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from quizzes import problems
from quizzes.documents import source_first
from quizzes.models import Paper, Question
from quizzes.operations.papers import freeze_papers_using


@transaction.atomic
def approve_questions(*, questions: Iterable[Question], by) -> int:
    """Approve the questions in all their languages in the name of `by`, as they stand now. Returns how many.

    May be repeated; who signed first stays. The caller has checked that `by` is a reviewer.
    """
    keys = {question.translation_key for question in questions}
    rows = Question.objects.select_for_update().filter(translation_key__in=keys)
    signed = set(rows.filter(approved_by=None).values_list("translation_key", flat=True))
    rows.filter(approved_by=None).update(review=Question.Review.APPROVED, approved_by=by, approved_at=timezone.now())
    for key in sorted(signed, key=str):
        record(actor=by, action="approve_question", target_kind="question", target_key=str(key))
    transaction.on_commit(lambda: freeze_papers_using(question_keys=keys))
    return len(signed)


def unsigned_questions(*, quiz_key: UUID) -> list[Question]:
    """What the quiz's current paper asks or may draw without a reviewer's name."""
    current = Paper.objects.filter(quiz_key=quiz_key, is_current=True).first()
    asked = [question["id"] for question in current.document["questions"]] if current else []
    sources: dict[UUID, Question] = {}
    for row in sorted(
        Question.objects.filter(translation_key__in=asked).select_related("locale", "approved_by"), key=source_first
    ):
        sources.setdefault(row.translation_key, row)
    return [row for row in sources.values() if row.approved_by is None]


def require_signed(*, quiz_key: UUID) -> None:
    """Raises UnsignedQuestions, which names the first of them."""
    if unsigned := unsigned_questions(quiz_key=quiz_key):
        raise problems.UnsignedQuestions(unsigned)

"""Freezing quizzes into papers, when an editor publishes or changes a question: never when somebody starts."""

import hashlib
import json
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from quizzes.documents import document_of, source_first
from quizzes.models import Opening, Paper, Question, Quiz, QuizDraw, QuizQuestion
from quizzes.papers import forget


@transaction.atomic
def freeze_paper(*, quiz_key: UUID) -> Paper | None:
    """Make the quiz as it is published now its current paper; nothing is written when it has not changed.

    Returns None, and leaves the quiz without a current paper, when it is not published or has no approved question. The
    paper of a quiz that a contest opened asks only what a reviewer has signed.
    """
    rows = sorted(
        Quiz.objects.filter(translation_key=quiz_key, live=True)
        .select_related("locale")
        .prefetch_related("draws__topic"),
        key=source_first,
    )
    # One freeze of a quiz at a time; its papers are the lock.
    papers = list(Paper.objects.select_for_update().filter(quiz_key=quiz_key).only("pk", "content_hash", "is_current"))
    of_contest = Opening.objects.filter(quiz_key=quiz_key, context_kind=Opening.Kind.CONTEST).exists()
    document = document_of(rows, only_signed=of_contest) if rows else None
    if document is None or not document["questions"]:
        Paper.objects.filter(quiz_key=quiz_key, is_current=True).update(is_current=False)
        return None
    digest = hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    same = next((paper for paper in papers if paper.content_hash == digest), None)
    if same and same.is_current:
        return same
    Paper.objects.filter(quiz_key=quiz_key, is_current=True).update(is_current=False)
    if same:
        same.is_current = True
        same.save(update_fields=["is_current"])
        return same
    latest = Paper.objects.filter(quiz_key=quiz_key).aggregate(latest=Max("version"))["latest"] or 0
    made = Paper.objects.create(quiz_key=quiz_key, version=latest + 1, content_hash=digest, document=document)
    forget(made.pk)
    return made


def freeze_papers_using(*, question_keys: Iterable[UUID]) -> int:
    """Freeze every quiz that asks or may draw one of these questions. Returns how many quizzes were looked at."""
    keys = set(question_keys)
    asked = QuizQuestion.objects.filter(question__translation_key__in=keys).values_list(
        "quiz__translation_key", flat=True
    )
    banks = Question.objects.filter(translation_key__in=keys).values("bank")
    drawn = QuizDraw.objects.filter(bank__in=banks).values_list("quiz__translation_key", flat=True)
    quizzes = set(asked) | set(drawn)
    for quiz_key in quizzes:
        freeze_paper(quiz_key=quiz_key)
    return len(quizzes)


def freeze_contest_papers_on(*, code: str) -> int:
    """Freeze again what contests draw from a pool with questions on procedure `code`: it has become stale, or is checked.

    Returns how many quizzes were looked at. Attempts that have begun keep the paper they were given.
    """
    banks = Question.objects.filter(procedure_code=code).values("bank")
    of_contests = Opening.objects.filter(context_kind=Opening.Kind.CONTEST).values("quiz_key")
    drawn = QuizDraw.objects.filter(bank__in=banks, quiz__translation_key__in=of_contests)
    quizzes = set(drawn.values_list("quiz__translation_key", flat=True))
    for quiz_key in quizzes:
        freeze_paper(quiz_key=quiz_key)
    return len(quizzes)

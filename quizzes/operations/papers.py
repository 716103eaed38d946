"""Freezing quizzes into papers, when an editor publishes or changes a question: never when somebody starts."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from quizzes.models import Paper, Question, Quiz, QuizDraw, QuizQuestion


@transaction.atomic
def freeze_paper(*, quiz_key: UUID) -> Paper | None:
    """Make the quiz as it is published now its current paper; nothing is written when it has not changed.

    Returns None, and leaves the quiz without a current paper, when it is not published or has no approved question.
    """
    rows = sorted(
        Quiz.objects.filter(translation_key=quiz_key, live=True)
        .select_related("locale")
        .prefetch_related("draws__topic"),
        key=_source_first,
    )
    # One freeze of a quiz at a time; its papers are the lock.
    papers = list(Paper.objects.select_for_update().filter(quiz_key=quiz_key).only("pk", "content_hash", "is_current"))
    document = _document(rows) if rows else None
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
    return Paper.objects.create(quiz_key=quiz_key, version=latest + 1, content_hash=digest, document=document)


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


def _source_first(row) -> tuple[bool, int]:
    """Sorts translations: the row in the site's first language, else the oldest, is the source."""
    return (not row.locale.is_default, row.pk)


def _document(quizzes: list[Quiz]) -> dict:
    source = quizzes[0]
    points: dict[UUID, str] = {}
    for line in source.quiz_questions.select_related("question").order_by("sort_order", "pk"):
        points[line.question.translation_key] = str(line.points.quantize(line.points.__class__("0.01")))
    draws = []
    for rule in source.draws.all():
        pool = Question.objects.filter(bank=rule.bank_id, review=Question.Review.APPROVED)
        if rule.topic_id:
            pool = pool.filter(topic__translation_key=rule.topic.translation_key)
        if rule.difficulty:
            pool = pool.filter(difficulty=rule.difficulty)
        keys = [
            key
            for key in dict.fromkeys(pool.order_by("pk").values_list("translation_key", flat=True))
            if key not in points
        ]
        draws.append(
            {"ids": keys, "count": rule.count, "points": str(rule.points.quantize(rule.points.__class__("0.01")))}
        )
        points |= dict.fromkeys(keys, draws[-1]["points"])

    rows: dict[UUID, list[Question]] = defaultdict(list)
    for question in (
        Question.objects.filter(translation_key__in=points)
        .select_related("locale", "picture", "topic")
        .prefetch_related("options")
    ):
        rows[question.translation_key].append(question)
    questions = []
    for key, worth in points.items():
        translations = sorted(rows[key], key=_source_first)
        if translations[0].review == Question.Review.APPROVED:
            questions.append(_question(translations, worth))
    known = {question["id"] for question in questions}
    return {
        "title": {quiz.locale.language_code: quiz.title for quiz in quizzes},
        "description": {quiz.locale.language_code: quiz.description for quiz in quizzes if quiz.description},
        "settings": {
            "time_limit_seconds": source.time_limit_minutes * 60 if source.time_limit_minutes else None,
            "attempts": source.attempts,
            "which_counts": source.which_counts,
            "pass_percent": source.pass_percent,
            "shuffle_questions": source.shuffle_questions,
            "shuffle_options": source.shuffle_options,
            "feedback": source.feedback,
        },
        "questions": questions,
        "draws": [
            {
                "ids": [str(key) for key in rule["ids"] if str(key) in known],
                "count": rule["count"],
                "points": rule["points"],
            }
            for rule in draws
        ],
    }


def _question(translations: list[Question], points: str) -> dict:
    source = translations[0]
    options: dict[UUID, dict] = {
        option.translation_key: {
            "id": str(option.translation_key),
            "text": {},
            "correct": option.is_correct,
            "why": {},
        }
        for option in source.options.all()
    }
    for question in translations:
        language = question.locale.language_code
        for option in question.options.all():
            if option.translation_key in options:
                options[option.translation_key]["text"][language] = option.text
                if option.why:
                    options[option.translation_key]["why"][language] = option.why
    return {
        "id": str(source.translation_key),
        "type": source.type,
        "points": points,
        "stem": {question.locale.language_code: question.stem for question in translations},
        "options": list(options.values()),
        "explanation": {
            question.locale.language_code: question.explanation for question in translations if question.explanation
        },
        "picture": _picture(translations),
        "scoring": source.scoring,
        "topic": source.topic.slug if source.topic else "",
        "difficulty": source.difficulty,
        "procedure": source.procedure_code,
    }


def _picture(translations: list[Question]) -> dict | None:
    """Where a question's picture is kept, by width; the address is made when it is shown, as storage may move."""
    source = translations[0]
    if source.picture is None:
        return None
    sources = []
    for width in (360, 800):
        rendition = source.picture.get_rendition(f"width-{width}|format-webp")
        sources.append({"file": rendition.file.name, "width": rendition.width, "height": rendition.height})
    return {
        "alt": {question.locale.language_code: question.picture_alt for question in translations},
        "sources": sources,
    }

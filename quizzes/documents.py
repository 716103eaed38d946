"""A quiz as a document in all its languages, with the right answers: what a paper freezes and a preview shows."""

from collections import defaultdict
from decimal import Decimal
from uuid import UUID

from media.models import Picture
from quizzes.models import Question, Quiz

CENT = Decimal("0.01")


def source_first(row) -> tuple[bool, int]:
    """Sorts translations: the row in the site's first language, else the oldest, is the source."""
    return (not row.locale.is_default, row.pk)


def document_of(quizzes: list[Quiz]) -> dict:
    source = quizzes[0]
    points: dict[UUID, str] = {}
    for line in source.quiz_questions.select_related("question").order_by("sort_order", "pk"):
        points[line.question.translation_key] = str(line.points.quantize(CENT))
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
        draws.append({"ids": keys, "count": rule.count, "points": str(rule.points.quantize(CENT))})
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
        translations = sorted(rows[key], key=source_first)
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
    for spec in _specs(source.picture):
        rendition = source.picture.get_rendition(spec)
        sources.append({"file": rendition.file.name, "width": rendition.width, "height": rendition.height})
    return {
        "alt": {question.locale.language_code: question.picture_alt for question in translations},
        "sources": sources,
    }


def _specs(picture: Picture) -> list[str]:
    """A drawing is kept as it is, a photograph in two widths."""
    return ["original"] if picture.is_svg() else [f"width-{width}|format-webp" for width in (360, 800)]

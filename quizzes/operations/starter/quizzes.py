"""Loading quizzes from a document (the starter content's YAML): idempotent, and an editor's changes are kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from wagtail.models import Locale

from cms.vocabulary.models import content_hash
from quizzes.models import Question, QuestionBank, Quiz, QuizQuestion
from quizzes.operations.papers import freeze_paper
from quizzes.operations.starter.questions import load_question, outcome_of

BANK = "khoi-dau"


@dataclass
class Loaded:
    """`quiz` is the row in the first language; the counts are of the quiz and its questions together."""

    quiz: Quiz
    created: int = 0
    changed: int = 0
    kept: int = 0

    def count(self, what: str) -> None:
        setattr(self, what, getattr(self, what) + 1)


@transaction.atomic
def load_quiz(document: Mapping[str, Any], *, pictures: Mapping[str, Any] | None = None, bank: str = BANK) -> Loaded:
    """Bring in the quiz of `document` in all its languages, publish and freeze it.

    `key` and every `id` are UUIDs and become the translation keys. `pictures` maps the names a question's `picture` may
    hold to media pictures. What is as it was loaded before is brought up to date; what an editor changed since is kept.
    Raises ValueError, with the question's id, for a question nobody could answer.
    """
    shelf, _made = QuestionBank.objects.get_or_create(slug=bank, defaults={"title": "Ngân hàng câu hỏi khởi đầu"})
    source = Locale.get_default()
    languages = {locale.language_code: locale for locale in Locale.objects.all()}
    used = [source.language_code, *(code for code in document["title"] if code != source.language_code)]
    locales = [languages[code] for code in used if code in languages]
    loaded = Loaded(quiz=Quiz())
    for entry in document["questions"]:
        loaded.count(load_question(entry, shelf, locales, pictures or {}))
    loaded.count(_load_quiz(document, locales, loaded))
    freeze_paper(quiz_key=loaded.quiz.quiz_key)
    return loaded


def _load_quiz(document: Mapping, locales: list[Locale], loaded: Loaded) -> str:
    key = UUID(str(document["key"]))
    rows = {row.locale.language_code: row for row in Quiz.objects.filter(translation_key=key).select_related("locale")}
    codes = [locale.language_code for locale in locales]
    wanted = {
        "title": {code: document["title"][code] for code in codes if document["title"].get(code)},
        "time_limit_minutes": document.get("time_limit_minutes"),
        "attempts": document.get("attempts", 5),
        "pass_percent": document.get("pass_percent", 50),
        "shuffle": bool(document.get("shuffle", False)),
        "feedback": document.get("feedback", Quiz.Feedback.AFTER_SUBMIT.value),
        "questions": [str(entry["id"]) for entry in document["questions"]],
    }
    source = rows.get(locales[0].language_code)
    held = _held_quiz(rows, source) if source else None
    outcome = outcome_of(held, source.starter_hash if source else "", wanted)
    if outcome == "kept":
        loaded.quiz = source
        return outcome
    asked = Question.objects.in_bulk(
        Question.objects.filter(translation_key__in=wanted["questions"], locale=locales[0]).values_list("pk", flat=True)
    )
    by_key = {str(question.translation_key): question for question in asked.values()}
    for locale in locales:
        row = rows.get(locale.language_code) or Quiz(translation_key=key, locale=locale, live=False)
        row.title = wanted["title"][locale.language_code]
        row.time_limit_minutes, row.attempts = wanted["time_limit_minutes"], wanted["attempts"]
        row.pass_percent, row.feedback = wanted["pass_percent"], wanted["feedback"]
        row.shuffle_questions = row.shuffle_options = wanted["shuffle"]
        row.starter_key, row.starter_hash = str(key), content_hash(wanted)
        if locale == locales[0]:
            lines = {line.question_id: line for line in row.quiz_questions.all()} if row.pk else {}
            row.quiz_questions = [
                _line(lines.get(by_key[one].pk), by_key[one], place) for place, one in enumerate(wanted["questions"])
            ]
            loaded.quiz = row
        row.save()
        row.save_revision().publish()
    return outcome


def _line(row: QuizQuestion | None, question: Question, place: int) -> QuizQuestion:
    row = row or QuizQuestion(question=question)
    row.sort_order = place
    return row


def _held_quiz(rows: dict[str, Quiz], source: Quiz) -> dict:
    return {
        "title": {code: row.title for code, row in rows.items() if row.title},
        "time_limit_minutes": source.time_limit_minutes,
        "attempts": source.attempts,
        "pass_percent": source.pass_percent,
        "shuffle": source.shuffle_questions and source.shuffle_options,
        "feedback": source.feedback,
        "questions": [
            str(line.question.translation_key)
            for line in source.quiz_questions.select_related("question").order_by("sort_order", "pk")
        ],
    }

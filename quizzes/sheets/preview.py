"""A quiz or a question before it is published, as a pupil will see it, with the key under each question."""

from random import Random
from uuid import UUID

from quizzes import grading
from quizzes.documents import document_of, document_of_question
from quizzes.kinds import kind_of
from quizzes.models import Paper, Question, Quiz
from quizzes.papers import FrozenPaper
from quizzes.sheets.asking import MOVED, headed
from quizzes.sheets.outcomes import outcome


def preview_of(quiz: Quiz) -> dict:
    """What an editor sees: every question the quiz asks or may draw, in its language, unanswered."""
    shown = _shown(quiz.translation_key, document_of([quiz]), quiz.locale.language_code)
    return shown | {"quiz": quiz}


def preview_of_question(question: Question) -> dict:
    """What an editor sees of one question while it is written."""
    return _shown(question.translation_key, document_of_question(question), question.locale.language_code)


def _shown(key: UUID, document: dict, language: str) -> dict:
    frozen = FrozenPaper(Paper(quiz_key=key, version=0, document=document))
    # The same order at every look, so that an editor can compare.
    chance = Random(str(key))  # noqa: S311  (an order, no secret)
    order: list[list] = [[one, kind_of(full).shown(full, chance, shuffle=False)] for one, full in frozen.by_id.items()]
    order.sort(key=lambda one: frozen.section_of(one[0]))
    nothing = grading.Mark(grading.ZERO, grading.ZERO)
    questions = [
        outcome(question, frozen.by_id[question["id"]], None, number, language, nothing)
        for number, question in enumerate(frozen.public(order, language), start=1)
    ]
    return {
        "questions": headed(questions, frozen, language),
        "settings": frozen.settings,
        "moved": any(question["type"] in MOVED for question in questions),
    }

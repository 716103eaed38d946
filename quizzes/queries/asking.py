"""Single questions of a quiz for the wall of a classroom: which can be asked, how they look, what an answer says."""

from collections.abc import Mapping
from uuid import UUID

from quizzes import answers
from quizzes.kinds import NotAnAnswer, clean
from quizzes.models import Paper
from quizzes.papers import FrozenPaper, words
from quizzes.queries import current_paper
from quizzes.sheets.asking import LETTERS, asked

# Every option can be counted and read from the last row.
ASKABLE = ("single", "multiple", "true_false")


def questions_to_ask(quiz_key: UUID) -> list[dict]:
    """The questions of the published quiz that a whole class can be asked, the key with them. Two queries at most.

    The caller has checked that whoever reads them may have the key (`quizzes.permissions.may_print_quiz`).
    """
    found = current_paper(quiz_key)
    return [one for one in found.document["questions"] if one["type"] in ASKABLE] if found else []


def question_sheet(question: Mapping, language: str, given: list[str] | None = None) -> dict:
    """The question as quizzes/types/choice.html asks it, options in their own order; never which of them is right."""
    alone = FrozenPaper(Paper(document={"questions": [question]}))
    order = [[question["id"], [one["id"] for one in question["options"]]]]
    value = given if question["type"] == "multiple" or not given else given[0]
    return asked(alone.public(order, language)[0], value, 1)


def chosen_options(question: Mapping, posted: answers.Posted) -> list[str]:
    """The ids of the options that a plain form chose, in order; empty where it chose none or something else."""
    try:
        value = clean(question, answers.read(question, posted))
    except NotAnAnswer:
        return []
    return [] if value is None else value if isinstance(value, list) else [value]


def told_options(question: Mapping, language: str) -> list[dict]:
    """[{"id", "letter", "text", "right"}, …]: with the key, so only for a page that may tell it."""
    return [
        {
            "id": option["id"],
            "letter": letter,
            "text": words(option["text"], language),
            "right": bool(option["correct"]),
            "why": words(option.get("why") or {}, language),
        }
        for letter, option in zip(LETTERS, question["options"], strict=False)
    ]


def stem_of(question: Mapping, language: str) -> str:
    return words(question["stem"], language)


def typed_question(*, key: str, stem: str, options: list[tuple[str, str, bool, str]], language: str) -> dict:
    """A question that is in no bank, as a paper holds one. `options`: (id, words, right, why).

    It is one of several right answers where more than one option is right; one without a right answer asks for views.
    """
    several = sum(right for _id, _text, right, _why in options) > 1
    return {
        "id": key,
        "type": "multiple" if several else "single",
        "stem": {language: stem},
        "options": [
            {"id": one, "text": {language: text}, "correct": right, "why": {language: why} if why else {}}
            for one, text, right, why in options
        ],
    }

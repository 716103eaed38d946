"""What a sheet of paper asks. Pure: the same variant of the same paper always asks the same, in the same order."""

from collections.abc import Mapping

from quizzes.drawing import draw
from quizzes.papers import FrozenPaper

VARIANTS = 4
FIRST_CODE = 101
# One letter is the answer.
ONE_LETTER = frozenset({"single", "true_false", "picture_choice"})
# What a pen can answer and a teacher can type in a moment; the rest needs a screen or a person's mark.
ASKED = ONE_LETTER | {"multiple", "statements", "numeric", "short"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def code_of(variant: int) -> int:
    """The number on the sheet: variant 0 is 101."""
    return FIRST_CODE + variant


def draw_sheet(document: Mapping, *, seed: str, variant: int) -> list[list]:
    """[[question id, [option id, …]], …] of one variant, without what paper cannot ask."""
    types = {question["id"]: question for question in document["questions"]}
    return [row for row in draw(document, seed=f"{seed}:{variant}") if _fits(types[row[0]])]


def _fits(question: Mapping) -> bool:
    return (
        question["type"] in ASKED
        and not question.get("audio")
        and not any(option.get("audio") for option in question["options"])
        and len(question["options"]) <= len(LETTERS)
    )


def left_out(document: Mapping) -> list[Mapping]:
    """The questions that only a screen can ask."""
    return [question for question in document["questions"] if not _fits(question)]


def sheet_of(frozen: FrozenPaper, questions: list[list], language: str) -> list[dict]:
    """What is printed: numbered questions, their options with letters; never which of them is right."""
    shown = []
    for number, question in enumerate(frozen.public(questions, language), 1):
        typed = question["type"] in {"numeric", "short"}
        options = (
            []
            if typed
            else [option | {"letter": letter} for option, letter in zip(question["options"], LETTERS, strict=False)]
        )
        shown.append(question | {"number": number, "options": options, "typed": typed})
    return shown

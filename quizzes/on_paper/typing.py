"""What a teacher types from a sheet, one line a pupil, as answers. Pure.

Where every question is answered by one letter the line is a run of letters: `ABDCA`, spaces do not matter. Otherwise a
space stands between answers, or a semicolon where an answer has several words: `A BD ĐSĐS 12,5`. A dash is no answer.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from quizzes.kinds import NotAnAnswer, clean
from quizzes.on_paper.asking import LETTERS, ONE_LETTER

NOTHING = {"-", "–", "—", "_"}
TRUE, FALSE = {"Đ", "D", "T"}, {"S", "F"}
CENT = Decimal("0.01")


class Mistyped(ValueError):
    """A line that is no answer sheet. `number`: of the question, 0 for the line; `piece`: what was typed there."""

    def __init__(self, number: int, piece: str, *, wanted: int = 0, found: int = 0):
        self.number, self.piece, self.wanted, self.found = number, piece, wanted, found
        super().__init__(f"{number}: {piece}")


def is_run(questions: Sequence[Mapping]) -> bool:
    """Whether one letter answers every question."""
    return all(question["type"] in ONE_LETTER for question in questions)


def read_line(text: str, questions: Sequence[Mapping], orders: Sequence[Sequence[str]]) -> dict[str, Any]:
    """{question id: value} of what was answered. `orders`: the option ids of each question as they were printed.

    Raises Mistyped, at the first slip.
    """
    pieces = _pieces(text, run=is_run(questions))
    if len(pieces) != len(questions):
        raise Mistyped(0, text, wanted=len(questions), found=len(pieces))
    values = {}
    for number, (piece, question, order) in enumerate(zip(pieces, questions, orders, strict=True), 1):
        if piece in NOTHING:
            continue
        try:
            values[question["id"]] = clean(question, _value(piece, question, order))
        except (NotAnAnswer, KeyError, IndexError):
            raise Mistyped(number, piece) from None
    return values


def _pieces(text: str, *, run: bool) -> list[str]:
    if run:
        return [sign for sign in text if not sign.isspace() and sign not in ",;"]
    if ";" in text:
        return [piece.strip() or "-" for piece in text.split(";")]
    return text.split()


def _value(piece: str, question: Mapping, order: Sequence[str]) -> Any:
    kind = question["type"]
    if kind in {"numeric", "short"}:
        return piece
    # Only options are lettered: a drawn order may hold other things after them.
    options = {option["id"] for option in question["options"]}
    shown = [one for one in order if one in options]
    letters = piece.upper()
    if kind == "statements":
        if len(letters) != len(shown):
            raise NotAnAnswer
        return {one: _said(sign) for one, sign in zip(shown, letters, strict=True) if sign not in NOTHING}
    if kind == "true_false" and letters in TRUE | FALSE:
        return shown[0] if letters in TRUE else shown[1]
    chosen = [shown[LETTERS.index(sign)] if sign in LETTERS else _wrong() for sign in letters]
    if kind == "multiple":
        if len(set(chosen)) != len(chosen):
            raise NotAnAnswer
        return chosen
    if len(chosen) != 1:
        raise NotAnAnswer
    return chosen[0]


def _said(sign: str) -> bool:
    if sign not in TRUE | FALSE:
        raise NotAnAnswer
    return sign in TRUE


def _wrong() -> str:
    raise NotAnAnswer


def read_total(text: str) -> Decimal:
    """A mark out of ten as people write it: 7, 7.5, 7,25. Raises Mistyped."""
    try:
        total = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Mistyped(0, text) from None
    if not total.is_finite() or not 0 <= total <= 10 or total != total.quantize(CENT):
        raise Mistyped(0, text)
    return total


def points_for(total: Decimal, max_score: Decimal) -> Decimal:
    """So many points of `max_score` as `total` is of ten."""
    return (total * max_score / 10).quantize(CENT, ROUND_HALF_UP)

"""Marks from a paper and answers. Pure and exact: `Decimal` throughout, no database. The types are in `quizzes.kinds`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from quizzes.kinds import NotAnAnswer, clean, kind_of
from quizzes.kinds.base import ONE, ZERO

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Mark:
    """What one question earned; both None while a person has to mark it."""

    fraction: Decimal | None
    points: Decimal | None


@dataclass(frozen=True)
class Result:
    """`answered` counts questions with a value; `pending` is true while a person has to mark one."""

    score: Decimal
    max_score: Decimal
    passed: bool
    answered: int
    pending: bool
    marks: dict[str, Mark]


def grade(
    *,
    questions: Iterable[Mapping],
    values: Mapping[str, Any],
    pass_percent: int,
    marked: Mapping[str, Decimal] | None = None,
    cancelled: Iterable[str] = (),
) -> Result:
    """Mark `values` ({question id: cleaned value or None}) against the questions that were asked.

    `marked` holds fractions a person gave ({question id: 0…1}); they stand before what the type says. A question in
    `cancelled` earns full marks for all, answered or not.
    """
    given, void = marked or {}, set(cancelled)
    score = max_score = ZERO
    answered = 0
    pending = False
    marks: dict[str, Mark] = {}
    for question in questions:
        one, worth = question["id"], Decimal(question["points"])
        max_score += worth
        value = values.get(one)
        answered += value is not None
        fraction: Decimal | None
        if one in void:
            fraction = ONE
        elif value is None:
            fraction = ZERO
        elif one in given:
            fraction = given[one]
        else:
            fraction = kind_of(question).fraction(question, value)
        if fraction is None:
            pending = True
            marks[one] = Mark(None, None)
            continue
        points = (fraction * worth).quantize(CENT, ROUND_HALF_UP)
        score += points
        marks[one] = Mark(fraction, points)
    return Result(
        score=score.quantize(CENT),
        max_score=max_score.quantize(CENT),
        passed=score * 100 >= max_score * pass_percent,
        answered=answered,
        pending=pending,
        marks=marks,
    )


__all__ = ["Mark", "NotAnAnswer", "Result", "clean", "grade"]

"""Marks from a paper and answers. Pure and exact: `Decimal` throughout, no database.

A question is the mapping a paper holds: {"id", "type", "points", "options": [{"id", "correct", …}], "scoring"}. A new
type registers a `Kind`; nothing else here knows the types.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
MILLIONTH = Decimal("0.000001")
ZERO, ONE = Decimal(0), Decimal(1)


class NotAnAnswer(ValueError):
    """The value cannot be an answer to this question."""


class Kind:
    """What a type of question is: which values answer it, and how right each is."""

    def clean(self, question: Mapping, value: Any) -> Any:
        """`value` in the one form that is stored; None for "no answer". Raises NotAnAnswer."""
        raise NotImplementedError

    def fraction(self, question: Mapping, value: Any) -> Decimal | None:
        """0…1 for a cleaned `value` that is not None; None when a person must mark it."""
        raise NotImplementedError


class OneOf(Kind):
    def clean(self, question, value):
        if value is None:
            return None
        if not isinstance(value, str) or all(value != option["id"] for option in question["options"]):
            raise NotAnAnswer
        return value

    def fraction(self, question, value):
        return ONE if any(option["id"] == value and option["correct"] for option in question["options"]) else ZERO


class SeveralOf(Kind):
    """All or nothing; with {"partial": true} each right choice earns its share and each wrong one costs as much."""

    def clean(self, question, value):
        chosen = [value] if isinstance(value, str) else value
        if chosen is None or chosen == []:
            return None
        if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
            raise NotAnAnswer
        known = {option["id"] for option in question["options"]}
        if not known.issuperset(chosen):
            raise NotAnAnswer
        return sorted(set(chosen))

    def fraction(self, question, value):
        right = {option["id"] for option in question["options"] if option["correct"]}
        chosen = set(value)
        if not question.get("scoring", {}).get("partial"):
            return ONE if chosen == right else ZERO
        share = Decimal(len(chosen & right) - len(chosen - right)) / Decimal(len(right))
        return max(share, ZERO).quantize(MILLIONTH, ROUND_HALF_UP)


KINDS: dict[str, Kind] = {"single": OneOf(), "true_false": OneOf(), "multiple": SeveralOf()}


def clean(question: Mapping, value: Any) -> Any:
    return KINDS[question["type"]].clean(question, value)


@dataclass(frozen=True)
class Mark:
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


def grade(*, questions: Iterable[Mapping], values: Mapping[str, Any], pass_percent: int) -> Result:
    """Mark `values` ({question id: cleaned value or None}) against the questions that were asked."""
    score = max_score = ZERO
    answered = 0
    pending = False
    marks: dict[str, Mark] = {}
    for question in questions:
        worth = Decimal(question["points"])
        max_score += worth
        value = values.get(question["id"])
        if value is None:
            marks[question["id"]] = Mark(ZERO, ZERO.quantize(CENT))
            continue
        answered += 1
        fraction = KINDS[question["type"]].fraction(question, value)
        if fraction is None:
            pending = True
            marks[question["id"]] = Mark(None, None)
            continue
        points = (fraction * worth).quantize(CENT, ROUND_HALF_UP)
        score += points
        marks[question["id"]] = Mark(fraction, points)
    return Result(
        score=score.quantize(CENT),
        max_score=max_score.quantize(CENT),
        passed=score * 100 >= max_score * pass_percent,
        answered=answered,
        pending=pending,
        marks=marks,
    )

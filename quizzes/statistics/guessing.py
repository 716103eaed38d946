"""What blind guessing earns on average."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from math import comb, factorial

from quizzes.kinds import kind_of
from quizzes.kinds.base import clamp, targets, weight


def random_guess(question: Mapping) -> float | None:
    """The share of a question's points that somebody earns who chooses blindly; 0 where the answer is typed.

    None where there is no one way of guessing: several choices (how many would one tick?), an order with credit for
    neighbours, a text with gaps, or what a person marks.
    """
    found = GUESSES.get(question["type"])
    return found(question) if found else None


def _one(question: Mapping) -> float | None:
    options = question["options"]
    return float(sum(clamp(weight(one)) for one in options) / len(options)) if options else None


def _area(question: Mapping) -> float | None:
    areas = targets(question)
    return sum(bool(one["correct"]) for one in areas) / len(areas) if areas else None


def _statements(question: Mapping) -> float | None:
    """Each statement is true or false with the same chance; so many right ones earn what the type says."""
    right = kind_of(question).right(question)
    size = len(right)
    if not size:
        return None
    earned = Decimal(0)
    for hits in range(size + 1):
        said = {one: value if place < hits else not value for place, (one, value) in enumerate(right.items())}
        earned += comb(size, hits) * kind_of(question).fraction(question, said)
    return float(earned / 2**size)


def _placed(question: Mapping) -> float | None:
    """Each line goes somewhere by chance. Where some belong nowhere, one may leave them: no one way of guessing."""
    right = kind_of(question).right(question)
    if not targets(question) or len(right) < len(question["options"]):
        return None
    if question.get("scoring", {}).get("all_or_nothing"):
        return (1 / len(targets(question))) ** len(right)
    return 1 / len(targets(question))


def _order(question: Mapping) -> float | None:
    return None if question.get("scoring", {}).get("partial") else 1 / factorial(len(question["options"]))


def _typed(question: Mapping) -> float | None:
    return 0.0


GUESSES: dict[str, Callable[[Mapping], float | None]] = {
    "single": _one,
    "true_false": _one,
    "picture_choice": _one,
    "hotspot": _area,
    "statements": _statements,
    "matching": _placed,
    "zones": _placed,
    "ordering": _order,
    "short": _typed,
    "numeric": _typed,
}

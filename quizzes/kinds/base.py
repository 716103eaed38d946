"""What every type of question answers to. A question is the mapping a paper holds:

    {"id", "type", "points", "scoring": {...},
     "options": [{"id", "text": {lang: text}, "correct", "fraction"?, "target"?, "tolerance"?, "picture"?, "audio"?}],
     "targets": [{"id", "text": {lang: text}, "kind"?, "area"?, "correct"?}]}

Options are what is chosen, moved or typed; targets are where it goes: the right side of a pair, a group, a gap of the
text, an area of the picture.
"""

import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

MILLIONTH = Decimal("0.000001")
ZERO, ONE = Decimal(0), Decimal(1)


class NotAnAnswer(ValueError):
    """The value cannot be an answer to this question."""


def share(part: int | Decimal, whole: int) -> Decimal:
    """`part` of `whole` as a fraction within 0…1, to a millionth."""
    return clamp((Decimal(part) / Decimal(whole)).quantize(MILLIONTH, ROUND_HALF_UP)) if whole else ZERO


def clamp(fraction: Decimal) -> Decimal:
    return min(max(fraction, ZERO), ONE)


def weight(option: Mapping) -> Decimal:
    """What choosing this option earns, from -1 to 1: its own fraction where it has one, else all or nothing."""
    if option.get("fraction") is not None:
        return Decimal(str(option["fraction"]))
    return ONE if option["correct"] else ZERO


def targets(question: Mapping) -> list[Mapping]:
    return question.get("targets", [])


def ids(rows) -> set[str]:
    return {row["id"] for row in rows}


class Kind:
    """One type of question."""

    # Whether the options' texts are shown; a typed answer's options are its accepted answers and stay on the server.
    shows_options = True

    def clean(self, question: Mapping, value: Any) -> Any:
        """`value` in the one form that is stored; None for "no answer". Raises NotAnAnswer."""
        raise NotImplementedError

    def fraction(self, question: Mapping, value: Any) -> Decimal | None:
        """0…1 for a cleaned `value` that is not None; None when a person must mark it."""
        raise NotImplementedError

    def right(self, question: Mapping) -> Any:
        """A cleaned value that earns full marks; None where there is no such thing."""
        raise NotImplementedError

    def shown(self, question: Mapping, chance: Random, *, shuffle: bool) -> list[str]:
        """The ids of the options and targets a browser sees, in the order of one attempt."""
        return [*self._mixed(question["options"], chance, shuffle), *(one["id"] for one in targets(question))]

    @staticmethod
    def _mixed(rows, chance: Random, shuffle: bool) -> list[str]:
        order = [row["id"] for row in rows]
        if shuffle:
            chance.shuffle(order)
        return order


def text_of(value: Any, *, longest: int) -> str | None:
    """A typed answer, NFC and trimmed; None when it is empty. Raises NotAnAnswer for what is no text or too long."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > longest:
        raise NotAnAnswer
    # A NUL cannot be stored by PostgreSQL; nobody types one.
    return unicodedata.normalize("NFC", value.replace("\x00", "")).strip() or None

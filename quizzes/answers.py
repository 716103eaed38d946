"""Answers as a plain form sends them. Pure: what a page without a script posts becomes the value that is saved.

The names of a question's fields: its id where the answer is one thing (an option, an area, a text) or several of a
kind; `<question>:<option>` or `<question>:<gap>` where each line has an answer of its own (types/*.html).
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from quizzes.kinds.base import targets


class Posted(Protocol):
    """A `QueryDict`, as far as this module looks at it."""

    def get(self, name: str, default: Any = None, /) -> Any: ...
    def getlist(self, name: str, /) -> list[str]: ...


class Unclear(ValueError):
    """Something was filled in, but not so that it makes an answer."""


def read(question: Mapping, posted: Posted) -> Any:
    """The value `posted` gives for `question` (a paper's), None for "no answer"; not cleaned. Raises Unclear."""
    return READERS[question["type"]](question, posted)


def _one(question: Mapping, posted: Posted) -> Any:
    return posted.get(question["id"]) or None


def _several(question: Mapping, posted: Posted) -> Any:
    return sorted(set(posted.getlist(question["id"]))) or None


def _lines(question: Mapping, posted: Posted, parts) -> dict[str, str]:
    told = {one["id"]: posted.get(f"{question['id']}:{one['id']}") for one in parts}
    return {one: given for one, given in told.items() if given}


def _statements(question: Mapping, posted: Posted) -> Any:
    said = _lines(question, posted, question["options"])
    return {one: given == "true" for one, given in said.items()} or None


def _placing(question: Mapping, posted: Posted) -> Any:
    return _lines(question, posted, question["options"]) or None


def _gaps(question: Mapping, posted: Posted) -> Any:
    return _lines(question, posted, targets(question)) or None


def _ordering(question: Mapping, posted: Posted) -> Any:
    numbers = _lines(question, posted, question["options"])
    if not numbers:
        return None
    wanted = [str(place) for place in range(1, len(question["options"]) + 1)]
    if sorted(numbers.values()) != sorted(wanted):
        raise Unclear
    return sorted(numbers, key=lambda one: int(numbers[one]))


READERS: dict[str, Callable[[Mapping, Posted], Any]] = {
    "single": _one,
    "true_false": _one,
    "picture_choice": _one,
    "hotspot": _one,
    "multiple": _several,
    "statements": _statements,
    "matching": _placing,
    "zones": _placing,
    "ordering": _ordering,
    "gaps": _gaps,
    "numeric": _one,
    "short": _one,
    "long": _one,
}

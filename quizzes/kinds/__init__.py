"""The types of question: what answers each, how right an answer is, and what of it a browser may see. Pure."""

from collections.abc import Mapping
from typing import Any

from quizzes.kinds.base import Kind, NotAnAnswer
from quizzes.kinds.choices import AreaOf, OneOf, SeveralOf, Statements
from quizzes.kinds.places import Ordering, Placing
from quizzes.kinds.typed import Gaps, Number, ShortText, Written

KINDS: dict[str, Kind] = {
    "single": OneOf(),
    "true_false": OneOf(fixed_order=True),
    "picture_choice": OneOf(),
    "multiple": SeveralOf(),
    "statements": Statements(),
    "hotspot": AreaOf(),
    "matching": Placing(),
    "zones": Placing(),
    "ordering": Ordering(),
    "gaps": Gaps(),
    "numeric": Number(),
    "short": ShortText(),
    "long": Written(),
}


def kind_of(question: Mapping) -> Kind:
    return KINDS[question["type"]]


def clean(question: Mapping, value: Any) -> Any:
    """`value` in the one form that is stored, None for "no answer". Raises NotAnAnswer."""
    return kind_of(question).clean(question, value)


__all__ = ["KINDS", "Kind", "NotAnAnswer", "clean", "kind_of"]

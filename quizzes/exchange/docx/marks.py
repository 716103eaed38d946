"""Which option a teacher marked by its looks. A look that all options share marks nothing."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from quizzes.exchange.docx.lines import HOLE, Line, Look

_FORMULA = re.compile(r"\\\(.*?\\\)", re.DOTALL)


@dataclass
class Labelled:
    """An option or statement: its letter, how the letter looks, and what it says."""

    letter: str
    look: Look
    line: Line


@dataclass(frozen=True)
class Marked:
    """Places of options marked by underline, highlight or colour, and by bold or italic, which also serve emphasis."""

    strong: frozenset[int]
    weak: frozenset[int]
    # All letters or all texts are underlined: every statement is meant.
    all_underlined: bool = False

    @property
    def any(self) -> frozenset[int]:
        return self.strong | self.weak


def marked(options: list[Labelled]) -> Marked:
    texts = [_common_look(option.line) for option in options]
    letters = [option.look for option in options]
    strong, weak = set(), set()
    for kind, found in (
        ("underline", strong),
        ("highlight", strong),
        ("colour", strong),
        ("bold", weak),
        ("italic", weak),
    ):
        for looks in (letters, texts):
            found |= _chosen([getattr(look, kind) for look in looks])
    everywhere = any(all(look.underline for look in looks) for looks in (letters, texts))
    return Marked(frozenset(strong), frozenset(weak), everywhere)


def _chosen(values: list) -> set[int]:
    set_ones = {place for place, value in enumerate(values) if value}
    if len(set_ones) < len(values):
        return set_ones
    # All have it. Where it is a colour, the one of another colour is meant.
    counts = Counter(values)
    if len(values) > 2 and len(counts) == 2 and min(counts.values()) == 1:
        odd = min(counts, key=lambda value: counts[value])
        return {values.index(odd)}
    return set()


def _common_look(line: Line) -> Look:
    """What all letters of a text share; spaces, pictures and formulas are not looked at."""
    hidden = {at for match in _FORMULA.finditer(line.text) for at in range(*match.span())}
    looks = [
        look
        for at, (letter, look) in enumerate(zip(line.text, line.looks, strict=True))
        if at not in hidden and not letter.isspace() and letter != HOLE
    ]
    if not looks:
        return Look()

    def shared(pick: Callable[[Look], object]):
        values = {pick(look) for look in looks}
        return values.pop() if len(values) == 1 else None

    return Look(
        underline=bool(shared(lambda look: look.underline)),
        bold=bool(shared(lambda look: look.bold)),
        italic=bool(shared(lambda look: look.italic)),
        colour=str(shared(lambda look: look.colour) or ""),
        highlight=str(shared(lambda look: look.highlight) or ""),
    )

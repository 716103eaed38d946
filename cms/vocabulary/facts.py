"""Facts that may change (fees, times, ages, dates, numbers to call) and what proves them. A registry, as for uses.

A fact is proved by a source and by the day on which somebody looked at it. The rooms register where they tell facts;
`manage.py check_facts` lists those that lack one or the other.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Words that change with the next decree: money, days of handling, ages, calendar days, telephone numbers.
_VOLATILE = re.compile(
    r"\d[\d.]*\s*(?:đồng|VND|₫)"
    r"|\d+\s*(?:ngày làm việc|working days?)"
    r"|(?:đủ|dưới|từ)\s+(?:đủ\s+)?\d+(?:[^.\n]{0,24}?)\s*tuổi"
    r"|(?:aged|under|age of|from)\s+\d+"
    r"|\b\d{1,2}/\d{1,2}/\d{4}\b"
    r"|\b1[89]00\s?\d{4,6}\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.?!…\n]*(?:\.(?=\d)[^.?!…\n]*)*[.?!…]?")
LONGEST = 160


@dataclass(frozen=True)
class Unproved:
    """A fact told without proof. `lacks` is "source" or "date"; `where` names the page, record or question."""

    kind: str
    where: str
    language: str
    fact: str
    lacks: str


Finder = Callable[[], Iterable[Unproved]]
_finders: dict[str, Finder] = {}


def register_facts(name: str, find: Finder) -> None:
    """Called in a room's `AppConfig.ready()`. `find()` returns the room's facts that lack a source or a date."""
    _finders[name] = find


def unproved_facts() -> list[Unproved]:
    """Every fact of every room that lacks a source or a date, sorted by room, place and text."""
    found = [fact for _name, find in sorted(_finders.items()) for fact in find()]
    return sorted(found, key=lambda fact: (fact.kind, fact.where, fact.language, fact.fact, fact.lacks))


def volatile_in(text: str) -> list[str]:
    """The sentences of `text` that hold a fact which may change, in order, each once."""
    told = [part.strip() for part in _SENTENCE.findall(text) if _VOLATILE.search(part)]
    return [part[:LONGEST] for part in dict.fromkeys(told)]


def lacking(
    facts: Iterable[str], *, kind: str, where: str, language: str, source: bool, date: bool
) -> Iterable[Unproved]:
    """One `Unproved` for each of `facts` and each of the two that it lacks."""
    for fact in facts:
        for name, there in (("source", source), ("date", date)):
            if not there:
                yield Unproved(kind, where, language, fact, name)

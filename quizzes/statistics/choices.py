"""Who chose what: every answer that could be given, how often it was, and by the best and the weakest third."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from quizzes.kinds import kind_of
from quizzes.kinds.base import ONE, targets, weight
from quizzes.kinds.typed import Gaps

# Of what was typed, so many different answers are told; the rest are counted together.
MOST_TEXTS = 8


@dataclass
class Tally:
    """How many attempts, how many of them in the weakest and in the best third."""

    all: int = 0
    low: int = 0
    high: int = 0

    def add(self, other: "Tally") -> None:
        self.all += other.all
        self.low += other.low
        self.high += other.high


@dataclass(frozen=True)
class Line:
    """One thing that could be answered: `key` is an id of the paper, a typed text, True or False, None for all others.

    `right` says whether it earns everything that the part can.
    """

    key: Any
    right: bool
    tally: Tally


@dataclass
class Part:
    """What is answered by itself: the question, or one statement, pair, place or gap of it, named by `key`.

    With `several` one attempt may stand in more than one line. `answered` are the attempts that answered this part.
    """

    key: Any
    lines: list[Line] = field(default_factory=list)
    several: bool = False
    answered: Tally = field(default_factory=Tally)


Answers = Iterable[tuple[Any, Tally]]


def parts_of(question: Mapping, answers: Answers) -> list[Part]:
    """The parts of `question` (a paper's) with who answered what; `answers` are stored values with their tallies.

    A question that a person marks has none. A value that no longer fits the question (an option that is gone) is
    counted as answered, in no line.
    """
    reader = READERS.get(question["type"])
    return reader(question, list(answers)) if reader else []


def _whole(question: Mapping, rows: Iterable[Mapping], answers, right: set[str], several: bool = False) -> Part:
    """One part whose lines are `rows`; a value is one of their ids, or with `several` a list of them."""
    counted: dict[str, Tally] = {row["id"]: Tally() for row in rows}
    part = Part(question["id"], several=several)
    for value, tally in answers:
        part.answered.add(tally)
        for one in value if several else [value]:
            if one in counted:
                counted[one].add(tally)
    part.lines = [Line(one, one in right, tally) for one, tally in counted.items()]
    return part


def _options(question: Mapping, answers) -> list[Part]:
    most = max((weight(one) for one in question["options"]), default=0)
    right = {one["id"] for one in question["options"] if most > 0 and weight(one) == most}
    return [_whole(question, question["options"], answers, right)]


def _several(question: Mapping, answers) -> list[Part]:
    right = {one["id"] for one in question["options"] if weight(one) > 0}
    return [_whole(question, question["options"], answers, right, several=True)]


def _areas(question: Mapping, answers) -> list[Part]:
    right = {one["id"] for one in targets(question) if one["correct"]}
    return [_whole(question, targets(question), answers, right)]


def _each(key: Any, answers, choices: Iterable[Any], right: Any, of: Callable[[Any], Any]) -> Part:
    """The part `key`, whose answer in a value is what `of` takes from it, None for none."""
    counted = {choice: Tally() for choice in choices}
    part = Part(key)
    for value, tally in answers:
        given = of(value)
        if given is None:
            continue
        part.answered.add(tally)
        if given in counted:
            counted[given].add(tally)
    part.lines = [Line(choice, choice == right, tally) for choice, tally in counted.items()]
    return part


def _given(key: str) -> Callable[[Mapping], Any]:
    """What a value of several lines says in the line `key`."""
    return lambda value: value.get(key)


def _placed(place: int) -> Callable[[list], Any]:
    """What a value that is an order has at `place`, from 1."""
    return lambda value: value[place - 1] if len(value) >= place else None


def _statements(question: Mapping, answers) -> list[Part]:
    return [_each(one["id"], answers, (True, False), one["correct"], _given(one["id"])) for one in question["options"]]


def _placing(question: Mapping, answers) -> list[Part]:
    right = kind_of(question).right(question)
    places = [one["id"] for one in targets(question)]
    return [_each(one["id"], answers, places, right.get(one["id"]), _given(one["id"])) for one in question["options"]]


def _ordering(question: Mapping, answers) -> list[Part]:
    right = kind_of(question).right(question)
    return [_each(place, answers, right, wanted, _placed(place)) for place, wanted in enumerate(right, start=1)]


def _texts(key: Any, answers, is_right: Callable[[str], bool], of: Callable[[Any], Any]) -> Part:
    """What was typed: the texts given most often, those that read the same as one; all others together at the end."""
    counted: dict[str, Tally] = defaultdict(Tally)
    spelt: dict[str, tuple[int, str]] = {}
    part = Part(key)
    for value, tally in answers:
        given = of(value)
        if given is None:
            continue
        part.answered.add(tally)
        form = " ".join(given.casefold().split())
        counted[form].add(tally)
        spelt[form] = max(spelt.get(form, (0, "")), (tally.all, given))
    ranked = sorted(counted, key=lambda form: (-counted[form].all, form))
    part.lines = [Line(spelt[form][1], is_right(spelt[form][1]), counted[form]) for form in ranked[:MOST_TEXTS]]
    others = Tally()
    for form in ranked[MOST_TEXTS:]:
        others.add(counted[form])
    if others.all:
        part.lines.append(Line(None, False, others))
    return part


def _typed(question: Mapping, answers) -> list[Part]:
    kind = kind_of(question)
    return [_texts(question["id"], answers, lambda text: kind.fraction(question, text) == ONE, lambda value: value)]


def _fills(question: Mapping, gap: Mapping, text: str) -> bool:
    return Gaps().gap_fraction(question, gap, text) == ONE


def _gaps(question: Mapping, answers) -> list[Part]:
    parts = []
    for gap in targets(question):
        of = _given(gap["id"])
        if gap.get("kind") == "select":
            options = [one for one in question["options"] if one.get("target") == gap["id"]]
            right = max(options, key=weight, default={"id": None})["id"]
            parts.append(_each(gap["id"], answers, [one["id"] for one in options], right, of))
        else:
            parts.append(_texts(gap["id"], answers, partial(_fills, question, gap), of))
    return parts


READERS: dict[str, Callable[[Mapping, Any], list[Part]]] = {
    "single": _options,
    "true_false": _options,
    "picture_choice": _options,
    "multiple": _several,
    "hotspot": _areas,
    "statements": _statements,
    "matching": _placing,
    "zones": _placing,
    "ordering": _ordering,
    "gaps": _gaps,
    "short": _typed,
    "numeric": _typed,
}

"""The passages of one language in memory: postings of words and pairs of words, scored by BM25 over fields.

5,000 passages take some 15 MB and are read in about a second; a change puts a thing's passages in and marks the old ones
dead, until so many are dead that the whole is made anew.
"""

import itertools
from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from math import log

from support.assistant.words import tokens

K1 = 1.2
B = 0.5
# What a word counts in each field.
TITLE, HEADING, ABOUT, TEXT = 1.5, 1.5, 0.6, 1.0
MOST_DEAD = 0.3
# No word says more than this about what is asked, whether it is rare or stands nowhere.
HEAVIEST = 3.5
# The kind of the piece that stands for a thing as a whole; it is never quoted.
TOP = "top"
# That of a way in which people ask for a thing.
ASKED = "asked"
# Rarity among ways of asking is reckoned as if there were so many at least.
FEW_WAYS = 300


@dataclass(frozen=True, slots=True)
class Thing:
    """A published thing as an answer names it."""

    pk: int
    kind: str
    key: str
    language: str
    format: str
    title: str
    about: str
    url: str
    page_id: int | None
    checked_on: date | None
    review_by: date | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage as it is quoted."""

    thing: Thing
    kind: str
    anchor: str
    heading: str
    text: str
    # What it means in numbers (support.assistant.vectors); empty where that is not known.
    vector: bytes = b""


# A posting is one number: the passage, and below it what the term weighs there, in steps of a sixteenth.
SHIFT, STEPS = 16, 16
MOST = (1 << SHIFT) - 1


class Index:
    """Words are folded; "!word" is a word exactly as spelled; "one two" a pair of neighbours, folded."""

    def __init__(self, least: int = 0) -> None:
        # Rarity is reckoned as if there were so many pieces at least: of three ways of asking a word in one is not common.
        self.least = least
        self.pieces: list[Piece] = []
        self.lengths = array("f")
        self.alive = bytearray()
        self.postings: dict[str, array] = {}
        self.of_thing: dict[int, list[int]] = {}
        # Pairs of words in the title of each thing, and in its headings.
        self.titles: dict[int, frozenset[str]] = {}
        self.headings: dict[int, frozenset[str]] = {}
        self.living = 0
        self.total_length = 0.0
        # The ways in which people ask for things, weighed among themselves; None until there is one.
        self.asked: Index | None = None

    def put(self, thing: Thing, pieces: Iterable[Piece], ways: Iterable[str] = ()) -> None:
        """The passages of one thing and the ways in which people ask for it, in place of those it had."""
        self.remove(thing.pk)
        pieces = list(pieces)
        title, about = _terms(thing.title), _terms(thing.about)
        headings = _terms("\n".join(dict.fromkeys(piece.heading for piece in pieces)))
        top = _counted((title, TITLE), (about, ABOUT), (headings, HEADING))
        # What a thing is about as a whole, so that what merely mentions a word comes after what is about it.
        places = [
            self._add(Piece(thing, TOP, "", "", ""), top, sum(n for term, n in top.items() if " " not in term) / 2)
        ]
        for piece in pieces:
            text = _terms(piece.text)
            counted = _counted((title, TITLE), (about, ABOUT), (_terms(piece.heading), HEADING), (text, TEXT))
            places.append(self._add(piece, counted, sum(count for term, count in text.items() if " " not in term)))
        self.of_thing[thing.pk] = places
        self.titles[thing.pk] = frozenset(term for term in title if " " in term)
        self.headings[thing.pk] = frozenset(term for term in headings if " " in term)
        # Its title is one of them, so that a page of which nobody has said how people ask is not behind the others.
        self._put_ways(thing, [thing.title, *ways])

    def _put_ways(self, thing: Thing, ways: Iterable[str]) -> None:
        if self.asked is None:
            self.asked = Index(FEW_WAYS)
        places = []
        for way in ways:
            terms = _terms(way)
            length = sum(count for term, count in terms.items() if " " not in term)
            places.append(self.asked._add(Piece(thing, ASKED, "", "", way), terms, length))
        self.asked.of_thing[thing.pk] = places

    def _add(self, piece: Piece, counted: Counter, length: float) -> int:
        place = len(self.pieces)
        self.pieces.append(piece)
        self.lengths.append(length)
        self.alive.append(1)
        self.living += 1
        self.total_length += length
        above = place << SHIFT
        postings = self.postings
        for term, weight in counted.items():
            posting = above | min(MOST, int(weight * STEPS))
            found = postings.get(term)
            if found is None:
                postings[term] = array("Q", (posting,))
            else:
                found.append(posting)
        return place

    def remove(self, thing_pk: int) -> None:
        if self.asked is not None:
            self.asked.remove(thing_pk)
        for place in self.of_thing.pop(thing_pk, []):
            self.alive[place] = 0
            self.living -= 1
            self.total_length -= self.lengths[place]

    @property
    def is_worn(self) -> bool:
        return len(self.pieces) > 50 and self.living < len(self.pieces) * (1 - MOST_DEAD)

    def renewed(self) -> "Index":
        """The same without the dead."""
        fresh = Index()
        for places in self.of_thing.values():
            if places:
                thing = self.pieces[places[0]].thing
                pieces = [self.pieces[place] for place in places if self.pieces[place].kind != TOP]
                fresh.put(thing, pieces, self.ways_of(thing.pk))
        return fresh

    def ways_of(self, thing_pk: int) -> list[str]:
        """The ways in which people ask for a thing, but for its title."""
        places = self.asked.of_thing.get(thing_pk, []) if self.asked is not None else []
        return [self.asked.pieces[place].text for place in places[1:]] if self.asked is not None else []

    def weights_of_way(self, place: int, idle: Collection[str]) -> dict[str, float]:
        """The words of a way of asking, without the idle ones, each with what it says."""
        words = {word.plain for word in tokens(self.pieces[place].text)}
        return {word: min(HEAVIEST, self.rarity(word)) for word in words if word not in idle}

    # --- Asking -------------------------------------------------------------------------------------------------------

    def frequency(self, term: str) -> int:
        """In how many passages a term stands."""
        found = self.postings.get(term)
        return len(found) if found else 0

    def known(self, term: str) -> int:
        """In how many passages and ways of asking a term stands."""
        return self.frequency(term) + (self.asked.frequency(term) if self.asked is not None else 0)

    def rarity(self, term: str) -> float:
        """The inverse document frequency; a term that stands nowhere is the rarest."""
        return self.rarity_of(self.frequency(term))

    def rarity_of(self, frequency: int) -> float:
        living = max(self.living, self.least)
        return log(1 + (living - frequency + 0.5) / (frequency + 0.5)) if living > frequency else 0.05

    def weights_of(self, term: str) -> dict[int, float]:
        """Living passages with a term, and how much it says in each, between 0 and 1 + K1."""
        found = self.postings.get(term)
        if found is None:
            return {}
        mean = self.total_length / self.living if self.living else 1.0
        alive, lengths = self.alive, self.lengths
        fixed, slope = K1 * (1 - B), K1 * B / max(mean, 1.0)
        weights = {}
        for posting in found:
            place = posting >> SHIFT
            if alive[place]:
                weight = (posting & MOST) / STEPS
                weights[place] = weight * (K1 + 1) / (weight + fixed + slope * lengths[place])
        return weights


def ways_alone(ways: Iterable[str]) -> Index | None:
    """An index of ways of asking for one thing that nothing tells of; None where there are none."""
    index = Index()
    index._put_ways(Thing(0, "", "", "", "", "", "", "", None, None, None), ways)
    return index.asked if index.asked and index.asked.living else None


def _counted(*fields: tuple[Counter[str], float]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for terms, weight in fields:
        for term, count in terms.items():
            counted[term] += weight * count  # type: ignore[assignment]  # weights are fractions; the stubs count whole things
    return counted


def _terms(text: str) -> Counter[str]:
    """Words, exact words and pairs of a text. A pair does not reach over the end of a line."""
    found: list[str] = []
    for line in text.split("\n"):
        words = tokens(line)
        plain = [word.plain for word in words]
        found += plain
        found += ["!" + word.exact for word in words]
        found += map(" ".join, itertools.pairwise(plain))
    return Counter(found)

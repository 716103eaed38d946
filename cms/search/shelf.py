"""All that can be found, in the memory of each process: read once, then kept in step with the database.

One light query asks whether anything has changed since; only what has is read (ADR 0105). A thing has a *place*, a
number that is never given twice, and what is true of many things is one whole number with a bit for each place.
"""

import threading
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import reduce
from operator import and_, or_

from django.db.models import Case, Value, When

from cms.models import SearchEntry, SearchState, SearchSynonym, SearchText
from cms.search.folding import folded, words

# What an address says for "can be listened to".
AUDIO = "1"
# A term in more than one of so many entries takes less room as bits than as numbers.
DENSE = 32
MOST_DEAD = 0.3
_SET_BITS = [tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]

Synonyms = Mapping[tuple[str, ...], list[str]]


def places_in(bits: int) -> list[int]:
    """The numbers of the bits that are set, in order."""
    spread = bits.to_bytes((bits.bit_length() + 7) // 8, "little")
    return [at * 8 + bit for at, byte in enumerate(spread) if byte for bit in _SET_BITS[byte]]


def bits_of(places: Iterable[int], size: int) -> int:
    spread = bytearray(size // 8 + 1)
    for place in places:
        spread[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(spread, "little")


class Postings:
    """Term → the places of the things in which it stands: bits where it is frequent, else their numbers."""

    def __init__(self) -> None:
        self.size = 0
        self._terms: list[str] = []
        self._places: dict[str, int | array] = {}

    def beginning(self, piece: str) -> int:
        """Things in which a term begins with `piece`."""
        # What another thread puts in at this moment has a place beyond `size`.
        bits, rare, size, terms = 0, [], self.size, self._terms
        for at in range(bisect_left(terms, piece), len(terms)):
            if not terms[at].startswith(piece):
                break
            places = self._places[terms[at]]
            if isinstance(places, int):
                bits |= places
            else:
                rare.append(places)
        return bits | bits_of((at for places in rare for at in places if at < size), size) if rare else bits

    def having(self, term: str) -> int:
        places = self._places.get(term, 0)
        return places if isinstance(places, int) else bits_of(places, max(places))

    def put(self, place: int, terms: Iterable[str]) -> None:
        known = self._places
        for term in terms:
            places = known.get(term)
            if places is None:
                known[term] = array("I", (place,))
            elif isinstance(places, int):
                known[term] = places | 1 << place
            else:
                places.append(place)

    def settle(self, size: int) -> None:
        """After things were put in: terms in order, frequent ones as bits."""
        for term, places in self._places.items():
            if not isinstance(places, int) and len(places) * DENSE > size:
                self._places[term] = bits_of(places, size)
        if len(self._terms) != len(self._places):
            self._terms = sorted(self._places)
        self.size = size


class Shelf:
    """Readers take `alive` first: whatever a thread puts in meanwhile has no bit there."""

    def __init__(self) -> None:
        self.stamp: int | None = -1
        self.alive = 0
        # By place.
        self.pks = array("q")
        self.titles: list[str] = []
        self.titles_exact: list[str] = []
        self.order = array("I")
        # Things by what they are: ("language", "vi"), ("audience", "nguoi-dan") → their bits.
        self.marked: dict[tuple[str, str], int] = {}
        self.synonyms: Synonyms = {}
        self._words = Postings()
        self._title_words = Postings()
        self._held: dict[int, tuple[int, int]] = {}
        # Phrase of a synonym → the things in which it stands, and below which place it was looked for.
        self._phrases: dict[str, tuple[int, int]] = {}

    # --- Asking -------------------------------------------------------------------------------------------------------

    def having(self, mark: str, code: str) -> int:
        return self.marked.get((mark, code), 0)

    def codes(self, mark: str) -> Iterator[tuple[str, int]]:
        return ((code, bits) for (name, code), bits in list(self.marked.items()) if name == mark)

    def with_word(self, piece: str) -> int:
        """Things in which a word begins with `piece`."""
        return self._words.beginning(piece)

    def with_words(self, phrase: str) -> int:
        return reduce(and_, map(self.with_word, words(phrase)))

    def with_title_word(self, piece: str) -> int:
        return self._title_words.beginning(piece)

    def with_title(self, phrase: str) -> int:
        """Living things in whose title `phrase`, which is folded, stands."""
        pieces = words(phrase)
        bits = reduce(and_, map(self.with_title_word, pieces), self.alive if pieces else 0)
        if len(pieces) < 2:
            return bits
        return bits_of((place for place in places_in(bits) if phrase in self.titles[place]), len(self.titles))

    def with_phrases(self, phrases: Iterable[str]) -> int:
        """Things in whose title or text one of these phrases of synonyms stands. One statement for what has not been
        looked at before, none otherwise.
        """
        alive = self.alive
        size = alive.bit_length()
        found: dict[str, int] = {}
        unclear: dict[str, set[int]] = {}
        for phrase in phrases:
            known, looked_at = self._phrases.get(phrase, (0, 0))
            if size > looked_at:
                in_title = self.with_title(phrase)
                anew = (self.with_words(phrase) & alive & ~in_title) >> looked_at
                known |= in_title
                unclear[phrase] = {place + looked_at for place in places_in(anew)}
            found[phrase] = known
        for phrase, places in self._in_texts(unclear).items():
            found[phrase] |= bits_of(places, size)
        self._phrases.update({phrase: (found[phrase], size) for phrase in unclear})
        return reduce(or_, found.values(), 0)

    def _in_texts(self, asked: Mapping[str, set[int]]) -> dict[str, set[int]]:
        """Phrase → those of the asked places in whose text it stands."""
        places = {self.pks[place]: place for place in set().union(*asked.values())}
        if not places:
            return {}
        stands = [Case(When(folded__contains=phrase, then=Value(True)), default=Value(False)) for phrase in asked]
        found: dict[str, set[int]] = {phrase: set() for phrase in asked}
        for pk, *told in SearchText.objects.filter(pk__in=list(places)).values_list("pk", *stands):
            for phrase, stands_there in zip(asked, told, strict=True):
                if stands_there and places[pk] in asked[phrase]:
                    found[phrase].add(places[pk])
        return found

    def frequency(self, term: str) -> int:
        """In how many things a term stands."""
        return (self._words.having(term) & self.alive).bit_count()

    # --- Keeping in step ----------------------------------------------------------------------------------------------

    def put(self, row: tuple) -> None:
        pk, stamp, title, title_exact, looked_for, has_audio, *codes = row
        place = len(self.pks)
        self.pks.append(pk)
        self.titles.append(title)
        self.titles_exact.append(title_exact)
        self._words.put(place, looked_for.split())
        self._title_words.put(place, dict.fromkeys(words(title, indexing=True)))
        marks = [(mark, code) for mark, text in zip(CODES, codes, strict=True) for code in str(text).split()]
        for mark in [*marks, ("audio", AUDIO)] if has_audio else marks:
            self.marked[mark] = self.marked.get(mark, 0) | 1 << place
        self._held[pk] = place, stamp

    def take_out(self, pk: int) -> int:
        """Returns the bit of the thing's place."""
        return 1 << self._held.pop(pk)[0]

    def stamps(self) -> dict[int, int]:
        return {pk: stamp for pk, (_place, stamp) in self._held.items()}

    @property
    def is_worn(self) -> bool:
        return len(self.pks) > 50 and len(self._held) < len(self.pks) * (1 - MOST_DEAD)

    def settle(self) -> None:
        """After changes: things by their titles. The last step shows them."""
        size = len(self.pks)
        self._words.settle(size)
        self._title_words.settle(size)
        order = array("I", bytes(array("I").itemsize * size))
        living = [place for place, _stamp in self._held.values()]
        by_title = sorted(living, key=lambda place: (self.titles[place], self.pks[place]))
        for number, place in enumerate(by_title):
            order[place] = number
        self.order = order
        self.alive = bits_of(living, size)


# Mark → the column of an entry in which its codes stand.
CODES = {
    "language": "language",
    "kind": "kind",
    "material": "is_material",
    "format": "format",
    "audience": "audiences",
    "topic": "topics",
    "level": "levels",
    "voice": "voices",
}
_COLUMNS = ("pk", "stamp", "title_folded", "title_exact", "words", "has_audio", *CODES.values())
# Entries whose words are in memory at a time while they are read.
_CHUNK = 500

_lock = threading.Lock()
_shelf = Shelf()


def shelf() -> Shelf:
    """The shelf in step with the database. One statement where nothing has changed since it was asked last."""
    global _shelf
    stamp = SearchState.objects.values_list("stamp", flat=True).first()
    if stamp != _shelf.stamp:
        with _lock:
            if stamp != _shelf.stamp:
                _shelf = _caught_up(_shelf)
                _shelf.stamp = stamp
    return _shelf


def _caught_up(known: Shelf) -> Shelf:
    """`known` with what is in the database now, or a fresh one where too much of it is out of use."""
    now = dict(SearchEntry.objects.order_by().values_list("pk", "stamp"))
    before = known.stamps()
    gone = [pk for pk, stamp in before.items() if now.get(pk) != stamp]
    if len(gone) > len(before) * MOST_DEAD or known.is_worn:
        known, before, gone = Shelf(), {}, []
    # Not found from this moment, whatever else has to be read first.
    known.alive &= ~sum(known.take_out(pk) for pk in gone)
    new = [pk for pk, stamp in now.items() if before.get(pk) != stamp]
    for start in range(0, len(new), _CHUNK):
        for row in SearchEntry.objects.filter(pk__in=new[start : start + _CHUNK]).values_list(*_COLUMNS):
            known.put(row)
    known.synonyms = _read_synonyms()
    known.settle()
    return known


def _read_synonyms() -> Synonyms:
    """What is looked for of a word or phrase → its folded self, then others that mean the same."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for text in SearchSynonym.objects.values_list("words", flat=True):
        same = list(dict.fromkeys(filter(None, map(folded, text.splitlines()))))
        for phrase in same:
            group = groups.setdefault(tuple(words(phrase)), [phrase])
            group += [other for other in same if other not in group]
    return groups

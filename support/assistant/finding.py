"""Finding what answers a question, and measuring how much of the question it speaks of (ADR 0089, 0118)."""

import heapq
import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from support.assistant.index import TOP, Index, Piece, Thing
from support.assistant.reading import Question, is_bare_syllable
from support.assistant.words import Token, is_accented
from support.models import Quotable

# A word that stands in a known phrase is counted mostly with the phrase.
IN_SUBJECT = 0.5
PAIR = 0.7
SUBJECT = 1.8
SECOND_PASSAGE = 0.2
AS_A_WHOLE = 0.6
# What the nearest of the ways in which people ask for a thing counts beside its passages.
AS_ASKED = 1.0
# A question that has so much of its own words, and so much of a way's, in common with a way of asking is a question for its thing, whatever the
# title; what a word counts there that stands without its neighbour.
ASKED_SO, ASKED_BACK, ALONE_ASKED = 0.45, 0.5, 0.7
# What a word counts that a thing has, but not with its neighbour; and how rare a pair with a small word must be to count.
ALONE_ACCENTED, ALONE = 0.7, 0.4
RARE_PAIR = 2.5
# A thing that the question names neither by a known phrase nor by two words of its title only happens to share its words.
# By two words of a heading it is named half.
OFF_SUBJECT, NEAR_SUBJECT = 0.45, 0.75
# A word that speaks of something else weighs at least so much.
FOREIGN, ELSEWHERE = 4.0, 2.0
# Whoever tells at length how it came about asks no less of what pages do tell: words beyond this weight take nothing off.
MOST_LOST = 10.0
# A known phrase of one word is a subject of its own from this weight on.
SAYS_ENOUGH = 2.0
# A word of a subject that is told of weighs at least so much.
OF_SUBJECT = 3.0
SHORTEST_NAME = 4
LOOKED_AT = 12
WAYS_LOOKED_AT = 3
# What it takes from the overlap that a question is more like those that are none of ours, and gives it where it is more like ours.
AS_FOREIGN = 0.13
# How something is done comes before what else is told of it.
PRIOR = {
    "guide": 1.15,
    "answer": 1.0,
    "procedure": 1.0,
    "lesson": 1.0,
    "video": 0.95,
    "section": 0.9,
    "page": 0.9,
    "course": 0.7,
    # Of a commune: found by its name, not by what is told of every commune.
    "help_point": 0.7,
}


@dataclass(frozen=True)
class Hit:
    """One published thing. `overlap`, 0 to 1, is the share of the question's own words that it speaks of."""

    thing: Thing
    pieces: list[Piece]
    score: float
    overlap: float


def find(question: Question, index: Index, foreignness: float = 0.0) -> list[Hit]:
    """Things that speak of what is asked, best first, at most LOOKED_AT. `foreignness`: see support.assistant.belonging."""
    search = _Search(question, index)
    asked = search.asked.nearest() if search.asked is not None else {}
    anywhere = next((pk for pk in asked if index.pieces[index.of_thing[pk][0]].thing.key == Quotable.ANYWHERE), None)
    best: dict[int, list[tuple[float, int]]] = defaultdict(list)
    tops: dict[int, float] = {}
    for place, score in search.scores().items():
        piece = index.pieces[place]
        if piece.kind == TOP:
            tops[piece.thing.pk] = score
        else:
            best[piece.thing.pk].append((score, place))
    for pk in asked.keys() - best.keys():
        best[pk] = [(0.0, index.of_thing[pk][1])]
    ranked = []
    for pk, scored in best.items():
        scored.sort(reverse=True)
        thing = index.pieces[scored[0][1]].thing
        # What is asked of help points anywhere is asked of those of each commune.
        ways = asked.get(pk, []) + (
            asked.get(anywhere, []) if thing.kind == Quotable.Kind.PLACE and pk != anywhere else []
        )
        total = (
            scored[0][0]
            + (SECOND_PASSAGE * scored[1][0] if len(scored) > 1 else 0.0)
            + AS_A_WHOLE * tops.get(pk, 0.0)
            + AS_ASKED * max((score for score, _way in ways), default=0.0)
        )
        ranked.append((total * PRIOR.get(thing.format, 1.0), pk, scored, ways))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    hits = []
    for score, pk, scored, ways in ranked[:LOOKED_AT]:
        pieces = [index.pieces[place] for _score, place in scored]
        alike = [way for _score, way in ways if search.asked and search.asked.is_alike(way)]
        overlap = max(search.overlap(pk, way) for way in (None, *alike))
        overlap = min(1.0, max(0.0, overlap - AS_FOREIGN * foreignness)) if overlap else 0.0
        hits.append(Hit(pieces[0].thing, pieces, score, overlap))
    return hits


class _Search:
    def __init__(self, question: Question, index: Index):
        self.question, self.index = question, index
        self.asked = _Ways(question, index.asked) if index.asked is not None else None
        self._weights: dict[str, dict[int, float]] = {}
        self._phrases: dict[str, tuple[float, dict[int, float]]] = {}

    def weights(self, term: str) -> dict[int, float]:
        if term not in self._weights:
            self._weights[term] = self.index.weights_of(term)
        return self._weights[term]

    def phrase(self, phrase: str) -> tuple[float, dict[int, float]]:
        """How rare a phrase is, and the passages in which it stands (every two neighbours of it do)."""
        if phrase not in self._phrases:
            words = phrase.split()
            terms = words if len(words) == 1 else _neighbours(phrase)
            found = sorted((self.weights(term) for term in terms), key=len)
            common = found[0]
            for other in found[1:]:
                common = {place: min(weight, other[place]) for place, weight in common.items() if place in other}
            self._phrases[phrase] = (self.index.rarity_of(len(common)), common)
        return self._phrases[phrase]

    def scores(self) -> dict[int, float]:
        """Passages that hold something of the question, with what that is worth."""
        scores: dict[int, float] = defaultdict(float)
        question, index = self.question, self.index
        named = {place for one in question.subjects for place in range(one.start, one.end)}
        seen = set()
        for place, (word, weight) in enumerate(zip(question.words, question.weights, strict=True)):
            if not weight or word.plain in seen:
                continue
            seen.add(word.plain)
            share = IN_SUBJECT if place in named else 1.0
            if is_accented(word):
                self._add(scores, f"!{word.exact}", share * index.rarity(f"!{word.exact}") * 0.6)
                self._add(scores, word.plain, share * index.rarity(word.plain) * 0.4)
            else:
                self._add(scores, word.plain, share * index.rarity(word.plain))
        for place, term in enumerate(self._pairs()):
            if term not in seen and (question.weights[place] or question.weights[place + 1]):
                seen.add(term)
                self._add(scores, term, PAIR * index.rarity(term))
        for ways in {one.ways for one in question.subjects}:
            best: dict[int, float] = {}
            for phrase, nearness in ways:
                rarity, found = self.phrase(phrase)
                worth = SUBJECT * nearness * rarity
                for at, weight in found.items():
                    if worth * weight > best.get(at, 0.0):
                        best[at] = worth * weight
            for at, value in best.items():
                scores[at] += value
        return scores

    def _pairs(self) -> list[str]:
        return _neighbours(" ".join(self.question.plain))

    def _add(self, scores: dict[int, float], term: str, worth: float) -> None:
        for place, weight in self.weights(term).items():
            scores[place] += worth * weight

    def overlap(self, thing: int, way: int | None = None) -> float:
        """The share of the question that the passages of a thing, taken together, speak of; with `way` also one of the ways
        in which it is asked for.

        A word without accents may be one of many; it counts in full only with its neighbour, or in a known phrase.
        """
        question, places = self.question, self.index.of_thing[thing]
        title, headings = self.index.titles[thing], self.index.headings[thing]

        def stands(term: str) -> bool:
            return _any(places, self.weights(term)) or (way is not None and way in self.asked.weights(term))

        def tells(phrase: str) -> bool:
            return _any(places, self.phrase(phrase)[1]) or (way is not None and way in self.asked.phrase(phrase)[1])

        told = self._told(tells)
        names = {
            place
            for one in question.subjects
            for place in range(one.start, one.end)
            if one.end - one.start > 1 or _is_name(question.words[one.start])
        }
        of_ours = any(
            pair in title
            for one in question.subjects
            if not one.is_aspect
            for pair in _neighbours(" ".join(question.plain[one.start : one.end]))
        )
        # «Phí» by itself is asked of everything.
        on_subject = any(
            told.issuperset(range(one.start, one.end))
            for one in question.subjects
            if not one.is_aspect and (one.start in names or question.weights[one.start] >= SAYS_ENOUGH)
        )
        is_place = self.index.pieces[places[0]].thing.format == "help_point"
        near_subject = False
        paired: set[int] = set()
        titled: set[int] = set()
        for place, term in enumerate(self._pairs()):
            both = question.weights[place] and question.weights[place + 1]
            if (both or self.index.rarity(term) > RARE_PAIR) and stands(term):
                paired |= {place, place + 1}
                # A commune has its name in common with all that is asked of it.
                on_subject = on_subject or (both > 0 and term in title and not is_place)
                # Once a page is called so, it is a subject of ours.
                titled |= {place, place + 1} if term in title else set()
                near_subject = near_subject or (both > 0 and (term in title or term in headings))
        covered = lost = foreign = 0.0
        for place, (word, weight) in enumerate(zip(question.words, question.weights, strict=True)):
            if place in question.elsewhere and place not in told and place not in titled:
                # «Rớt thẻ căn cước trên xe buýt»: where it happened is not what is asked.
                beside = of_ours or (on_subject and place in question.unheard)
                foreign += max(weight, FOREIGN) * (1.0 if beside else ELSEWHERE)
                continue
            if not weight:
                continue
            share = 1.0 if place in told else 0.0
            # The subject is what is asked about, however often pages say it.
            weight = max(weight, OF_SUBJECT) if share and place in names else weight
            if place in paired:
                share = 1.0
            elif is_accented(word) and stands(f"!{word.exact}"):
                share = max(share, ALONE_ACCENTED)
            elif stands(word.plain):
                share = max(share, ALONE)
            covered += weight * share
            lost += weight * (1.0 - share)
        if not covered:
            return 0.0
        share = covered / (covered + min(lost, MOST_LOST) + foreign)
        return share if on_subject or way is not None else share * (NEAR_SUBJECT if near_subject else OFF_SUBJECT)

    def _told(self, tells: Callable[[str], bool]) -> set[int]:
        """Places of the question within a known phrase that is told of, in whatever words."""
        told: set[int] = set()
        for subject in self.question.subjects:
            if any(tells(phrase) for phrase, _nearness in subject.ways):
                told.update(range(subject.start, subject.end))
        return told


class _Ways(_Search):
    """Ways of asking, beside a question."""

    def nearest(self) -> dict[int, list[tuple[float, int]]]:
        """By thing: the nearest ways in which people ask for it, the first one first, with what they are worth."""
        found: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for place, score in self.scores().items():
            found[self.index.pieces[place].thing.pk].append((score, place))
        return {pk: heapq.nlargest(WAYS_LOOKED_AT, scored) for pk, scored in found.items()}

    def is_alike(self, way: int) -> bool:
        """Whether the question and a way of asking have most of both in common; a word counts in full with its neighbour."""
        common, shared = self._common(way)
        if common < sum(self.question.weights) * ASKED_SO:
            return False
        weights = self.index.weights_of_way(way, self.question.idle)
        return sum(weight for word, weight in weights.items() if word in shared) >= sum(weights.values()) * ASKED_BACK

    def _common(self, way: int) -> tuple[float, set[str]]:
        """What the words in common weigh, and which they are."""
        paired: set[int] = set()
        for place, term in enumerate(self._pairs()):
            if way in self.weights(term):
                paired |= {place, place + 1}
        common = 0.0
        shared: set[str] = set()
        for place, (word, weight) in enumerate(zip(self.question.words, self.question.weights, strict=True)):
            if place in paired or way in self.weights(f"!{word.exact}" if is_accented(word) else word.plain):
                shared.add(word.plain)
                common += weight * (1.0 if place in paired else ALONE_ASKED)
        return common, shared


def _any(places: list[int], found: dict[int, float]) -> bool:
    return any(place in found for place in places)


def _neighbours(phrase: str) -> list[str]:
    return [f"{one} {two}" for one, two in itertools.pairwise(phrase.split())]


def _is_name(word: Token) -> bool:
    """VNeID, BHYT, eTax: no syllable that may be a dozen words."""
    return len(word.plain) >= SHORTEST_NAME and not is_bare_syllable(word.plain)

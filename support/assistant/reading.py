"""Reading a question: its words mended, the subjects it names found, and what each of them is worth."""

import itertools
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from cms.text.folding import normalize
from support.assistant.index import HEAVIEST, Index
from support.assistant.lexicon import Lexicon, Phrases
from support.assistant.words import Token, is_accented, mended, sounding_like, token, tokens

# What is read of a question; the rest of a very long one is left.
MAX_WORDS = 60
# Phrases of the data are no longer than this.
LONGEST = 7
# A word in more than this share of the passages is one that pages write.
OFTEN = 0.01
# A number says little.
NUMBER = 0.5
# What is less near than this is an aspect (support.assistant.library).
HALF = 0.5
# So many passages must have a pair, and so many times more than have the pair as typed, for a word to be taken for another.
SURE, FAR_MORE = 3, 10
# A shorter word that is no syllable is a slip or a careless spelling sooner than a name.
SHORTEST_NAME = 3
# A language in which this word («của») is in so many passages is written in syllables.
SYLLABLE, COMMON = "cua", 0.2
# One syllable as people type it without tones and marks, in which `cms.text.syllables` would miss them.
_BARE_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?[aeiouy]{1,3}(?:ng|nh|ch|[cmnpt])?"
)
# Where more of the words are no syllables, another language is spoken.
MIXED = 1 / 3
# «chị Thu», «anh Tâm»: somebody, by name.
_PERSON = re.compile(r"\b(?:anh|chị|ông|bà|cô|thầy|chú|bác|dì|bạn|em)\s+[A-ZÀ-ÝĂĐĨŨƠƯ]\w*")
# An address as it is typed; a dot between two words is one where no space follows it.
_LINK = re.compile(r"(?:https?://)?(?P<host>[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
STRANGE_LINK = " link lạ "
# «số điện thoại của bà Hoa»: the person follows what is asked for after so many words at most.
CLOSE = 3


@dataclass(frozen=True)
class Subject:
    """A phrase of the question that is known, where it stands, and the ways in which pages may say it."""

    start: int
    end: int
    ways: tuple[tuple[str, float], ...]

    @property
    def is_aspect(self) -> bool:
        """Fee, time, papers: asked of any service, and of much else."""
        return all(nearness < HALF for _phrase, nearness in self.ways)


@dataclass
class Question:
    """`words` are mended; `weights` what each says about the subject, 0 for one that says nothing."""

    words: list[Token]
    weights: list[float]
    subjects: list[Subject]
    # Places of words that speak of something else.
    elsewhere: set[int]
    never: bool
    # Those of them that are names no page tells of. «Nhân viên ACME gọi đòi mã OTP»: a known subject is asked about all the same.
    unheard: set[int] = field(default_factory=set)
    # Folded words that say nothing about a subject.
    idle: Collection[str] = ()

    @property
    def plain(self) -> list[str]:
        return [word.plain for word in self.words]


def read(text: str, index: Index, phrases: Phrases) -> Question:
    """Read `text` against what the index and the data know."""
    words = _spelled_out(tokens(_links_named(text, index))[:MAX_WORDS], index, phrases)
    words = _heard(_mended(words, index, phrases), index)
    aside = {place for span in _spans(words, phrases.aside, single=True) for place in range(*span)}
    foreign = [
        (start, end)
        for start, end in _spans(words, phrases.elsewhere, strict=True)
        # «do la» is «đó là» sooner than «đô la»: words that all say nothing are no subject.
        if not aside.issuperset(range(start, end)) or any(map(is_accented, words[start:end]))
    ]
    elsewhere = {place for span in foreign for place in range(*span)}
    subjects = [
        Subject(start, end, phrases.means.values[" ".join(word.plain for word in words[start:end])])
        for start, end in _spans(words, phrases.means, nested=True)
        # The longer phrase decides: «đăng ký kết hôn» is another subject than «kết hôn».
        if not any(first <= start and end <= last and end - start < last - first for first, last in foreign)
    ]
    named = {place for one in subjects for place in range(one.start, one.end)}
    weights = [
        0.0 if place in aside and place not in named else _rarity(word, index) for place, word in enumerate(words)
    ]
    idle = phrases.aside.words
    names = _names(words, weights, index, phrases)
    return Question(
        words, weights, subjects, elsewhere | names, _is_never(text, words, phrases), names - elsewhere, idle
    )


def is_bare_syllable(word: str) -> bool:
    """Whether a folded word may be a Vietnamese syllable typed without tones and marks; a name («vneid») is none."""
    return bool(_BARE_SYLLABLE.fullmatch(word))


def _links_named(text: str, index: Index) -> str:
    """`text` with «link lạ» for each address that no page names: whoever types one asks whether it may be trusted."""

    def named(found: re.Match) -> str:
        host = [word.plain for word in tokens(found["host"])]
        told = all(index.known(f"{one} {two}") for one, two in itertools.pairwise(host))
        return found.group() if told else STRANGE_LINK

    return _LINK.sub(named, text)


def _names(words: list[Token], weights: list[float], index: Index, phrases: Phrases) -> set[int]:
    """Names of which no page tells, of firms and apps: they are no syllables, where pages are written in syllables."""
    if index.frequency(SYLLABLE) < index.living * COMMON:
        return set()
    if sum(not is_bare_syllable(word.plain) for word in words) > len(words) * MIXED:
        return set()
    known = _Known(index, phrases)
    return {
        place
        for place, word in enumerate(words)
        if weights[place]
        and len(word.plain) >= SHORTEST_NAME
        and word.plain.isalpha()
        and not is_bare_syllable(word.plain)
        and word.plain not in known
    }


def _is_never(text: str, words: list[Token], phrases: Phrases) -> bool:
    if _spans(words, phrases.never, strict=True):
        return True
    somebody = _persons(text, words)
    for things, persons in phrases.together:
        firsts, seconds = _spans(words, things, strict=True), _spans(words, persons, strict=True) + somebody
        if any(0 <= start - end <= CLOSE for _start, end in firsts for start, _end in seconds):
            return True
    return False


def _persons(text: str, words: list[Token]) -> list[tuple[int, int]]:
    """Where somebody is spoken of by name."""
    named = {tuple(word.plain for word in tokens(found.group())) for found in _PERSON.finditer(normalize(text))}
    plain = [word.plain for word in words]
    return [(place, place + 2) for place in range(len(plain) - 1) if (plain[place], plain[place + 1]) in named]


def _rarity(word: Token, index: Index) -> float:
    if word.plain[0].isdigit():
        return NUMBER
    return min(HEAVIEST, index.rarity(f"!{word.exact}" if is_accented(word) else word.plain))


def _spelled_out(words: list[Token], index: Index, phrases: Phrases) -> list[Token]:
    """Short spellings in full: «dc» is «được». What pages themselves often write is no short spelling («a» in English)."""
    found: list[Token] = []
    for word in words:
        full = phrases.short.get(word.exact)
        if full and index.frequency(f"!{word.exact}") > index.living * OFTEN:
            full = None
        found += [token(one) for one in full.split()] if full else [word]
    return found[:MAX_WORDS]


def _mended(words: list[Token], index: Index, phrases: Phrases) -> list[Token]:
    known = _Known(index, phrases)
    found = []
    for place, word in enumerate(words):
        if word.plain in known:
            found.append(word)
            continue
        before = found[place - 1].plain if place else ""
        after = words[place + 1].plain if place + 1 < len(words) else ""
        plain = mended(word.plain, known, _Paired(index, before, after))
        found.append(word if plain == word.plain else token(plain))
    return found


def _heard(words: list[Token], index: Index) -> list[Token]:
    """Words written by ear that are words, only not here: «căng cước», «tam chú». One that hardly ever stands beside its
    neighbours gives way to one that sounds like it and often does.
    """
    found = list(words)
    for place, word in enumerate(found):
        before = found[place - 1].plain if place else ""
        after = words[place + 1].plain if place + 1 < len(words) else ""
        own = _pairs(index, before, word.plain, after)
        if own > SURE or word.plain.isdigit():
            continue
        near = {one: _pairs(index, before, one, after) for one in sounding_like(word.plain)}
        best = max(near, key=lambda one: (near[one], one), default="")
        if best and near[best] > max(SURE, index.living * OFTEN, own * FAR_MORE):
            found[place] = token(best)
    return found


def _pairs(index: Index, before: str, word: str, after: str) -> int:
    """In how many passages `word` stands beside one of its neighbours, at most."""
    return max(index.known(f"{before} {word}"), index.known(f"{word} {after}"))


class _Known(Mapping):
    """Every word that stands in a passage or in the data, with how often."""

    def __init__(self, index: Index, phrases: Phrases):
        self.index = index
        self.others = known_words(phrases)

    def __getitem__(self, word: str) -> int:
        count = self.index.known(word) or (1 if word in self.others else 0)
        if not count:
            raise KeyError(word)
        return count

    def __contains__(self, word: object) -> bool:
        return word in self.others or self.index.known(str(word)) > 0

    def __iter__(self):
        return iter(self.index.postings)

    def __len__(self):
        return len(self.index.postings)


class _Paired:
    """Words that make a pair known to the passages with the word before or after."""

    def __init__(self, index: Index, before: str, after: str):
        self.index, self.before, self.after = index, before, after

    def __contains__(self, word: object) -> bool:
        return _pairs(self.index, self.before, str(word), self.after) > 0


_words_of: dict[int, tuple[Phrases, frozenset[str]]] = {}


def known_words(phrases: Phrases) -> frozenset[str]:
    """Every single word of the data; kept for the phrases last asked for."""
    kept = _words_of.get(id(phrases))
    if kept is None or kept[0] is not phrases:
        lexicons: list[Lexicon] = [phrases.means, phrases.aside, phrases.elsewhere, phrases.never]
        lexicons += [one for both in phrases.together for one in both]
        short = {word.plain for full in phrases.short.values() for word in tokens(full)}
        found = frozenset(short.union(*(lexicon.words for lexicon in lexicons)))
        _words_of.clear()
        _words_of[id(phrases)] = kept = (phrases, found)
    return kept[1]


def _spans(
    words: list[Token], lexicon: Lexicon, *, nested: bool = False, single: bool = False, strict: bool = False
) -> list[tuple[int, int]]:
    """Where phrases stand: the longest, none over another; with `nested` also those inside a longer one."""
    found: list[tuple[int, int]] = []
    taken: set[int] = set()
    for size in range(min(LONGEST, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            places = range(start, start + size)
            if (nested or taken.isdisjoint(places)) and lexicon.holds(
                words[start : start + size], single=single, strict=strict
            ):
                found.append((start, start + size))
                taken.update(places)
    return sorted(found)

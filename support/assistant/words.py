"""Words as they are compared: folded, exact, spelled as on a phone, mistyped."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache

from cms.search.folding import folded
from cms.text.folding import normalize
from cms.text.syllables import toneless

_WORD = re.compile(r"\w+")
_ACCENTED = re.compile(r"[^\x00-\x7f]")
_DRAWN_OUT = re.compile(r"([a-z])\1+")
# Letters that stand for others where people write fast; asked only of words nobody uses here.
_PHONETIC = [
    (re.compile(r"^f"), "ph"),
    (re.compile(r"^w"), "qu"),
    (re.compile(r"^j"), "gi"),
    (re.compile(r"^z"), "d"),
    (re.compile(r"^z"), "gi"),
    (re.compile(r"^k(?=[aou])"), "c"),
    (re.compile(r"^c(?=[ei])"), "k"),
    (re.compile(r"^ng(?=[ei])"), "ngh"),
    (re.compile(r"^g(?=[ei])"), "gh"),
    (re.compile(r"iu$"), "ieu"),
    (re.compile(r"(?<=[^aeiou])un$"), "uon"),
    (re.compile(r"(?<=[^aeiou])it$"), "iet"),
    (re.compile(r"(?<=[^aeiou])in$"), "ien"),
    (re.compile(r"ik$"), "ich"),
    (re.compile(r"(?<=[aou])k$"), "c"),
    (re.compile(r"(?<=[aiu])h$"), "nh"),
    (re.compile(r"(?<=[aou])g$"), "ng"),
    (re.compile(r"^tr"), "ch"),
    (re.compile(r"^ch"), "tr"),
    (re.compile(r"^s"), "x"),
    (re.compile(r"^x"), "s"),
    (re.compile(r"^d"), "gi"),
    (re.compile(r"^gi"), "d"),
    (re.compile(r"^n(?=[aeiouy])"), "l"),
    (re.compile(r"^l"), "n"),
    (re.compile(r"(?<=[aou])n$"), "ng"),
    (re.compile(r"(?<=[aou])ng$"), "n"),
    (re.compile(r"(?<=[aou])t$"), "c"),
    (re.compile(r"(?<=[aou])c$"), "t"),
    (re.compile(r"(?<=[ie])t$"), "ch"),
    (re.compile(r"(?<=[ie])ch$"), "t"),
    (re.compile(r"(?<=[ie])nh$"), "n"),
    (re.compile(r"k$"), "ng"),
]
# Endings of English words.
_ENDING = re.compile(r"(?:'?s|es|ed|ing)$")
# Letters and keys of the Telex way of typing, when the keyboard was left in English: "cawn cuwowcs".
_TELEX = [
    ("uwow", "uo"),
    ("uow", "uo"),
    ("aw", "a"),
    ("ow", "o"),
    ("uw", "u"),
    ("aa", "a"),
    ("ee", "e"),
    ("oo", "o"),
    ("dd", "d"),
]
_TELEX_TONE = re.compile(r"(?<=[aeiouy])([a-z]*?)[sfrxj](?=[a-z]*$)")
# A shorter word one slip away from another is mostly a word of its own, unless it makes a pair with its neighbour.
_SHORTEST_MISTYPED, _SHORTEST_ALONE = 3, 5
# No word of any language here; what could be meant by a thousand letters would take a second to try.
_LONGEST_MISTYPED = 24


@dataclass(frozen=True)
class Token:
    """`letters` tell «o» and «ơ» apart, `exact` the tone too, wherever its mark was put; `plain` tells neither."""

    plain: str
    exact: str
    letters: str


@lru_cache(maxsize=50_000)
def token(word: str) -> Token:
    letters, tones = toneless(word)
    plain = folded(word)
    if letters.endswith("y") and plain.endswith("i"):  # «ký» and «kí»
        letters = f"{letters[:-1]}i"
    return Token(plain, f"{letters}{tones}", letters)


def tokens(text: str) -> list[Token]:
    """The words of `text`, in order."""
    return [found for word in _WORD.findall(normalize(text).lower()) if (found := token(word)).plain]


def is_accented(word: Token) -> bool:
    return bool(_ACCENTED.search(word.exact))


def mended(word: str, known: Mapping[str, int], following: Container[str] = ()) -> str:
    """The folded word most likely meant by `word`, which nobody uses here; `word` itself where none is near.

    `following` are words that would make a known pair with a neighbour: they are preferred.
    """
    if word in known or word.isdigit() or len(word) > _LONGEST_MISTYPED:
        return word
    drawn = folded(_DRAWN_OUT.sub(r"\1", word))
    if len(word) < _SHORTEST_MISTYPED:
        return drawn if drawn in known else word
    for candidates, shortest in (
        ({drawn}, 1),
        ({_ENDING.sub("", word), _ENDING.sub("e", word)}, 5),
        (_telex(word), 2),
        (_phonetic(drawn), 3),
        (_one_slip_away(drawn), _SHORTEST_ALONE),
    ):
        close = [one for one in candidates if one in known and (len(word) >= shortest or one in following)]
        if close:
            return min(close, key=lambda one: (one not in following, sorted(one) != sorted(word), -known[one], one))
    return word


@lru_cache(maxsize=20_000)
def sounding_like(word: str) -> frozenset[str]:
    """What may be meant by a folded word that was written by ear; without `word`."""
    return frozenset(_phonetic(word))


def _telex(word: str) -> set[str]:
    found = {word}
    for keys, letter in _TELEX:
        found |= {one.replace(keys, letter) for one in found}
    found |= {_TELEX_TONE.sub(r"\1", one, count=1) for one in found}
    return set(map(folded, found)) - {word}


def _phonetic(word: str) -> set[str]:
    found = {pattern.sub(letters, word) for pattern, letters in _PHONETIC}
    found |= {pattern.sub(letters, one) for one in list(found) for pattern, letters in _PHONETIC}
    return found - {word}


def _one_slip_away(word: str) -> set[str]:
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    return (
        {left + letter + right for left, right in halves for letter in letters}
        | {left + letter + right[1:] for left, right in halves if right for letter in letters}
        | {left + right[1:] for left, right in halves if right}
        | {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    )

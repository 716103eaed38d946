"""The forms in which words are compared."""

import re
import unicodedata
from functools import cache

from cms.text.folding import fold, normalize

_WORD = re.compile(r"\w+")
# "lý" and "lí", "kỹ" and "kĩ": the same syllable written by two rules.
_FINAL_Y = re.compile(r"\b([bcdghklmnrstvx]|[ct]h|qu|[gk]h|n[gh]|ph|tr|ngh)y\b")


def exact(text: str) -> str:
    """Lower case with accents kept."""
    return normalize(text).lower()


def folded(text: str) -> str:
    """Without accents and case, one spelling for i and y at a syllable's end; words between single blanks."""
    return _FINAL_Y.sub(r"\1i", " ".join(_WORD.findall(fold(text))))


def words(text: str) -> list[str]:
    return folded(text).split()


def has_accents(text: str) -> bool:
    return exact(text) != fold(text)


@cache
def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter.lower().replace("đ", "d"))[0]
    return base if len(base) == 1 else letter


def same_length_fold(text: str) -> str:
    """`text` folded letter by letter, so that a place in it is the same place in `text` (which is NFC)."""
    return _FINAL_Y.sub(r"\1i", "".join(map(_plain, text)))

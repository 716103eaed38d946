"""The forms in which words are compared."""

import re
import unicodedata
from functools import cache

from cms.search.grams import MARKS, bridges, cut
from cms.text.folding import fold, normalize

# The marks of other scripts belong to their words, though `\w` leaves them out.
WORD = re.compile(rf"[\w{MARKS}]+")
# "lý" and "lí", "kỹ" and "kĩ": the same syllable written by two rules.
_FINAL_Y = re.compile(r"\b([bcdghklmnrstvx]|[ct]h|qu|[gk]h|n[gh]|ph|tr|ngh)y\b")


def exact(text: str) -> str:
    """Lower case with accents kept."""
    return normalize(text).lower()


def folded(text: str) -> str:
    """Without accents and case, one spelling for i and y at a syllable's end; words between single blanks."""
    return _FINAL_Y.sub(r"\1i", " ".join(WORD.findall(fold(text))))


def words(text: str, *, indexing: bool = False) -> list[str]:
    """What is looked for by itself: folded words, and pairs of letters where a script sets no blanks (`cms.search.grams`).

    With `indexing` also what a search needs for a single letter at the end of such a text, and for what stands in it
    with a blank that the reader does not type: in Khmer it parts clauses, as the writer likes.
    """
    pieces = folded(text).split()
    found = [piece for word in pieces for piece in cut(word, indexing=indexing)]
    return found + bridges(pieces) if indexing else found


def has_accents(text: str) -> bool:
    return exact(text) != fold(text)


@cache
def _plain(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter.lower().replace("đ", "d"))[0]
    return base if len(base) == 1 else letter


def same_length_fold(text: str) -> str:
    """`text` folded letter by letter, so that a place in it is the same place in `text` (which is NFC)."""
    return _FINAL_Y.sub(r"\1i", "".join(map(_plain, text)))

"""Scripts that set no blanks between words: Chinese, Khmer, Thai, Lao, Burmese, Tai Viet.

No list of words decides where one ends (that would have to know every name): a text is cut into its letters, a Khmer
one with the signs and subscripts that belong to it, and every two neighbours are one thing to be found. A word of three
letters is found where its two pairs stand.
"""

import re
import unicodedata
from itertools import pairwise

# Blocks whose signs stand on or below a letter and are no letters of their own.
_WITH_MARKS = ((0x0600, 0x06FF), (0x0900, 0x109F), (0x1780, 0x17FF), (0x1980, 0x19DF), (0xA9E0, 0xA9FF),
               (0xAA00, 0xAA5F), (0xAA60, 0xAADF))  # fmt: skip
_BLANKLESS = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1980, 0x19DF), (0xA9E0, 0xA9FF),
              (0xAA60, 0xAADF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
              (0xF900, 0xFAFF), (0x20000, 0x323AF))  # fmt: skip
# They put the next consonant below this one: Khmer coeng, Burmese virama.
_JOINERS = "\u17d2\u1039"


def _written(points) -> str:
    return "".join(re.escape(chr(point)) for point in points)


MARKS = _written(
    point
    for first, last in _WITH_MARKS
    for point in range(first, last + 1)
    if unicodedata.category(chr(point)) in {"Mn", "Mc"}
)
_LETTERS = "".join(f"{chr(first)}-{chr(last)}" for first, last in _BLANKLESS)
_IN_BLANKLESS = re.compile(f"[{_LETTERS}]")
_RUN = re.compile(f"[{_LETTERS}]+|[^{_LETTERS}]+")
_CLUSTER = re.compile(f".(?:[{_JOINERS}][^{MARKS}]|[{MARKS}])*", re.DOTALL)


def is_blankless(letter: str) -> bool:
    return _IN_BLANKLESS.match(letter) is not None


def clusters(text: str) -> list[str]:
    """The letters of `text`, each with its signs and what is written below it."""
    return _CLUSTER.findall(text)


def cut(word: str, *, indexing: bool = False) -> list[str]:
    """`word` itself, or the pairs of neighbours in it where its script sets no blanks.

    With `indexing` the last letter too: every letter then begins something that is found.
    """
    if word.isascii() or not _IN_BLANKLESS.search(word):
        return [word]
    found: list[str] = []
    for run in _RUN.findall(word):
        letters = clusters(run)
        if not is_blankless(run[0]) or len(letters) == 1:
            found.append(run)
            continue
        found += map("".join, pairwise(letters))
        if indexing:
            found.append(letters[-1])
    return found


def bridges(words: list[str]) -> list[str]:
    """The pairs across the blanks between words of such scripts."""
    return [
        clusters(left)[-1] + clusters(right)[0]
        for left, right in pairwise(words)
        if not left.isascii() and is_blankless(left[-1]) and is_blankless(right[0])
    ]

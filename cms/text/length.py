"""How long a text is, in the way its script can be counted."""

import re
import unicodedata

# Marks up the page of scripts without spaces; U+200B parts words in Khmer without being seen.
_SPACE = re.compile(r"[\s\u200b]+")


def count(text: str, counting: str) -> int:
    """`words` between spaces, `characters` without spaces and signs, or `clusters`: letters with the marks they carry.

    Raises ValueError for another way of counting.
    """
    if counting == "words":
        return len([part for part in _SPACE.split(text) if any(letter.isalnum() for letter in part)])
    letters = [letter for letter in text if unicodedata.category(letter)[0] in "LN"]
    if counting == "characters":
        return len(letters)
    if counting == "clusters":
        return len(letters) - _joined(text)
    raise ValueError(counting)


def _joined(text: str) -> int:
    """Letters that are written below the one before, as Khmer's coeng makes them: they take no place of their own."""
    return sum(
        1
        for place, letter in enumerate(text[1:], 1)
        if text[place - 1] == "\u17d2" and unicodedata.category(letter)[0] == "L"
    )

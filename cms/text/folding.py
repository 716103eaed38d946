"""Canonical and folded forms of short texts: names, codes, class names, search words.

No database here has a Vietnamese collation and neither SQLite nor a plain PostgreSQL folds ``đ``; both forms
are therefore made here and stored (see docs/architecture.md, "Identity, keys and scale").
"""

import re
import unicodedata

_BLANKS = dict.fromkeys(
    [
        *range(0x09, 0x0E),
        0x20,
        0x85,
        0xA0,
        0x1680,
        *range(0x2000, 0x200B),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x3000,
    ],
    " ",
)
# Zero-width and direction marks arrive with text copied from Word, Zalo and web pages; nobody sees them.
_INVISIBLE = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x180E], None
)
_CONTROLS = dict.fromkeys([*range(0x09), *range(0x0E, 0x20), 0x7F, *range(0x80, 0x85), *range(0x86, 0xA0)], None)
_CLEAN = {**_CONTROLS, **_INVISIBLE, **_BLANKS}
_SPACES = re.compile(r" {2,}")

APOSTROPHES = "'’‘ʼʹ′`´ʻ‛＇"
_LETTERS_WITHOUT_DECOMPOSITION = {
    "đ": "d", "ð": "d", "ɖ": "d", "ƀ": "b", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i",
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ŋ": "ng",
}  # fmt: skip


def _fold_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for point in [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        base = "".join(c for c in unicodedata.normalize("NFD", chr(point)) if unicodedata.category(c) != "Mn")
        table[point] = base
    table.update({ord(letter): plain for letter, plain in _LETTERS_WITHOUT_DECOMPOSITION.items()})
    table.update(dict.fromkeys(range(0x300, 0x370)))
    table.update(dict.fromkeys(map(ord, APOSTROPHES)))
    return table


_FOLD = _fold_table()


def normalize(text: str) -> str:
    """Return ``text`` in NFC with every kind of blank made one space, invisible characters dropped, ends
    trimmed.

    Letters, case and punctuation stay as written. Text in a legacy encoding must go through ``legacy`` first:
    TCVN3 writes ``ư`` with the soft hyphen that is dropped here.
    """
    if text.isascii() and text.isprintable():
        cleaned = text
    else:
        cleaned = unicodedata.normalize("NFC", text.translate(_CLEAN))
    return _SPACES.sub(" ", cleaned).strip(" ")


def compare_key(text: str) -> str:
    """Return the form in which two names or class names are the same: NFC, trimmed, case folded; accents
    count.
    """
    return unicodedata.normalize("NFC", normalize(text).casefold())


def natural_key(text: str) -> str:
    """`text` folded so that numbers in it sort by value: 10A2 before 10A10. At most 160 characters."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(6), fold(text))[:160]


def fold(text: str) -> str:
    """Return the accent-free form used by every search: lower case, ``đ`` as ``d``, no marks, no apostrophes.

    ``hoà`` and ``hòa``, ``Đắk Lắk`` and ``dak lak``, ``K'Brế`` and ``kbre`` fold alike. Scripts other than
    Latin keep their letters.
    """
    text = normalize(text).lower()
    if text.isascii():
        folded = text.replace("'", "").replace("`", "")
    else:
        folded = unicodedata.normalize("NFC", text.translate(_FOLD))
    return _SPACES.sub(" ", folded).strip(" ")

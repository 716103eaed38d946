"""Vietnamese personal names: parts, order, initials.

A name is stored once, as one string; họ, đệm and tên are derived. Class lists go by tên, then họ, then đệm.

**Order.** Letters first, in the alphabet ``a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y`` with
the foreign letters f j w z at their Latin places; then the tone, in the order of the dictionaries and of
CLDR's ``vi`` collation: ngang, huyền, hỏi, ngã, sắc, nặng. The tone is weighed part by part, so that all
the Hà stand together before the first Hạ whatever their họ. Case, apostrophes and the place of the tone
mark (hoà, hòa) do not count; a hyphen counts as a space. Letters of other scripts follow the Latin ones by
code point.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from cms.text.folding import APOSTROPHES, normalize

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
# Digits alone: every collation of SQLite and PostgreSQL orders them alike, letters have contractions ("ch", "aa").
_LETTER = {letter: str(21 + place) for place, letter in enumerate(_ALPHABET)}
_NUMBER = {str(n): f"{10 + n}" for n in range(10)}
_WORD_END = "02"
_PART_END = "00"
_OTHER = "99"
_TONES = {"\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0301": "5", "\u0323": "6"}
_LEVEL_TONE = "1"
_TONES_END = "0"
_BREVE, _CIRCUMFLEX, _HORN = "\u0306", "\u0302", "\u031b"
_SHAPED = {
    ("a", _BREVE): "ă", ("a", _CIRCUMFLEX): "â", ("e", _CIRCUMFLEX): "ê", ("o", _CIRCUMFLEX): "ô",
    ("o", _HORN): "ơ", ("u", _HORN): "ư",
}  # fmt: skip
_PLAIN = {"ð": "đ", "ɖ": "đ", "ƀ": "b", "ø": "o", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ŋ": "n"}
_SPELLED = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
SORT_KEY_LENGTH = 400

_HYPHENS = re.compile(r"[-‐‑‒–—.,/_]+")
_APOSTROPHES = re.compile(f'[{APOSTROPHES}"“”()\\[\\]]')
_TITLE = re.compile(
    r"^(?:(?:gs|pgs|ts|ths|cn|bs|ks|tskh|nsnd|nsưt|ngnd|ngưt|mr|mrs|ms|dr|prof)\s*\.[\s.]*"
    r"|(?:pgs|ths|tskh|mr|mrs|ms|dr)\s+|(?:thầy|cô)(?:\s+giáo)?\s*[:.]?\s+)+",
    re.IGNORECASE,
)
# "Nguyễn Văn An B": a letter given by the school to tell two pupils apart. It is no tên. But "Nguyễn Văn A"
# is a tên.
_DISTINGUISHER = re.compile(r"^(?:[A-EGH]|\([A-Z0-9]\)|\d{1,2}|I{1,3}|IV)$", re.IGNORECASE)
_WANTS_A_NAME = {"văn", "thị"}
# Letters with their marks, taken with a prefix's apostrophe for two pieces: "h'hen" is h and hen, "ja'far" is one.
_LETTERS = r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*"
_PIECE = re.compile(rf"{_LETTERS}(?:(?<=\w\w)[{APOSTROPHES}]{_LETTERS})*")
# "ê-ban", "a-lê-ô": names of other peoples as newspapers spell them begin with a vowel by itself. "h-hen" does not.
_IN_SYLLABLES = re.compile(r"[aăâeêioôơuư][\u0300-\u036f]*-")
_WRONG_DJE = str.maketrans({"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"})


class NameParts(NamedTuple):
    """``family`` (họ), ``middle`` (đệm) and ``given`` (tên); each may be empty except ``given`` of a
    non-empty name.
    """

    family: str
    middle: str
    given: str


def normalize_name(text: str) -> str:
    """Return a personal name as it is stored: normalised, the look-alikes of Đ (Eth, African D) set right, and with
    capitals where it was typed all in small letters or ALL IN CAPITALS (`proper_case`).
    """
    return proper_case(normalize(text.translate(_WRONG_DJE)))


def proper_case(name: str) -> str:
    """Return ``Nguyễn Văn An`` for ``nguyễn văn an`` and ``NGUYỄN VĂN AN``; a name with capitals and small letters of its
    own (``H'Hen Niê``, ``Nguyễn thị Hoa``) stays as it is.

    A capital follows a blank, a hyphen and the apostrophe of a prefix: ``K'Brế``, ``R'Ông``, ``Anne-Marie``. Of names
    written in syllables only the first has one: ``Y Blăm Ê-ban``. What tells namesakes apart stays: ``Nguyễn Văn An II``.
    """
    if name != name.lower() and name != name.upper():
        return name
    words = [_capitalised(word) for word in name.split(" ")]
    if len(words) >= 3 and _DISTINGUISHER.match(words[-1]) and words[-2].lower() not in _WANTS_A_NAME:
        words[-1] = words[-1].upper()
    return " ".join(words)


def _capitalised(word: str) -> str:
    word = word.lower()
    in_syllables = _IN_SYLLABLES.match(word)
    return _PIECE.sub(lambda piece: piece[0] if in_syllables and piece.start() else _raised(piece[0]), word)


def _raised(piece: str) -> str:
    return piece[:1].upper() + piece[1:]


def without_title(full_name: str) -> str:
    """Drop ``ThS.``, ``PGS.TS.``, ``Thầy``, ``Cô`` … before a name of at least two words; ``Ông`` may be a
    họ and stays.
    """
    rest = _TITLE.sub("", full_name, count=1)
    return rest if " " in rest else full_name


@lru_cache(maxsize=4096)
def split_name(full_name: str) -> NameParts:
    """Split a full name into họ, đệm and tên as Vietnamese registers do: first word, middle words, last word.

    One word is the tên. A single letter or number added to tell namesakes apart stays with the tên. Names
    of other peoples (``K'Brế``, ``Y Blăm Ê-ban``, ``Ksor H'Liên``) follow the same rule, as in the
    registers.
    """
    words = without_title(normalize_name(full_name)).split(" ")
    if len(words) == 1:
        return NameParts("", "", words[0])
    tail = 1
    if len(words) >= 3 and _DISTINGUISHER.match(words[-1]) and words[-2].lower() not in _WANTS_A_NAME:
        tail = 2
    return NameParts(words[0], " ".join(words[1:-tail]), " ".join(words[-tail:]))


@lru_cache(maxsize=16384)
def _word_codes(word: str) -> tuple[str, str]:
    codes: list[str] = []
    tones: list[str] = []
    cluster = ""
    marks: list[str] = []

    def close() -> None:
        if not cluster:
            return
        letter = cluster
        for mark in marks:
            letter = _SHAPED.get((letter, mark), letter)
        for one in _SPELLED.get(letter, letter):
            code = _LETTER.get(one) or _NUMBER.get(one)
            codes.append(code or f"{_OTHER}{ord(one):07d}")

    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tones.append(_TONES[char])
        if unicodedata.combining(char) or unicodedata.category(char) == "Mn":
            marks.append(char)
            continue
        close()
        cluster, marks = _PLAIN.get(char, char), []
    close()
    return "".join(codes), "".join(tones) or _LEVEL_TONE


@lru_cache(maxsize=16384)
def _part_key(part: str) -> str:
    words = [_word_codes(word) for word in _HYPHENS.sub(" ", _APOSTROPHES.sub("", part.lower())).split()]
    letters = _WORD_END.join(codes for codes, _ in words)
    tones = "".join(tone for _, tone in words)
    return f"{letters}{_PART_END}{tones}{_TONES_END}"


def sort_key(full_name: str) -> str:
    """Return the string whose plain order, under any collation, is the Vietnamese order of names.

    Only the digits 0–9 are used; at most ``SORT_KEY_LENGTH`` characters. Stored as ``name_sort``.
    """
    parts = split_name(full_name)
    given, distinguisher = parts.given, ""
    if " " in given:
        # What tells namesakes apart is looked at last: An, An A, An B of one họ and đệm stand together.
        given, _, distinguisher = given.partition(" ")
    return "".join(map(_part_key, (given, parts.family, parts.middle, distinguisher)))[:SORT_KEY_LENGTH]


def text_sort_key(text: str) -> str:
    """Return the same kind of key for a text that is no personal name (a school, a commune): read from the
    left.
    """
    return _part_key(normalize_name(text))[:SORT_KEY_LENGTH]


def initials(full_name: str) -> str:
    """Return ``N.V.A.``: how a pupil is named in public without consent (product.md, ground rule 1)."""
    parts = split_name(full_name)
    words = [*parts.family.split(), *parts.middle.split(), *parts.given.split()]
    return "".join(f"{word[0].upper()}." for word in words if word)

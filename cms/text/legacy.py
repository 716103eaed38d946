"""Vietnamese text from before Unicode: TCVN3 (ABC), VNI, Windows-1258, and UTF-8 once read as Windows-1252.

Old files carry such text in fonts named ``.VnTime`` or ``VNI-Times``; in Unicode it reads ``TiÕng ViÖt``,
``Tieáng Vieät``. It is found by the font's name and by the statistics of syllables, converted by the tables
below, and always handed back with its *before*, so that a person can look: nothing here converts in
silence.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cms.text.syllables import is_syllable


class Encoding(StrEnum):
    """A way Vietnamese was written before Unicode."""

    TCVN3 = "tcvn3"
    VNI = "vni"
    MISREAD_UTF8 = "misread_utf8"
    """UTF-8 bytes read as Windows-1252: ``Nguyá»…n``."""
    WINDOWS_1258 = "cp1258"
    """Only as bytes: once decoded, NFC makes it ordinary Unicode."""


@dataclass(frozen=True, slots=True)
class Repair:
    """One converted text: what stood there and what it says."""

    before: str
    after: str
    encoding: Encoding


_TCVN3 = dict(zip(
    "¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉË®ÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\xadøõö÷ùýúûüþ¡¢§£¤¥¦",
    "áàảãạăắằẳẵặâấầẩẫậđéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵĂÂĐÊÔƠƯ",
    strict=True,
))  # fmt: skip
_TCVN3_TABLE = str.maketrans(_TCVN3)


def _vni_pairs() -> dict[str, str]:
    tones = {"": "", "\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
    breve = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
    circumflex = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
    pairs = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
    for base, written, marks in [
        *((vowel, vowel, tones) for vowel in "aeouy"),
        ("ă", "a", breve), ("â", "a", circumflex), ("ê", "e", circumflex), ("ô", "o", circumflex),
        ("ơ", "ô", tones), ("ư", "ö", tones),
    ]:  # fmt: skip
        for tone, mark in marks.items():
            letter = unicodedata.normalize("NFC", base + tone)
            if letter != written + mark and letter != "ỵ":
                pairs[letter] = written + mark
    return pairs


_VNI = {}
for _letter, _written in _vni_pairs().items():
    _VNI[_written] = _letter
    _VNI[_written.upper()] = _letter.upper()
    _VNI[_written.capitalize()] = _letter.upper()
    if len(_written) == 2:
        _VNI[_written[0] + _written[1].upper()] = _letter
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

_TCVN3_FONT = re.compile(r"^\.?\s*vn[\w-]|^tcvn|^abc", re.IGNORECASE)
_VNI_FONT = re.compile(r"^vni\b|^vni[-_ ]", re.IGNORECASE)
_UNICODE_FONTS = {"vntime new roman"}


def encoding_of_font(font_name: str | None) -> Encoding | None:
    """The encoding a font's name promises: ``.VnTimeH`` → TCVN3, ``VNI-Times`` → VNI, others none."""
    name = (font_name or "").strip()
    if _VNI_FONT.match(name):
        return Encoding.VNI
    if _TCVN3_FONT.match(name) and name.lower() not in _UNICODE_FONTS:
        return Encoding.TCVN3
    return None


def is_capitals_font(font_name: str | None) -> bool:
    """True for TCVN3 fonts ending in H (``.VnTimeH``), which draw small letters as capitals."""
    return encoding_of_font(font_name) is Encoding.TCVN3 and (font_name or "").strip().endswith("H")


def convert(text: str, encoding: Encoding, *, capitals: bool = False) -> str:
    """Read ``text`` as ``encoding`` and return it in NFC; ``capitals`` for a TCVN3 capitals font.

    Characters the encoding does not know stay as they are.
    """
    match encoding:
        case Encoding.TCVN3:
            result = text.translate(_TCVN3_TABLE)
            result = result.upper() if capitals or _looks_capital(text) else _with_initials(text, result)
        case Encoding.VNI:
            result = _VNI_PATTERN.sub(lambda match: _VNI[match[0]], unicodedata.normalize("NFC", text))
        case Encoding.MISREAD_UTF8:
            result = _reread_utf8(text)
        case _:
            result = text
    return unicodedata.normalize("NFC", result)


def _looks_capital(text: str) -> bool:
    # TCVN3 has no accented capitals: "NGUYÔN V¡N" in a plain font keeps the small accented letters.
    plain = [char for char in text if char.isascii() and char.isalpha()]
    return len(plain) > 1 and not text.isascii() and all(char.isupper() for char in plain)


def _with_initials(before: str, after: str) -> str:
    # For the same reason "¸nh" stands for both ánh and Ánh: among capitalised words it is a name.
    old, new = before.split(" "), after.split(" ")
    plain = [word for word in old if word[:1].isascii() and word[:1].isalpha()]
    if len(old) != len(new) or not plain or not all(word[0].isupper() for word in plain):
        return after
    return " ".join(
        word if was[:1].isascii() else word[:1].upper() + word[1:] for was, word in zip(old, new, strict=True)
    )


_CP1252_HOLES = {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def _reread_utf8(text: str) -> str:
    try:
        raw = b"".join(bytes([ord(char)]) if ord(char) in _CP1252_HOLES else char.encode("cp1252") for char in text)
        return raw.decode("utf-8")
    except UnicodeError:
        return text


def decode(raw: bytes) -> tuple[str, Encoding | None]:
    """Decode the bytes of a text file. Returns the text in NFC and the legacy encoding it was written in,
    if any.

    Byte order marks, UTF-8, UTF-16 with or without mark, then Windows-1258, TCVN3 and VNI by which of them
    makes the most Vietnamese syllables. A Windows-1258 file counts as legacy: it was guessed. Line ends are
    kept.
    """
    for mark, name in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return unicodedata.normalize("NFC", raw.decode(name, errors="replace")), None
    nulls = raw[:4000].count(0)
    if nulls > len(raw[:4000]) // 5:
        name = "utf-16-le" if raw[1:4000:2].count(0) >= raw[0:4000:2].count(0) else "utf-16-be"
        return unicodedata.normalize("NFC", raw.decode(name, errors="replace")), None
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8")), None
    except UnicodeDecodeError:
        pass
    western = raw.decode("latin-1")
    candidates = {
        Encoding.WINDOWS_1258: unicodedata.normalize("NFC", raw.decode("cp1258", errors="replace")),
        Encoding.TCVN3: convert(western, Encoding.TCVN3),
        Encoding.VNI: convert(western, Encoding.VNI),
    }
    best = max(candidates, key=lambda encoding: _share_of_syllables(candidates[encoding]))
    if best is Encoding.TCVN3:
        # Cell by cell, so that one cell in capitals does not raise its neighbours.
        return "".join(convert(p, best) for p in re.split(r"([,;\t\r\n\"]+)", western)), best
    return candidates[best], best


def _share_of_syllables(text: str) -> float:
    # Marks around a quotation are no letters of the word they touch.
    text = _QUOTED.sub(r" \1 ", text[:200_000])
    return _accented_syllables(text) if any(not word.isascii() for word in _JOINED.findall(text)) else 0.0


def repair_texts(texts: Sequence[str], fonts: Sequence[str | None] | None = None) -> list[Repair | None]:
    """Find and convert the legacy texts among ``texts`` that belong together (a column, a document).

    ``fonts`` are the font names beside them, when known. A text is converted when its font says so, or when
    it is no Vietnamese as it stands and every word of it is after conversion. Words that read well both
    ways (``Sôn``) follow the rest of their column: they are converted when it holds legacy text and nothing
    that must be Unicode.
    """
    fonts = fonts if fonts is not None else [None] * len(texts)
    by_font = [
        _by_font(text, font) if font and not text.isascii() else None for text, font in zip(texts, fonts, strict=True)
    ]
    found: dict[Encoding, int] = dict.fromkeys((Encoding.TCVN3, Encoding.VNI, Encoding.MISREAD_UTF8), 0)
    verdicts: list[Encoding | None] = []
    unicode_seen = False
    for text, repair in zip(texts, by_font, strict=True):
        verdict = repair.encoding if repair else (None if text.isascii() else _by_letters(text))
        verdicts.append(verdict)
        if verdict:
            found[verdict] += 1
        elif not text.isascii() and _must_be_unicode(text):
            unicode_seen = True
    main = max(found, key=lambda encoding: found[encoding])
    spread = bool(found[main]) and not unicode_seen
    result: list[Repair | None] = []
    for text, repair, verdict in zip(texts, by_font, verdicts, strict=True):
        encoding = verdict or (main if spread and not text.isascii() else None)
        if repair is None and encoding is not None:
            repair = _repaired(text, convert(text, encoding), encoding)
        result.append(repair)
    return result


def repair_text(text: str, font: str | None = None) -> Repair | None:
    """``repair_texts`` for one text that stands alone."""
    return repair_texts([text], [font])[0]


def _repaired(before: str, after: str, encoding: Encoding) -> Repair | None:
    return Repair(before, after, encoding) if after != before else None


def _by_font(text: str, font: str) -> Repair | None:
    encoding = encoding_of_font(font)
    if encoding is None or any(ord(char) > 0xFF and char not in "œŒŸ" for char in text):
        # Real Unicode typed while an old font was chosen.
        return None
    after = convert(text, encoding, capitals=is_capitals_font(font))
    if _accented_syllables(text) == 1.0 and _accented_syllables(after) < 1.0:
        return None
    return _repaired(text, after, encoding)


def _by_letters(text: str) -> Encoding | None:
    """The encoding under which every accented word of a text becomes a syllable, when the text as it stands
    is odd.
    """
    if _accented_syllables(text) == 1.0:
        return None
    for encoding in (Encoding.MISREAD_UTF8, Encoding.TCVN3, Encoding.VNI):
        after = convert(text, encoding)
        if after != text and not after.isascii() and _accented_syllables(after) == 1.0:
            return encoding
    return None


# Signs of Latin-1 are part of a word: § and « are letters in TCVN3 (§¨ng = Đăng), and a file of two words has little else
# to go by.
_JOINED = re.compile(r"(?:[^\W\d_]|[\u00a1-\u00bf\u00d7\u00f7])+")


_QUOTED = re.compile("«([^«»]*)»")


def _accented_syllables(text: str) -> float:
    accented = [word for word in _JOINED.findall(text) if not word.isascii()]
    return sum(map(is_syllable, accented)) / len(accented) if accented else 1.0


def _must_be_unicode(text: str) -> bool:
    return any(ord(char) > 0xFF and unicodedata.category(char).startswith("L") for char in text)


def examples(repairs: Iterable[Repair | None], limit: int = 5) -> list[Repair]:
    """The first few distinct repairs, for a preview of before and after."""
    distinct: dict[str, Repair] = {}
    for repair in repairs:
        if repair and repair.before not in distinct:
            distinct[repair.before] = repair
            if len(distinct) == limit:
                break
    return list(distinct.values())

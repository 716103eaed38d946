"""Taking out of a text what must never be kept: identity numbers, one-time codes, phone and card numbers, passwords."""

import re
from dataclasses import dataclass

from cms.text.folding import fold, normalize

MASK = "•••"
# Digits as people write them: together, or in groups by a blank, a dot or a dash.
_DIGITS = re.compile(r"(?<!\w)\+?\d(?:[ .\-]?\d){5,18}(?!\w)")
# A number that is nobody's own: what anybody may dial, a date, a year, money.
_PUBLIC = re.compile(r"(?:1800|1900)\d{4,6}")
_DATE = re.compile(r"\d{1,2}[ .\-/]\d{1,2}[ .\-/]\d{4}")
_MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+")
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
# "otp 482913", "mã xác thực là 4829", "mk: abc123": what follows such a word is the secret.
_CUES = r"otp|ma xac (?:thuc|nhan)|ma bao mat|mat khau|mat ma|pass(?:word|code)?|pin|mk|one[- ]time (?:code|password)"
_SECRET = re.compile(rf"\b(?:{_CUES})\b(?:\s+(?:cua (?:toi|em|minh|me|ba|con)|is|la|my))*\s*[:=]?\s+(\S*\d\S*)")
_CUE = re.compile(r"\b(?:otp|ma xac (?:thuc|nhan)|one[- ]time)\b")
_SHORT_CODE = re.compile(r"(?<!\w)\d{4,8}(?!\w)")


@dataclass(frozen=True)
class Masked:
    """`text` with what was found replaced; `kinds` says what it was, each once."""

    text: str
    kinds: tuple[str, ...] = ()


def _kind_of(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if len(digits) in {9, 12} and not digits.startswith(
        ("84", "09", "03", "05", "07", "08") if len(digits) != 12 else ()
    ):
        return "identity"
    if re.fullmatch(r"(?:84|0)\d{9}", digits):
        return "phone"
    return "number"


def mask(text: str) -> Masked:
    """`text` (made NFC, blanks made one) without personal numbers and secrets.

    Where in doubt a number is taken out: a question is understood without it. Dates, sums of money and the numbers of
    help lines stay.
    """
    text = normalize(text.replace("\n", " "))
    kinds: list[str] = []
    spans: list[tuple[int, int]] = []

    def found(start: int, end: int, kind: str) -> None:
        if all(end <= one or start >= other for one, other in spans):
            spans.append((start, end))
            kinds.append(kind)

    plain = _aligned(text)
    for match in _SECRET.finditer(plain):
        found(*match.span(1), "secret")
    if _CUE.search(plain):
        for match in _SHORT_CODE.finditer(text):
            number = match.group()
            if not re.fullmatch(r"(?:19|20)\d\d", number):
                found(*match.span(), "secret")
    for match in _EMAIL.finditer(text):
        found(*match.span(), "email")
    for match in _DIGITS.finditer(text):
        number = match.group().strip()
        digits = re.sub(r"\D", "", number)
        if not (_PUBLIC.fullmatch(digits) or _DATE.fullmatch(number) or _MONEY.fullmatch(number)):
            found(*match.span(), _kind_of(number))
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return Masked(text, tuple(dict.fromkeys(kinds)))


def _aligned(text: str) -> str:
    """`text` without accents, letter for letter."""
    return "".join((folded if len(folded) == 1 else letter) if (folded := fold(letter)) else letter for letter in text)

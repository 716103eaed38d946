"""Taking out of a collaborator's remark what tells who was visited: names, and every number long enough to be somebody's."""

import re

from support.assistant.masking import MASK, Masked, mask
from support.models.visits import NINE_DIGITS

_NUMBER = re.compile(rf"{NINE_DIGITS}([ .-]?[0-9])*")
_WORD = re.compile(r"[^\W\d_]+")
# How people are spoken of; a name with a capital follows.
_CALLED = frozenset(
    ["ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "em", "cháu", "dì", "cậu", "mợ", "thím", "dượng", "o", "mệ"]
)
# After such a word these are no names: offices, and what everybody calls by a capital.
_NO_NAMES = frozenset(
    [
        "công",
        "cán",
        "bí",
        "chủ",
        "trưởng",
        "phó",
        "tổ",
        "ủy",
        "uỷ",
        "bộ",
        "sở",
        "xã",
        "phường",
        "thôn",
        "ấp",
        "buôn",
        "bản",
        "khu",
        "trạm",
        "trung",
        "việt",
        "vneid",
        "dvc",
        "zalo",
        "google",
        "sim",
        "otp",
        "cccd",
        "bhyt",
        "ubnd",
    ]
)
# Family names, by how common they are; those of the second row are also ordinary words and places (Hà Nội, Cao Bằng), so
# that two words with a capital must follow.
_FAMILY = frozenset(
    [
        "nguyễn",
        "trần",
        "lê",
        "phạm",
        "hoàng",
        "huỳnh",
        "phan",
        "vũ",
        "võ",
        "đặng",
        "bùi",
        "đỗ",
        "hồ",
        "ngô",
        "dương",
        "trương",
        "đinh",
        "đoàn",
        "trịnh",
        "đào",
        "điểu",
        "h'",
    ]
)
_FAMILY_OR_WORD = frozenset(
    ["cao", "hà", "kim", "mai", "sơn", "châu", "lâm", "lý", "thạch", "danh", "sơn", "lương", "tô", "lưu", "phùng", "tạ"]
)
MOST_WORDS = 4


def without_people(text: str) -> Masked:
    """`text` in one line without names, phone, identity and other long numbers; `kinds` says what was taken out.

    Where in doubt it is taken out: a difficulty is understood without who had it (plan III.3.a, domain.md §2.8).
    """
    masked = mask(text)
    kinds, text = list(masked.kinds), masked.text
    if _NUMBER.search(text):
        text, found = _NUMBER.sub(MASK, text), "number"
        kinds.append(found)
    named = _without_names(text)
    if named != text:
        kinds.append("name")
    return Masked(named, tuple(dict.fromkeys(kinds)))


def _without_names(text: str) -> str:
    words = list(_WORD.finditer(text))
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        said = words[place].group().lower()
        capitals = _capitals(text, words, place + 1)
        is_capital = words[place].group()[0].isupper()
        if said in _CALLED and capitals and words[place + 1].group().lower() not in _NO_NAMES:
            spans.append((words[place + 1].start(), words[place + capitals].end()))
        elif is_capital and capitals >= (1 if said in _FAMILY else 2) and said in _FAMILY | _FAMILY_OR_WORD:
            spans.append((words[place].start(), words[place + capitals].end()))
        else:
            capitals = 0
        place += 1 + capitals
    for start, end in reversed(spans):
        text = f"{text[:start]}{MASK}{text[end:]}"
    return text


def _capitals(text: str, words: list[re.Match], place: int) -> int:
    """How many words from `place` on begin with a capital, in one breath; words of capitals only are abbreviations."""
    count = 0
    for one in words[place : place + MOST_WORDS]:
        between = text[words[place + count - 1].end() : one.start()]
        word = one.group()
        if between.strip(" ") or not word[0].isupper() or (len(word) > 1 and word.isupper()):
            break
        count += 1
    return count

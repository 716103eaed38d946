"""The words and signs by which a paper is read: where a question starts, what a heading opens, which letters are labels."""

import re

from quizzes.exchange.docx.lines import HOLE, Line

QUESTION = re.compile(
    r"\s*(?:Câu(?:\s+hỏi)?|Bài(?:\s+tập)?|Question)\s*(?:số\s*)?(\d{1,4})\s*"
    r"(?:(?:\[[^\]]{0,60}\]|\([^)]{0,60}\))\s*[.:)]?|[.:)]|(?=\t)|$)\s*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\s*(\d{1,3})\s*[.:)](?!\d)\s*")
GROUP = re.compile(
    r"\s*(?:(?:PHẦN|Phần|phần|NHÓM|Nhóm|PART|Part|SECTION|Section)\s+([IVXLC]{1,6}|\d{1,2}|[A-E])(?![\w])"
    r"|([IVX]{1,5})\s*[.:)\-–](?=\s*\S))"
)
CODE = re.compile(r"\s*M[ãÃ]\s+đ[ềỀ](?:\s+thi)?\s*[:.\-–]?\s*(\d[\w-]{0,9}|[A-Z]\d{0,4})\s*$", re.IGNORECASE)
END = re.compile(r"[\W_]*HẾT[\W_]*(?:\(.*\))?$", re.IGNORECASE)
ANSWERS = re.compile(
    r"\s*(?:BẢNG\s+(?:TRA\s+)?ĐÁP\s+ÁN.*|ĐÁP\s+ÁN(?:\s+(?:ĐỀ|VÀ|THAM\s+KHẢO|PHẦN|TRẮC\s+NGHIỆM|MÃ)\b.*)?|ANSWER\s+KEYS?|"
    r"HƯỚNG\s+DẪN\s+CHẤM.*)[\s:.]*$",
    re.IGNORECASE,
)
EXPLAINED = re.compile(
    r"\s*(?:LỜI\s+GIẢI|HƯỚNG\s+DẪN\s+GIẢI|HƯỚNG\s+DẪN\s+TRẢ\s+LỜI|GIẢI\s+THÍCH|GIẢI\s+CHI\s+TIẾT|ĐÁP\s+ÁN\s+CHI\s+TIẾT)"
    r"(?:\s+(?:CHI\s+TIẾT|THAM\s+KHẢO))?\s*(?:[.:]\s*|$)",
    re.IGNORECASE,
)
TOLD = re.compile(
    r"\s*(?:Đáp\s+án(?:\s+đúng)?|Đ/?A|Answer)\s*(?:là\s*)?(?:[:.]\s*(\S.*)|\s([A-H])\s*\.?)$", re.IGNORECASE
)
CHOSEN = re.compile(r"\s*(?:Chọn|Đáp\s+án)(?:\s+đáp\s+án)?\s*:?\s*([A-H])(?![\w])\s*[.:,]?\s*")

_UPPER, _LOWER = re.compile(r"([A-Z])\s*[.):/]"), re.compile(r"([a-h])\s*[.)]")
_TRUE = {"đ", "đúng", "t", "true"}
_FALSE = {"s", "sai", "f", "false"}
_TRUTH = re.compile(r"đúng|true|sai|false|đ|s|t|f", re.IGNORECASE)


def starts_with_label(line: Line, *, lower: bool = False) -> re.Match | None:
    """The label of an option at the start of a line: `A.`, `B)`; or of a statement, `a)`."""
    text = line.text
    return (_LOWER if lower else _UPPER).match(text, len(text) - len(text.lstrip().lstrip(HOLE).lstrip()))


def labels_in(line: Line, expected: str, at_starts: set[str], *, lower: bool) -> list[tuple[str, int, int]]:
    """Labels of options on one line as (letter, start, end of label), in order from `expected` on.

    Inside a line a label follows a tab or two spaces, or one space for the first four letters; and no line starts
    with the same letter, for then the one inside is part of a text ("vitamin B.").
    """
    found = []
    pattern = _LOWER if lower else _UPPER
    first = starts_with_label(line, lower=lower)
    for match in pattern.finditer(line.text):
        letter, start = match.group(1), match.start()
        before = line.text[:start]
        is_first = first is not None and start == first.start()
        if letter != expected:
            continue
        if not is_first:
            wide = before.endswith(("\t", "  ", HOLE))
            narrow = before.endswith(" ") and letter.upper() in "BCD" and bool(found or first)
            if letter in at_starts or not (wide or narrow):
                continue
        found.append((letter, start, match.end()))
        expected = chr(ord(letter) + 1)
    return found


def truths(text: str, count: int) -> list[bool] | None:
    """ "Đ S Đ S", "ĐSSĐ", "a) Đ, b) S …", "Đúng – Sai …" as values; None if it is not that, or not of so many."""
    bare = re.sub(r"(?<![\w])[a-h]\s*[).:\-–=]\s*", " ", text)
    bare = re.sub(r"[\s,;.\-–/|]+", "", bare)
    words = _TRUTH.findall(bare)
    if not bare or "".join(words) != bare or len(words) != count:
        return None
    return [word.lower() in _TRUE for word in words]


def truth_of(text: str) -> bool | None:
    word = text.strip(" .,;()[]").lower()
    return True if word in _TRUE else False if word in _FALSE else None


def group_key(match: re.Match) -> str:
    """ "II" and "2" name the same part."""
    word = match.group(1) or match.group(2)
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    if word.isdigit():
        return str(int(word))
    if all(letter in values for letter in word):
        numbers = [values[letter] for letter in word]
        return str(sum(-one if one < max(numbers[place:]) else one for place, one in enumerate(numbers)))
    return word

"""Answer keys after a paper: tables in every direction, and text like "1-A 2-C"."""

import itertools
import re
from dataclasses import dataclass, field

from quizzes.exchange.docx.signs import truth_of

_PAIR = re.compile(r"(?:Câu\s*)?(\d{1,3})\s*[-.:)–=]?\s*([A-Ha-h])(?![\w])", re.IGNORECASE)
_CELL = re.compile(
    r"(?:Câu\s*)?(\d{1,3})\s*[-.:)–=]\s*(\S.*)$|(?:Câu\s*)?(\d{1,3})\s*([A-Ha-h]|[ĐS]{2,8})$", re.IGNORECASE
)
_NUMBER = re.compile(r"(?:Câu|Bài|Question)?\s*(\d{1,3})\s*[.:)]?$", re.IGNORECASE)
_CODE = re.compile(r"(?:mã\s*đề\s*|đề\s*)?(\d{3,4})$", re.IGNORECASE)


@dataclass
class Key:
    """Answers by (part, number); part is empty where the key names none. Contradictions are kept, to be told."""

    told: dict[tuple[str, int], list[str]] = field(default_factory=dict)

    def add(self, part: str, number: int, answer: str) -> None:
        known = self.told.setdefault((part, number), [])
        if answer.strip() and answer.strip() not in known:
            known.append(answer.strip())


def pairs_in_text(text: str) -> list[tuple[int, str]]:
    """`1-A`, `1a`, `1.A`, `1 A 2 C` when a whole line is made of them; else []."""
    pairs = _PAIR.findall(text)
    rest = re.sub(r"[\s,;.|]+", "", _PAIR.sub("", text))
    return [(int(number), letter.upper()) for number, letter in pairs] if pairs and not rest else []


def pairs_in_table(rows: list[list[str]], code: str | None) -> list[tuple[int, str]]:
    """(number, answer) of a table of any direction; [] if it is no answer key, or could be two.

    Of columns or rows for several codes, those of `code` count.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        return []
    if found := _cells(rows):
        return found
    across, down = _across(rows, code), _across([list(one) for one in _turned(rows)], code)
    return [] if across and down and across != down else across or down


def _turned(rows: list[list[str]]):
    width = max((len(row) for row in rows), default=0)
    return zip(*[row + [""] * (width - len(row)) for row in rows], strict=True)


def _cells(rows: list[list[str]]) -> list[tuple[int, str]]:
    """Each cell tells its own number and answer."""
    cells = [cell for row in rows for cell in row if cell]
    text_pairs = [pairs_in_text(cell) for cell in cells]
    if cells and all(text_pairs):
        return [pair for found in text_pairs for pair in found]
    found = [_CELL.match(cell) for cell in cells]
    if len(cells) > 1 and all(found):
        return [(int(one.group(1) or one.group(3)), one.group(2) or one.group(4)) for one in found if one]
    return []


def _across(rows: list[list[str]], code: str | None) -> list[tuple[int, str]]:
    """A row of numbers, and below it one of answers, or one for each code; several such pairs may follow."""
    pairs: list[tuple[int, str]] = []
    place = 0
    while place < len(rows):
        numbers = _numbers(rows[place])
        below = rows[place + 1 :]
        if not numbers or not below:
            return []
        coded = 0
        if 0 not in numbers:
            while coded < len(below) and (row := below[coded]) and _CODE.match(row[0]) and not _numbers(row):
                coded += 1
        answers = below[:coded] or below[:1]
        if coded > 1 or (coded and code is not None):
            answers = [row for row in answers if (own := _CODE.match(row[0])) and own.group(1) == code]
        pairs += [(numbers[at], cell) for row in answers for at, cell in enumerate(row) if at in numbers and cell]
        place += 1 + max(coded, 1)
    return pairs


def _numbers(row: list[str]) -> dict[int, int]:
    """The numbers of questions in a row by their places; {} where other things stand in it, or only codes."""
    found = {place: _NUMBER.match(cell) for place, cell in enumerate(row) if cell}
    if found.get(0) is None:
        found.pop(0, None)
    if not found or not all(found.values()):
        return {}
    numbers = {place: int(one.group(1)) for place, one in found.items() if one}
    return numbers if _rises(list(numbers.values())) and min(numbers.values()) < 100 else {}


def _rises(numbers: list[int]) -> bool:
    return all(one < other for one, other in itertools.pairwise(numbers))


def truth_table(rows: list[list[str]]) -> tuple[list[tuple[int, int]], list[bool | None]] | None:
    """A table of statements: where each statement's text is (row, column), and what is marked; None if it is none.

    Columns "Đúng" and "Sai" with a tick, or one column that says "Đ" or "S". A table left empty for pupils gives None
    for its values.
    """
    if len(rows) < 2:
        return None
    head = [cell.strip().lower() for cell in rows[0]]
    right = next((place for place, cell in enumerate(head) if cell in {"đúng", "đ", "true"}), None)
    wrong = next((place for place, cell in enumerate(head) if cell in {"sai", "s", "false"}), None)
    body = list(enumerate(rows))
    values: list[bool | None] = []
    if right is not None and wrong is not None:
        body = body[1:]
        for _place, row in body:
            ticks = [bool(row[column].strip()) if column < len(row) else False for column in (right, wrong)]
            values.append(ticks[0] if ticks[0] != ticks[1] else None)
        text_before = min(right, wrong)
    else:
        if truth_of(rows[0][-1]) is None:
            body = body[1:]
        values = [truth_of(row[-1]) for _place, row in body]
        if not body or any(value is None for value in values):
            return None
        text_before = min(len(row) for _place, row in body) - 1
    places = [
        (place, max(range(min(text_before, len(row))), key=lambda column: len(row[column]), default=0))
        for place, row in body
    ]
    return (places, values) if 2 <= len(values) <= 8 else None

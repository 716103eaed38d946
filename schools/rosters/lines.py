"""The rows of a sheet that hold a person, and their texts; titles, numberings, footers and signatures left out."""

import re
from dataclasses import dataclass

from cms.text import legacy
from cms.text.folding import fold
from schools.rosters import values
from schools.rosters.columns import STAFF, Field, Header, Vocabulary, match_header
from schools.rosters.reasons import Reason, reason
from schools.rosters.records import ReadFile, Row, StaffRow
from schools.rosters.tables import UNCALCULATED, Sheet

_FOOTER = re.compile(
    r"\b(hieu truong|nguoi lap|lap bieu|ky ten|ky ghi ro|ky va ghi|ghi ro ho ten|tong so|tong cong|tong:|xac nhan"
    r"|danh sach nay|danh sach gom|danh sach co|an dinh danh sach|ngay \S+ thang \S+ nam|thu truong|ban giam hieu"
    r"|giao vien chu nhiem|nguoi kiem tra|ke toan|dong dau)\b"
)
USERNAME = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9._@-]{1,78}[A-Za-z0-9])$")
_COLUMN_NUMBER = re.compile(r"^\(?\[?(?:\d{1,2}|[A-Za-z])\]?\)?$")


@dataclass(slots=True)
class Line:
    """A row that holds a person, with the class of the title above it."""

    number: int
    cells: list
    class_name: str


def data_lines(sheet: Sheet, header: Header, vocabulary: Vocabulary) -> tuple[list[Line], str]:
    """The rows below the header that hold a person, with the class of the last title above each."""
    has_class_column = Field.CLASS in header.columns
    context = "" if has_class_column else _class_above(sheet, header)
    above = context
    key = header.columns[vocabulary.key].index
    number_column = header.columns.get(Field.NUMBER)
    mapped = [column.index for column in header.columns.values()]
    name_columns = [
        header.columns[f].index for f in (Field.FULL_NAME, Field.FAMILY, Field.GIVEN) if f in header.columns
    ]
    other_columns = [
        header.columns[f].index
        for f in (Field.BIRTH_DATE, Field.BIRTH_YEAR, Field.CLASS, Field.HOMEROOM, Field.TAUGHT, Field.SUBJECT)
        if f in header.columns
    ]
    lines: list[Line] = []
    in_footer = False
    for number, cells in sheet.rows:
        if number <= header.last_row:
            continue

        def cell(index: int, cells=cells):
            return cells[index] if index < len(cells) else None

        key_value = cell(key)
        has_key = key_value is not None and any(char.isdigit() for char in values.text_of(key_value))
        if isinstance(key_value, str) and not has_key:
            if _repeats_header(vocabulary, key_value):
                in_footer = False
                continue
            has_key = vocabulary is STAFF and bool(USERNAME.match(key_value.strip()))
        if not any(cell(index) is not None for index in mapped):
            if not has_class_column:
                context = _class_in_row(cells) or context
            continue
        if _numbers_columns(cells, key_value):
            continue
        named = any(cell(index) is not None for index in name_columns)
        looks_like_footer = not has_key or " " in values.text_of(key_value).strip()
        if looks_like_footer:
            text = " ".join(fold(value) for value in cells if isinstance(value, str))
            if not has_class_column and (in_title := _class_in_row(cells)) and not named:
                context, in_footer = in_title, False
                continue
            if _FOOTER.search(text):
                in_footer = True
                continue
        counted = number_column is not None and isinstance(cell(number_column.index), int | float)
        others = any(cell(index) is not None for index in other_columns)
        if has_key and (named or others or not in_footer):
            in_footer = False
        elif not (named and (counted or (others and not in_footer))):
            continue
        lines.append(Line(number, cells, context))
    return lines, above


def _class_above(sheet: Sheet, header: Header) -> str:
    found = ""
    for number, cells in sheet.rows:
        if number >= header.first_row:
            break
        found = _class_in_row(cells) or found
    return found or values.class_in_sheet_name(sheet.title)


def _class_in_row(cells: list) -> str:
    for value in cells:
        if isinstance(value, str):
            repair = None if value.isascii() else legacy.repair_text(value)
            if name := values.class_in_title(repair.after if repair else value):
                return name
    return ""


def _repeats_header(vocabulary: Vocabulary, text: str) -> bool:
    matched = match_header(vocabulary, [text])
    return matched is not None and matched[0] is vocabulary.key


def _numbers_columns(cells: list, key_value) -> bool:
    """The row `(1) (2) (3)` or `A B C` that forms print below their header."""
    filled = [values.text_of(cell) for cell in cells if cell is not None]
    return (
        len(filled) >= 3
        and len(values.text_of(key_value)) <= 4
        and all(map(_COLUMN_NUMBER.match, filled))
        and filled == sorted(filled, key=lambda text: (len(text.strip("()[]")), text))
    )


def spread_merges(sheet: Sheet, column: int | None) -> dict[int, object]:
    """Values of a column's cells that were merged downwards, by row number."""
    if column is None:
        return {}
    by_number = dict(sheet.rows)
    spread: dict[int, object] = {}
    for top, left, bottom, right in sheet.merges:
        if left <= column <= right and bottom > top and top in by_number and left < len(by_number[top]):
            for number in range(top, min(bottom, top + 5_000) + 1):
                spread[number] = by_number[top][left]
    return spread


class Texts:
    """The text columns of a sheet, legacy writing converted column by column."""

    def __init__(self, sheet: Sheet, lines: list[Line], header: Header, fields: tuple[Field, ...], result: ReadFile):
        self._converted: dict[tuple[Field, int], str] = {}
        indexes = {f: header.columns[f].index for f in fields if f in header.columns}
        places = [
            (f, line.number, line.cells[index])
            for f, index in indexes.items()
            for line in lines
            if index < len(line.cells) and isinstance(line.cells[index], str) and not line.cells[index].isascii()
        ]
        if not places:
            return
        fonts = [sheet.fonts.get((number, indexes[f])) for f, number, _text in places]
        for (f, number, text), repair in zip(
            places, legacy.repair_texts([text for _f, _n, text in places], fonts), strict=True
        ):
            if repair is not None:
                self._converted[f, number] = repair.after
                result.repaired_cells += 1
            elif (before := sheet.undecoded.get((number, indexes[f]))) is not None and before != text:
                repair = legacy.Repair(before, text, legacy.Encoding.WINDOWS_1258)
            if repair is not None and len(result.repairs) < 8 and f in (Field.FULL_NAME, Field.FAMILY, Field.GIVEN):
                result.repairs.append(repair)

    def get(self, field_: Field, line: Line, index: int | None):
        if index is None or index >= len(line.cells):
            return None
        return self._converted.get((field_, line.number), line.cells[index])


def cell_of(line: Line, index: int | None):
    return line.cells[index] if index is not None and index < len(line.cells) else None


def unlabelled_given_name(header: Header, lines: list[Line]) -> int | None:
    """The column right of «Họ và tên» that has no header and holds one word in nearly every row: the tên."""
    full = header.columns.get(Field.FULL_NAME)
    if full is None or not lines:
        return None
    index = full.index + 1
    if index < len(header.labels) and header.labels[index]:
        return None
    sample = lines[:200]
    words = [value for line in sample if isinstance(value := cell_of(line, index), str)]
    single = [word for word in words if " " not in word.strip() and word.strip().isalpha()]
    return index if len(words) >= 0.8 * len(sample) and len(single) >= 0.9 * len(words) else None


def read_name_cells(row: Row | StaffRow, line: Line, columns: dict, texts: Texts, split_at: int | None) -> None:
    if Field.FULL_NAME in columns:
        fields = [Field.FULL_NAME]
    else:
        fields = [f for f in (Field.FAMILY, Field.MIDDLE, Field.GIVEN) if f in columns]
    if not fields:
        return
    cells = [texts.get(f, line, columns[f]) for f in fields]
    if split_at is not None:
        cells.append(cell_of(line, split_at))
    for value in cells:
        if values.is_error(value):
            row.reasons.append(reason("cell_error", column="Họ và tên", value=value))
            return
    row.full_name, problem = values.read_name(" ".join(filter(None, map(values.text_of, cells))))
    if problem is not None:
        row.reasons.append(problem)
    elif not row.full_name:
        uncalculated = next((value for value in cells if value is UNCALCULATED), None)
        row.reasons.append(missing_or_uncalculated(uncalculated, "missing_name", "Họ và tên"))


def ignored_labels(header: Header) -> tuple[str, ...]:
    used = {column.index for column in header.columns.values()}
    return tuple(label[:60] for index, label in enumerate(header.labels) if label and index not in used)


def missing_or_uncalculated(value, code: str, column: str) -> Reason:
    return reason("formula_without_value", column=column) if value is UNCALCULATED else reason(code)

"""Reading a school's own list of pupils or staff: every sheet, header wherever it is, rows with their reasons.

Nothing here touches the database. Cells of columns outside the map are dropped before a row is made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.text import legacy
from cms.text.folding import fold
from schools.rosters import values
from schools.rosters.columns import PUPILS, STAFF, Field, Header, Vocabulary, find_header, match_header
from schools.rosters.reasons import Reason, reason
from schools.rosters.tables import UNCALCULATED, MissingKey, Sheet, UnreadableFile, read_tables
from schools.rosters.values import Order, PartialDate, Status


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about a file that cannot be read in one way only."""

    century: int | None = None
    """1900 or 2000: for years written with one or two digits."""
    order: Order | None = None
    columns: dict[str, str] = field(default_factory=dict)
    """Field by folded header label; an empty field drops the column."""


@dataclass(slots=True)
class Row:
    """One pupil of the file. `None` or empty means that the file does not say; `reasons` are why it is refused."""

    sheet: str
    number: int
    fields: frozenset[Field]
    code: str = ""
    full_name: str = ""
    birth_date: date | None = None
    partial_birth_date: PartialDate | None = None
    """Set, with a reason, when the century is not written."""
    gender: str = ""
    class_name: str = ""
    has_left: bool = False
    shown: dict[Field, str] = field(default_factory=dict)
    """The mapped cells as they stood, for the file of refused rows; kept for rows with reasons only."""
    reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class StaffRow:
    """One member of staff of the file; class names are as written, without «Lớp»."""

    sheet: str
    number: int
    fields: frozenset[Field]
    full_name: str = ""
    username: str = ""
    subject: str = ""
    homeroom: list[str] = field(default_factory=list)
    taught: list[str] = field(default_factory=list)
    shown: dict[Field, str] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be asked about the file: its kind, how many rows wait for the answer, and a few of their texts."""

    kind: str
    rows: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MappedSheet:
    """How one sheet was understood, for the preview. `ignored` are the headers whose cells were dropped."""

    title: str
    header_row: int
    columns: dict[Field, str]
    ignored: tuple[str, ...]
    class_name: str
    rows: int


@dataclass(slots=True)
class ReadFile:
    """A file as read: rows in order, how its sheets were understood, what to ask, what was converted."""

    rows: list
    sheets: list[MappedSheet] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    repairs: list[legacy.Repair] = field(default_factory=list)
    repaired_cells: int = 0
    warnings: list = field(default_factory=list)


def read_roster(raw: bytes, *, choices: Choices | None = None, today: date | None = None) -> ReadFile:
    """Read the pupils of every sheet. Raises `UnreadableFile` when there is no list of pupils in the file."""
    choices = choices or Choices()
    today = today or timezone.localdate()
    result = ReadFile([])
    for sheet, header in _lists(raw, PUPILS, choices, result):
        _read_pupils(sheet, header, choices, today, result)
    result.questions = _joined(result.questions)
    result.repairs = result.repairs[:8]
    return result


def read_staff(raw: bytes, *, choices: Choices | None = None) -> ReadFile:
    """Read the staff of every sheet. Raises `UnreadableFile` when there is no list of staff in the file."""
    result = ReadFile([])
    for sheet, header in _lists(raw, STAFF, choices or Choices(), result):
        _read_staff_sheet(sheet, header, result)
    result.repairs = result.repairs[:8]
    return result


def _lists(raw: bytes, vocabulary: Vocabulary, choices: Choices, result: ReadFile) -> Iterator[tuple[Sheet, Header]]:
    tables = read_tables(raw)
    if tables.encoding is not None:
        result.warnings.append(
            _("The file is written in an old encoding (%(name)s) and was converted. Please look at the names.")
            % {"name": _ENCODING_NAMES[tables.encoding]}
        )
    found = False
    for sheet in tables.sheets:
        header = find_header(sheet, vocabulary, choices.columns)
        if header is None:
            continue
        if sheet.hidden:
            result.warnings.append(_("The hidden sheet “%(title)s” was not read.") % {"title": sheet.title})
            continue
        found = True
        yield sheet, header
    if not found:
        raise _no_list(tables.sheets, vocabulary, choices)


_ENCODING_NAMES = {
    legacy.Encoding.TCVN3: "TCVN3 (ABC)",
    legacy.Encoding.VNI: "VNI",
    legacy.Encoding.WINDOWS_1258: "Windows-1258",
    legacy.Encoding.MISREAD_UTF8: "UTF-8 / Windows-1252",
}


def _no_list(sheets: list[Sheet], vocabulary: Vocabulary, choices: Choices) -> UnreadableFile:
    if not any(sheet.rows for sheet in sheets):
        return UnreadableFile(_("The file is empty."))
    for sheet in sheets:
        header = find_header(sheet, vocabulary, choices.columns, needs_key=False)
        if header is not None:
            text = (
                _(
                    "The table has no column with the sign-in names (Tên đăng nhập). Add the column, or choose which one "
                    "holds them."
                )
                if vocabulary is STAFF
                else _(
                    "The table has no column with the pupil code (Mã học sinh). Export the list again with the code, "
                    "or choose which column holds it."
                )
            )
            return MissingKey(text, tuple(label for label in header.labels if label))
    if vocabulary is STAFF:
        return UnreadableFile(
            _(
                "No list of staff was found. The first row of the table must name its columns: Họ và tên, Tên đăng nhập, "
                "Môn dạy, Lớp chủ nhiệm, Lớp dạy."
            )
        )
    return UnreadableFile(
        _(
            "No list of pupils was found. One row of the table must name its columns, among them Mã học sinh, Họ và tên "
            "and Lớp."
        )
    )


# --- Rows of a sheet ------------------------------------------------------------------------------------------

_FOOTER = re.compile(
    r"\b(hieu truong|nguoi lap|lap bieu|ky ten|ky ghi ro|ky va ghi|ghi ro ho ten|tong so|tong cong|tong:|xac nhan"
    r"|danh sach nay|danh sach gom|danh sach co|an dinh danh sach|ngay \S+ thang \S+ nam|thu truong|ban giam hieu"
    r"|giao vien chu nhiem|nguoi kiem tra|ke toan|dong dau)\b"
)
_USERNAME = re.compile(r"^[A-Za-z0-9](?:[A-Za-z0-9._@-]{1,78}[A-Za-z0-9])$")
_COLUMN_NUMBER = re.compile(r"^\(?\[?(?:\d{1,2}|[A-Za-z])\]?\)?$")


@dataclass(slots=True)
class _Line:
    number: int
    cells: list
    class_name: str


def _data_lines(sheet: Sheet, header: Header, vocabulary: Vocabulary) -> tuple[list[_Line], str]:
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
    lines: list[_Line] = []
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
            has_key = vocabulary is STAFF and bool(_USERNAME.match(key_value.strip()))
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
        lines.append(_Line(number, cells, context))
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


def _spread_merges(sheet: Sheet, column: int | None) -> dict[int, object]:
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


class _Texts:
    """The text columns of a sheet, legacy writing converted column by column."""

    def __init__(self, sheet: Sheet, lines: list[_Line], header: Header, fields: tuple[Field, ...], result: ReadFile):
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

    def get(self, field_: Field, line: _Line, index: int | None):
        if index is None or index >= len(line.cells):
            return None
        return self._converted.get((field_, line.number), line.cells[index])


# --- Pupils ---------------------------------------------------------------------------------------------------


def _read_pupils(sheet: Sheet, header: Header, choices: Choices, today: date, result: ReadFile) -> None:
    columns = {f: column.index for f, column in header.columns.items()}
    lines, above = _data_lines(sheet, header, PUPILS)
    codes = [values.read_code(_cell(line, columns[Field.CODE])) for line in lines]
    texts = _Texts(sheet, lines, header, (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN, Field.CLASS,
                                          Field.GENDER, Field.STATUS, Field.NOTE), result)  # fmt: skip
    dates = [_date_cell(line, columns) for line in lines]
    judged = values.judge_dates(dates)
    citizen_ids = sum(
        values.looks_like_citizen_id(code, _certain_date(cell)) for (code, _), cell in zip(codes, dates, strict=True)
    )
    split_at = _unlabelled_given_name(header, lines)
    merged_classes = _spread_merges(sheet, columns.get(Field.CLASS))
    female_marked = _is_marked(lines, columns.get(Field.FEMALE))
    male_marked = _is_marked(lines, columns.get(Field.MALE))
    fields = _fields_present(columns, judged, female_marked or male_marked, bool(above))
    unknown_statuses: set[str] = set()
    unread_genders = 0
    asked: dict[str, list[str]] = {}
    for line, (code, code_problem), date_cell in zip(lines, codes, dates, strict=True):
        row = Row(sheet.title, line.number, fields, code=code)
        _read_code_cell(row, line, columns, code_problem, refuse=citizen_ids > len(lines) / 2)
        _read_name_cells(row, line, columns, texts, split_at)
        born, problem = values.read_date(date_cell, judged, order=choices.order, century=choices.century, today=today)
        if isinstance(born, PartialDate):
            row.partial_birth_date = born
        else:
            row.birth_date = born
        if problem is not None:
            row.reasons.append(problem)
            if kind := _QUESTIONS.get(problem.code):
                asked.setdefault(kind, []).append(date_cell.text)
            elif problem.code == "no_such_month" and judged.asks_order:
                asked.setdefault("order", []).append(date_cell.text)
        if Field.GENDER in columns:
            value = texts.get(Field.GENDER, line, columns[Field.GENDER])
            row.gender = values.read_gender(value)
            unread_genders += bool(value is not None and not row.gender)
        elif female_marked or male_marked:
            row.gender = _marked_gender(line, columns, female_marked, male_marked)
        value = texts.get(Field.CLASS, line, columns.get(Field.CLASS))
        if value is None:
            value = merged_classes.get(line.number)
        row.class_name, problem = values.read_class(value, _cell(line, columns.get(Field.GRADE)))
        row.class_name = row.class_name or line.class_name
        if problem is not None:
            row.reasons.append(problem)
        status = values.read_status(texts.get(Field.STATUS, line, columns.get(Field.STATUS)))
        if status is Status.UNKNOWN:
            unknown_statuses.add(values.text_of(_cell(line, columns[Field.STATUS]))[:40])
        if status is Status.SILENT:
            status = values.read_note(texts.get(Field.NOTE, line, columns.get(Field.NOTE)))
        row.has_left = status is Status.LEFT
        if Field.CLASS in fields and not row.class_name and not row.has_left and problem is None:
            row.reasons.append(reason("missing_class"))
        if row.reasons:
            row.shown = _shown(line, columns, texts)
        result.rows.append(row)
    result.questions.extend(Question(kind, len(found), tuple(found[:3])) for kind, found in asked.items())
    result.sheets.append(
        MappedSheet(
            sheet.title,
            header.last_row,
            {f: column.label for f, column in header.columns.items() if f is not Field.NUMBER},
            _ignored(header),
            above,
            len(lines),
        )
    )
    _warn(result, judged, unknown_statuses, unread_genders)


_QUESTIONS = {"ambiguous_year": "century", "ambiguous_order": "order", "perhaps_swapped": "swapped"}
REASONS_OF_QUESTIONS = {
    "century": {"ambiguous_year"},
    "order": {"ambiguous_order", "no_such_month"},
    "swapped": {"perhaps_swapped"},
}
"""The reasons under which rows wait for the answer to each kind of question."""


def _certain_date(cell: values.DateCell) -> date | None:
    born, _problem = values.read_date(cell, values.DateColumn(), order=None, century=None, today=timezone.localdate())
    return born if isinstance(born, date) else None


def _cell(line: _Line, index: int | None):
    return line.cells[index] if index is not None and index < len(line.cells) else None


def _date_cell(line: _Line, columns: dict[Field, int]) -> values.DateCell:
    if Field.BIRTH_YEAR in columns and Field.BIRTH_MONTH in columns and Field.BIRTH_DAY in columns:
        parts = [
            values.text_of(_cell(line, columns[f])) for f in (Field.BIRTH_DAY, Field.BIRTH_MONTH, Field.BIRTH_YEAR)
        ]
        return values.examine_date("/".join(parts) if any(parts) else None)
    return values.examine_date(_cell(line, columns.get(Field.BIRTH_DATE)))


def _fields_present(
    columns: dict[Field, int], judged: values.DateColumn, gender_marked: bool, class_above: bool
) -> frozenset[Field]:
    present = {Field.CODE}
    if Field.FULL_NAME in columns or Field.GIVEN in columns:
        present.add(Field.FULL_NAME)
    if (Field.BIRTH_DATE in columns or Field.BIRTH_YEAR in columns) and not judged.only_years:
        present.add(Field.BIRTH_DATE)
    if Field.GENDER in columns or gender_marked:
        present.add(Field.GENDER)
    if Field.CLASS in columns or class_above:
        present.add(Field.CLASS)
    if Field.STATUS in columns:
        present.add(Field.STATUS)
    return frozenset(present)


def _read_code_cell(row: Row, line: _Line, columns: dict, problem: Reason | None, *, refuse: bool) -> None:
    if problem is not None:
        row.reasons.append(problem)
    elif not row.code:
        row.reasons.append(_missing(_cell(line, columns[Field.CODE]), "missing_code", "Mã học sinh"))
    elif refuse:
        row.code = ""
        row.reasons.append(reason("code_is_citizen_id"))


def _missing(value, code: str, column: str) -> Reason:
    return reason("formula_without_value", column=column) if value is UNCALCULATED else reason(code)


def _read_name_cells(row: Row, line: _Line, columns: dict, texts: _Texts, split_at: int | None) -> None:
    if Field.FULL_NAME in columns:
        fields = [Field.FULL_NAME]
    else:
        fields = [f for f in (Field.FAMILY, Field.MIDDLE, Field.GIVEN) if f in columns]
    if not fields:
        return
    cells = [texts.get(f, line, columns[f]) for f in fields]
    if split_at is not None:
        cells.append(_cell(line, split_at))
    for value in cells:
        if values.is_error(value):
            row.reasons.append(reason("cell_error", column="Họ và tên", value=value))
            return
    row.full_name, problem = values.read_name(" ".join(filter(None, map(values.text_of, cells))))
    if problem is not None:
        row.reasons.append(problem)
    elif not row.full_name:
        uncalculated = next((value for value in cells if value is UNCALCULATED), None)
        row.reasons.append(_missing(uncalculated, "missing_name", "Họ và tên"))


def _unlabelled_given_name(header: Header, lines: list[_Line]) -> int | None:
    """The column right of «Họ và tên» that has no header and holds one word in nearly every row: the tên."""
    full = header.columns.get(Field.FULL_NAME)
    if full is None or not lines:
        return None
    index = full.index + 1
    if index < len(header.labels) and header.labels[index]:
        return None
    sample = lines[:200]
    words = [value for line in sample if isinstance(value := _cell(line, index), str)]
    single = [word for word in words if " " not in word.strip() and word.strip().isalpha()]
    return index if len(words) >= 0.8 * len(sample) and len(single) >= 0.9 * len(words) else None


def _is_marked(lines: list[_Line], index: int | None) -> bool:
    return index is not None and any(values.is_ticked(_cell(line, index)) for line in lines)


def _marked_gender(line: _Line, columns: dict[Field, int], female_marked: bool, male_marked: bool) -> str:
    female = female_marked and values.is_ticked(_cell(line, columns.get(Field.FEMALE)))
    male = male_marked and values.is_ticked(_cell(line, columns.get(Field.MALE)))
    if female and male:
        return ""
    if female or (male_marked and not male and Field.FEMALE not in columns):
        return "female"
    return "male" if male or Field.MALE not in columns else ""


def _shown(line: _Line, columns: dict[Field, int], texts: _Texts) -> dict[Field, str]:
    shown = {}
    names = [f for f in (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN) if f in columns]
    shown[Field.FULL_NAME] = " ".join(filter(None, (values.text_of(texts.get(f, line, columns[f])) for f in names)))
    for f in (Field.CODE, Field.GENDER, Field.STATUS):
        if f in columns:
            shown[f] = values.text_of(texts.get(f, line, columns[f]))
    shown[Field.BIRTH_DATE] = _date_cell(line, columns).text
    shown[Field.CLASS] = values.text_of(texts.get(Field.CLASS, line, columns.get(Field.CLASS))) or line.class_name
    return {f: text[:200] for f, text in shown.items()}


def _ignored(header: Header) -> tuple[str, ...]:
    used = {column.index for column in header.columns.values()}
    return tuple(label[:60] for index, label in enumerate(header.labels) if label and index not in used)


def _warn(result: ReadFile, judged, unknown_statuses: set[str], unread_genders: int) -> None:
    if judged.only_years:
        result.warnings.append(_("The dates of birth hold only years and were not taken."))
    if unknown_statuses:
        result.warnings.append(
            _("Statuses that are not known were taken as “studying”: %(list)s")
            % {"list": ", ".join(sorted(unknown_statuses)[:5])}
        )
    if unread_genders:
        result.warnings.append(
            _("The gender of %(count)s rows could not be read and was left as it is.") % {"count": unread_genders}
        )


def _joined(questions: list[Question]) -> list[Question]:
    kinds: dict[str, Question] = {}
    for question in questions:
        held = kinds.get(question.kind)
        if held is not None:
            question = Question(question.kind, held.rows + question.rows, (held.examples + question.examples)[:3])
        kinds[question.kind] = question
    return list(kinds.values())


# --- Staff ----------------------------------------------------------------------------------------------------

_LIST = re.compile(r"\s*[,;\n+&]\s*|\s+và\s+")


def _read_staff_sheet(sheet: Sheet, header: Header, result: ReadFile) -> None:
    columns = {f: column.index for f, column in header.columns.items()}
    lines, _above = _data_lines(sheet, header, STAFF)
    texts = _Texts(sheet, lines, header, (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN, Field.SUBJECT,
                                          Field.HOMEROOM, Field.TAUGHT), result)  # fmt: skip
    split_at = _unlabelled_given_name(header, lines)
    present = set(columns) - {Field.NUMBER, Field.FAMILY, Field.MIDDLE, Field.GIVEN, Field.NOTE}
    if Field.GIVEN in columns:
        present.add(Field.FULL_NAME)
    fields = frozenset(present)
    for line in lines:
        row = StaffRow(sheet.title, line.number, fields)
        row.username = values.text_of(_cell(line, columns[Field.USERNAME])).replace(" ", "").lower()
        if not row.username:
            row.reasons.append(reason("missing_username"))
        elif not _USERNAME.match(row.username):
            row.reasons.append(reason("bad_username", value=row.username))
        _read_name_cells(row, line, columns, texts, split_at)  # type: ignore[arg-type]
        row.subject = values.text_of(texts.get(Field.SUBJECT, line, columns.get(Field.SUBJECT)))[:80]
        row.homeroom = _classes(texts.get(Field.HOMEROOM, line, columns.get(Field.HOMEROOM)))
        row.taught = _classes(texts.get(Field.TAUGHT, line, columns.get(Field.TAUGHT)))
        row.shown = {
            f: values.text_of(texts.get(f, line, columns[f]))[:200]
            for f in (Field.USERNAME, Field.SUBJECT, Field.HOMEROOM, Field.TAUGHT)
            if f in columns
        } | {Field.FULL_NAME: row.full_name}
        result.rows.append(row)
    result.sheets.append(
        MappedSheet(
            sheet.title,
            header.last_row,
            {f: column.label for f, column in header.columns.items() if f is not Field.NUMBER},
            _ignored(header),
            "",
            len(lines),
        )
    )


def _classes(value) -> list[str]:
    names = []
    for part in _LIST.split(values.text_of(value) if not isinstance(value, float) else f"{value:g}"):
        name, problem = values.read_class(part)
        if name and problem is None and name not in {"-", "x", "không", "Không"}:
            names.append(name)
    return names

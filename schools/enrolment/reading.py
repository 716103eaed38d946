"""Reading an official list of enrolment: school by school and grade by grade, as the Sở's tables are laid out.

Two layouts are known: one line a school with a column for each grade («Khối 6 … Khối 12, Tổng số»), and one line a school
and grade («Mã trường, Khối, Số học sinh»). The header may stand anywhere; sheets without one are passed over. Columns
outside the map are dropped where they are read. Nothing here touches the database.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from cms.text.folding import fold
from schools.models.rolls import NO_GRADE
from schools.rosters.reasons import short
from schools.rosters.tables import UNCALCULATED, Sheet, Tables, UnreadableFile, read_tables

CODE = "ma truong|ma|ma don vi|ma co so|ma so truong|ma truong hoc|school code|code|ma dinh danh|ma dinh danh truong"
NAME = "ten truong|truong|don vi|ten don vi|ten co so|co so giao duc|co so|school|school name|ten co so giao duc"
GRADE = "khoi|khoi lop|lop|grade"
PUPILS = "so hoc sinh|hoc sinh|so hs|si so|so luong|tong so hoc sinh|tong hoc sinh|pupils|enrolment|enrolled|so luong hoc sinh"
TOTAL = "tong|tong so|tong cong|cong|total"
WHOLE = "sinh vien|so sinh vien|hoc vien|so hoc vien|students|so sinh vien hoc vien|sinh vien hoc vien"
WORDS = {
    word: name
    for name, words in (
        ("code", CODE), ("name", NAME), ("grade", GRADE), ("pupils", PUPILS), ("total", TOTAL), ("whole", WHOLE),
    )
    for word in words.split("|")
}  # fmt: skip
GRADE_COLUMN = re.compile(r"(?:khoi|lop|khoi lop|k|grade|hs khoi|hoc sinh khoi|so hoc sinh khoi)?\s*(\d{1,2})")
THOUSANDS = re.compile(r"\d{1,3}(?:[., \u00a0]\d{3})+")
GRADES = range(1, 13)
# No school has so many in one grade; a number above it is another column's.
MOST_PUPILS = 20_000
HEADER_WITHIN = 40


class NoRoll(UnreadableFile):
    detail = _(
        "No official list was found. One row of the table must name its columns: Mã trường, then Khối and Số học sinh, "
        "or one column for each grade (Khối 6, Khối 7 …)."
    )


@dataclass(frozen=True, slots=True)
class RollRow:
    """One figure of the file. `cells` is the line it stands in, as it stood: [what, text], what being a word of `WORDS`
    or a grade."""

    number: int
    sheet: str
    code: str
    name: str
    grade: int | None
    pupils: int | None
    shown: str = ""
    reason: str = ""
    cells: tuple[tuple[str | int, str], ...] = ()


@dataclass(slots=True)
class ReadRoll:
    rows: list[RollRow] = field(default_factory=list)
    warnings: list = field(default_factory=list)


def read_roll(raw: bytes) -> ReadRoll:
    """Read every sheet of an .xlsx or .csv. Raises `UnreadableFile`, and `NoRoll` where no sheet holds such a list."""
    tables: Tables = read_tables(raw)
    result, found = ReadRoll(), False
    for sheet in tables.sheets:
        header = _header(sheet)
        if header is None:
            continue
        if sheet.hidden:
            result.warnings.append(_("The hidden sheet “%(title)s” was not read.") % {"title": sheet.title})
            continue
        found = True
        _read_sheet(sheet, *header, result)
    if not found:
        raise NoRoll()
    return result


def _header(sheet: Sheet) -> tuple[int, dict[str | int, int]] | None:
    """(row number, column by what it holds: a word of `WORDS` or a grade)."""
    for number, cells in sheet.rows[:HEADER_WITHIN]:
        columns: dict[str | int, int] = {}
        for column, cell in enumerate(cells):
            if what := _meaning(cell):
                columns.setdefault(what, column)
        grades = [one for one in columns if isinstance(one, int)]
        if ("code" in columns or "name" in columns) and ("pupils" in columns or "whole" in columns or grades):
            if "pupils" in columns and not grades and "grade" not in columns and "total" not in columns:
                # «Mã trường, Số học sinh» alone: whole institutions.
                columns["whole"] = columns.pop("pupils")
            return number, columns
    return None


def _meaning(cell) -> str | int | None:
    if isinstance(cell, int | float) and cell in GRADES:
        return int(cell)
    if not isinstance(cell, str):
        return None
    text = " ".join(re.sub(r"[^0-9a-z ]+", " ", fold(cell)).split())
    if text in WORDS:
        return WORDS[text]
    if (matched := GRADE_COLUMN.fullmatch(text)) and int(matched[1]) in GRADES:
        return int(matched[1])
    return None


def _read_sheet(sheet: Sheet, header: int, columns: dict[str | int, int], result: ReadRoll) -> None:
    for number, cells in sheet.rows:
        if number <= header:
            continue
        code, name = _text(cells, columns, "code"), _text(cells, columns, "name")
        if _is_a_sum(code, name, cells) or not (code or name):
            continue
        stood = tuple((what, _stood(cells, columns, what)) for what in columns)
        place = {"number": number, "sheet": sheet.title, "code": code, "name": name, "cells": stood}
        if "grade" in columns and "pupils" in columns:
            result.rows.append(_long_row(place, cells, columns))
        else:
            result.rows += _wide_rows(place, cells, columns)


SUMS = re.compile(r"(tong|cong|total|tong (cong|so)\b.*|toan (tinh|thanh pho|xa|phuong)\b.*)")


def _is_a_sum(code: str, name: str, cells: list) -> bool:
    """«Tổng cộng» below the list, and the numbers of the columns («1», «2», «3») below the header."""
    filled = [_text([cell], {"cell": 0}, "cell") for cell in cells if cell is not None]
    if filled and all(text == str(place) for place, text in enumerate(filled, 1)):
        return len(filled) > 1
    return any(SUMS.fullmatch(" ".join(fold(text).split())) for text in (code, name, filled[0] if filled else ""))


def _long_row(place: dict, cells: list, columns: dict[str | int, int]) -> RollRow:
    grade_text = _text(cells, columns, "grade")
    pupils, wrong = number_of(_cell(cells, columns, "pupils"))
    found = re.search(r"\d{1,2}", fold(grade_text))
    grade = int(found[0]) if found else None
    if grade_text and (grade is None or grade not in GRADES):
        return RollRow(**place, grade=None, pupils=None, shown=short(grade_text), reason="bad_grade")
    if wrong:
        return RollRow(**place, grade=grade, pupils=None, shown=wrong[1], reason=wrong[0])
    if pupils is None:
        return RollRow(**place, grade=grade, pupils=None, reason="no_number")
    return RollRow(**place, grade=grade if grade_text else NO_GRADE, pupils=pupils)


def _wide_rows(place: dict, cells: list, columns: dict[str | int, int]) -> list[RollRow]:
    """One line of a school is taken whole or not at all: a wrong cell makes its total wrong."""
    rows, problem = [], None
    for what in columns:
        if what != "whole" and not isinstance(what, int):
            continue
        pupils, wrong = number_of(_cell(cells, columns, what))
        if wrong:
            problem = problem or wrong
        elif pupils is not None:
            rows.append(RollRow(**place, grade=NO_GRADE if what == "whole" else int(what), pupils=pupils))
    if problem:
        return [RollRow(**place, grade=None, pupils=None, shown=problem[1], reason=problem[0])]
    if not rows:
        return [RollRow(**place, grade=None, pupils=None, reason="no_number")]
    total, _wrong = number_of(_cell(cells, columns, "total"))
    summed = sum(row.pupils or 0 for row in rows)
    if total is not None and total != summed:
        return [RollRow(**place, grade=None, pupils=None, shown=f"{summed} ≠ {total}", reason="wrong_total")]
    return rows


def number_of(cell) -> tuple[int | None, tuple[str, str] | None]:
    """(number, None), (None, None) for an empty cell, or (None, (reason, what stood there))."""
    if cell is None or (isinstance(cell, str) and cell.strip() in {"", "-", "–", "x"}):
        return None, None
    if cell is UNCALCULATED:
        return None, ("formula", "")
    if isinstance(cell, bool | datetime | date):
        return None, ("not_a_number", short(str(cell)))
    if isinstance(cell, str):
        text = cell.strip()
        if text.startswith("#"):
            return None, ("cell_error", short(text))
        if THOUSANDS.fullmatch(text):
            text = re.sub(r"[^\d]", "", text)
        try:
            cell = float(text.replace(",", "."))
        except ValueError:
            return None, ("not_a_number", short(cell))
    try:
        whole = int(cell)
    except (ValueError, OverflowError):
        return None, ("not_a_number", short(str(cell)))
    if whole != cell or whole < 0:
        return None, ("not_a_number", short(f"{cell:g}"))
    if whole > MOST_PUPILS:
        return None, ("too_many", str(whole))
    return whole, None


def _cell(cells: list, columns: dict[str | int, int], what: str | int):
    column = columns.get(what)
    return cells[column] if column is not None and column < len(cells) else None


def _stood(cells: list, columns: dict[str | int, int], what: str | int) -> str:
    """The text of a cell; nothing where a figure is left out with a dash."""
    is_figure = isinstance(what, int) or what in {"pupils", "whole", "total"}
    if is_figure and number_of(_cell(cells, columns, what)) == (None, None):
        return ""
    return short(_text(cells, columns, what), 200)


def _text(cells: list, columns: dict[str | int, int], what: str | int) -> str:
    cell = _cell(cells, columns, what)
    if cell is None or cell is UNCALCULATED:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())

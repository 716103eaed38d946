"""Workbooks we write: refused rows with their reasons, the template, and the roster of a school. Safe to open in Excel."""

import io
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from schools.models import School, SchoolYear
from schools.queries.rosters import roster_rows
from schools.rosters.columns import Field, field_labels
from schools.rosters.records import Row, StaffRow

PUPIL_FIELDS = (Field.CODE, Field.FULL_NAME, Field.BIRTH_DATE, Field.GENDER, Field.CLASS, Field.STATUS)
PROVINCE_FIELDS = (Field.SCHOOL, *PUPIL_FIELDS)
STAFF_FIELDS = (Field.FULL_NAME, Field.USERNAME, Field.SUBJECT, Field.HOMEROOM, Field.TAUGHT)
_BAD_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_WIDTHS = {
    Field.SCHOOL: 14,
    Field.CODE: 18, Field.FULL_NAME: 30, Field.BIRTH_DATE: 14, Field.GENDER: 11, Field.CLASS: 12, Field.STATUS: 18,
    Field.USERNAME: 20, Field.SUBJECT: 20, Field.HOMEROOM: 18, Field.TAUGHT: 26,
}  # fmt: skip


def safe(value):
    """A cell that no spreadsheet takes for a formula (contract.md: exports prefix cells that begin with = + - @)."""
    if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@") and value.strip():
        return f"'{value}"
    return value


def table(headers: list[str], rows: Iterable[list], *, widths: list[int], title: str) -> bytes:
    """One sheet with a frozen, filterable header; every cell is text, so that no zero is eaten and no date turned."""
    return sheets([(title, headers, widths, rows)])


def sheets(tables: Iterable[tuple[str, list[str], list[int], Iterable[list]]]) -> bytes:
    """A workbook of several such sheets: (title, headers, widths, rows) of each."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    for title, headers, widths, rows in tables:
        sheet = book.create_sheet(_BAD_IN_TITLES.sub(" ", title)[:31])
        for index, width in enumerate(widths, 1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        head = []
        for text in headers:
            cell = WriteOnlyCell(sheet, text)
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="E2F0F0")
            head.append(cell)
        sheet.freeze_panes = "A2"
        sheet.append(head)
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, safe(value))
                cell.number_format = "@"
                if isinstance(value, str) and len(value) > 40:
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                cells.append(cell)
            sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def refused_rows(rows: Iterable[Row | StaffRow], fields: tuple[Field, ...] = PUPIL_FIELDS) -> bytes:
    """The refused rows as they stood, each with its place in the file and why; mended, the file can be imported."""
    labels = field_labels()
    return table(
        [*(labels[f] for f in fields), _("Reason"), _("Sheet"), _("Row")],
        (
            [
                *(_shown(row, f) for f in fields),
                " ".join(str(one) for one in row.reasons),
                row.sheet,
                str(row.number),
            ]
            for row in rows
        ),
        widths=[*(_WIDTHS[f] for f in fields), 60, 14, 8],
        title=_("Refused rows"),
    )


def _shown(row: Row | StaffRow, field: Field) -> str:
    """What stood in the file; a row that reads well and was refused later shows what was read."""
    if row.shown or isinstance(row, StaffRow):
        return row.shown.get(field, "")
    values = {
        Field.SCHOOL: row.school_code,
        Field.CODE: row.code,
        Field.FULL_NAME: row.full_name,
        Field.BIRTH_DATE: row.birth_date.strftime("%d/%m/%Y") if row.birth_date else "",
        Field.GENDER: {"female": "Nữ", "male": "Nam"}.get(row.gender, ""),
        Field.CLASS: row.class_name,
        Field.STATUS: "Đã chuyển trường" if row.has_left else "",
    }
    return values[field]


def template(school_year: str, *, staff: bool = False) -> bytes:
    """A list of the columns we read, with invented examples to write over."""
    labels = field_labels()
    fields: tuple[Field, ...] = STAFF_FIELDS if staff else PUPIL_FIELDS
    if staff:
        examples = [["Lê Thị Ví Dụ", "ledu", "Tin học", "10A1", "10A1, 10A2"]]
    else:
        examples = [
            ["007700001", "Nguyễn Văn Ví Dụ", "05/09/2010", "Nam", "10A1", "Đang học"],
            ["007700002", "H'Hen Ví Dụ", "22/07/2010", "Nữ", "10A2", ""],
        ]
    return table(
        [labels[f] for f in fields],
        examples,
        widths=[_WIDTHS[f] for f in fields],
        title=f"{_('Staff') if staff else _('Pupils')} {school_year}",
    )


def roster(school: School, school_year: SchoolYear) -> bytes:
    """All pupils of a school in a year, class by class, by name; imported again it changes nothing."""
    rows = roster_rows(school, school_year)
    labels = field_labels()
    fields = (Field.CODE, Field.FULL_NAME, Field.BIRTH_DATE, Field.GENDER, Field.CLASS)
    return table(
        ["STT", *(labels[f] for f in fields)],
        (
            [
                str(number),
                code,
                name,
                born.strftime("%d/%m/%Y") if born else "",
                {"female": "Nữ", "male": "Nam"}.get(gender, ""),
                class_name,
            ]
            for number, (code, name, born, gender, class_name) in enumerate(rows, 1)
        ),
        widths=[6, *(_WIDTHS[f] for f in fields)],
        title=f"{school.code} {school_year.code}",
    )

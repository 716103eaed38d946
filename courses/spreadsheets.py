"""Lists as .xlsx: real dates and numbers, codes as text, and no cell that a spreadsheet would run."""

import io
import re

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.folding import fold
from courses.forms import spoken
from courses.queries.status import Status
from courses.queries.status_list import cells, columns

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How a spreadsheet tells that a text is a formula (contract.md: such cells are prefixed).
RUN = re.compile(r"^\s*[=+\-@\t\r]")


def safe(value):
    """The value as it may stand in a cell: text that would be run begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and RUN.match(value) else value


def status_workbook(status: Status) -> bytes:
    """The class list with three lines above it: what, which class, and when the figures were taken."""
    book = Workbook(write_only=True)
    given = status.class_assignment
    sheet = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", given.school_class.name)[:31] or "1")
    headings = columns(status)
    for number, column in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "D5"
    bold = Font(bold=True)
    sheet.append([_cell(sheet, given.assignment.title_at_the_time, font=bold)])
    about = f"{given.school_class.name} · {given.school_class.school.name}"
    sheet.append([_cell(sheet, f"{about} · {_('due')} {spoken(given.due_at)}")])
    sheet.append(
        [_cell(sheet, _("Figures of %(at)s") % {"at": f"{timezone.localtime(status.taken_at):%d/%m/%Y %H:%M}"})]
    )
    sheet.append([_cell(sheet, one.heading, font=bold, alignment=Alignment(wrap_text=True)) for one in headings])
    for row in status.rows:
        sheet.append(
            [_cell(sheet, cell.value, font=Font(strike=True) if row.left_on else None) for cell in cells(status, row)]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _cell(sheet, value, *, font: Font | None = None, alignment: Alignment | None = None) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=safe(value))
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    elif hasattr(value, "hour"):
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif hasattr(value, "year"):
        cell.number_format = "dd/mm/yyyy"
    if font:
        cell.font = font
    if alignment:
        cell.alignment = alignment
    return cell


def file_name(status: Status) -> str:
    """A name any device can hold: letters without accents."""
    given = status.class_assignment
    words = f"{given.school_class.name} {given.assignment.title_at_the_time}"
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(words)).strip('-')[:60] or 'list'}.xlsx"

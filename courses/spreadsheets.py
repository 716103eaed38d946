"""The class list as .xlsx."""

import io
import re

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.folding import fold
from cms.text.sheets import XLSX, cell_of, sheet_name
from courses.forms import spoken
from courses.queries.status import Status
from courses.queries.status_list import cells, columns


def status_workbook(status: Status) -> bytes:
    """The class list with three lines above it: what, which class, and when the figures were taken."""
    book = Workbook(write_only=True)
    given = status.class_assignment
    sheet = book.create_sheet(sheet_name(given.school_class.name))
    headings = columns(status)
    for number, column in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "D5"
    bold = Font(bold=True)
    sheet.append([cell_of(sheet, given.assignment.title_at_the_time, font=bold)])
    about = f"{given.school_class.name} · {given.school_class.school.name}"
    sheet.append([cell_of(sheet, f"{about} · {_('due')} {spoken(given.due_at)}")])
    sheet.append(
        [cell_of(sheet, _("Figures of %(at)s") % {"at": f"{timezone.localtime(status.taken_at):%d/%m/%Y %H:%M}"})]
    )
    sheet.append([cell_of(sheet, one.heading, font=bold, alignment=Alignment(wrap_text=True)) for one in headings])
    for row in status.rows:
        sheet.append(
            [cell_of(sheet, cell.value, font=Font(strike=True) if row.left_on else None) for cell in cells(status, row)]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def file_name(status: Status) -> str:
    """A name any device can hold: letters without accents."""
    given = status.class_assignment
    words = f"{given.school_class.name} {given.assignment.title_at_the_time}"
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(words)).strip('-')[:60] or 'list'}.xlsx"


__all__ = ["XLSX", "file_name", "status_workbook"]

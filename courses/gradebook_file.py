"""The class gradebook as .xlsx."""

import io
import re

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.folding import fold
from cms.text.sheets import XLSX, cell_of, sheet_name
from courses.queries.gradebook import Gradebook
from courses.queries.gradebook_list import cells, columns, summary


def workbook(book: Gradebook) -> bytes:
    """The gradebook with two lines above it: which class, and when the figures were taken. Names stay in sight."""
    made = Workbook(write_only=True)
    sheet = made.create_sheet(sheet_name(book.school_class.name))
    headings = columns(book)
    for number, column in enumerate(headings, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = "D4"
    bold = Font(bold=True)
    about = f"{book.school_class.name} · {book.school_class.school.name} · {book.school_class.school_year.code}"
    sheet.append([cell_of(sheet, about, font=bold)])
    taken_at = f"{timezone.localtime(book.taken_at):%d/%m/%Y %H:%M}"
    sheet.append([cell_of(sheet, _("Figures of %(at)s") % {"at": taken_at})])
    sheet.append([cell_of(sheet, one.heading, font=bold, alignment=Alignment(wrap_text=True)) for one in headings])
    for pupil in book.pupils:
        font = Font(strike=True) if pupil.left_on else None
        sheet.append([cell_of(sheet, cell.value, font=font) for cell in cells(book, headings, pupil)])
    sheet.append([cell_of(sheet, cell.value, font=bold) for cell in summary(book, headings)])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def file_name(book: Gradebook) -> str:
    """A name any device can hold: letters without accents."""
    words = f"{_('gradebook')} {book.school_class.name}"
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(words)).strip('-')[:60] or 'list'}.xlsx"


__all__ = ["XLSX", "file_name", "workbook"]

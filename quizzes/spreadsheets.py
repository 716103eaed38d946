"""The figures of a quiz as .xlsx: the tables of the page, a sheet each."""

import io
import re

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.folding import fold
from cms.text.sheets import XLSX, cell_of, sheet_name
from quizzes.queries.figures import Figures
from quizzes.queries.figures import tables as t


def figures_workbook(figures: Figures, about: str, language: str) -> bytes:
    """Every table with two lines above it: the quiz, and of whom the figures are (`about`) and when they were taken."""
    book = Workbook(write_only=True)
    tables = [t.summary(figures), t.steps(figures), t.classes(figures), t.questions(figures, language)]
    if figures.questions:
        tables.append(t.all_choices(figures, language))
    taken = _("Figures of %(at)s") % {"at": f"{timezone.localtime(figures.taken_at):%d/%m/%Y %H:%M}"}
    for table in tables:
        _sheet(book, table, [figures.title, f"{about} · {taken}"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, table: t.Table, above: list[str]) -> None:
    sheet = book.create_sheet(sheet_name(table.title))
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.freeze_panes = f"A{len(above) + 2}"
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append([cell_of(sheet, above[0], font=bold)])
    for line in above[1:]:
        sheet.append([cell_of(sheet, line)])
    sheet.append([cell_of(sheet, column.heading, font=bold, alignment=wrapped) for column in table.columns])
    for row in table.rows:
        sheet.append([cell_of(sheet, cell.value, format=cell.format, alignment=wrapped) for cell in row])


def file_name(figures: Figures) -> str:
    """A name any device can hold: letters without accents."""
    name = figures.of_class.name if figures.of_class else ""
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(f'{figures.title} {name}')).strip('-')[:60] or 'quiz'}.xlsx"


__all__ = ["XLSX", "figures_workbook", "file_name"]

"""Lists of people as .xlsx."""

import io
import re

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.folding import fold
from cms.text.sheets import XLSX, cell_of, sheet_name
from courses.queries.listings import Listing


def as_workbook(*listings: Listing) -> bytes:
    """A sheet a list, each with its title, what it is about and when the figures were taken."""
    book = Workbook(write_only=True)
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    for listing in listings:
        sheet = book.create_sheet(sheet_name(listing.title))
        for number, column in enumerate(listing.columns, 1):
            sheet.column_dimensions[get_column_letter(number)].width = column.width
        above = [listing.title, *listing.about, listing.when]
        sheet.freeze_panes = f"B{len(above) + 2}"
        for number, line in enumerate(above):
            sheet.append([cell_of(sheet, line, font=bold if not number else None)])
        sheet.append([cell_of(sheet, column.label, font=bold, alignment=wrapped) for column in listing.columns])
        for row in listing.rows:
            sheet.append([cell_of(sheet, value) for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def file_name(words: str) -> str:
    """A name any device can hold: letters without accents."""
    return f"{re.sub(r'[^a-z0-9]+', '-', fold(words)).strip('-')[:60] or 'list'}.xlsx"


__all__ = ["XLSX", "as_workbook", "file_name"]

"""Cells of the lists that are given away as .xlsx: real dates and numbers, codes as text, nothing a spreadsheet would run."""

import re

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from cms.text.cells import safe

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cell_of(sheet, value, *, font: Font | None = None, alignment: Alignment | None = None, format: str = ""):
    """A cell for a write-only sheet; `format` is how a spreadsheet shows a number, such as 0%."""
    cell = WriteOnlyCell(sheet, value=safe(value))
    if isinstance(value, str):
        cell.data_type = "s"
        cell.number_format = "@"
    elif hasattr(value, "hour"):
        cell.number_format = "dd/mm/yyyy hh:mm"
    elif hasattr(value, "year"):
        cell.number_format = "dd/mm/yyyy"
    elif format:
        cell.number_format = format
    if font:
        cell.font = font
    if alignment:
        cell.alignment = alignment
    return cell


def sheet_name(text: str) -> str:
    """A name a workbook takes for a sheet."""
    return re.sub(r"[\\/*?:\[\]]", " ", text)[:31].strip() or "1"

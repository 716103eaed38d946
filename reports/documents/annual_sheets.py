"""The annual report as a workbook: a sheet a table, the definitions, and the four texts."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.sheets import cell_of, sheet_name
from reports.documents.sheets import FORMATS
from reports.queries.annual import AnnualReport
from reports.queries.tables import Table

WIDTHS = {"title": 60, "name": 40, "unit": 30, "source": 36, "code": 8}


def as_annual_workbook(found: AnnualReport) -> bytes:
    book = Workbook(write_only=True)
    for table in found.tables:
        _sheet(book, found, table)
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    sheet = book.create_sheet(sheet_name(_("What the figures mean")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = (
        8,
        60,
        90,
    )
    for line in found.lines:
        one = line.indicator
        words = f"{one.definition} ({_('version')} {one.version})"
        sheet.append(
            [
                cell_of(sheet, one.code, font=bold),
                *(cell_of(sheet, text, alignment=wrapped) for text in (one.title, words)),
            ]
        )
    sheet = book.create_sheet(sheet_name(_("In words")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 100
    for name, text in found.texts:
        sheet.append([cell_of(sheet, name, font=bold), cell_of(sheet, text, alignment=wrapped)])
    sheet.append([])
    sheet.append([cell_of(sheet, found.report.signer_title), cell_of(sheet, found.report.signer_name)])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, found: AnnualReport, table: Table) -> None:
    sheet = book.create_sheet(sheet_name(table.title))
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS.get(column.key, 16)
    sheet.freeze_panes = "C5" if table.columns[0].key == "code" else "B5"
    bold, wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append([cell_of(sheet, f"{found.title}: {table.title}", font=bold)])
    sheet.append([cell_of(sheet, found.when)])
    sheet.append([cell_of(sheet, table.note)])
    sheet.append([cell_of(sheet, column.label, font=bold, alignment=wrapped) for column in table.columns])
    for row in table.rows:
        sheet.append(
            [
                cell_of(sheet, value, format=FORMATS.get(column.kind, ""))
                for column, value in zip(table.columns, row.values, strict=True)
            ]
        )

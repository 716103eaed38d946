"""The ledger as a workbook, a sheet a table, and as one text table."""

import csv
import io
from datetime import date

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.cells import safe
from cms.text.sheets import cell_of, sheet_name
from reports.queries.coverage import Ledger
from reports.queries.gaps import Gap
from reports.queries.tables import Column, Table, heading, meanings, tables_of

WIDTHS = {"text": 34, "number": 14, "percent": 12, "date": 13}
FORMATS = {"number": "#,##0", "percent": '0.0" %"'}


def as_workbook(ledger: Ledger, gaps: list[Gap]) -> bytes:
    """Each sheet begins with what it is, of when, and what it shows; the last one tells what the words mean."""
    book = Workbook(write_only=True)
    for table in tables_of(ledger, gaps):
        _sheet(book, ledger, table)
    sheet = book.create_sheet(sheet_name(_("What the figures mean")))
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 26, 100
    for word, text in meanings():
        sheet.append(
            [cell_of(sheet, word, font=Font(bold=True)), cell_of(sheet, text, alignment=Alignment(wrap_text=True))]
        )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, ledger: Ledger, table: Table) -> None:
    sheet = book.create_sheet(sheet_name(table.title))
    for number, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = WIDTHS[column.kind]
    sheet.freeze_panes = "B5"
    bold = Font(bold=True)
    title, when = heading(ledger)
    sheet.append([cell_of(sheet, f"{title}: {table.title}", font=bold)])
    sheet.append([cell_of(sheet, when)])
    sheet.append([cell_of(sheet, table.note)])
    wrapped = Alignment(wrap_text=True, vertical="top")
    sheet.append([cell_of(sheet, column.label, font=bold, alignment=wrapped) for column in table.columns])
    for row in table.rows:
        sheet.append(
            [
                cell_of(sheet, value, format=FORMATS.get(column.kind, ""))
                for column, value in zip(table.columns, row.values, strict=True)
            ]
        )


def as_csv(ledger: Ledger, gaps: list[Gap]) -> bytes:
    """All tables under each other with one set of columns: `table` says which one a line is from."""
    tables = tables_of(ledger, gaps)
    columns: dict[str, Column] = {}
    for table in tables:
        for column in table.columns:
            columns.setdefault(column.key, column)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    facts = [
        ledger.school_year.code,
        ledger.scope.code,
        ledger.roll_on.isoformat() if ledger.roll_on else "",
        ledger.taken_at.isoformat(timespec="seconds"),
    ]
    writer.writerow(["table", *columns, "school_year", "place", "roll_on", "taken_at"])
    for table in tables:
        keys = [column.key for column in table.columns]
        for row in table.rows:
            values = dict(zip(keys, row.values, strict=True))
            cells = [_plain(values.get(key)) for key in columns]
            writer.writerow([table.key, *cells, *facts])
    return stream.getvalue().encode("utf-8-sig")


def _plain(value):
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else safe(value)

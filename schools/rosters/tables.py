"""From the bytes of an uploaded file to plain tables of cells; anything else is refused in words."""

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext_lazy as _

from cms.problems import Problem
from cms.text import legacy

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 120 * 1024 * 1024
MAX_PARTS = 2_000
MAX_ROWS = 30_000
# A list of many schools, which the province brings in.
MAX_PROVINCE_ROWS = 60_000
MAX_COLUMNS = 200
# Sheets formatted down to the last line of Excel carry a million empty rows behind the last pupil.
EMPTY_ROWS_AT_THE_END = 5_000

Value = str | int | float | bool | datetime | date | time | None


class UnreadableFile(Problem):
    """The file is not a table this product can read; the detail says what to do about it."""

    status = 422
    code = "unreadable_file"
    title = _("The file cannot be read")


class MissingKey(UnreadableFile):
    """A table of people without the column that tells them apart; `labels` are its headers, for choosing one."""

    code = "missing_key"

    def __init__(self, detail, labels: tuple[str, ...]):
        self.labels = labels
        super().__init__(detail)


class UncalculatedFormula:
    """Stands for a formula whose result the writing program did not store."""

    def __repr__(self) -> str:
        return "<formula without a result>"


UNCALCULATED = UncalculatedFormula()


@dataclass(slots=True)
class Sheet:
    """One table. `rows` holds (row number as people see it, cells by column index from 0); blank rows are absent."""

    title: str
    rows: list[tuple[int, list]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    """Merged ranges as (first row number, first column, last row number, last column)."""
    fonts: dict[tuple[int, int], str] = field(default_factory=dict)
    """Names of the legacy fonts met, by (row number, column)."""
    hidden: bool = False
    undecoded: dict[tuple[int, int], str] = field(default_factory=dict)
    """What stood in the first cells of a legacy text file before it was converted."""


@dataclass(slots=True)
class Tables:
    sheets: list[Sheet]
    encoding: legacy.Encoding | None = None
    """The legacy encoding a text file was written in."""


def read_tables(raw: bytes, *, max_rows: int = MAX_ROWS) -> Tables:
    """Read an .xlsx, .xlsm or text table from its bytes.

    The name of the file is not looked at. Raises `UnreadableFile` with what to do for everything else: .xls, .xlsb,
    .ods, .docx, HTML, a password, a cut or oversized file.
    """
    if not raw.strip(b"\x00 \r\n\t"):
        raise UnreadableFile(_("The file is empty. Choose another one."))
    if len(raw) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 20 MB. Upload one file per grade or class."))
    if raw.startswith(b"PK\x03\x04"):
        return Tables(_read_workbook(raw, max_rows))
    _refuse_other_formats(raw)
    return _read_text(raw, max_rows)


def _refuse_other_formats(raw: bytes) -> None:
    start = raw[:4096].lstrip(b"\xef\xbb\xbf\x00 \r\n\t").lower()
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in raw:
            raise UnreadableFile(
                _("The file is protected by a password. Open it in Excel, remove the password (File, Info, Protect "
                  "Workbook), save it and upload it again.")
            )  # fmt: skip
        raise UnreadableFile(_OLD_EXCEL)
    if start.startswith(b"<"):
        raise UnreadableFile(_WEB_PAGE)
    if start.startswith(b"%pdf"):
        raise UnreadableFile(_("This is a PDF. Upload the Excel file (.xlsx) from which it was made."))
    if start.startswith((b"\x89png", b"\xff\xd8\xff", b"gif8", b"{\\rtf", b"rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise UnreadableFile(_NOT_A_TABLE)


_OLD_EXCEL = _(
    "This is an old Excel file (.xls), whatever its name says. Open it in Excel, choose Save As, Excel Workbook "
    "(.xlsx), and upload the new file."
)
_WEB_PAGE = _(
    "This is a web page saved as an Excel file. Open it in Excel, choose Save As, Excel Workbook (.xlsx), and upload "
    "the new file."
)
_NOT_A_TABLE = _("This is not a table. Upload an Excel workbook (.xlsx) or a .csv file.")
_DAMAGED = _(
    "The file is damaged or was cut during the download. Download it again, open it in Excel, save it as .xlsx and "
    "upload it."
)


def _read_workbook(raw: bytes, max_rows: int) -> list[Sheet]:
    _check_archive(raw)
    import openpyxl

    try:
        with warnings.catch_warnings():
            # Odd styles and extensions of other programs are no concern of a reader of cells.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)
            try:
                return _read_sheets(book, max_rows)
            finally:
                book.close()
    except UnreadableFile:
        raise
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError, AttributeError, EOFError, OSError,
            ParseError, ArithmeticError) as error:  # fmt: skip
        # openpyxl reports a broken part with whatever its parser stumbled upon.
        raise UnreadableFile(_DAMAGED) from error


def _check_archive(raw: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError) as error:
        raise UnreadableFile(_DAMAGED) from error
    names = {part.filename for part in parts}
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise UnreadableFile(
            _("The file unpacks to far more than a class list needs. Copy the list into a new workbook, upload that.")
        )
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile(_NOT_A_TABLE)
    if "xl/workbook.bin" in names:
        raise UnreadableFile(_OLD_EXCEL)
    if "xl/workbook.xml" not in {name.lower() for name in names}:
        raise UnreadableFile(_NOT_A_TABLE)


def _read_sheets(book, max_rows: int) -> list[Sheet]:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    legacy_fonts = {
        index: font.name for index, font in enumerate(book._fonts) if legacy.encoding_of_font(font.name) is not None
    }
    styles = {
        index: legacy_fonts[style.fontId]
        for index, style in enumerate(book._cell_styles)
        if style.fontId in legacy_fonts
    }
    sheets: list[Sheet] = []
    count = 0
    for worksheet in book.worksheets:
        if not isinstance(worksheet, ReadOnlyWorksheet):
            continue
        sheet = _read_sheet(worksheet, styles, max_rows - count, max_rows)
        count += len(sheet.rows)
        sheets.append(sheet)
    return sheets


def _read_sheet(worksheet, font_of_style: dict[int, str], rows_left: int, max_rows: int) -> Sheet:
    """Read one worksheet part row by row.

    openpyxl's own row iterator pads every row to the sheet's stated width and fills gaps with empty rows, and it
    forgets which cells are merged; its parser of rows, used here, does neither.
    """
    from defusedxml.ElementTree import iterparse
    from openpyxl.worksheet._reader import FORMULA_TAG, MERGE_TAG, ROW_TAG, WorkSheetParser

    class RowParser(WorkSheetParser):
        def parse_cell(self, element):
            cell = super().parse_cell(element)
            if cell["value"] is None and element.find(FORMULA_TAG) is not None:
                cell["value"] = UNCALCULATED
            return cell

    book = worksheet.parent
    sheet = Sheet(worksheet.title, [], hidden=worksheet.sheet_state != "visible")
    with worksheet._get_source() as source:
        parser = RowParser(
            source,
            worksheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        empty = 0
        for _event, element in iterparse(source):
            if element.tag == ROW_TAG:
                number, cells = parser.parse_row(element)
                element.clear()
                row = _row_of(number, cells, font_of_style, sheet.fonts)
                if row is None:
                    empty += 1
                    if empty > EMPTY_ROWS_AT_THE_END:
                        break
                    continue
                empty = 0
                sheet.rows.append((number, row))
                if len(sheet.rows) > rows_left:
                    raise UnreadableFile(
                        _("The file has more than %(limit)s rows. Upload one file per grade.") % {"limit": max_rows}
                    )
            elif element.tag == MERGE_TAG:
                for merged in element:
                    bounds = _bounds(merged.get("ref", ""))
                    if bounds:
                        sheet.merges.append(bounds)
    return sheet


def _row_of(number: int, cells: list[dict], font_of_style: dict, fonts: dict) -> list | None:
    row: list = []
    filled = False
    for cell in cells:
        column = cell["column"] - 1
        value = cell["value"]
        if value is None or column >= MAX_COLUMNS:
            continue
        if isinstance(value, str) and not value.strip():
            continue
        filled = True
        if len(row) <= column:
            row.extend([None] * (column + 1 - len(row)))
        row[column] = value
        if font_of_style and isinstance(value, str) and cell["style_id"] in font_of_style:
            fonts[number, column] = font_of_style[cell["style_id"]]
    return row if filled else None


def _bounds(reference: str) -> tuple[int, int, int, int] | None:
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(reference)
    except (ValueError, TypeError):
        return None
    if None in (left, top, right, bottom):
        return None
    return top, left - 1, bottom, right - 1


def _read_text(raw: bytes, max_rows: int) -> Tables:
    text, encoding = legacy.decode(raw)
    if text[:20_000].count("\x00") or text.count("\ufffd") > 20:
        raise UnreadableFile(_NOT_A_TABLE)
    first, _newline, rest = text.partition("\n")
    delimiter = None
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        delimiter, text = first.strip()[4], rest
    offset = 1 if delimiter else 0
    try:
        rows = _split(text, delimiter or _delimiter(text), max_rows + 1)
    except csv.Error as error:
        raise UnreadableFile(_NOT_A_TABLE) from error
    if len(rows) > max_rows:
        raise UnreadableFile(
            _("The file has more than %(limit)s rows. Upload one file per grade.") % {"limit": max_rows}
        )
    if max((len(cells) for _number, cells in rows), default=0) < 2:
        raise UnreadableFile(_NOT_A_TABLE)
    sheet = Sheet("", [(number + offset, cells) for number, cells in rows])
    if encoding is not None:
        sheet.undecoded = {
            (number + offset, column): cell
            for number, cells in _split(raw.decode("latin-1"), delimiter or _delimiter(text), limit=50)
            for column, cell in enumerate(cells)
            if cell and not cell.isascii()
        }
    return Tables([sheet], encoding)


def _split(text: str, delimiter: str, limit: int = MAX_ROWS + 1) -> list[tuple[int, list]]:
    rows: list[tuple[int, list]] = []
    for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        if any(cell.strip() for cell in cells):
            rows.append((number, [cell if cell.strip() else None for cell in cells[:MAX_COLUMNS]]))
            if len(rows) >= limit:
                break
    return rows


def _delimiter(text: str) -> str:
    """The separator that splits the first lines most evenly into most cells."""
    head = "\n".join(text.splitlines()[:60])

    def evenness(delimiter: str) -> int:
        try:
            widths = [len(cells) for _number, cells in _split(head, delimiter)]
        except csv.Error:
            return 0
        return sum(width for width in widths if width == max(set(widths), key=widths.count)) if max(widths) > 1 else 0

    return max(";\t,|", key=evenness)

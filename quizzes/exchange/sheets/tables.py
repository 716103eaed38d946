"""Files of tables as rows: the header found by name, cells as they read, pictures by the cell they stand in."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from cms.text import legacy
from media.checking import check_picture, real_type
from media.problems import FileRefused
from quizzes.exchange.items import Attachment, Reading, Unreadable
from quizzes.exchange.sheets import columns as c
from quizzes.exchange.texts import tidy

MOST_ROWS, HEADER_WITHIN, MOST_COLUMNS = 10_000, 30, 60
MAX_UNPACKED = 200_000_000
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


class Refusal(ValueError):
    """Why a row is not taken."""


@dataclass
class Row:
    label: str
    cells: dict[str, str]
    pictures: dict[str, Attachment] = field(default_factory=dict)
    holds_pictures: bool = True
    # Those after the first of a cell, in the order in which the file holds them.
    more: dict[str, list[Attachment]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return self.cells.get(name, "")

    @property
    def letters(self) -> list[str]:
        """The options that are there. A gap between them is refused: the letters of the answer would mean others."""
        there = sorted(name for name in {*self.cells, *self.pictures} if len(name) == 1)
        there = [one for one in there if self.cells.get(one) or one in self.pictures]
        if there and there != [chr(ord("A") + place) for place in range(len(there))]:
            raise Refusal(
                _("An option between others is empty: only %(letters)s are filled in.") % {"letters": ", ".join(there)}
            )
        return there


def of_text(data: bytes, reading: Reading) -> list[Row]:
    text, _encoding = legacy.decode(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    try:
        table = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        raise Unreadable(_("The table is damaged: a cell never ends. Save it again as CSV or .xlsx.")) from None
    rows = _rows([list(line) for line in table], [], "", reading)
    if rows is None:
        raise _no_header()
    for row in rows:
        row.holds_pictures = False
    return rows


def _no_header() -> Unreadable:
    return Unreadable(
        _("No row with the names of columns was found. It needs “Câu hỏi” and “Đáp án”; the template shows them all.")
    )


def of_workbook(data: bytes, reading: Reading) -> list[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(part.file_size for part in package.infolist()) > MAX_UNPACKED or len(package.infolist()) > 5_000:
                raise Unreadable(_("This file unpacks to far more than a table holds. Save it again in Excel."))
            for part in package.infolist():
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(part)[:4096]:
                    raise Unreadable(_("The file defines entities of its own; such files are not read."))
            formulas = any(
                b"<f>" in (text := package.read(part)) or b"<f " in text
                for part in package.infolist()
                if part.filename.startswith("xl/worksheets/")
            )
        workbook = load_workbook(io.BytesIO(data), data_only=True)
        written = load_workbook(io.BytesIO(data)) if formulas else workbook
    except Unreadable:
        raise
    except Exception as error:
        # openpyxl, lxml and zipfile raise many kinds for a damaged package; each means the same to its owner.
        raise Unreadable(_("This Excel file is damaged and cannot be read. Save it again and retry.")) from error
    found: list[Row] = []
    headers = 0
    for sheet in workbook.worksheets:
        if sheet.max_row > MOST_ROWS + HEADER_WITHIN:
            raise Unreadable(_("There are more than %(count)d rows. Split the file.") % {"count": MOST_ROWS})
        cells = list(sheet.iter_rows(max_col=min(sheet.max_column, MOST_COLUMNS)))
        table = [[_shown(cell.value) for cell in line] for line in cells]
        if written is not workbook:
            _mark_uncounted(table, written[sheet.title])
        fonts = [
            [cell.font.name if isinstance(cell.value, str) and cell.font else None for cell in line] for line in cells
        ]
        title = sheet.title if len(workbook.worksheets) > 1 else ""
        rows = _rows(table, fonts, title, reading, _pictures(sheet))
        if rows is not None:
            headers += 1
            found += rows
    if not headers:
        raise _no_header()
    return found


def _shown(value) -> str:
    """A cell's value as it reads: whole numbers without a point, days as Vietnamese write them."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Đúng" if value else "Sai"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _mark_uncounted(table: list[list[str]], written) -> None:
    """A formula that no program has calculated yet has no value to read: its row is refused."""
    for place, line in enumerate(written.iter_rows(max_row=len(table), max_col=len(table[0]) if table else 1)):
        for column, cell in enumerate(line):
            if cell.data_type == "f" and not table[place][column]:
                table[place][column] = "#N/A"


def _pictures(sheet) -> dict[tuple[int, int], list[bytes]]:
    """Pictures by row and column of their upper left corner, from 0."""
    found: dict[tuple[int, int], list[bytes]] = {}
    for image in getattr(sheet, "_images", []):
        corner = getattr(image.anchor, "_from", None)
        if corner is not None:
            found.setdefault((corner.row, corner.col), []).append(image._data())
    return found


def _rows(table, fonts, sheet: str, reading: Reading, pictures=None) -> list[Row] | None:
    """The rows below the header; None if there is none."""
    headers = ((place, _header(line)) for place, line in enumerate(table[:HEADER_WITHIN]))
    place, names = next(((place, names) for place, names in headers if names), (0, {}))
    if not names:
        return None
    if len(table) - place > MOST_ROWS:
        raise Unreadable(_("There are more than %(count)d rows. Split the file.") % {"count": MOST_ROWS})
    texts = [cell for line in table[place + 1 :] for cell in line]
    known = [font for line in fonts[place + 1 :] for font in line] if fonts else None
    repairs = iter(found := legacy.repair_texts(texts, known))
    reading.before_after += [(one.before, one.after) for one in legacy.examples(found)]
    rows = []
    for number, line in enumerate(table[place + 1 :], start=place + 2):
        line = [repair.after if (repair := next(repairs)) else cell for cell in line]
        label = _("row %(number)d") % {"number": number}
        row = Row(f"{sheet}, {label}" if sheet else label, {})
        for column, name in names.items():
            if column < len(line):
                row.cells[name] = tidy(c.unguarded(line[column].strip()))
            for data in (pictures or {}).get((number - 1, column), []):
                _attach(row, name, data)
        rows.append(row)
    return rows


def _header(line: list[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for column, cell in enumerate(line):
        word = c.key(cell)
        letter = re.fullmatch(r"(?:phuong an |dap an |lua chon |option )?([a-z])", word)
        name = c.COLUMNS.get(word) or (letter.group(1).upper() if letter else "")
        if name and name not in names.values():
            names[column] = name
    return names if "stem" in names.values() and ({"answer", "A"} & set(names.values())) else {}


def _attach(row: Row, name: str, data: bytes) -> None:
    ending = PICTURES.get(real_type(data[:4096]), "")
    try:
        check_picture(data)
    except FileRefused:
        ending = ""
    if not ending:
        row.pictures["fault"] = Attachment("", b"")
        return
    start = f"hinh-{c.key(row.label).replace(' ', '-')}-{name.lower()}"
    if name not in row.pictures:
        row.pictures[name] = Attachment(f"{start}.{ending}", data)
        return
    more = row.more.setdefault(name, [])
    more.append(Attachment(f"{start}-{len(more) + 2}.{ending}", data))

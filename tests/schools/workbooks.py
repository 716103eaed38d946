"""Workbooks as schools write them, made for one test each."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font

HEADER = ["STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp"]
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "school"


def workbook(*rows, title="Sheet", merges=(), font=None, sheets=()) -> bytes:
    """One sheet of `rows`; more as (title, rows) pairs in `sheets`."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    _fill(sheet, rows, font)
    for merged in merges:
        sheet.merge_cells(merged)
    for other, other_rows in sheets:
        _fill(book.create_sheet(other), other_rows, font)
    return saved(book)


def _fill(sheet, rows, font) -> None:
    for row in rows:
        sheet.append(row)
    if font:
        for cells in sheet.iter_rows():
            for cell in cells:
                cell.font = Font(name=font)


def saved(book) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def pupils(*rows, header=HEADER) -> bytes:
    """A plain list: (code, name, date of birth, gender, class) each."""
    return workbook(header, *([number, *row] for number, row in enumerate(rows, 1)))


def sample(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("the sample files are not beside the checkout (../shared/samples/school)")
    return path.read_bytes()

"""A header merged over columns that hold different things: refused once with its cell, not once a row."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from schools.rosters.columns import Column, Field, Header
from schools.rosters.tables import Sheet, UnreadableFile

# So many rows below the header are looked at.
ROWS = 50


def check_merged_headers(sheet: Sheet, header: Header) -> None:
    """Raises `UnreadableFile` where nobody can say which of the columns under one header holds what it says.

    Fine are: họ đệm and tên under one «Họ và tên», headers below the merged one, and empty columns.
    """
    by_index = {column.index: column for column in header.columns.values()}
    below = [cells for number, cells in sheet.rows if number > header.last_row][:ROWS]
    for top, left, bottom, right in sheet.merges:
        if right == left or bottom < header.first_row or top > header.last_row or left not in by_index:
            continue
        column, label = by_index[left], header.labels[left]
        under = [
            index for index in range(left + 1, right + 1) if label and header.labels[index : index + 1] == (label,)
        ]
        if column.field is Field.FAMILY and by_index.get(left + 1, column).field is Field.GIVEN:
            wrong = any(_is_no_name(_cell(cells, left + 1)) for cells in below)
        else:
            wrong = any(_cell(cells, index) is not None for cells in below for index in under)
        if wrong:
            raise _refused(sheet, column, (top, left, bottom, right))


def _cell(cells: list, index: int):
    return cells[index] if index < len(cells) else None


def _is_no_name(value) -> bool:
    return isinstance(value, int | float | date | datetime) or (
        isinstance(value, str) and any(char.isdigit() for char in value)
    )


def _refused(sheet: Sheet, column: Column, merged: tuple[int, int, int, int]) -> UnreadableFile:
    from openpyxl.utils import get_column_letter

    top, left, bottom, right = merged
    where = f"{get_column_letter(left + 1)}{top}:{get_column_letter(right + 1)}{bottom}"
    words = {"cell": where, "label": column.label, "sheet": sheet.title}
    return UnreadableFile(
        _(
            "On the sheet “%(sheet)s” the header %(cell)s “%(label)s” is merged over columns that hold different things. "
            "In Excel choose Unmerge Cells, give each column a header of its own, save the file and upload it again."
        )
        % words
    )

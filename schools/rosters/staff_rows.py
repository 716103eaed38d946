"""One member of staff a row."""

import re

from schools.codes import RESERVED_USERNAMES
from schools.rosters import values
from schools.rosters.columns import STAFF, Field, Header
from schools.rosters.lines import (
    USERNAME,
    Texts,
    cell_of,
    data_lines,
    ignored_labels,
    read_name_cells,
    unlabelled_given_name,
)
from schools.rosters.reasons import reason
from schools.rosters.records import MappedSheet, ReadFile, StaffRow
from schools.rosters.tables import Sheet

_LIST = re.compile(r"\s*[,;\n+&]\s*|\s+và\s+")


def read_staff_rows(sheet: Sheet, header: Header, result: ReadFile) -> None:
    columns = {f: column.index for f, column in header.columns.items()}
    lines, _above = data_lines(sheet, header, STAFF)
    texts = Texts(sheet, lines, header, (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN, Field.SUBJECT,
                                          Field.HOMEROOM, Field.TAUGHT), result)  # fmt: skip
    split_at = unlabelled_given_name(header, lines)
    present = set(columns) - {Field.NUMBER, Field.FAMILY, Field.MIDDLE, Field.GIVEN, Field.NOTE}
    if Field.GIVEN in columns:
        present.add(Field.FULL_NAME)
    fields = frozenset(present)
    for line in lines:
        row = StaffRow(sheet.title, line.number, fields)
        row.username = values.text_of(cell_of(line, columns[Field.USERNAME])).replace(" ", "").lower()
        if not row.username:
            row.reasons.append(reason("missing_username"))
        elif not USERNAME.match(row.username):
            row.reasons.append(reason("bad_username", value=row.username))
        elif row.username in RESERVED_USERNAMES:
            row.reasons.append(reason("username_reserved", value=row.username))
        read_name_cells(row, line, columns, texts, split_at)
        row.subject = values.text_of(texts.get(Field.SUBJECT, line, columns.get(Field.SUBJECT)))[:80]
        row.homeroom = _classes(texts.get(Field.HOMEROOM, line, columns.get(Field.HOMEROOM)))
        row.taught = _classes(texts.get(Field.TAUGHT, line, columns.get(Field.TAUGHT)))
        row.shown = {
            f: values.text_of(texts.get(f, line, columns[f]))[:200]
            for f in (Field.USERNAME, Field.SUBJECT, Field.HOMEROOM, Field.TAUGHT)
            if f in columns
        } | {Field.FULL_NAME: row.full_name}
        result.rows.append(row)
    result.sheets.append(
        MappedSheet(
            sheet.title,
            header.last_row,
            {f: column.label for f, column in header.columns.items() if f is not Field.NUMBER},
            ignored_labels(header),
            "",
            len(lines),
        )
    )


def _classes(value) -> list[str]:
    names = []
    for part in _LIST.split(values.text_of(value) if not isinstance(value, float) else f"{value:g}"):
        name, problem = values.read_class(part)
        if name and problem is None and name not in {"-", "x", "không", "Không"}:
            names.append(name)
    return names

"""The ledger as a Word document an office can go on writing in."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH

from cms import word
from reports.queries.coverage import Ledger
from reports.queries.gaps import Gap
from reports.queries.tables import Table, heading, meanings, shown, tables_of

SHARES = {"text": 3.0, "number": 1.2, "percent": 1.2, "date": 1.5}


def as_word(ledger: Ledger, gaps: list[Gap]) -> bytes:
    title, when = heading(ledger)
    document = word.new_document(title=title, language=get_language() or "vi", size=11)
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    word.number_pages(section, f"{title} · ")
    word.add_heading(document, title, 1, centred=True)
    word.add_line(document, when, centred=True, italic=True)
    for table in tables_of(ledger, gaps):
        _table(document, table)
    word.add_heading(document, _("What the figures mean"))
    for name, text in meanings():
        word.add_point(document, f"**{name}**: {text}")
    return word.as_bytes(document)


def _table(document, table: Table) -> None:
    word.add_heading(document, table.title)
    word.add_line(document, table.note, keep=True)
    made = word.add_table(
        document,
        [column.label for column in table.columns],
        [
            [shown(value, column.kind) for column, value in zip(table.columns, row.values, strict=True)]
            for row in table.rows
        ],
        widths=[SHARES[column.kind] for column in table.columns],
        size=9.5,
    )
    numbers_right(made, table)


def numbers_right(made, table: Table) -> None:
    """Numbers stand under each other by their last digit."""
    places = [place for place, column in enumerate(table.columns) if column.is_number]
    for row in made.rows[1:]:
        cells = row.cells
        for place in places:
            cells[place].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT

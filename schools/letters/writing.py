"""A letter of schools/letters/vi as a Word file."""

from collections.abc import Callable
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH

from cms import word
from cms.word_height import height, room
from schools.letters.texts import Letter
from schools.models import SchoolClass
from schools.printing import short_address

DOTS = "………………………………"
# Type and setting, the first in which the signatures stand on the page they sign.
FORMS = ((12, False), (12, True), (11.5, True), (11, True))
FREE = 30


def write_letter(letter: Letter, *, school_class: SchoolClass, teacher: str = "") -> bytes:
    """The letter for one class, on one page. What the school knows is filled in; the rest are dots to write on."""
    known = {
        "school": school_class.school.name,
        "class": school_class.name,
        "year": school_class.school_year.code,
        "teacher": teacher or DOTS,
        "site": short_address(),
        "version": letter.version,
    }
    for size, tight in FORMS:
        document = _written(letter, known, size=size, tight=tight)
        if height(document) <= room(document) - FREE:
            break
    return word.as_bytes(document)


def _written(letter: Letter, known: dict, *, size: float, tight: bool):
    title = f"{letter.title}: {known['class']}"
    document = word.new_document(title=title, language="vi", size=size, tight=tight)
    word.number_pages(document.sections[0], f"{letter.title.capitalize()}, bản {letter.version} · ")
    word.add_line(document, known["school"], bold=True)
    word.add_line(document, f"Lớp {known['class']} · năm học {known['year']}")
    word.add_heading(document, letter.title, 1, centred=True)
    word.add_line(document, letter.about.format(**known), italic=True, centred=True)
    for part in letter.parts:
        ((kind, value),) = part.items()
        _PARTS[kind](document, value, known)
    return document


def _text(document, value: str, known: dict) -> None:
    for line in value.strip().split("\n\n"):
        word.add_line(document, " ".join(line.split()).format(**known))


def _heading(document, value: str, known: dict) -> None:
    word.add_heading(document, value.format(**known))


def _points(document, value: list[str], known: dict) -> None:
    for one in value:
        word.add_point(document, one.format(**known))


def _consents(document, value: list[dict], known: dict) -> None:
    """Purposes apart, each with its own yes and no: one signature never stands for all."""
    heads = ["Việc xin đồng ý", "Đồng ý", "Không đồng ý"]
    rows = [[f"**{one['title']}**\n{one['text'].format(**known)}", word.TICK_BOX, word.TICK_BOX] for one in value]
    table = word.add_table(document, heads, rows, widths=[11.2, 2.2, 3.6])
    for row in table.rows[1:]:
        for cell in row.cells[1:]:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _blanks(document, value: list[list[str]], known: dict) -> None:
    for labels in value:
        word.add_blanks(document, *(label.format(**known) for label in labels))


def _signatures(document, value: list[str], known: dict) -> None:
    """Side by side, with room for the hand."""
    word.add_line(document, "………………, ngày …… tháng …… năm ………", keep=True).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    table = document.add_table(rows=1, cols=len(value))
    for cell, who in zip(table.rows[0].cells, value, strict=True):
        word.fill_cell(cell, f"**{who.format(**known)}**\n(ký, ghi rõ họ tên)\n\n\n")
        for paragraph in cell.paragraphs:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


_PARTS: dict[str, Callable[[Any, Any, dict], None]] = {
    "text": _text,
    "heading": _heading,
    "points": _points,
    "consents": _consents,
    "blanks": _blanks,
    "signatures": _signatures,
}

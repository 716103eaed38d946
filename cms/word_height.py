"""About how high a Word document's first page becomes, reckoned without a word processor.

Times at average width, lines as high as the font asks for. Held against LibreOffice on all lesson plans of the starter
content in every form (75 pages) it was at most 11 points too low and 35 too high; what has to fit must leave room for that.
"""

from math import ceil

from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

# An average letter and an average line of the type used, in parts of its size.
_WIDTH, _LINE = 0.435, 1.15
# How far apart lines are set where nothing says otherwise (python-docx's template); in a ruled table they are not.
_SPACING = 1.15
# What a cell of a ruled table leaves free at its left and right, in points.
_CELL_SIDES = 11


def room(document: WordDocument) -> float:
    """How high the text of one page may be, in points."""
    section = document.sections[0]
    return (section.page_height - section.top_margin - section.bottom_margin) / Pt(1)


def height(document: WordDocument) -> float:
    """How high the text is as far as the first page break, in points."""
    section = document.sections[0]
    width = (section.page_width - section.left_margin - section.right_margin) / Pt(1)
    total = 0.0
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            total += sum(max(_cell(cell) for cell in row.cells) + 1 for row in block.rows)
        elif block._p.findall(f".//{qn('w:br')}[@{qn('w:type')}='page']"):
            break
        else:
            total += _paragraph(block, width)
    return total


def _cell(cell: _Cell) -> float:
    return sum(_paragraph(one, (cell.width or 0) / Pt(1) - _CELL_SIDES, spacing=1) for one in cell.paragraphs)


def _paragraph(paragraph: Paragraph, width: float, *, spacing: float = _SPACING) -> float:
    style, form = paragraph.style, paragraph.paragraph_format
    size = max(((run.font.size or style.font.size) / Pt(1) for run in paragraph.runs), default=style.font.size / Pt(1))
    free = width - (form.left_indent or 0) / Pt(1)
    bold = 1.05 if style.font.bold or (paragraph.runs and all(run.bold for run in paragraph.runs)) else 1
    lines = max(1, ceil(len(paragraph.text) * size * _WIDTH * bold / free))
    spaces = sum((own if own is not None else given or 0) / Pt(1) for own, given in (
        (form.space_before, style.paragraph_format.space_before),
        (form.space_after, style.paragraph_format.space_after),
    ))  # fmt: skip
    set_apart = form.line_spacing or style.paragraph_format.line_spacing
    return lines * size * _LINE * (float(set_apart) if set_apart else spacing) + spaces

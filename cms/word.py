"""A4 Word documents for people who print them: real headings, lines to write on, tables with a head, page numbers."""

import io
import re
from collections.abc import Sequence

from django.utils.text import slugify
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Length, Pt, RGBColor
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from cms.text.folding import fold

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
TICK_BOX = "☐"
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_SIZES = {1: 14, 2: 12, 3: 12}


def new_document(
    *, title: str = "", language: str = "vi", size: float = 12, margin: float = 2, tight: bool = False
) -> WordDocument:
    """An empty A4 document in the type schools use. `title` and `language` are what a screen reader is told.

    `size` is in points, `margin` (left and right) in centimetres. `tight` sets the lines close, for what has to stay on
    one page.
    """
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(margin)
    section.top_margin = section.bottom_margin = Cm(1.3 if tight else 1.8)
    normal = document.styles["Normal"]
    _in_font(normal, Pt(size))
    normal.paragraph_format.space_after = Pt(1 if tight else 3)
    if tight:
        section.header_distance = section.footer_distance = Cm(0.7)
        normal.paragraph_format.line_spacing = 1
    _speak(normal, language)
    for level, points in _SIZES.items():
        style = document.styles[f"Heading {level}"]
        _in_font(style, Pt(points))
        style.font.bold, style.font.italic, style.font.color.rgb = True, False, RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(0 if level == 1 else 4 if tight else 6)
        style.paragraph_format.space_after = Pt(1 if tight else 3)
        if tight:
            style.paragraph_format.line_spacing = 1
    document.core_properties.title = title
    document.core_properties.language = language
    # python-docx signs its template with its own name and the day it was made.
    document.core_properties.author = "Học Dịch vụ công"
    document.core_properties.comments = ""
    return document


def _in_font(style, size: Length) -> None:
    style.font.name, style.font.size = FONT, size
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), FONT)


def _speak(style, language: str) -> None:
    mark = OxmlElement("w:lang")
    tag = {"vi": "vi-VN", "en": "en-GB"}.get(language, language)
    mark.set(qn("w:val"), tag)
    mark.set(qn("w:eastAsia"), tag)
    style.element.get_or_add_rPr().append(mark)


def text_width(document: WordDocument) -> Length:
    """How wide the text of a page is."""
    section = document.sections[-1]
    return Length(section.page_width - section.left_margin - section.right_margin)


def add_heading(document: WordDocument, text: str, level: int = 2, *, centred: bool = False) -> Paragraph:
    paragraph = document.add_heading(text, level)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def add_line(
    place,
    text: str = "",
    *,
    bold: bool = False,
    italic: bool = False,
    centred: bool = False,
    keep: bool = False,
    size: float | None = None,
    indent: float = 0,
) -> Paragraph:
    """A paragraph in a document or a cell; **words between stars** are bold. `keep`: on one page with what follows."""
    paragraph = place.add_paragraph()
    write(paragraph, text, bold=bold, italic=italic, size=size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indent:
        paragraph.paragraph_format.left_indent = Cm(indent)
    paragraph.paragraph_format.keep_with_next = keep
    return paragraph


def write(
    paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: float | None = None
) -> None:
    """Add `text` to a paragraph; **words between stars** are bold."""
    for place, piece in enumerate(_BOLD.split(text)):
        if not piece:
            continue
        run = paragraph.add_run(piece)
        run.bold = (bold or place % 2 == 1) or None
        run.italic = italic or None
        if size:
            run.font.size = Pt(size)


def add_point(
    place, text: str, *, mark: str = "–", indent: float = 0.5, after: float = 2, keep: bool = False
) -> Paragraph:
    """A point of a list with its mark hanging in the margin. `after`: space below in points; `keep` as in `add_line`."""
    paragraph = place.add_paragraph()
    write(paragraph, f"{mark}\t{text}")
    form = paragraph.paragraph_format
    form.left_indent, form.first_line_indent = Cm(indent), Cm(-indent)
    form.tab_stops.add_tab_stop(Cm(indent))
    form.space_after = Pt(after)
    form.keep_with_next = keep
    return paragraph


def add_blanks(document: WordDocument, *labels: str, indent: float = 0) -> Paragraph:
    """A line of labels with dots to write on after each, all of the same width: «Họ và tên ….. Lớp …..»."""
    paragraph = document.add_paragraph()
    width = text_width(document)
    for number, label in enumerate(labels, start=1):
        write(paragraph, f"{label} \t")
        stop = Length(width * number // len(labels))
        paragraph.paragraph_format.tab_stops.add_tab_stop(stop, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        if number < len(labels):
            paragraph.add_run(" ")
    if indent:
        paragraph.paragraph_format.left_indent = Cm(indent)
    return paragraph


def add_writing_lines(document: WordDocument, count: int, *, keep: bool = False) -> None:
    """`count` dotted lines, far enough apart for handwriting."""
    for number in range(count):
        paragraph = document.add_paragraph("\t")
        form = paragraph.paragraph_format
        form.tab_stops.add_tab_stop(text_width(document), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
        form.space_before, form.space_after = Pt(7), Pt(0)
        form.keep_with_next = keep or number < count - 1


def add_table(
    document: WordDocument,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    size: float | None = None,
    row_height: float | None = None,
) -> Table:
    """A ruled table. `widths` are shares of the text's width; `row_height` (cm) leaves room to write in.

    The row of `heads` is repeated on every page; without heads there is none. A cell's lines are split at newlines.
    """
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    whole = text_width(document)
    columns = [Length(int(whole * share / sum(widths))) for share in widths]
    for column, width in zip(table.columns, columns, strict=True):
        column.width = width
    if heads:
        cells = _row(table, columns)
        for cell, text in zip(cells, heads, strict=True):
            fill_cell(cell, text, bold=True, size=size)
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            _shade(cell)
        marks = table.rows[0]._tr.get_or_add_trPr()
        marks.append(OxmlElement("w:cantSplit"))
        marks.append(OxmlElement("w:tblHeader"))
    for values in rows:
        for cell, text in zip(_row(table, columns), values, strict=True):
            fill_cell(cell, text, size=size)
        marks = table.rows[-1]._tr.get_or_add_trPr()
        marks.append(OxmlElement("w:cantSplit"))
        if row_height:
            table.rows[-1].height = Cm(row_height)
    return table


def _row(table: Table, columns: Sequence[Length]) -> list[_Cell]:
    cells = list(table.add_row().cells)
    for cell, width in zip(cells, columns, strict=True):
        cell.width = width
    return cells


def keep_whole(table: Table) -> None:
    """Let no page end inside the table."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def fill_cell(cell: _Cell, text: str, *, bold: bool = False, size: float | None = None) -> None:
    """Write `text` into an empty cell, a paragraph for each of its lines."""
    first, *rest = text.split("\n")
    write(cell.paragraphs[0], first, bold=bold, size=size)
    for line in rest:
        add_line(cell, line, bold=bold, size=size)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(1)


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "EDEDED")):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def number_pages(section: Section, text: str) -> None:
    """A footer of `text` and the page's number, counted from 1 in each section."""
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.text = ""
    write(paragraph, text, size=10)
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(10)
        if words:
            instruction = OxmlElement("w:instrText")
            instruction.text = words
            run._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
    start = section._sectPr.find(qn("w:pgNumType"))
    if start is None:
        start = OxmlElement("w:pgNumType")
        section._sectPr.append(start)
    start.set(qn("w:start"), "1")


def as_bytes(document: WordDocument) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def file_name(*words: str) -> str:
    """«phieu-hoc-tap-bai-1.docx»: plain letters, which every phone and every e-mail keeps."""
    return f"{slugify(fold(' '.join(words)))[:80].strip('-') or 'tai-lieu'}.docx"

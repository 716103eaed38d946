"""The layout of official Vietnamese documents: Nghị định 30/2020/NĐ-CP, Phụ lục I (form of administrative documents).

A4, margins 20-20-30-15 mm, Times New Roman; national title at the right, the issuing body at the left, number and sign, place
and date. The page number stands at the top from the second page on.
"""

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from cms import word

# What an official Vietnamese document says is Vietnamese in every language of the site.
NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"


def set_page(document) -> None:
    """Margins and page numbers."""
    section = document.sections[0]
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    page_numbers(section)


def columns(document, left: float, right: float):
    """A table without lines, for what stands side by side and on one page."""
    table = document.add_table(rows=1, cols=2)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, cell, width in zip(table.columns, table.rows[0].cells, (left, right), strict=True):
        column.width = cell.width = Cm(width)
    return table.rows[0].cells


def centred(cell, text: str, *, size: float, bold: bool = False, italic: bool = False, first: bool = False):
    paragraph = cell.paragraphs[0] if first else cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    word.write(paragraph, text, bold=bold, italic=italic, size=size)
    return paragraph


def rule(cell, indent: float) -> None:
    """The thin line under a head, drawn as the border of an empty paragraph set in from both sides."""
    paragraph = cell.add_paragraph()
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Cm(indent)
    form.space_after = Pt(4)
    form.line_spacing = Pt(3)
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    paragraph._p.get_or_add_pPr().append(borders)


def head(document, *, above: str, own: str, sign: str, place: str, year: int) -> None:
    """The two columns every official document begins with; the number and the day are written in by hand."""
    left, right = columns(document, 7.2, 9.6)
    centred(left, above.upper(), size=12, first=True)
    centred(left, own.upper(), size=12, bold=True)
    rule(left, 2.4)
    centred(left, f"Số:        /{sign}", size=13)
    centred(right, NATION, size=12, bold=True, first=True)
    centred(right, MOTTO, size=13, bold=True)
    rule(right, 1.9)
    centred(right, f"{bare(place)}, ngày      tháng      năm {year}", size=13, italic=True)


def bare(place: str) -> str:
    """The name of a place as a date line gives it, without its kind."""
    for kind in ("Tỉnh ", "Thành phố ", "Xã ", "Phường ", "Đặc khu "):
        if place.startswith(kind):
            return place.removeprefix(kind)
    return place


def two_signatures(document, *signers: tuple[str, str]) -> None:
    """(office, name) at the left and at the right, with room to sign between."""
    document.add_paragraph().paragraph_format.keep_with_next = True
    for cell, (office, name) in zip(columns(document, 8.2, 8.2), signers, strict=True):
        centred(cell, office.upper(), size=13, bold=True, first=True)
        for _line in range(4):
            centred(cell, "", size=13)
        centred(cell, name, size=13, bold=True)


def page_numbers(section) -> None:
    """In the middle of the top margin, from the second page on."""
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if words:
            instruction = OxmlElement("w:instrText")
            instruction.text = words
            run._r.append(instruction)
        else:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)

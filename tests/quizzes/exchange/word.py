"""Word papers built for tests: a line is a text, or pieces with the looks of their letters."""

import io

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import RGBColor

from quizzes.exchange.formats import read_questions
from quizzes.exchange.items import Reading
from tests.factories.cms import picture_bytes

M = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


class Paper:
    def __init__(self):
        self.document = Document()

    def line(self, *pieces, style=None):
        """Pieces are texts, or (text, looks) with looks of u, b, i, r(ed), B(lue), h(ighlight), or (text, looks, font)."""
        paragraph = self.document.add_paragraph(style=style)
        for piece in pieces:
            text, looks, font = (*((piece,) if isinstance(piece, str) else piece), "", "")[:3]
            run = paragraph.add_run(text)
            run.underline, run.bold, run.italic = "u" in looks or None, "b" in looks or None, "i" in looks or None
            if "r" in looks:
                run.font.color.rgb = RGBColor(255, 0, 0)
            if "B" in looks:
                run.font.color.rgb = RGBColor(0, 0, 255)
            if "h" in looks:
                run.font.highlight_color = WD_COLOR_INDEX.YELLOW
            if font:
                run.font.name = font
        return paragraph

    def lines(self, text):
        for line in text.strip("\n").split("\n"):
            self.line(line)
        return self

    def table(self, *rows):
        table = self.document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, values in zip(table.rows, rows, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = str(value)
        return self

    def picture(self, text="", alt="Một tấm ảnh", size=(40, 30)):
        paragraph = self.document.add_paragraph(text)
        paragraph.add_run().add_picture(io.BytesIO(picture_bytes(*size)))
        next(paragraph._p.iter(qn("wp:docPr"))).set("descr", alt)
        return self

    def formula(self, before, omml, after=""):
        paragraph = self.document.add_paragraph(before)
        paragraph._p.append(parse_xml(f"<m:oMath {M}>{omml}</m:oMath>"))
        paragraph.add_run(after)
        return self

    def data(self) -> bytes:
        file = io.BytesIO()
        self.document.save(file)
        return file.getvalue()

    def read(self) -> Reading:
        return read_questions(self.data(), name="de.docx")


def single(reading: Reading, place: int = 0) -> tuple[str, list[str], list[str]]:
    """Stem, options, and the right ones."""
    item = reading.items[place]
    return item.stem, [one.text for one in item.options], [one.text for one in item.options if one.correct]

"""A print-ready Word paper in shuffled variants, with an answer key that `quizzes.exchange.docx` reads back."""

import io
import random
import re
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from docx import Document
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from cms.text.folding import fold
from media.checking import real_type
from quizzes.exchange.items import Attachment, Item, Skipped, Written
from quizzes.kinds.typed import numbers_in

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_VARIANTS = 24
FIRST_CODE = 101
# Of the paper as the ministry sets it since 2025: choices, statements, short answers; then texts.
PARTS: list[tuple[str, str, set[str]]] = [
    ("I", "Câu trắc nghiệm nhiều phương án lựa chọn", {"single", "true_false", "picture_choice"}),
    ("II", "Câu trắc nghiệm đúng sai", {"statements"}),
    ("III", "Câu trắc nghiệm trả lời ngắn", {"numeric", "short"}),
    ("IV", "Tự luận", {"long"}),
]
# "All of the above" points at the other options by their places.
_POINTS_BACK = re.compile(r"\b(tat ca|ca (hai|ba|bon|[a-h]\b)|[a-h] va [a-h]\b|y tren|dap an tren|phuong an tren)")
_SHOWN = {"image/png", "image/jpeg", "image/gif"}
_WIDTH = Cm(17)


@dataclass
class Variant:
    code: str
    parts: list[list[Item]]


def write_paper(items: list[Item], *, title: str, variants: int = 1, seed: str = "") -> Written:
    """A .docx with `variants` papers (1–24) and their key; the first keeps the order given, so that it reads back the same.

    `seed` fixes the shuffling. Types that paper cannot ask and a key cannot answer in one cell are left out and listed.
    """
    left_out = [Skipped(item.label, reason) for item in items if (reason := _unfit(item))]
    kept = [item for item in items if not _unfit(item)]
    papers = [
        _variant(kept, str(FIRST_CODE + number), f"{seed}:{number}" if number else None)
        for number in range(max(1, min(variants, MOST_VARIANTS)))
    ]
    document = _document()
    for number, paper in enumerate(papers):
        _write_variant(document, paper, title, first=number == 0)
    _write_key(document, papers)
    file = io.BytesIO()
    document.save(file)
    return Written(file.getvalue(), f"{slugify(fold(title))[:60] or 'de'}.docx", DOCX, left_out)


def _unfit(item: Item) -> str | Promise:
    if not any(item.type in types for _number, _name, types in PARTS):
        return _("This type of question cannot be printed with an answer key.")
    if len(item.options) > 8 and item.type not in {"numeric", "short"}:
        return _("It has more than 8 options.")
    pictures = [item.picture, *(option.picture for option in item.options)]
    if any(one and real_type(one.data[:4096]) not in _SHOWN for one in pictures):
        return _("Word shows no picture of this kind; store it as PNG or JPEG.")
    return ""


def _variant(items: list[Item], code: str, seed: str | None) -> Variant:
    parts = [[item for item in items if item.type in types] for _number, _name, types in PARTS]
    if seed is not None:
        luck = random.Random(seed)  # noqa: S311  an exam's order is no secret
        parts = [[_shuffled(item, luck) for item in luck.sample(part, len(part))] for part in parts]
    return Variant(code, parts)


def _shuffled(item: Item, luck: random.Random) -> Item:
    if item.type not in {"single", "picture_choice", "statements"}:
        return item
    if any(_POINTS_BACK.search(fold(option.text)) for option in item.options):
        return item
    return replace(item, options=luck.sample(item.options, len(item.options)))


# --- Pages ---


def _document():
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.8)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    style.paragraph_format.space_after = Pt(3)
    return document


def _write_variant(document, paper: Variant, title: str, *, first: bool) -> None:
    section = document.sections[0] if first else document.add_section(WD_SECTION.NEW_PAGE)
    _footer(section, f"Mã đề {paper.code} – trang ")
    _line(document, title, bold=True, centred=True, size=14)
    _line(document, f"Mã đề {paper.code}", bold=True, centred=True)
    _line(document, "Họ và tên: ................................................................  Lớp: ..............")
    for (number, name, _types), items in zip(PARTS, paper.parts, strict=True):
        if not items:
            continue
        _line(document, f"PHẦN {number}. {name}", bold=True, keep=True)
        for place, item in enumerate(items, start=1):
            _question(document, item, place)
    _line(document, "----- HẾT -----", centred=True)


def _footer(section, text: str) -> None:
    section.footer.is_linked_to_previous = False
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.text = text
    for kind, words in (("begin", None), (None, "PAGE"), ("end", None)):
        run = paragraph.add_run()
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


def _line(
    document, text: str, *, bold: bool = False, centred: bool = False, keep: bool = False, size: int | None = None
):
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    run.bold = bold or None
    if size:
        run.font.size = Pt(size)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = keep
    return paragraph


def _question(document, item: Item, number: int) -> None:
    lines = item.stem.split("\n")
    paragraph = document.add_paragraph()
    paragraph.add_run(f"Câu {number}. ").bold = True
    paragraph.add_run(lines[0])
    paragraph.paragraph_format.keep_with_next = True
    for line in lines[1:]:
        _line(document, line, keep=True)
    if item.picture:
        _picture(document.add_paragraph(), item.picture, Cm(8))
    if item.type in {"single", "true_false", "picture_choice"}:
        _options(document, item)
    elif item.type == "statements":
        for letter, option in zip("abcdefgh", item.options, strict=False):
            _line(document, f"{letter}) {option.text}")


def _options(document, item: Item) -> None:
    pieces = [
        f"{letter}. {_single_line(option.text)}" for letter, option in zip("ABCDEFGH", item.options, strict=False)
    ]
    if any(option.picture for option in item.options):
        for piece, option in zip(pieces, item.options, strict=True):
            paragraph = _line(document, f"{piece[:3]}" if option.picture else piece, keep=True)
            if option.picture:
                _picture(paragraph, replace(option.picture, alt=option.text), Cm(4))
        return
    longest = max(len(piece) for piece in pieces)
    columns = 4 if longest <= 20 else 2 if longest <= 44 else 1
    for start in range(0, len(pieces), columns):
        paragraph = _line(document, "\t".join(pieces[start : start + columns]), keep=start + columns < len(pieces))
        for stop in range(1, columns):
            paragraph.paragraph_format.tab_stops.add_tab_stop(_WIDTH // columns * stop)


def _single_line(text: str) -> str:
    return " ".join(text.split())


def _picture(paragraph, picture: Attachment, width) -> None:
    shape = paragraph.add_run().add_picture(io.BytesIO(picture.data))
    if shape.width > width:
        shape.height = int(shape.height * width / shape.width)
        shape.width = width
    shape._inline.docPr.set("descr", picture.alt)


# --- Key ---


def _answer(item: Item) -> str:
    if item.type == "statements":
        return " ".join("Đ" if option.correct else "S" for option in item.options)
    if item.type in {"numeric", "short"}:
        return " hoặc ".join(option.text for option in item.options if option.correct and option.fraction is None)
    return ", ".join(letter for letter, option in zip("ABCDEFGH", item.options, strict=False) if option.correct)


def _write_key(document, papers: list[Variant]) -> None:
    _footer(document.add_section(WD_SECTION.NEW_PAGE), "Đáp án – trang ")
    _line(document, "BẢNG ĐÁP ÁN", bold=True, centred=True, size=14)
    for place, (number, _name, types) in enumerate(PARTS):
        count = len(papers[0].parts[place])
        if not count or types == {"long"}:
            continue
        _line(document, f"PHẦN {number}", bold=True, keep=True)
        table = document.add_table(rows=count + 1, cols=len(papers) + 1, style="Table Grid")
        # Cells are taken once by row: asking a table for each anew walks it whole.
        rows = [row.cells for row in table.rows]
        for cell, text in zip(rows[0], ["Câu", *(paper.code for paper in papers)], strict=True):
            cell.text = text
            cell.paragraphs[0].runs[0].bold = True
        for index, cells in enumerate(rows[1:]):
            cells[0].text = str(index + 1)
            for cell, paper in zip(cells[1:], papers, strict=True):
                cell.text = _answer(paper.parts[place][index])
        header = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(header)
    explained = [part for part in papers[0].parts if any(item.explanation for item in part)]
    if explained:
        _line(document, "LỜI GIẢI", bold=True, centred=True)
        _line(document, f"Mã đề {papers[0].code}", centred=True)
        for (number, _name, _types), part in zip(PARTS, papers[0].parts, strict=True):
            if part not in explained:
                continue
            _line(document, f"PHẦN {number}", bold=True, keep=True)
            for place, item in enumerate(part, start=1):
                if item.explanation:
                    first, *rest = item.explanation.split("\n")
                    _line(document, f"Câu {place}. {first}")
                    for line in rest:
                        _line(document, line)


def reads_back(item: Item) -> bool:
    """Whether the key holds all that this question accepts: near misses and margins are not told on paper."""
    if item.type == "numeric":
        return all(
            not option.tolerance and option.fraction is None and numbers_in(option.text) for option in item.options
        )
    return item.type in {"single", "statements", "picture_choice"} and all(one.fraction is None for one in item.options)

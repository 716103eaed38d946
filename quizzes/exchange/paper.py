"""A print-ready Word paper in shuffled variants, with an answer key that `quizzes.exchange.docx` reads back."""

import io
import random
import re
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.shared import Cm, Pt

from cms import word
from cms.text.folding import fold
from media.checking import real_type
from quizzes import formulas
from quizzes.exchange import placing
from quizzes.exchange.docx import equations
from quizzes.exchange.items import Attachment, Item, Skipped, Written
from quizzes.kinds.typed import numbers_in

MOST_VARIANTS = 24
FIRST_CODE = 101
# Of the paper as the ministry sets it since 2025: choices, statements, short answers; then texts.
PARTS: list[tuple[str, set[str]]] = [
    ("Câu trắc nghiệm nhiều phương án lựa chọn", {"single", "true_false", "picture_choice"}),
    ("Câu trắc nghiệm đúng sai", {"statements"}),
    ("Câu trắc nghiệm trả lời ngắn", {"numeric", "short"}),
    ("Tự luận", {"long"}),
]
# What a class can answer with a pen besides, though no key in one cell reads back as the same question.
BY_HAND: list[tuple[str, set[str]]] = [
    ("Câu chọn tất cả phương án đúng", {"multiple"}),
    ("Ghép đôi, phân loại, sắp xếp, điền vào chỗ trống", placing.TYPES),
]
_ROMAN = ("I", "II", "III", "IV", "V", "VI")
# "All of the above" points at the other options by their places.
_POINTS_BACK = re.compile(r"\b(tat ca|ca (hai|ba|bon|[a-h]\b)|[a-h] va [a-h]\b|y tren|dap an tren|phuong an tren)")
_SHOWN = {"image/png", "image/jpeg", "image/gif"}
_WIDTH = Cm(17)


@dataclass(frozen=True)
class Head:
    """What stands above a test in class; «Trường», «Điểm» are dots where nothing is known."""

    school: str = ""
    minutes: int = 0


@dataclass
class Part:
    number: str
    name: str
    types: set[str]


@dataclass
class Variant:
    code: str
    parts: list[list[Item]]


def write_paper(
    items: list[Item], *, title: str, variants: int = 1, seed: str = "", by_hand: bool = False, head: Head | None = None
) -> Written:
    """A .docx with `variants` papers (1–24) and their key; the first keeps the order given, so that it reads back the same.

    `seed` fixes the shuffling. Types that paper cannot ask and a key cannot answer in one cell are left out and listed.
    With `by_hand` also those are asked that a class answers with a pen but no reader takes back, and what is left out
    is named beside the key, for there is nobody to ask first.
    """
    types = [*PARTS[:3], *BY_HAND, PARTS[3]] if by_hand else PARTS
    known = set().union(*(names for _name, names in types))
    left_out = [Skipped(item.label, reason) for item in items if (reason := _unfit(item, known))]
    kept = [item for item in items if not _unfit(item, known)]
    if by_hand:
        types = [(name, names) for name, names in types if any(item.type in names for item in kept)]
    parts = [Part(_ROMAN[place], name, names) for place, (name, names) in enumerate(types)]
    papers = [
        _variant(kept, parts, str(FIRST_CODE + number), f"{seed}:{number}", shuffled=number > 0)
        for number in range(max(1, min(variants, MOST_VARIANTS)))
    ]
    document = word.new_document(title=title)
    for number, paper in enumerate(papers):
        _write_variant(document, paper, parts, title, head, first=number == 0)
    _write_key(document, papers, parts)
    if by_hand and left_out:
        _write_left_out(document, items, left_out)
    equations.set_formulas(document)
    return Written(word.as_bytes(document), f"{slugify(fold(title))[:60] or 'de'}.docx", word.DOCX, left_out)


def _unfit(item: Item, known: set[str]) -> str | Promise:
    if item.type not in known or (item.type in placing.TYPES and not placing.fits(item)):
        return _("This type of question cannot be printed with an answer key.")
    if len(item.options) > 8 and item.type not in {"numeric", "short", "gaps"}:
        return _("It has more than 8 options.")
    pictures = [*item.pictures, *(one for option in item.options for one in option.pictures)]
    if any(real_type(one.data[:4096]) not in _SHOWN for one in pictures):
        return _("Word shows no picture of this kind; store it as PNG or JPEG.")
    return ""


def _variant(items: list[Item], parts: list[Part], code: str, seed: str, *, shuffled: bool) -> Variant:
    luck = random.Random(seed)  # noqa: S311  an exam's order is no secret
    made = []
    for part in parts:
        asked = [item for item in items if item.type in part.types]
        if shuffled:
            asked = luck.sample(asked, len(asked))
        made.append([_shuffled(item, luck, shuffled=shuffled) for item in asked])
    return Variant(code, made)


def _shuffled(item: Item, luck: random.Random, *, shuffled: bool) -> Item:
    if item.type in placing.TYPES:
        return placing.lay_out(item, luck)
    if not shuffled or item.type not in {"single", "multiple", "picture_choice", "statements"}:
        return item
    if any(_POINTS_BACK.search(fold(option.text)) for option in item.options):
        return item
    return replace(item, options=luck.sample(item.options, len(item.options)))


# --- Pages ---


def _write_variant(document, paper: Variant, parts: list[Part], title: str, head: Head | None, *, first: bool) -> None:
    section = document.sections[0] if first else document.add_section(WD_SECTION.NEW_PAGE)
    word.number_pages(section, f"Mã đề {paper.code} – trang ")
    if head:
        _line(document, head.school or f"Trường: {'.' * 60}")
    _line(document, title, bold=True, centred=True, size=14)
    if head and head.minutes:
        _line(document, f"Thời gian làm bài: {head.minutes} phút", centred=True)
    _line(document, f"Mã đề {paper.code}", bold=True, centred=True)
    _line(document, "Họ và tên: ................................................................  Lớp: ..............")
    if head:
        _line(
            document,
            "Điểm: ....................  Nhận xét: ............................................................",
        )
    for part, items in zip(parts, paper.parts, strict=True):
        if not items:
            continue
        _line(document, f"PHẦN {part.number}. {part.name}", bold=True, keep=True)
        for place, item in enumerate(items, start=1):
            _question(document, item, place)
            if head:
                _room_to_write(document, item)
    _line(document, "----- HẾT -----", centred=True)


def _line(document, text: str, **how):
    """Words of a question as they are: stars in them are no marks."""
    paragraph = word.add_line(
        document, "", **{name: value for name, value in how.items() if name not in {"bold", "size"}}
    )
    run = paragraph.add_run(text)
    run.bold = how.get("bold") or None
    if how.get("size"):
        run.font.size = Pt(how["size"])
    return paragraph


def _question(document, item: Item, number: int) -> None:
    lines = item.stem.split("\n")
    paragraph = document.add_paragraph()
    paragraph.add_run(f"Câu {number}. ").bold = True
    if item.type == "gaps":
        lines = placing.with_gaps(item).split("\n")
    paragraph.add_run(lines[0])
    paragraph.paragraph_format.keep_with_next = True
    for line in lines[1:]:
        _line(document, line, keep=True)
    for picture in item.pictures:
        _picture(document.add_paragraph(), picture, Cm(8))
    if isinstance(item, placing.Laid):
        placing.write(document, item)
    elif item.type in {"single", "multiple", "true_false", "picture_choice"}:
        _options(document, item)
    elif item.type == "statements":
        for letter, option in zip("abcdefgh", item.options, strict=False):
            _line(document, f"{letter}) {option.text}")


def _room_to_write(document, item: Item) -> None:
    if item.type in {"numeric", "short"}:
        word.add_blanks(document, "Trả lời:")
    elif item.type == "long":
        word.add_writing_lines(document, 8)


def _options(document, item: Item) -> None:
    pieces = [
        f"{letter}. {_single_line(option.text)}" for letter, option in zip("ABCDEFGH", item.options, strict=False)
    ]
    if any(option.pictures for option in item.options):
        for piece, option in zip(pieces, item.options, strict=True):
            paragraph = _line(document, f"{piece[:3]}" if option.picture else piece, keep=True)
            if option.picture:
                _picture(paragraph, replace(option.picture, alt=option.text), Cm(4))
            for more in option.more_pictures:
                _picture(paragraph, more, Cm(4))
        return
    longest = max(len(_as_drawn(piece)) for piece in pieces)
    columns = 4 if longest <= 20 else 2 if longest <= 44 else 1
    for start in range(0, len(pieces), columns):
        paragraph = _line(document, "\t".join(pieces[start : start + columns]), keep=start + columns < len(pieces))
        for stop in range(1, columns):
            paragraph.paragraph_format.tab_stops.add_tab_stop(_WIDTH // columns * stop)


def _as_drawn(text: str) -> str:
    """About as long as the text is with its formulas drawn."""
    return formulas.FORMULA.sub(lambda found: formulas.plain(found.group(1)), text)


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
    if isinstance(item, placing.Laid):
        return placing.answer(item)
    if item.type == "statements":
        return " ".join("Đ" if option.correct else "S" for option in item.options)
    if item.type in {"numeric", "short"}:
        return " hoặc ".join(option.text for option in item.options if option.correct and option.fraction is None)
    return ", ".join(letter for letter, option in zip("ABCDEFGH", item.options, strict=False) if option.correct)


def _write_key(document, papers: list[Variant], parts: list[Part]) -> None:
    word.number_pages(document.add_section(WD_SECTION.NEW_PAGE), "Đáp án – trang ")
    _line(document, "BẢNG ĐÁP ÁN", bold=True, centred=True, size=14)
    for place, part in enumerate(parts):
        count = len(papers[0].parts[place])
        if not count or part.types == {"long"}:
            continue
        _line(document, f"PHẦN {part.number}", bold=True, keep=True)
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
        for part, items in zip(parts, papers[0].parts, strict=True):
            if items not in explained:
                continue
            _line(document, f"PHẦN {part.number}", bold=True, keep=True)
            for place, item in enumerate(items, start=1):
                if item.explanation:
                    first, *rest = item.explanation.split("\n")
                    _line(document, f"Câu {place}. {first}")
                    for line in rest:
                        _line(document, line)


def _write_left_out(document, items: list[Item], left_out: list[Skipped]) -> None:
    """The questions that only the screen can ask, so that the teacher does not look for them."""
    stems = {item.label: " ".join(item.stem.split()) for item in items}
    _line(document, "CÂU KHÔNG IN ĐƯỢC TRÊN GIẤY", bold=True, keep=True)
    for one in left_out:
        _line(document, f"– {stems[one.label][:120]}: {one.reason}")


def reads_back(item: Item) -> bool:
    """Whether the key holds all that this question accepts: near misses and margins are not told on paper."""
    if item.type == "numeric":
        return all(
            not option.tolerance and option.fraction is None and numbers_in(option.text) for option in item.options
        )
    return item.type in {"single", "statements", "picture_choice"} and all(one.fraction is None for one in item.options)

"""What stands in a Word file, as blocks of a page: headings, paragraphs, lists, tables, pictures; and what is left out."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.html import escape
from django.utils.translation import gettext as _
from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from cms.problems import Problem
from cms.text.folding import normalize
from cms.text.legacy import repair_texts
from media.checking import check_picture, real_type
from media.problems import FileRefused

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
MAX_PARTS = 2_000
MAX_PIECES = 5_000
MAX_PICTURES = 100
PICTURE_TYPES = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class WordRefused(Problem):
    status = 422
    code = "word_file_refused"


def opened(file):
    """The document inside `file`. Raises WordRefused with what is wrong and what to do."""
    if file.size > MAX_BYTES:
        raise WordRefused(
            _("This file has %(size)s MB; at most %(most)s MB are possible. Make the pictures in it smaller.")
            % {"size": round(file.size / 1_000_000), "most": MAX_BYTES // 1_000_000}
        )
    data = file.read()
    if not data:
        raise WordRefused(_("This file is empty."))
    if data.startswith(OLD_WORD):
        raise WordRefused(
            _(
                "This is an old .doc file, or it has a password. Open it in Word, save it as .docx without one, and retry."
            )
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise WordRefused(_("This file unpacks to far more than a document holds. Save it again in Word."))
            if "word/document.xml" not in names:
                raise WordRefused(_("This is not a Word file. Save the text as .docx and retry."))
        return Document(io.BytesIO(data))
    except WordRefused:
        raise
    except zipfile.BadZipFile as error:
        raise WordRefused(_("This is not a Word file, or it is damaged. Save it again as .docx and retry.")) from error
    except Exception as error:
        # python-docx and lxml raise many kinds for a damaged package; each means the same to the editor.
        raise WordRefused(_("This Word file is damaged and cannot be read. Save it again and retry.")) from error


@dataclass
class WordPicture:
    """A picture of the file, checked; `alt` is empty where its author wrote none."""

    data: bytes
    ending: str
    alt: str


class WordReader:
    """Turns a python-docx document into (block type, value) pairs."""

    def __init__(self, document, *, name: str):
        self.document = document
        self.title = ""
        self.name = name
        self.pictures: list[WordPicture] = []
        self.left_out: list[str] = []
        self.notes: list[str] = []
        self._html: list[str] = []
        self._lists: list[str] = []
        self._blocks: list[tuple[str, dict | str]] = []
        self._repaired = self._legacy()

    def blocks(self) -> list[tuple]:
        """The body of a page; an image names its place in `pictures`. Fills `title`, `left_out` and `notes`."""
        for number, piece in enumerate(self._pieces()):
            if number >= MAX_PIECES:
                self.left_out.append(_("everything after paragraph %(count)s") % {"count": MAX_PIECES})
                break
            if isinstance(piece, Paragraph):
                self._paragraph(piece)
            else:
                self._table(piece)
        self._flush()
        self._look_for_what_is_left()
        if not self.title:
            self.notes.append(_("The text has no title, so the page is named after the file. Give it a name."))
        self.title = (self.title or normalize(self.name) or _("Untitled"))[:255]
        return self._blocks

    # --- Text written before Unicode ---

    def _legacy(self) -> dict[int, str]:
        runs = list(self.document.element.body.iter(qn("w:t")))
        fonts = [self._font(text) for text in runs]
        repairs = repair_texts([text.text or "" for text in runs], fonts)
        found = {id(text): repair.after for text, repair in zip(runs, repairs, strict=True) if repair}
        self._kept_alive = runs  # ids stay unique while the elements live
        if found:
            first = next(repair for repair in repairs if repair)
            self.notes.append(
                _(
                    "Old Vietnamese letters (%(encoding)s) were converted in %(count)s places, such as “%(before)s” → “%(after)s”."
                )
                % {
                    "encoding": first.encoding.value.upper(),
                    "count": len(found),
                    "before": first.before[:40],
                    "after": first.after[:40],
                }
            )
        return found

    def _font(self, text) -> str | None:
        run = text.getparent()
        fonts = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") if run is not None else None
        return fonts.get(qn("w:ascii")) or fonts.get(qn("w:hAnsi")) if fonts is not None else None

    def _text(self, element) -> str:
        return self._repaired.get(id(element), element.text or "")

    # --- Pieces ---

    def _pieces(self) -> Iterator[Paragraph | Table]:
        for child in self.document.element.body.iterchildren():
            if child.tag == qn("w:p"):
                yield Paragraph(child, self.document)
            elif child.tag == qn("w:tbl"):
                yield Table(child, self.document)
            elif child.tag == qn("w:sdt"):
                for inner in child.iter(qn("w:p")):
                    yield Paragraph(inner, self.document)

    def _paragraph(self, paragraph: Paragraph) -> None:
        style = (paragraph.style.name if paragraph.style is not None else "") or ""
        html = self._inline(paragraph._p)
        plain = normalize("".join(self._text(text) for text in paragraph._p.iter(qn("w:t"))))
        if plain and (style == "Title" or (style == "Heading 1" and not self.title and not self._has_text())):
            self._close_lists()
            self.title = plain
        elif plain and style.startswith("Heading"):
            self._close_lists()
            tag = "h2" if style in {"Heading 1", "Heading 2"} else "h3"
            self._html.append(f"<{tag}>{escape(plain)}</{tag}>")
        elif plain and (level := self._list_level(paragraph, style)) is not None:
            self._item(html, *level)
        elif plain:
            self._close_lists()
            self._html.append(f"<p>{html}</p>")
        self._take_pictures(paragraph)

    def _has_text(self) -> bool:
        return bool(self._html or self._blocks)

    def _inline(self, element) -> str:
        pieces = []
        for child in element.iterchildren():
            if child.tag == qn("w:hyperlink"):
                words = self._inline(child)
                address = self._address(child.get(qn("r:id")))
                pieces.append(f'<a href="{escape(address)}">{words}</a>' if address and words else words)
            elif child.tag == qn("w:r"):
                pieces.append(self._run(child))
            elif child.tag in {qn("w:ins"), qn("w:smartTag"), qn("w:sdt"), qn("w:sdtContent")}:
                pieces.append(self._inline(child))
        return "".join(pieces).strip()

    def _run(self, run) -> str:
        words = ""
        for child in run.iterchildren():
            if child.tag == qn("w:t"):
                words += escape(self._text(child))
            elif child.tag in {qn("w:br"), qn("w:cr")} and child.get(qn("w:type")) in {None, "textWrapping"}:
                words += "<br/>"
            elif child.tag == qn("w:tab"):
                words += " "
        if not words.strip():
            return words
        for tag, name in (("i", "w:i"), ("b", "w:b")):
            mark = run.find(f"{qn('w:rPr')}/{qn(name)}")
            if mark is not None and mark.get(qn("w:val")) not in {"0", "false"}:
                words = f"<{tag}>{words}</{tag}>"
        return words

    def _address(self, relation: str | None) -> str:
        related = self.document.part.rels.get(relation) if relation else None
        if related is None or not related.is_external:
            return ""
        address = related.target_ref
        if urlsplit(address).scheme not in {"http", "https", "mailto", "tel"}:
            self.left_out.append(_("a link to “%(address)s”") % {"address": address[:60]})
            return ""
        return address

    # --- Lists ---

    def _list_level(self, paragraph: Paragraph, style: str) -> tuple[str, int] | None:
        properties = paragraph._p.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if properties is None and paragraph.style is not None:
            properties = paragraph.style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if properties is None:
            if style.startswith("List Bullet"):
                return "ul", 0
            return ("ol", 0) if style.startswith("List Number") else None
        level = properties.find(qn("w:ilvl"))
        depth = int(level.get(qn("w:val"))) if level is not None else 0
        number = properties.find(qn("w:numId"))
        identity = number.get(qn("w:val")) if number is not None else None
        if identity == "0":
            return None
        return ("ul" if self._is_bullet(identity, depth, style) else "ol"), min(depth, 3)

    def _is_bullet(self, identity: str | None, depth: int, style: str) -> bool:
        try:
            numbering = self.document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return "Bullet" in style
        for number in numbering.iter(qn("w:num")):
            if number.get(qn("w:numId")) != identity:
                continue
            abstract = number.find(qn("w:abstractNumId")).get(qn("w:val"))
            for definition in numbering.iter(qn("w:abstractNum")):
                if definition.get(qn("w:abstractNumId")) != abstract:
                    continue
                for level in definition.iter(qn("w:lvl")):
                    if level.get(qn("w:ilvl")) == str(depth):
                        shape = level.find(qn("w:numFmt"))
                        return shape is not None and shape.get(qn("w:val")) == "bullet"
        return "Bullet" in style

    def _item(self, html: str, tag: str, depth: int) -> None:
        """Open and close lists so that this item stands at `depth`; an inner list stands inside its item."""
        while len(self._lists) > depth + 1:
            self._html.append(f"</li></{self._lists.pop()}>")
        if len(self._lists) == depth + 1 and self._lists[-1] == tag:
            self._html.append("</li>")
        else:
            if len(self._lists) == depth + 1:
                self._html.append(f"</li></{self._lists.pop()}>")
            self._lists.append(tag)
            self._html.append(f"<{tag}>")
        self._html.append(f"<li>{html}")

    def _close_lists(self) -> None:
        while self._lists:
            self._html.append(f"</li></{self._lists.pop()}>")

    def _flush(self) -> None:
        self._close_lists()
        if self._html:
            self._blocks.append(("text", "".join(self._html)))
            self._html = []

    # --- Tables and pictures ---

    def _table(self, table: Table) -> None:
        self._flush()
        rows = []
        for row in table.rows:
            cells, seen = [], set()
            for cell in row.cells:
                if id(cell._tc) in seen:  # a merged cell is given once for each column it spans
                    cells.append("")
                    continue
                seen.add(id(cell._tc))
                lines = [
                    normalize("".join(self._text(text) for text in paragraph._p.iter(qn("w:t"))))
                    for paragraph in cell.paragraphs
                ]
                cells.append("\n".join(filter(None, lines)))
                if cell.tables:
                    self.left_out.append(_("a table inside a table"))
            rows.append({"cells": cells})
        if any(any(row["cells"]) for row in rows):
            self._blocks.append(("table", {"caption": "", "has_header": len(rows) > 1, "rows": rows}))
        for paragraph in table._tbl.iter(qn("w:p")):
            self._take_pictures(Paragraph(paragraph, self.document))

    def _take_pictures(self, paragraph: Paragraph) -> None:
        for drawing in paragraph._p.iter(qn("w:drawing")):
            description = drawing.find(f".//{qn('wp:docPr')}")
            alt = normalize((description.get("descr") or "") if description is not None else "")[:300]
            for blip in drawing.iter(qn("a:blip")):
                picture = self._picture(blip.get(qn("r:embed")), alt)
                if picture is not None:
                    self._flush()
                    self.pictures.append(picture)
                    self._blocks.append(("image", {"image": len(self.pictures) - 1, "alt": alt, "caption": ""}))
                    if not alt:
                        self.notes.append(_("Picture %(number)s has no words for those who cannot see it. Add them.")
                                          % {"number": len(self.pictures)})  # fmt: skip

    def _picture(self, relation: str | None, alt: str) -> WordPicture | None:
        label = alt or _("a picture")
        related = self.document.part.rels.get(relation) if relation else None
        if related is None or related.is_external:
            self.left_out.append(_("%(picture)s: it is linked, not part of the file") % {"picture": label})
            return None
        if len(self.pictures) >= MAX_PICTURES:
            self.left_out.append(_("pictures after the first %(count)s") % {"count": MAX_PICTURES})
            return None
        data = related.target_part.blob
        kind = real_type(data[:4096])
        if kind not in PICTURE_TYPES:
            self.left_out.append(_("%(picture)s: only JPEG, PNG and WebP pictures can be taken") % {"picture": label})
            return None
        try:
            check_picture(data)
        except FileRefused as refused:
            self.left_out.append(f"{label}: {refused}")
            return None
        return WordPicture(data=data, ending=PICTURE_TYPES[kind], alt=alt)

    def _look_for_what_is_left(self) -> None:
        body = self.document.element.body
        for tag, words in (
            ("w:footnoteReference", _("footnotes")),
            ("w:endnoteReference", _("endnotes")),
            ("w:commentReference", _("comments")),
            ("w:txbxContent", _("text boxes")),
            ("w:object", _("embedded objects")),
            ("w:pict", _("old drawings")),
        ):
            if next(body.iter(qn(tag)), None) is not None:
                self.left_out.append(words)
        for namespace, words in (
            ("http://schemas.openxmlformats.org/officeDocument/2006/math", _("formulas")),
            ("http://schemas.openxmlformats.org/drawingml/2006/chart", _("charts")),
            ("http://schemas.openxmlformats.org/drawingml/2006/diagram", _("diagrams")),
        ):
            if next(body.iter(f"{{{namespace}}}*"), None) is not None:
                self.left_out.append(words)

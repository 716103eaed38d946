"""A Word document as lines of text whose every letter knows how it looks; automatic numbers are written out."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from docx.oxml.ns import qn

from cms.text import legacy
from quizzes.exchange.docx.omml import to_tex
from quizzes.exchange.docx.package import picture_of
from quizzes.exchange.items import Attachment

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
VML = "{urn:schemas-microsoft-com:vml}"
HOLE = "\ufffc"
MOST_LINES = 60_000
_INSIDE = {qn("w:ins"), qn("w:smartTag"), qn("w:sdt"), qn("w:sdtContent"), qn("w:hyperlink"), qn("w:fldSimple"),
           qn("w:moveTo"), qn("w:customXml")}  # fmt: skip
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2002\u2003\u2007\u2009\u202f"), " ") | dict.fromkeys(
    map(ord, "\u200b\ufeff\u00ad")
)


@dataclass(frozen=True)
class Look:
    """How a letter looks, as far as teachers mark answers with it. Colours are six digits or empty."""

    underline: bool = False
    bold: bool = False
    italic: bool = False
    colour: str = ""
    highlight: str = ""


@dataclass
class Line:
    """`looks` has one entry a letter. A picture stands in the text as HOLE; `continues` after a line break inside a
    paragraph; `cell` tells which table it was in, with row and column."""

    text: str = ""
    looks: list[Look] = field(default_factory=list)
    pictures: dict[int, Attachment] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    continues: bool = False
    cell: tuple[int, int, int] | None = None

    def add(self, text: str, look: Look) -> None:
        self.text += text
        self.looks += [look] * len(text)

    def part(self, start: int, end: int | None = None) -> "Line":
        end = len(self.text) if end is None else end
        pictures = {at - start: one for at, one in self.pictures.items() if start <= at < end}
        return replace(self, text=self.text[start:end], looks=self.looks[start:end], pictures=pictures)

    @property
    def words(self) -> str:
        """Its text without holes, spaces collapsed."""
        return " ".join(self.text.replace(HOLE, " ").split())


class LineReader:
    """Lists the lines of a document, table cells included, in reading order."""

    def __init__(self, document) -> None:
        self.document = document
        self.before_after: list[tuple[str, str]] = []
        self._styles = {style.get(qn("w:styleId")): style for style in document.styles.element.iter(qn("w:style"))}
        self._looks: dict[str, dict] = {}
        self._default_style = next(
            (
                key
                for key, style in self._styles.items()
                if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in {"1", "true"}
            ),
            None,
        )
        self._numbering = Numbering(document)
        self._pictures = 0
        self._tables = 0
        self._texts = self._repaired()

    def lines(self) -> Iterator[Line]:
        yield from self._block(self.document.element.body, None)

    def _block(self, parent, cell) -> Iterator[Line]:
        for child in parent.iterchildren():
            if child.tag == qn("w:p"):
                yield from self._paragraph(child, cell)
            elif child.tag == qn("w:tbl"):
                yield from self._table(child, cell)
            elif child.tag in _INSIDE:
                yield from self._block(child, cell)

    def _table(self, table, outer) -> Iterator[Line]:
        self._tables += 1
        number = self._tables
        for row, line in enumerate(table.iterchildren(qn("w:tr"))):
            for column, cell in enumerate(line.iterchildren(qn("w:tc"))):
                # A table inside a cell reads as lines of that cell.
                yield from self._block(cell, outer or (number, row, column))

    # --- Text from before Unicode ---

    def _repaired(self) -> dict:
        elements = list(self.document.element.body.iter(qn("w:t")))
        fonts = [self._font(one) for one in elements]
        repairs = legacy.repair_texts([one.text or "" for one in elements], fonts)
        self.before_after = [(one.before, one.after) for one in legacy.examples(repairs)]
        return {element: repair.after for element, repair in zip(elements, repairs, strict=True) if repair}

    def _font(self, element) -> str | None:
        run = element.getparent()
        own = run.find(f"{qn('w:rPr')}/{qn('w:rFonts')}") if run is not None else None
        if own is not None and (found := own.get(qn("w:ascii")) or own.get(qn("w:hAnsi"))):
            return found
        paragraph = run.getparent() if run is not None else None
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") if paragraph is not None else None
        name = style.get(qn("w:val")) if style is not None else self._default_style
        return self._look_of_style(name).get("font") if name else None

    # --- Looks ---

    def _look_of_style(self, name: str | None) -> dict:
        """What a style says, its ancestors included."""
        if name is None or name not in self._styles:
            return {}
        if name not in self._looks:
            self._looks[name] = {}  # a style based on itself ends here
            style = self._styles[name]
            base = style.find(qn("w:basedOn"))
            said = dict(self._look_of_style(base.get(qn("w:val")))) if base is not None else {}
            self._looks[name] = said | _said(style.find(qn("w:rPr")))
        return self._looks[name]

    def _look(self, properties, paragraph_style: str | None) -> Look:
        said = dict(self._look_of_style(paragraph_style))
        if properties is not None:
            style = properties.find(qn("w:rStyle"))
            if style is not None:
                said |= self._look_of_style(style.get(qn("w:val")))
            said |= _said(properties)
        said.pop("font", None)
        return Look(**said)

    # --- Paragraphs ---

    def _paragraph(self, paragraph, cell) -> Iterator[Line]:
        properties = paragraph.find(qn("w:pPr"))
        style = properties.find(qn("w:pStyle")) if properties is not None else None
        name = style.get(qn("w:val")) if style is not None else self._default_style
        lines = [Line(cell=cell)]
        number = self._numbering.next_number(paragraph, self._styles.get(name))
        if number:
            mark = properties.find(qn("w:rPr")) if properties is not None else None
            lines[0].add(f"{number} ", self._look(mark, name))
        self._inline(paragraph, name, lines, cell)
        yield from lines

    def _inline(self, parent, style, lines: list[Line], cell) -> None:
        for child in parent.iterchildren():
            if child.tag == qn("w:r"):
                self._run(child, style, lines, cell)
            elif child.tag == MATH + "oMath":
                self._formula(child, lines[-1])
            elif child.tag == MATH + "oMathPara":
                for formula in child.iter(MATH + "oMath"):
                    self._formula(formula, lines[-1])
            elif child.tag in _INSIDE:
                self._inline(child, style, lines, cell)

    def _formula(self, element, line: Line) -> None:
        tex, unknown = to_tex(element)
        if tex:
            line.add(f"\\({tex}\\)", Look())
        line.remarks += unknown

    def _run(self, run, style, lines: list[Line], cell) -> None:
        look = self._look(run.find(qn("w:rPr")), style)
        raised = run.find(f"{qn('w:rPr')}/{qn('w:vertAlign')}")
        raised = raised.get(qn("w:val")) if raised is not None else ""
        for child in run.iterchildren():
            if child.tag == qn("w:t"):
                text = self._texts.get(child, child.text or "")
                text = unicodedata.normalize("NFC", text).translate(_SPACES).replace("\n", " ")
                if raised in {"superscript", "subscript"} and text.strip():
                    text = ("^" if raised == "superscript" else "_") + text
                lines[-1].add(text, look)
            elif child.tag in {qn("w:tab"), qn("w:ptab")}:
                lines[-1].add("\t", look)
            elif child.tag == qn("w:noBreakHyphen"):
                lines[-1].add("-", look)
            elif child.tag == qn("w:sym"):
                lines[-1].faults.append("symbol")
            elif child.tag in {qn("w:br"), qn("w:cr")}:
                if child.get(qn("w:type")) in {None, "textWrapping"}:
                    lines.append(Line(cell=cell, continues=True))
            elif child.tag == qn("w:object"):
                lines[-1].faults.append("object")
            elif child.tag == qn("w:drawing"):
                self._drawing(child, lines[-1], look)
            elif child.tag == qn("w:pict"):
                self._old_picture(child, lines[-1], look)
            elif child.tag.endswith("}AlternateContent"):
                self._alternate(child, lines[-1], look)
            elif child.tag == MATH + "oMath":
                self._formula(child, lines[-1])

    def _alternate(self, element, line: Line, look: Look) -> None:
        """A newer drawing with an older one in its stead: the newer counts."""
        found = next(iter(element.iter(qn("w:drawing"))), None)
        if found is not None:
            self._drawing(found, line, look)
        else:
            line.faults.append("drawing")

    def _drawing(self, drawing, line: Line, look: Look) -> None:
        told = drawing.find(f".//{qn('wp:docPr')}")
        alt = " ".join((told.get("descr") or "").split())[:250] if told is not None else ""
        blips = list(drawing.iter(qn("a:blip")))
        for blip in blips:
            self._attach(blip.get(qn("r:embed")), alt, line, look)
        if not blips:
            line.faults.append("drawing")

    def _old_picture(self, element, line: Line, look: Look) -> None:
        images = list(element.iter(VML + "imagedata"))
        for image in images:
            self._attach(image.get(qn("r:id")), image.get("title") or "", line, look)
        if not images:
            line.faults.append("drawing")

    def _attach(self, relation, alt: str, line: Line, look: Look) -> None:
        self._pictures += 1
        picture = picture_of(self.document, relation, alt, self._pictures)
        if picture is None:
            line.faults.append("picture")
            return
        line.pictures[len(line.text)] = picture
        line.add(HOLE, look)


def _on(properties, name: str) -> bool | None:
    found = properties.find(qn(name))
    return None if found is None else found.get(qn("w:val")) not in {"0", "false", "off"}


def _said(properties) -> dict:
    """What run properties say of a look; what they leave out is not in it."""
    if properties is None:
        return {}
    said: dict = {}
    for key, name in (("bold", "w:b"), ("italic", "w:i")):
        if (is_on := _on(properties, name)) is not None:
            said[key] = is_on
    if (line := properties.find(qn("w:u"))) is not None:
        said["underline"] = line.get(qn("w:val")) not in {"none", None}
    if (colour := properties.find(qn("w:color"))) is not None:
        value = (colour.get(qn("w:val")) or "").lower()
        said["colour"] = "" if value in {"auto", "000000"} else value
    if (shade := properties.find(qn("w:shd"))) is not None:
        value = (shade.get(qn("w:fill")) or "").lower()
        said["highlight"] = "" if value in {"auto", "ffffff", ""} else value
    if (light := properties.find(qn("w:highlight"))) is not None:
        value = light.get(qn("w:val")) or ""
        said["highlight"] = "" if value in {"none", "white"} else value
    if (fonts := properties.find(qn("w:rFonts"))) is not None:
        said["font"] = fonts.get(qn("w:ascii")) or fonts.get(qn("w:hAnsi"))
    return said


class Numbering:
    """The numbers that Word draws and does not write."""

    def __init__(self, document) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._restarted: set[str] = set()
        self._starts: dict[str, dict[int, int]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        for definition in root.iter(qn("w:abstractNum")):
            key = definition.get(qn("w:abstractNumId"))
            self._levels[key] = {}
            for level in definition.iter(qn("w:lvl")):
                shape, words, first = (_value(level, name) for name in ("w:numFmt", "w:lvlText", "w:start"))
                place = _whole(level.get(qn("w:ilvl")), 0)
                self._levels[key][place] = (shape or "decimal", words or "", _whole(first, 1))
        for number in root.iter(qn("w:num")):
            key = number.get(qn("w:numId"))
            self._abstract[key] = _value(number, "w:abstractNumId") or ""
            self._starts[key] = {
                _whole(one.get(qn("w:ilvl")), 0): _whole(_value(one, "w:startOverride"), 1)
                for one in number.iter(qn("w:lvlOverride"))
                if one.find(qn("w:startOverride")) is not None
            }

    def next_number(self, paragraph, style) -> str:
        """The number before this paragraph, as it is drawn; empty if it has none, or a bullet."""
        found = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        if found is None and style is not None:
            found = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        key = _value(found, "w:numId") if found is not None else None
        abstract = self._abstract.get(key or "")
        if key in {None, "0"} or abstract not in self._levels:
            return ""
        level = _whole(_value(found, "w:ilvl"), 0)
        counts = self._counts[abstract]
        if key not in self._restarted:
            # A second list of the same kind goes on counting, unless it says where it starts.
            self._restarted.add(key)
            for place, first in self._starts.get(key, {}).items():
                counts[place] = first - 1
        shape, words, first = self._levels[abstract].get(level, ("decimal", "%1.", 1))
        counts[level] = counts.get(level, first - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        if shape in {"bullet", "none"}:
            return ""

        def drawn(match: re.Match) -> str:
            place = int(match.group(1)) - 1
            kind, _words, start = self._levels[abstract].get(place, ("decimal", "", 1))
            return _drawn(kind, counts.get(place, start))

        return re.sub(r"%(\d)", drawn, words).strip()


def _value(element, name: str) -> str | None:
    found = element.find(qn(name)) if element is not None else None
    return found.get(qn("w:val")) if found is not None else None


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.lstrip("-").isdigit() else default


def _drawn(shape: str, number: int) -> str:
    if shape in {"upperLetter", "lowerLetter"} and number >= 1:
        letter = chr(ord("A") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letter if shape == "upperLetter" else letter.lower()
    if shape in {"upperRoman", "lowerRoman"} and 0 < number < 4000:
        roman = _roman(number)
        return roman if shape == "upperRoman" else roman.lower()
    return f"{number:02d}" if shape == "decimalZero" else str(number)


def _roman(number: int) -> str:
    out = ""
    for value, sign in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
                        (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):  # fmt: skip
        while number >= value:
            out, number = out + sign, number - value
    return out

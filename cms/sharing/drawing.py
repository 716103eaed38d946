"""The poster of a material (A4, to print and hang up) and the card that a message shows beside its link."""

from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO

import segno
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from PIL import Image, ImageDraw, ImageFont

from cms.feeds.writing import SITE_NAME
from cms.formats import format_name
from cms.pdf import EVERY_LETTER, laid_out
from cms.sharing.models import SharedMaterial

# Be Vietnam Pro has every letter of these; the province's other languages need Noto Sans.
PLAIN_LETTERS = {"vi", "en"}
INK, PAPER, SEA, SEA_TINT = "#17272b", "#fbf8f2", "#095860", "#e2f0f0"
CARD = (1200, 630)
# The poster is drawn in tenths of a millimetre.
POSTER_WIDTH, POSTER_MARGIN = 2100, 160
ABOVE, BELOW, GAP = 370, 1530, 50
# Up to so many letters, so large.
TITLE_SIZES = ((32, 200), (70, 150), (256, 118))
ELLIPSIS = "…"


@dataclass(frozen=True)
class Line:
    """A line of text; `size` is that of its letters, `y` where they stand."""

    text: str
    size: int
    y: float = 0


@cache
def _font(weight: int, language: str, size: int) -> ImageFont.FreeTypeFont:
    family = "be-vietnam-pro" if language in PLAIN_LETTERS else "noto-sans"
    return ImageFont.truetype(finders.find(f"vendor/fonts/{family}-{weight}.ttf"), size)


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """`text` in lines no wider than `width`, at most `most` of them: what does not fit ends with an ellipsis.

    A word longer than a line is cut, as a text without blanks (Chinese, Khmer) is.
    """
    lines: list[str] = []
    rest = " ".join(text.split())
    while rest and len(lines) < most:
        line = _first_line(rest, font, width)
        rest = rest[len(line) :].strip()
        if rest and len(lines) == most - 1:
            line = _shortened(line.strip(), font, width)
        lines.append(line.strip())
    return lines


def _first_line(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    end = max(1, next(place for place in range(1, len(text) + 1) if font.getlength(text[:place]) > width) - 1)
    blank = text.rfind(" ", 0, end + 1)
    return text[:blank] if blank > 0 else text[:end]


def _shortened(line: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    while line and font.getlength(line + ELLIPSIS) > width:
        line = line.rpartition(" ")[0] or line[:-1]
    return line + ELLIPSIS


def _set(text: str, *, row: SharedMaterial, weight: int, size: int, most: int) -> list[Line]:
    font = _font(weight, row.language, size)
    return [Line(line, size) for line in wrapped(text, font, POSTER_WIDTH - 2 * POSTER_MARGIN, most)]


def _height(line: Line) -> float:
    return line.size * 1.3


def qr_path(address: str) -> tuple[str, int]:
    """The dark squares of a QR code as the path of an SVG, one unit a square, and how many squares it is wide."""
    matrix = segno.make(address, error="m", micro=False).matrix
    path = "".join(f"M{x} {y}h1v1h-1z" for y, line in enumerate(matrix) for x, is_dark in enumerate(line) if is_dark)
    return path, len(matrix)


def poster_svg(row: SharedMaterial, address: str) -> str:
    """The poster in the language that is active. Its text stays text, to be searched and read aloud."""
    title_size = next(size for most, size in TITLE_SIZES if len(row.title) <= most)
    title = _set(row.title, row=row, weight=600, size=title_size, most=4)
    summary = _set(row.summary, row=row, weight=400, size=64, most=2 if len(title) > 3 else 3)
    lines = [*title, *summary]
    # In the middle between the band above and the code below; letters stand on the lower part of their line.
    y = ABOVE + (BELOW - ABOVE - sum(_height(line) for line in lines) - GAP) / 2
    placed = []
    for number, line in enumerate(lines):
        y += _height(line) + (GAP if number == len(title) else 0)
        placed.append(replace(line, y=y - line.size * 0.3))
    shown = address.split("://", 1)[-1]
    room = (POSTER_WIDTH - 2 * POSTER_MARGIN) / _font(600, row.language, 100).getlength(shown)
    path, squares = qr_path(address)
    side = 860
    return render_to_string(
        "sharing/poster.svg",
        {
            "language": row.language,
            "family": "Be Vietnam Pro" if row.language in PLAIN_LETTERS else "Noto Sans",
            "site": SITE_NAME,
            "kind": format_name(row.format),
            "title": placed[: len(title)],
            "summary": placed[len(title) :],
            "path": path,
            "scale": f"{side / squares:.4f}",
            "left": (POSTER_WIDTH - side) // 2,
            "side": side,
            "address": shown,
            "address_size": min(96, int(100 * room)),
            "license": row.facts.get("license", ""),
        },
    )


def poster_pdf(row: SharedMaterial, address: str) -> bytes:
    """The same on A4. Raises NoPdf where Pango is missing."""
    drawing = poster_svg(row, address)
    html = format_html(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="author" content="{}"></head><body>{}</body></html>',
        row.language, row.title, SITE_NAME, mark_safe(drawing[drawing.index("<svg") :]),
    )  # fmt: skip
    style = "@page{size:A4;margin:0}html,body{margin:0;padding:0}svg{display:block;width:210mm;height:297mm}"
    return laid_out(html, style=style, families=EVERY_LETTER).write_pdf()


def card_png(row: SharedMaterial, address: str) -> bytes:
    """1200 × 630: the size that Zalo and its kind show whole."""
    card = Image.new("RGB", CARD, SEA)
    pen = ImageDraw.Draw(card)
    bold, plain, small = (_font(600, row.language, 68), _font(400, row.language, 34), _font(600, "vi", 34))
    pen.rectangle((0, CARD[1] - 110, *CARD), fill=PAPER)
    pen.text((70, 60), format_name(row.format), font=small, fill=SEA_TINT)
    y = 120
    for line in wrapped(row.title, bold, CARD[0] - 140, 3):
        pen.text((70, y), line, font=bold, fill="#ffffff")
        y += 88
    y += 18
    for line in wrapped(row.summary, plain, CARD[0] - 140, 2 if y < 400 else 1):
        pen.text((70, y), line, font=plain, fill=SEA_TINT)
        y += 48
    pen.text((70, CARD[1] - 78), SITE_NAME, font=small, fill=SEA)
    shown = address.split("://", 1)[-1]
    pen.text((CARD[0] - 70 - plain.getlength(shown), CARD[1] - 78), shown, font=plain, fill=INK)
    stream = BytesIO()
    card.quantize(64).save(stream, "PNG", optimize=True)
    return stream.getvalue()

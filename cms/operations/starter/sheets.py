"""Sheets of the starter content, drawn as SVG: the PDF to print and the picture by which a list shows it.

What a drawing cannot know stands in it as a comment: `<!-- QR x y side -->` for the code of the address, `{address}` for
the address itself, `<!-- PICTURE name x y width height -->` for a drawing beside it, among the
shared ones or named from the root. In millimetres.
"""

import hashlib
import io
import re
from pathlib import Path
from xml.sax.saxutils import escape

import segno

from cms.operations.starter.pictures import SHARED
from cms.starter.reading import ROOT

_QR = re.compile(r"<!-- QR ([\d.]+) ([\d.]+) ([\d.]+) -->")
_PICTURE = re.compile(r"<!-- PICTURE ([\w./-]+) ([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) -->")
_VIEW = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
# Raised when sheets are printed in another way: what is stored is then made anew.
RECIPE = 1
PREVIEW_WIDTH = 720


def filled(drawing: str, *, address: str, folder: Path) -> str:
    """The drawing with its codes, its address and the pictures it names. Raises FileNotFoundError for one that is not there."""
    shown = address.split("://", 1)[-1]
    drawing = _PICTURE.sub(lambda found: _picture(folder, *found.groups()), drawing)
    return _QR.sub(lambda found: _code(address, *map(float, found.groups())), drawing).replace(
        "{address}", escape(shown)
    )


def _code(address: str, x: float, y: float, side: float) -> str:
    matrix = segno.make(address, error="m", micro=False).matrix
    dark = "".join(f"M{c} {r}h1v1h-1z" for r, row in enumerate(matrix) for c, is_dark in enumerate(row) if is_dark)
    return f'<path transform="translate({x} {y}) scale({side / len(matrix):.5f})" d="{dark}" fill="#17272b"/>'


def _picture(folder: Path, name: str, x: str, y: str, width: str, height: str) -> str:
    path = next((place / name for place in (folder, SHARED, ROOT) if (place / name).is_file()), None)
    if path is None:
        raise FileNotFoundError(name)
    text = path.read_text(encoding="utf-8")
    view = re.search(r'viewBox="[^"]+"', text)
    inner = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    inner = re.sub(r"<title>.*?</title>", "", inner, flags=re.DOTALL)
    return f'<svg x="{x}" y="{y}" width="{width}" height="{height}" {view[0] if view else ""}>{inner}</svg>'


def size_of(drawing: str) -> tuple[float, float]:
    """Width and height of a drawing in millimetres. Raises ValueError for one that does not say."""
    found = _VIEW.search(drawing)
    if not found:
        raise ValueError("no viewBox")
    return float(found[1]), float(found[2])


def digest_of(drawings: list[str], paper: tuple[int, int]) -> str:
    """Changes with everything that is printed."""
    return hashlib.sha256("\n".join([str(RECIPE), str(paper), *drawings]).encode()).hexdigest()[:12]


def sheet_pdf(drawings: list[str], *, paper: tuple[int, int], title: str, language: str) -> bytes:
    """One page a drawing, on `paper` (millimetres, upright; a drawing that lies turns it). Raises NoPdf.

    Letters stay letters, to be searched and read aloud.
    """
    from cms.pdf import TEXT, laid_out

    width, height = size_of(drawings[0])
    across, down = sorted(paper, reverse=width > height)
    style = (
        f"@page{{size:{across}mm {down}mm;margin:0}}html,body{{margin:0;padding:0}}"
        f"svg.sheet{{display:block;width:{across}mm;height:{down}mm;break-after:page}}svg.sheet:last-child{{break-after:auto}}"
    )
    body = "".join(drawing[drawing.index("<svg") :].replace("<svg", '<svg class="sheet"', 1) for drawing in drawings)
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="author" content="Học Dịch vụ công"></head><body>{body}</body></html>'
    )
    return laid_out(html, style=style, families=TEXT).write_pdf()


def preview_of(pdf: bytes) -> bytes:
    """The first page as a PNG, as wide as a screen needs."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        page = document[0]
        picture = page.render(scale=PREVIEW_WIDTH / page.get_width()).to_pil().convert("RGB")
        picture.quantize(128).save(stream := io.BytesIO(), "PNG", optimize=True)
        return stream.getvalue()
    finally:
        document.close()

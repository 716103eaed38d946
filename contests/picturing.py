"""A small picture of a work for the gallery, painted anew from the copy that names nobody. Its libraries load only when asked for."""

import io

from contests.problems import CopyImpossible

# Sharp on a telephone and quick on a bad line.
LONGEST = 1200
# What a jury looks into with a magnifier.
LARGE = 2400
KINDS = ("image/jpeg", "image/png", "application/pdf")
FILM = "video/mp4"


def picture_of(content: bytes, kind: str, *, longest: int = LONGEST) -> tuple[bytes, int, int]:
    """JPEG, width and height of a picture or of the first page of a PDF. Raises CopyImpossible for anything else."""
    from PIL import Image

    try:
        if kind == "application/pdf":
            painted = _page(content, longest)
        elif kind in KINDS:
            with Image.open(io.BytesIO(content)) as opened:
                painted = opened.convert("RGBA")
        else:
            raise CopyImpossible()
        # Paper is white: what is see-through would be black otherwise.
        ground = Image.new("RGB", painted.size, "white")
        ground.paste(painted, mask=painted.getchannel("A"))
        ground.thumbnail((longest, longest))
        held = io.BytesIO()
        ground.save(held, "JPEG", quality=82, optimize=True)
    except CopyImpossible:
        raise
    except Exception as error:
        # Whatever a library says of a broken file.
        raise CopyImpossible() from error
    return held.getvalue(), ground.width, ground.height


def _page(content: bytes, longest: int):
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    try:
        page = document[0]
        width, height = page.get_size()
        return page.render(scale=longest / max(width, height, 1)).to_pil().convert("RGBA")
    finally:
        document.close()

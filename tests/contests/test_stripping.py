"""Copies tell nothing of who made them, and still show the same work."""

import io

import av
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import StreamObject

from contests.problems import CopyImpossible
from contests.stripping import strip, without_segments
from tests.factories.media import clip

NAME = "Tran Thi Buoi 10A1"
HIDDEN = NAME.encode()


def photograph(form: str = "JPEG", *, mode: str = "RGB") -> bytes:
    """A picture lying on its side, whose metadata names the maker in every way its format knows."""
    picture = Image.new(mode, (40, 20), "white" if mode == "RGB" else None)
    picture.putpixel((0, 0), (200, 0, 0) if mode == "RGB" else 0)
    exif = Image.Exif()
    exif[0x013B], exif[0x0112] = NAME, 6
    held = io.BytesIO()
    more = {"comment": HIDDEN, "quality": 95} if form == "JPEG" else {}
    picture.save(held, form, exif=exif, xmp=b"<x:xmpmeta>" + HIDDEN + b"</x:xmpmeta>", **more)
    content = held.getvalue()
    if form == "PNG":
        from PIL.PngImagePlugin import PngInfo

        texts = PngInfo()
        texts.add_text("Author", NAME)
        held = io.BytesIO()
        picture.save(held, form, exif=exif, pnginfo=texts)
        content = held.getvalue()
    assert HIDDEN in content
    return content


@pytest.mark.parametrize(("form", "kind"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_turned_and_tells_nothing_else(form, kind):
    made = strip(photograph(form), kind)
    assert HIDDEN not in made
    with Image.open(io.BytesIO(made)) as copy:
        assert (copy.format, copy.size) == (form, (20, 40))
        assert not dict(copy.getexif())
        assert not set(copy.info) & {"exif", "xmp", "comment", "icc_profile", "Author"}
        assert copy.convert("RGB").getpixel((10, 30)) == (255, 255, 255)


def test_a_picture_of_the_print_shop_becomes_one_of_the_screen():
    held = io.BytesIO()
    Image.new("CMYK", (30, 30), (0, 0, 0, 0)).save(held, "JPEG")
    with Image.open(io.BytesIO(strip(held.getvalue(), "image/jpeg"))) as copy:
        assert copy.mode == "RGB"


def test_a_document_keeps_its_pages_and_loses_what_names_somebody():
    held = io.BytesIO()
    with Image.open(io.BytesIO(photograph())) as picture:
        picture.save(held, "PDF", title=NAME, author=NAME)
    writer = PdfWriter(clone_from=io.BytesIO(held.getvalue()))
    for one in writer._objects:
        if isinstance(one, StreamObject) and "DCTDecode" in str(one.get("/Filter")):
            one._data = photograph()
    writer.add_annotation(0, FreeText(text=NAME, rect=(0, 0, 50, 50)))
    writer.add_attachment("bai.txt", HIDDEN)
    writer.add_outline_item(title=NAME, page_number=0)
    writer.xmp_metadata = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + HIDDEN + b"</x:xmpmeta>"
    written = io.BytesIO()
    writer.write(written)
    original = written.getvalue()
    assert original.count(HIDDEN) >= 3
    made = strip(original, "application/pdf")
    assert HIDDEN not in made
    found = PdfReader(io.BytesIO(made))
    assert len(found.pages) == 1
    assert found.pages[0].images[0].image.size == (40, 20)
    assert not found.metadata or not {"/Author", "/Title", "/Producer"} & set(found.metadata)
    assert found.xmp_metadata is None
    assert not found.attachments
    assert "/Annots" not in found.pages[0]


def test_a_film_keeps_its_pictures_and_loses_its_tags():
    held = io.BytesIO()
    with av.open(io.BytesIO(clip())) as source, av.open(held, "w", format="mp4") as target:
        target.metadata.update({"title": NAME, "artist": NAME, "location": "+10.03+105.78/"})
        stream = target.add_stream_from_template(source.streams.video[0])
        stream.metadata["handler_name"] = NAME
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    assert HIDDEN in held.getvalue()
    made = strip(held.getvalue(), "video/mp4")
    assert HIDDEN not in made
    assert b"+10.03" not in made
    with av.open(io.BytesIO(made)) as copy:
        assert sum(1 for _frame in copy.decode(video=0)) == 20
        assert not {"title", "artist", "location", "encoder"} & set(copy.metadata)


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "application/pdf", "video/mp4", "model/gltf-binary"])
def test_what_cannot_be_read_is_never_passed_on(kind):
    with pytest.raises(CopyImpossible):
        strip(HIDDEN * 20, kind)


def test_other_bytes_than_a_photograph_are_left_alone():
    assert without_segments(b"no picture") == b"no picture"

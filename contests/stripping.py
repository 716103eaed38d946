"""Copies of files without what tells who made them: cameras, places, names of authors, programs and dates.

What is *in* a picture stays: a logo, a uniform, a name written in a corner is for the secretary to find. The libraries are
asked for when a copy is made, in the worker.
"""

import io
import tempfile
from collections.abc import Callable
from pathlib import Path

from contests.problems import CopyImpossible
from contests.shapes import GLB, STL, bare_glb, bare_stl

# So wide or high a picture is shown to a jury at most; enough to see the dots of print on A3.
LONGEST = 4000
_JPEG, _PNG, _PDF, _MP4 = "image/jpeg", "image/png", "application/pdf", "video/mp4"
ENDINGS = {_JPEG: ".jpg", _PNG: ".png", _PDF: ".pdf", _MP4: ".mp4", GLB: ".glb", STL: ".stl"}


def strip(content: bytes, kind: str) -> bytes:
    """The same work without metadata; `kind` is its media type. Raises CopyImpossible for what cannot be read."""
    how = _WAYS.get(kind)
    if how is None:
        raise CopyImpossible()
    try:
        return how(content)
    except CopyImpossible:
        raise
    except Exception as error:
        # Whatever a library says of a broken file, nobody gets the original instead.
        raise CopyImpossible() from error


def _picture(content: bytes, form: str) -> bytes:
    """Painted anew from its pixels, turned as the camera said: nothing else of the file can come along."""
    from PIL import Image, ImageCms, ImageOps

    with Image.open(io.BytesIO(content)) as opened:
        found = ImageOps.exif_transpose(opened)
        profile = found.info.get("icc_profile")
        if form == "JPEG" or found.mode not in {"RGB", "RGBA", "L", "LA"}:
            found = _in_srgb(found, profile, ImageCms)
        found.thumbnail((LONGEST, LONGEST))
        bare = Image.new(found.mode, found.size)
        bare.paste(found)
    written = io.BytesIO()
    bare.save(written, form, **({"quality": 90} if form == "JPEG" else {"optimize": False}))
    return written.getvalue()


def _in_srgb(found, profile: bytes | None, cms):
    """The colours as every screen shows them: a profile may name the machine it was made for, so none is kept."""
    if profile and found.mode in {"RGB", "CMYK"}:
        try:
            return cms.profileToProfile(
                found, cms.ImageCmsProfile(io.BytesIO(profile)), cms.createProfile("sRGB"), outputMode="RGB"
            )
        except cms.PyCMSError:
            pass
    return found.convert("RGB")


def _pdf(content: bytes) -> bytes:
    """The pages and what they draw. Left behind: the document's information, XMP, outlines, notes, attached files,
    scripts, forms, private data of programs, and the EXIF of photographs inside.
    """
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise CopyImpossible()
    writer = PdfWriter()
    for page in reader.pages:
        for name in ("/Annots", "/Metadata", "/PieceInfo", "/AA", "/B", "/LastModified", "/Thumb", "/StructParents"):
            page.pop(name, None)
        writer.add_page(page)
    for one in list(writer._objects):
        if not isinstance(one, DictionaryObject):
            continue
        for name in ("/Metadata", "/PieceInfo", "/LastModified"):
            one.pop(name, None)
        filters = one.get("/Filter")
        if isinstance(one, StreamObject) and filters in ("/DCTDecode", ["/DCTDecode"]):
            one._data = without_segments(one._data)
            one[NameObject("/Length")] = NumberObject(len(one._data))
    writer.metadata = None
    writer.compress_identical_objects(remove_unreferenced=True)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


# Of the application segments of a JPEG only Adobe's says how the colours are to be read; it holds no words.
_KEPT = {0xEE}


def without_segments(jpeg: bytes) -> bytes:
    """A JPEG without its comments and application segments (EXIF, XMP, Photoshop); the picture is not touched."""
    if jpeg[:2] != b"\xff\xd8":
        return jpeg
    kept, place = [jpeg[:2]], 2
    while place + 4 <= len(jpeg) and jpeg[place] == 0xFF:
        mark = jpeg[place + 1]
        if mark == 0xDA:
            break
        length = 2 + int.from_bytes(jpeg[place + 2 : place + 4], "big")
        if not (mark == 0xFE or 0xE0 <= mark <= 0xEF) or mark in _KEPT:
            kept.append(jpeg[place : place + length])
        place += length
    return b"".join([*kept, jpeg[place:]])


def strip_file(source: Path, target: Path, kind: str) -> int:
    """The same from file to file; a film passes through in pieces, however long it is. Returns the size of the copy.

    Raises CopyImpossible.
    """
    if kind == _MP4:
        try:
            _remux(str(source), target)
        except CopyImpossible:
            raise
        except Exception as error:
            raise CopyImpossible() from error
    else:
        target.write_bytes(strip(source.read_bytes(), kind))
    return target.stat().st_size


def _video(content: bytes) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "copy.mp4"
        _remux(io.BytesIO(content), made)
        return made.read_bytes()


def _remux(opened, made: Path) -> None:
    """Pictures and sound as they are coded, in a new file: no tags, no place, no titles, no other streams."""
    import av

    options = {"movflags": "+faststart", "fflags": "+bitexact"}
    with (
        av.open(opened, mode="r", metadata_errors="ignore") as source,
        av.open(str(made), "w", format="mp4", options=options) as target,
    ):
        streams = {}
        for kind in ("video", "audio"):
            first = next((one for one in source.streams if one.type == kind), None)
            if first is not None:
                streams[first.index] = target.add_stream_from_template(first)
                streams[first.index].metadata.clear()
        if not any(one.type == "video" for one in streams.values()):
            raise CopyImpossible()
        for packet in source.demux([source.streams[index] for index in streams]):
            if packet.dts is None:
                continue
            packet.stream = streams[packet.stream.index]
            target.mux(packet)


_WAYS: dict[str, Callable[[bytes], bytes]] = {
    _JPEG: lambda content: _picture(content, "JPEG"),
    _PNG: lambda content: _picture(content, "PNG"),
    _PDF: _pdf,
    _MP4: _video,
    GLB: lambda content: bare_glb(content, strip),
    STL: bare_stl,
}

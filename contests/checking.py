"""What a work's file really is. For the worker alone: it reads whole files and loads the libraries that do.

Rules of the formats: design/lessons-from-peers.md 4.2 (print size at so many dpi, H.264, GLB and STL by their heads).
"""

import json
import re
import struct
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from contests.models import Slot
from contests.problems import FileNotTaken
from contests.shapes import GLB, STL, drawable
from media.checking import HEAD_BYTES, MAX_PIXELS, real_type
from media.models import Upload
from media.problems import FileRefused

MM_PER_INCH, MM_PER_POINT = 25.4, 25.4 / 72
# Printers cut a hair off, programs round.
TOLERANCE = 0.98
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".mp4": "video/mp4",
    ".glb": "model/gltf-binary",
    ".stl": "model/stl",
}
MAX_OBJECTS = 50_000
MAX_DEPTH = 200
MAX_JSON = 32 * 1024 * 1024
ACTIVE = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/XFA",
    "/SubmitForm",
    "/ImportData",
}


def check_file(slot: Slot, path: Path, ending: str) -> tuple[str, dict]:
    """The content type and what was read out of the file at `path`. Raises FileNotTaken with the reason and its facts."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if head.lstrip()[:1] == b"<":
        raise FileNotTaken("web_page")
    if ending in {".pdf", ".png", ".jpg", ".jpeg"} and real_type(head) != TYPES[ending]:
        raise FileNotTaken("other_content")
    return TYPES[ending], _CHECKS[ending](slot, path)


def _pixels(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise FileNotTaken("too_many_pixels", width=width, height=height)
            picture.verify()
        # `verify` does not reach the end of a JPEG: a file that was cut off shows only when it is decoded.
        with Image.open(path) as picture:
            picture.draft("RGB", (400, 400))
            picture.load()
    except FileNotTaken:
        raise
    except Exception as error:
        raise FileNotTaken("damaged_picture") from error
    return width, height


def _picture(slot: Slot, path: Path) -> dict:
    width, height = _pixels(path)
    short, long = sorted((width, height))
    if slot.print_short_mm and slot.print_long_mm and slot.min_dpi:
        need = [round(side / MM_PER_INCH * slot.min_dpi) for side in (slot.print_short_mm, slot.print_long_mm)]
        if short < need[0] * TOLERANCE or long < need[1] * TOLERANCE:
            raise FileNotTaken(
                "too_coarse",
                width=width,
                height=height,
                short=slot.print_short_mm,
                long=slot.print_long_mm,
                dpi=slot.min_dpi,
                need_short=need[0],
                need_long=need[1],
            )
    if slot.min_pixels and long < slot.min_pixels:
        raise FileNotTaken("too_few_pixels", width=width, height=height, need=slot.min_pixels)
    return {"width": width, "height": height}


def _pdf(slot: Slot, path: Path) -> dict:
    from pypdf import PdfReader

    try:
        reader = PdfReader(path)
        if reader.is_encrypted:
            raise FileNotTaken("locked_pdf")
        if len(reader.pages) != 1:
            raise FileNotTaken("several_pages", pages=len(reader.pages))
        if what := _acting(reader):
            raise FileNotTaken("active_pdf", what=what)
        page = reader.pages[0]
        box, unit = page.cropbox, float(page.get("/UserUnit", 1))
        width, height = (round(abs(float(side)) * unit * MM_PER_POINT) for side in (box.width, box.height))
    except FileNotTaken:
        raise
    except Exception as error:
        raise FileNotTaken("damaged_document") from error
    short, long = sorted((width, height))
    need_short, need_long = slot.print_short_mm or 0, slot.print_long_mm or 0
    if short < need_short * TOLERANCE or long < need_long * TOLERANCE:
        raise FileNotTaken("print_too_small", width=width, height=height, short=need_short, long=need_long)
    return {"width_mm": width, "height_mm": height}


def _acting(reader) -> str:
    """The name of something in a PDF that runs, opens or carries something else; empty where there is none."""
    waiting, seen, looked = [(reader.trailer, 0)], set(), 0
    while waiting:
        one, depth = waiting.pop()
        reference = getattr(one, "indirect_reference", None)
        if hasattr(one, "get_object") and hasattr(one, "idnum"):
            if one.idnum in seen:
                continue
            seen.add(one.idnum)
            one = one.get_object()
        elif reference is not None:
            seen.add(reference.idnum)
        looked += 1
        if looked > MAX_OBJECTS or depth > MAX_DEPTH:
            return "…"
        if isinstance(one, dict):
            for key, value in dict.items(one):
                if key in ACTIVE or (key in {"/S", "/Type", "/Subtype"} and value in ACTIVE):
                    return str(key if key in ACTIVE else value)[1:]
                waiting.append((value, depth + 1))
        elif isinstance(one, list):
            waiting.extend((value, depth + 1) for value in list.__iter__(one))
    return ""


def _glb(slot: Slot, path: Path) -> dict:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(20)
        if len(head) < 20:
            raise FileNotTaken("damaged_shape")
        magic, version, length, chunk, kind = struct.unpack("<4sII I4s", head)
        if magic != b"glTF":
            raise FileNotTaken("other_content")
        if version != 2 or length != size or kind != b"JSON" or chunk > min(MAX_JSON, size - 20):
            raise FileNotTaken("damaged_shape")
        try:
            scene = json.loads(file.read(chunk))
            parts = [*scene.get("buffers", []), *scene.get("images", [])]
            outside = [one for one in parts if not str(one.get("uri", "data:")).startswith("data:")]
            meshes = len(scene.get("meshes", []))
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            raise FileNotTaken("damaged_shape") from error
    if outside:
        raise FileNotTaken("outside_shape")
    if not meshes or not drawable(path.read_bytes(), GLB):
        raise FileNotTaken("damaged_shape")
    return {"meshes": meshes}


_FACET = re.compile(rb"facet\s+normal", re.IGNORECASE)


def _stl(slot: Slot, path: Path) -> dict:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(84)
        if len(head) == 84:
            triangles = int.from_bytes(head[80:], "little")
            if triangles and size == 84 + 50 * triangles:
                return {"triangles": triangles}
        file.seek(0)
        text = file.read(HEAD_BYTES)
        file.seek(max(0, size - 256))
        if text.lstrip().startswith(b"solid") and _FACET.search(text) and b"endsolid" in file.read():
            # Between its first and last line such a file could hold anything.
            if not drawable(path.read_bytes(), STL):
                raise FileNotTaken("damaged_shape")
            return {}
    raise FileNotTaken(
        "damaged_shape" if text.lstrip().startswith(b"solid") or not text.strip(b"\0") else "other_content"
    )


def _video(slot: Slot, path: Path) -> dict:
    from media.probing import probe

    try:
        found = probe(str(path), purpose=Upload.Purpose.VIDEO, ending=".mp4")
    except FileRefused as refused:
        raise FileNotTaken(refused.reason, **refused.facts) from refused
    seconds = round(found.duration)
    if slot.min_seconds and found.duration < slot.min_seconds:
        raise FileNotTaken("too_short", seconds=seconds, need=slot.min_seconds)
    if slot.max_seconds and found.duration > slot.max_seconds + 1:
        raise FileNotTaken("too_long", seconds=seconds, most=slot.max_seconds)
    width, height = found.width or 0, found.height or 0
    if slot.min_pixels and min(width, height) < slot.min_pixels:
        raise FileNotTaken("too_low", width=width, height=height, need=slot.min_pixels)
    if not {"h264"} & set(found.codecs):
        raise FileNotTaken("other_codec", codec=", ".join(found.codecs))
    return {"width": width, "height": height, "seconds": round(found.duration, 1), "codecs": list(found.codecs)}


_CHECKS: dict[str, Callable[[Slot, Path], dict]] = {
    ".pdf": _pdf,
    ".png": _picture,
    ".jpg": _picture,
    ".jpeg": _picture,
    ".glb": _glb,
    ".stl": _stl,
    ".mp4": _video,
}

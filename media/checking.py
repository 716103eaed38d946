"""What a stored file really is. Pure: bytes in, a verdict out; nothing here talks to the store or the database."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

import filetype
from defusedxml import DefusedXmlException, ElementTree
from django.conf import settings
from django_h5p import conf
from PIL import Image as PillowImage

from media.models import Upload
from media.problems import FileRefused

MEGABYTE = 1024 * 1024
HEAD_BYTES = 4096
# One number for every door: Wagtail's own forms read the setting.
MAX_PIXELS = settings.WAGTAILIMAGES_MAX_IMAGE_PIXELS
MAX_UNPACKED = 500 * MEGABYTE
MAX_PARTS = 10_000


@dataclass(frozen=True)
class Rule:
    """What one purpose accepts: the size limit in bytes and the content types, each with its usual endings."""

    max_bytes: int
    types: dict[str, tuple[str, ...]]

    @property
    def endings(self) -> list[str]:
        return [ending for endings in self.types.values() for ending in endings]


_ZIPPED = "application/zip"
RULES = {
    Upload.Purpose.IMAGE: Rule(
        20 * MEGABYTE,
        {
            "image/jpeg": (".jpg", ".jpeg"),
            "image/png": (".png",),
            "image/webp": (".webp",),
            "image/avif": (".avif",),
        },
    ),
    Upload.Purpose.DOCUMENT: Rule(
        50 * MEGABYTE,
        {
            "application/pdf": (".pdf",),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
            "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
        },
    ),
    Upload.Purpose.VIDEO: Rule(
        2048 * MEGABYTE,
        {"video/mp4": (".mp4",), "video/x-m4v": (".m4v",), "video/webm": (".webm",), "video/quicktime": (".mov",)},
    ),
    Upload.Purpose.AUDIO: Rule(
        200 * MEGABYTE,
        {
            "audio/mpeg": (".mp3",),
            "audio/mp4": (".m4a",),
            "audio/ogg": (".ogg", ".opus"),
            "audio/x-wav": (".wav",),
            "video/webm": (".webm",),
        },
    ),
    # Each slot of a contest says what it takes (contests.slots); this is the most that any may.
    Upload.Purpose.WORK: Rule(
        2048 * MEGABYTE,
        {
            "application/pdf": (".pdf",),
            "image/png": (".png",),
            "image/jpeg": (".jpg", ".jpeg"),
            "video/mp4": (".mp4",),
            "model/gltf-binary": (".glb",),
            "model/stl": (".stl",),
        },
    ),
    # What is inside is judged by django_h5p, under limits of its own.
    Upload.Purpose.H5P: Rule(conf.max_package_bytes(), {_ZIPPED: (".h5p",)}),
}


def readable_size(count: int) -> str:
    """A size for people: `40 KB`, `1,8 MB`, `5 GB`. Decimal comma as Vietnamese readers expect, and no idle zero."""
    if 0 < count < MEGABYTE / 10:
        return f"{max(1, round(count / 1024))} KB"
    size, unit = (count / MEGABYTE, "MB") if count < 1024 * MEGABYTE else (count / MEGABYTE / 1024, "GB")
    text = (f"{size:.0f}" if size >= 100 else f"{size:.1f}").removesuffix(".0")
    return f"{text.replace('.', ',')} {unit}"


def check_announced(*, purpose: str, file_name: str, size: int, also: tuple[str, ...] = ()) -> None:
    """Refuse what need not be sent at all, by its name and size. Raises FileRefused.

    `also` names endings that this one place takes besides those of the rule.
    """
    rule = RULES[Upload.Purpose(purpose)]
    endings = (*rule.endings, *also)
    if not file_name.lower().endswith(endings):
        raise FileRefused("wrong_ending", name=file_name, endings=", ".join(endings))
    if size <= 0:
        raise FileRefused("empty", name=file_name)
    if size > rule.max_bytes:
        raise FileRefused("too_large", name=file_name, size=readable_size(size), most=readable_size(rule.max_bytes))


def real_type(head: bytes) -> str:
    """The content type that the first bytes show; an empty string when they show none that is known."""
    guess = filetype.guess(head)
    return guess.mime if guess else ""


def check_head(*, purpose: str, head: bytes) -> str:
    """The real type of a stored file by its first bytes. Raises FileRefused when it is not what `purpose` takes."""
    found = real_type(head)
    rule = RULES[Upload.Purpose(purpose)]
    # An Office file is a zip whose parts tell which kind (`check_document`); a short head may only show the zip.
    if found in rule.types or (found == _ZIPPED and purpose == Upload.Purpose.DOCUMENT):
        return found
    raise FileRefused("web_page" if head.lstrip()[:1] == b"<" else "other_content")


# What stands in a file with this ending, and nowhere else: the part it is built around, and that part's kind.
_OFFICE = {
    ".docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    ".xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    ".pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}
_CONTENT_TYPES = "[Content_Types].xml"
_PDF_END_WITHIN = 2048


def check_document(file: BinaryIO, *, file_name: str) -> None:
    """A whole document is what its ending says: a PDF from head to end, an Office file by the part it is built around.

    `file` is seekable and left at its beginning. Raises FileRefused, also for what unpacks to far more than a document
    and for macros.
    """
    try:
        file.seek(0)
        found = check_head(purpose=Upload.Purpose.DOCUMENT, head=file.read(HEAD_BYTES))
        ending = PurePosixPath(file_name).suffix.lower()
        # A document of one kind under the ending of another opens in no program.
        if ending not in {".pdf", *_OFFICE} or (ending == ".pdf") != (found == "application/pdf"):
            raise FileRefused("other_content")
        if ending == ".pdf":
            file.seek(max(file.seek(0, io.SEEK_END) - _PDF_END_WITHIN, 0))
            if b"%%EOF" not in file.read():
                raise FileRefused("damaged_document")
        else:
            _check_package(file, *_OFFICE[ending])
    finally:
        file.seek(0)


def _check_package(file: BinaryIO, main: str, kind: str) -> None:
    try:
        with zipfile.ZipFile(file) as package:
            parts = {part.filename: part for part in package.infolist()}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts.values()) > MAX_UNPACKED:
                raise FileRefused("unpacks_too_far")
            if main not in parts or _CONTENT_TYPES not in parts or parts[_CONTENT_TYPES].file_size > MEGABYTE:
                raise FileRefused("other_content")
            if kind not in package.read(_CONTENT_TYPES).decode("utf-8", "replace"):
                raise FileRefused("other_content")
            if any(name.lower().endswith("vbaproject.bin") for name in parts):
                raise FileRefused("macros")
            package.read(main)
    except FileRefused:
        raise
    except Exception as error:
        # zipfile raises many kinds for a damaged package; each means the same to the person.
        raise FileRefused("damaged_document") from error


# The ending under which a picture is kept: phones give WebP pictures the name .jpg.
PICTURE_ENDINGS = {kind: endings[0] for kind, endings in RULES[Upload.Purpose.IMAGE].types.items()}


def check_picture(data: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises FileRefused for a broken picture or a pixel bomb."""
    try:
        with PillowImage.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise FileRefused("too_many_pixels", width=width, height=height)
            picture.verify()
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused("damaged_picture") from error
    return width, height


def check_drawing(data: bytes) -> None:
    """An SVG holds nothing that acts or reaches outside. Raises FileRefused, with what it found.

    What is allowed is listed, not what is forbidden: browsers learn new elements. Elements of other namespaces, which
    drawing programs leave behind, do nothing.
    """
    if b"<?xml-stylesheet" in data:
        raise FileRefused("active_drawing", what="xml-stylesheet")
    try:
        root = ElementTree.fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise FileRefused("damaged_picture") from error
    if root.tag not in {f"{{{_SVG}}}svg", "svg"}:
        raise FileRefused("other_content")
    for element in root.iter():
        space, _brace, name = element.tag.rpartition("}")
        if space.lstrip("{") in {_SVG, _XHTML, ""} and (space.lstrip("{") == _XHTML or not _DRAWN.fullmatch(name)):
            raise FileRefused("active_drawing", what=name)
        if name == "style" and not _is_inert(element.text or ""):
            raise FileRefused("active_drawing", what="style")
        for key, value in element.attrib.items():
            plain = key.rpartition("}")[2].lower()
            if plain.startswith("on") or (plain == "href" and not _LOCAL.match(value)) or not _is_inert(value):
                raise FileRefused("active_drawing", what=plain)


def _is_inert(text: str) -> bool:
    """CSS or an attribute's value that neither loads nor runs anything."""
    # A backslash spells letters in CSS, so that "url" need not look like it.
    return "\\" not in text and not _REACHES.search(text)


_SVG, _XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
_DRAWN = re.compile(
    r"svg|g|defs|symbol|use|path|rect|circle|ellipse|line|polyline|polygon|text|tspan|textPath|title|desc|metadata|style|"
    r"linearGradient|radialGradient|stop|clipPath|mask|pattern|image|marker|switch|view|filter|fe[A-Z][A-Za-z]+"
)
_LOCAL = re.compile(r"\s*(#|data:image/(png|jpeg|webp|gif|avif)[;,])", re.IGNORECASE)
_REACHES = re.compile(
    r"@import|expression\s*\(|script\s*:|url\(\s*['\"]?\s*(?!#|data:image/(png|jpeg|webp|gif)[;,])", re.IGNORECASE
)

"""What a stored file really is. Pure: bytes in, a verdict out; nothing here talks to the store or the database."""

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree.ElementTree import ParseError

import filetype
from defusedxml import DefusedXmlException, ElementTree
from django_h5p import conf
from PIL import Image as PillowImage

from media.models import Upload
from media.problems import FileRefused

MEGABYTE = 1024 * 1024
HEAD_BYTES = 4096
MAX_PIXELS = 60_000_000


@dataclass(frozen=True)
class Rule:
    """What one purpose accepts: the size limit in bytes and the content types, each with its usual endings."""

    max_bytes: int
    types: dict[str, tuple[str, ...]]

    @property
    def endings(self) -> list[str]:
        return [ending for endings in self.types.values() for ending in endings]


_ZIPPED = "application/zip"
MAIN_PARTS = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml", ".pptx": "ppt/presentation.xml"}
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
        {"video/mp4": (".mp4", ".m4v"), "video/webm": (".webm",), "video/quicktime": (".mov",)},
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
    # What is inside is judged by django_h5p, under limits of its own.
    Upload.Purpose.H5P: Rule(conf.max_package_bytes(), {_ZIPPED: (".h5p",)}),
}


def readable_size(count: int) -> str:
    """A size for people: `1,8 MB`. Decimal comma as Vietnamese readers expect; one decimal below 100 MB."""
    megabytes = count / MEGABYTE
    text = f"{megabytes:.0f}" if megabytes >= 100 else f"{megabytes:.1f}"
    return f"{text.replace('.', ',')} MB"


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
    # An Office file is a zip whose first entries tell which kind; a short head may only show the zip.
    if found in rule.types or (found == _ZIPPED and purpose == Upload.Purpose.DOCUMENT):
        return found
    raise FileRefused("web_page" if head.lstrip()[:1] == b"<" else "other_content")


def check_document(file, *, file_name: str) -> None:
    """A whole document is what its ending says: a PDF by its head, an Office file by the part it is built around.

    `file` is seekable and left at its beginning. Raises FileRefused.
    """
    head = file.read(HEAD_BYTES)
    found = check_head(purpose=Upload.Purpose.DOCUMENT, head=head)
    ending = PurePosixPath(file_name).suffix.lower()
    try:
        if ending == ".pdf":
            if found != "application/pdf":
                raise FileRefused("other_content")
        else:
            with zipfile.ZipFile(file) as parts:
                if MAIN_PARTS.get(ending) not in parts.namelist():
                    raise FileRefused("other_content")
    except zipfile.BadZipFile as error:
        raise FileRefused("other_content") from error
    finally:
        file.seek(0)


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

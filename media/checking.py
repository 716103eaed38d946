"""What a stored file really is. Pure: bytes in, a verdict out; nothing here talks to the store or the database."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image as PillowImage

from cms.problems import Problem
from media.models import Upload

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
}


class FileRefused(Problem):
    status = 422
    code = "file_refused"


def readable_size(count: int) -> str:
    """A size for people: `1,8 MB`, `20 MB`, `5 GB`. Decimal comma as Vietnamese readers expect, and no idle zero."""
    size, unit = (count / MEGABYTE, "MB") if count < 1024 * MEGABYTE else (count / MEGABYTE / 1024, "GB")
    text = (f"{size:.0f}" if size >= 100 else f"{size:.1f}").removesuffix(".0")
    return f"{text.replace('.', ',')} {unit}"


def check_announced(*, purpose: str, file_name: str, size: int) -> None:
    """Refuse what need not be sent at all, by its name and size. Raises FileRefused."""
    rule = RULES[Upload.Purpose(purpose)]
    if not file_name.lower().endswith(tuple(rule.endings)):
        raise FileRefused(
            _("“%(name)s” cannot be used here. Files that can: %(endings)s.")
            % {"name": file_name, "endings": ", ".join(rule.endings)}
        )
    if size <= 0:
        raise FileRefused(_("“%(name)s” is empty. Choose the file again.") % {"name": file_name})
    if size > rule.max_bytes:
        raise FileRefused(
            _("“%(name)s” is %(size)s; at most %(most)s is possible. Make the file smaller and try again.")
            % {"name": file_name, "size": readable_size(size), "most": readable_size(rule.max_bytes)}
        )


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
    if head.lstrip()[:1] == b"<":
        raise FileRefused(_("This file is a web page, not what its name says. Choose another file."))
    raise _not_its_name()


def _not_its_name() -> FileRefused:
    return FileRefused(_("The content of this file is not what its name says. Save it again in its program and retry."))


# What stands in a file with this ending, and nowhere else.
_OFFICE = {
    ".docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    ".xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
    ".pptx": ("ppt/presentation.xml", "presentationml.presentation.main+xml"),
}
_CONTENT_TYPES = "[Content_Types].xml"


def check_document(data: bytes, *, file_name: str) -> None:
    """Raise FileRefused unless `data` is a document of the kind that the ending of `file_name` names.

    Also for what unpacks to far more than a document, and for macros.
    """
    ending = PurePosixPath(file_name).suffix.lower()
    if ending == ".pdf":
        if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-2048:]:
            raise _not_its_name() if not data.startswith(b"%PDF-") else _damaged_document()
        return
    if ending not in _OFFICE:
        raise _not_its_name()
    main, kind = _OFFICE[ending]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = {part.filename: part for part in package.infolist()}
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts.values()) > MAX_UNPACKED:
                raise FileRefused(_("This file unpacks to far more than a document holds. Save it again and retry."))
            if main not in parts or _CONTENT_TYPES not in parts or parts[_CONTENT_TYPES].file_size > MEGABYTE:
                raise _not_its_name()
            if kind not in package.read(_CONTENT_TYPES).decode("utf-8", "replace"):
                raise _not_its_name()
            if any(name.lower().endswith("vbaproject.bin") for name in parts):
                raise FileRefused(_("This document holds macros. Save it without them and retry."))
            package.read(main)
    except FileRefused:
        raise
    except Exception as error:
        # zipfile raises many kinds for a damaged package; each means the same to the person.
        raise (_not_its_name() if not data.startswith(b"PK") else _damaged_document()) from error


def _damaged_document() -> FileRefused:
    return FileRefused(_("This document is damaged and cannot be opened. Save it again in its program and retry."))


# The ending under which a picture is kept: phones give WebP pictures the name .jpg.
PICTURE_ENDINGS = {kind: endings[0] for kind, endings in RULES[Upload.Purpose.IMAGE].types.items()}


def check_picture(data: bytes) -> tuple[int, int]:
    """Width and height in pixels. Raises FileRefused for a broken picture or a pixel bomb."""
    try:
        with PillowImage.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise FileRefused(
                    _("This picture is %(width)s × %(height)s pixels: too large. Save it smaller and try again.")
                    % {"width": width, "height": height}
                )
            picture.verify()
    except FileRefused:
        raise
    except Exception as error:
        raise FileRefused(_("This picture is damaged and cannot be opened. Save it again and retry.")) from error
    return width, height


def check_captions(data: bytes) -> str:
    """The text of a WebVTT file. Raises FileRefused for anything else."""
    if len(data) > MEGABYTE:
        raise FileRefused(_("These captions are larger than 1 MB. Choose the .vtt file."))
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise FileRefused(_("These captions are not UTF-8 text. Save them as UTF-8 and retry.")) from error
    if not text.startswith("WEBVTT") or "-->" not in text or "\0" in text:
        raise FileRefused(_("These are no captions: a .vtt file begins with WEBVTT and names times with -->."))
    return text

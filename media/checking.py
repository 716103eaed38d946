"""What a stored file really is. Pure: bytes in, a verdict out; nothing here talks to the store or the database."""

import io
from dataclasses import dataclass

import filetype
from django.utils.translation import gettext as _
from django_h5p import conf
from PIL import Image as PillowImage

from cms.problems import Problem
from media.models import Upload

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


class FileRefused(Problem):
    status = 422
    code = "file_refused"


def readable_size(count: int) -> str:
    """A size for people: `1,8 MB`. Decimal comma as Vietnamese readers expect; one decimal below 100 MB."""
    megabytes = count / MEGABYTE
    text = f"{megabytes:.0f}" if megabytes >= 100 else f"{megabytes:.1f}"
    return f"{text.replace('.', ',')} MB"


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
    # An Office file is a zip whose first entries tell which kind; a short head may only show the zip.
    if found in rule.types or (found == _ZIPPED and purpose == Upload.Purpose.DOCUMENT):
        return found
    if head.lstrip()[:1] == b"<":
        raise FileRefused(_("This file is a web page, not what its name says. Choose another file."))
    raise FileRefused(_("The content of this file is not what its name says. Save it again in its program and retry."))


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

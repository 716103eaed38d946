"""The .docx of a stranger opened within limits; its pictures by relation."""

import io
import zipfile

from django.utils.translation import gettext as _
from docx import Document

from media.checking import check_picture, real_type
from media.problems import FileRefused
from quizzes.exchange.items import Attachment, Unreadable

MAX_PARTS, MAX_UNPACKED, MAX_RATIO = 4_000, 300_000_000, 200
PICTURES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}


def opened(data: bytes):
    """The python-docx document. Raises Unreadable for what is damaged, too large unpacked or hostile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or _inflates(parts):
                raise Unreadable(_("This file unpacks to far more than a document holds. Save it again in Word."))
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(part)[:4096]:
                    raise Unreadable(_("The file defines entities of its own; such files are not read."))
        return Document(io.BytesIO(data))
    except Unreadable:
        raise
    except Exception as error:
        # python-docx, lxml and zipfile raise many kinds for a damaged package; each means the same to its owner.
        raise Unreadable(_("This Word file is damaged and cannot be read. Save it again and retry.")) from error


def _inflates(parts) -> bool:
    """One part of more than 10 MB that shrank to less than a two-hundredth: no document does that."""
    return any(part.file_size > 10_000_000 and part.file_size > MAX_RATIO * part.compress_size for part in parts)


def picture_of(document, relation: str | None, alt: str, number: int) -> Attachment | None:
    """The picture behind a relation; None where it is linked, of a kind browsers do not show, or damaged."""
    related = document.part.rels.get(relation) if relation else None
    if related is None or related.is_external:
        return None
    data = related.target_part.blob
    ending = PICTURES.get(real_type(data[:4096]))
    if ending is None:
        return None
    try:
        check_picture(data)
    except FileRefused:
        return None
    return Attachment(f"hinh-{number}.{ending}", data, alt)

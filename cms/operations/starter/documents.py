"""Documents the starter content makes itself, kept by where they come from and by all that is in them."""

import hashlib
from collections.abc import Callable

from django.core.files.base import ContentFile

from cms.starter import Run
from media.models import DocumentFile, Picture
from media.problems import unavailable_as_problem

AUTHOR = "Học Dịch vụ công"


def stored_document(key: str, digest: str) -> DocumentFile | None:
    """The document made from `key`, if it was made of the same drawings."""
    return DocumentFile.objects.filter(starter_key=f"{key}:{digest}").first()


def store_document(run: Run, key: str, digest: str, data: bytes, *, title: str) -> DocumentFile:
    """Keep `data` in the place of what was made from `key` before. Raises StorageUnavailable."""
    document = DocumentFile.objects.filter(starter_key__startswith=f"{key}:").first()
    run.count("created" if document is None else "changed")
    document = document or DocumentFile(author=AUTHOR)
    document.title, document.starter_key = title[:255], f"{key}:{digest}"
    document.file_size, document.file_hash = len(data), hashlib.sha1(data, usedforsecurity=False).hexdigest()
    with unavailable_as_problem():
        document.file = ContentFile(data, name=key.rsplit("/", 1)[-1])
        document.save()
    return document


def store_preview(run: Run, key: str, digest: str, draw: Callable[[], bytes], alt: str) -> Picture:
    """The picture of a document's first page, drawn anew when the document was. Raises StorageUnavailable."""
    picture = Picture.objects.filter(starter_key__startswith=f"{key}:").first()
    if picture is not None and picture.starter_key == f"{key}:{digest}":
        return picture
    outcome = "created" if picture is None else "changed"
    data = draw()
    picture = picture or Picture(author=AUTHOR)
    picture.title, picture.description, picture.starter_key = alt[:255], alt[:255], f"{key}:{digest}"
    picture.file_size, picture.file_hash = len(data), hashlib.sha1(data, usedforsecurity=False).hexdigest()
    with unavailable_as_problem():
        picture.file = ContentFile(data, name=f"{key.rsplit('/', 1)[-1].removesuffix('.pdf')}.png")
        picture.save()
        if outcome == "changed":
            picture.renditions.all().delete()
    run.count(outcome)
    return picture

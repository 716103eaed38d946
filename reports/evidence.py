"""Evidence behind a figure that was entered by hand: a file in the private storage, read by signed links."""

import secrets
from typing import Any

import filetype
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from cms.problems import Problem

LARGEST = 10 * 1024 * 1024
TYPES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}
FOLDER = "reports/evidence"


class EvidenceRefused(Problem):
    status = 422
    code = "evidence_refused"
    detail = _("This file cannot be kept. Give a scan or a photo (.pdf, .jpg, .png) or a list (.docx, .xlsx).")


class EvidenceTooLarge(EvidenceRefused):
    detail = _("The file is larger than 10 MB. Scan it in grey, or give the page that shows the figure.")


def check(raw: bytes) -> str:
    """The ending that fits what the bytes are, whatever the file is called.

    Raises `EvidenceTooLarge`, or `EvidenceRefused` for a kind that is not taken.
    """
    if len(raw) > LARGEST:
        raise EvidenceTooLarge
    kind = filetype.guess(raw)
    if kind is None or kind.mime not in TYPES:
        raise EvidenceRefused
    return TYPES[kind.mime]


def keep(raw: bytes, ending: str) -> str:
    return storages["private"].save(f"{FOLDER}/{secrets.token_hex(16)}.{ending}", ContentFile(raw))


def erase(key: str) -> None:
    if key:
        storages["private"].delete(key)


def link(key: str, name: str) -> str:
    """A short-lived signed address; always a download, never shown inside the site."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    store: Any = storages["private"]
    return store.url(key, parameters={"ResponseContentDisposition": disposition})

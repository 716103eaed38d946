"""Certificates on paper: one landscape A4 sheet each, one PDF for a class."""

import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from cms.pdf import EVERY_LETTER, laid_out
from courses.models import Certificate
from courses.problems import CertificateWithdrawn
from schools.queries.addresses import absolute, qr_svg

# In pixels: sharp on any telephone, some 150 KB.
PICTURE_WIDTH = 1600
# Longer names are set smaller: (up to so many letters, class of the stylesheet).
NAME_SIZES = ((24, "name--large"), (34, "name--medium"), (46, "name--small"))


def address_of(certificate: Certificate) -> str:
    """Where anybody can check it: the address in the QR code."""
    return absolute(reverse("verify", args=[certificate.serial]))


def certificate_page(certificate: Certificate) -> str:
    """The sheet as HTML in the certificate's own language. Raises CertificateWithdrawn.

    The name is that of `Person` today: a spelling that was put right is right on the next print.
    """
    if certificate.revoked_at:
        raise CertificateWithdrawn()
    name = certificate.user.person.full_name
    address = address_of(certificate)
    with override(certificate.language):
        return render_to_string(
            "courses/certificate_pdf.html",
            {
                "certificate": certificate,
                "name": name,
                "name_size": next((size for most, size in NAME_SIZES if len(name) <= most), "name--tiny"),
                "issued_on": timezone.localdate(certificate.issued_at),
                "address": address.split("://", 1)[-1],
                "qr": qr_svg(address),
                "mark": _drawing("illustrations/mark.svg"),
                "site": settings.WAGTAIL_SITE_NAME,
            },
        )


@cache
def _drawing(path: str) -> SafeString:
    return mark_safe(Path(finders.find(path)).read_text(encoding="utf-8"))  # a file of this repository


def certificate_document(certificate: Certificate):
    """A laid-out WeasyPrint document of one sheet. Raises NoPdf where Pango is missing, CertificateWithdrawn."""
    return laid_out(certificate_page(certificate), "courses/certificate.css", families=EVERY_LETTER)


def certificate_pdf(certificate: Certificate) -> bytes:
    return certificate_document(certificate).write_pdf()


def certificate_picture(certificate: Certificate) -> bytes:
    """The sheet as a JPEG, to be shown on a telephone or sent on. Raises NoPdf, CertificateWithdrawn."""
    import pypdfium2

    document = pypdfium2.PdfDocument(certificate_pdf(certificate))
    try:
        page = document[0]
        painted = page.render(scale=PICTURE_WIDTH / page.get_width()).to_pil().convert("RGB")
    finally:
        document.close()
    held = io.BytesIO()
    painted.save(held, "JPEG", quality=88, optimize=True)
    return held.getvalue()


def join_documents(documents: Iterable) -> bytes:
    """One PDF of the pages of several documents."""
    documents = list(documents)
    pages = [page for document in documents for page in document.pages]
    return documents[0].copy(pages).write_pdf()

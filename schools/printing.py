"""Sheets of sign-in cards, as a page to print and as a PDF of the same page."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from cms.pdf import laid_out
from schools.codes import show_code
from schools.models import SchoolClass
from schools.operations.cards import IssuedCard
from schools.queries.addresses import absolute, qr_svg

CARDS_A_PAGE = 8


def pdf_possible() -> bool:
    """Whether WeasyPrint finds Pango on this machine."""
    try:
        import weasyprint  # noqa: F401  (only whether it can be imported)
    except OSError:
        return False
    return True


def short_address() -> str:
    """The one domain, as a person types it."""
    return urlsplit(settings.SITE_URL).netloc


def card_pages(
    issued: Iterable[IssuedCard], school_class: SchoolClass | None, codes: dict[int, str]
) -> list[list[dict]]:
    """Cards in pages of eight. `codes` are the pupil codes by account id."""
    cards = [
        {
            "name": card.user.person.full_name,
            "pupil_code": codes.get(card.user.pk, ""),
            "school_class": school_class,
            "code": show_code(card.code),
            "qr": qr_svg(absolute(reverse("schools:card_code", args=[card.code]))),
            "expires_at": card.expires_at,
        }
        for card in issued
    ]
    return [cards[start : start + CARDS_A_PAGE] for start in range(0, len(cards), CARDS_A_PAGE)]


def render_sheet(pages: list[list[dict]], *, school, title: str, printed_at: datetime, for_screen: bool) -> str:
    return render_to_string(
        "schools/card_sheet.html" if for_screen else "schools/card_sheet_pdf.html",
        {
            "pages": pages,
            "school": school,
            "title": title,
            "printed_at": printed_at,
            "address": short_address(),
            "card_path": absolute(reverse("schools:card")).split("://", 1)[-1],
        },
    )


def pdf_document(html: str):
    """A laid-out document of cards. Raises `NoPdf` where Pango is missing."""
    return laid_out(html, "schools/cards.css")


def join_documents(documents: list) -> bytes:
    """One PDF of the pages of several documents."""
    pages = [page for document in documents for page in document.pages]
    return documents[0].copy(pages).write_pdf()

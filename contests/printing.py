"""The poster of a contest, A3 or A4, with its QR code."""

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import reverse

from contests.models import Contest
from contests.queries.contests import clock_of
from cms.pdf import NoPdf
from schools.queries.addresses import absolute, qr_svg

SIZES = {"a3": "A3", "a4": "A4"}
FONTS = (("Be Vietnam Pro", "be-vietnam-pro"),)


def address_of(contest: Contest) -> str:
    return absolute(reverse("contests:contest", args=[contest.slug]))


def poster_page(contest: Contest, size: str) -> str:
    """The sheet as HTML, in Vietnamese: it hangs in schools."""
    address = address_of(contest)
    return render_to_string(
        "contests/poster.html",
        {
            "contest": contest,
            "rounds": clock_of(contest).rounds,
            "prizes": list(contest.prizes.all()[:6]),
            "address": address.split("://", 1)[-1],
            "qr": qr_svg(address),
            "size": SIZES[size],
            "site": settings.WAGTAIL_SITE_NAME,
        },
    )


def poster_pdf(contest: Contest, size: str) -> bytes:
    """Raises NoPdf where Pango is missing."""
    page = poster_page(contest, size)
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise NoPdf() from error
    fonts = FontConfiguration()
    faces = "".join(
        f"@font-face{{font-family:'{family}';font-weight:{weight};src:url('file://{found}')}}"
        for family, file in FONTS
        for weight in (400, 600)
        if (found := finders.find(f"vendor/fonts/{file}-{weight}.ttf"))
    )
    # Everything is set in shares of the root's size, so that one sheet serves both formats.
    unit = "14pt" if size == "a3" else "9.9pt"
    style = [
        CSS(string=f"{faces}@page{{size:{SIZES[size]};margin:0}}html{{font-size:{unit}}}", font_config=fonts),
        CSS(filename=finders.find("contests/poster.css"), font_config=fonts),
    ]
    return HTML(string=page).write_pdf(stylesheets=style, font_config=fonts)

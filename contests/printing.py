"""The poster of a contest, A3 or A4, with its QR code."""

import textwrap
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from cms.pdf import laid_out
from contests.models import Contest
from contests.queries.contests import clock_of
from schools.queries.addresses import absolute, qr_svg

SIZES = {"a3": "A3", "a4": "A4"}


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
    # Everything is set in shares of the root's size, so that one sheet serves both formats.
    unit = "14pt" if size == "a3" else "9.9pt"
    style = f"@page{{size:{SIZES[size]};margin:0}}html{{font-size:{unit}}}"
    return laid_out(poster_page(contest, size), "contests/poster.css", style=style).write_pdf()


def _lines(text: str, *, width: int, top: float, step: float, most: int) -> list[dict]:
    """Lines of at most `width` letters, each with its place below `top`. SVG breaks no lines by itself."""
    found = textwrap.wrap(text, width, max_lines=most, placeholder=" …")
    return [{"y": f"{top + place * step:.1f}", "text": line} for place, line in enumerate(found)]


def poster_svg(contest: Contest) -> str:
    """The sheet as one drawing, for whoever goes on with it in a drawing program. Needs no Pango."""
    address = address_of(contest)
    title = _lines(contest.title, width=24, top=38, step=15, most=4)
    foot = 38 + (len(title) - 1) * 15 + 12
    summary = _lines(contest.summary, width=56, top=foot + 14, step=8.5, most=4)
    below = foot + 14 + len(summary) * 8.5 + 6
    rounds = clock_of(contest).rounds
    spans = [f"{_moment(one.opens_at)} – {_moment(one.closes_at)}" for one in rounds[:5]]
    when = [{"y": f"{below + place * 7.5:.1f}", "text": text} for place, text in enumerate(["Thời gian", *spans])]
    below += len(when) * 7.5 + 5
    room = max(0, int((218 - below) // 7.5) - 1)
    told = [f"{one.count} {one.title}" if one.count > 1 else one.title for one in contest.prizes.all()[:room]]
    prizes = [{"y": f"{below + place * 7.5:.1f}", "text": text} for place, text in enumerate(["Giải thưởng", *told])]
    return render_to_string(
        "contests/poster.svg",
        {
            "contest": contest,
            "site": settings.WAGTAIL_SITE_NAME,
            "title": title,
            "summary": summary,
            "when": when if spans else [],
            "prizes": prizes if told else [],
            "qr": qr_svg(address),
            "address": [
                {"y": f"{254 + place * 6:.1f}", "text": part}
                for place, part in enumerate(textwrap.wrap(address.split("://", 1)[-1], 42)[:3])
            ],
            "foot": foot,
        },
    ).strip()


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%H:%M %d/%m/%Y")

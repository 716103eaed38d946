"""«Nơi giúp bà con»: where to be helped in person, commune by commune."""

from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.views.decorators.http import require_safe

from cms.keeping import kept
from cms.navigation import menu_pages
from cms.page_cache import same_for_everyone
from cms.vocabulary.models import PortalLink
from cms.vocabulary.places import (
    Entry,
    Places,
    find_places,
    next_change,
    open_at,
    places,
    places_of,
    points_shown,
)

PER_PAGE = 20
MAX_QUERY = 120
# Communes without a point of their own that a search names.
LONELY = 5
HOTLINE = "tong-dai-dich-vu-cong"


@require_safe
def help_points(request: HttpRequest) -> HttpResponse:
    """All communes; with `unit` the points of one, with `q` those that a search without accents finds, with `open` only
    those that are open now by the server's clock.
    """
    query = " ".join(request.GET.get("q", "").split())[:MAX_QUERY]
    return _found(request, query) if query else _listed(request)


@same_for_everyone
def _listed(request: HttpRequest) -> HttpResponse:
    known, now, only_open = known_places(), timezone.localtime(), request.GET.get("open") == "1"
    unit = request.GET.get("unit", "")
    context = _context(known)
    if unit:
        commune = known.communes.get(unit)
        if commune is None:
            raise Http404(unit)
        own, above = places_of(known, unit)
        entries = [*own, *above]
        listed = open_at(entries, now) if only_open else entries
        shown = points_shown((entry.point for entry in listed), now)
        groups = [_group(known, code, [one for one in listed if one.commune == code], shown) for code in _codes(listed)]
        context |= {
            "commune": commune,
            "has_own": bool(own),
            "groups": [one for one in groups if one["commune"] is commune],
            "wider": [one for one in groups if one["commune"] is not commune],
        }
    elif only_open:
        entries = list(known.entries)
        context |= _page_of(request, known, open_at(entries, now), now, {"open": "1"})
    else:
        entries = list(known.entries)
        open_now = Counter(entry.commune for entry in open_at(entries, now))
        context["communes"] = [
            {"code": one.code, "name": one.name, "points": one.points, "open_now": open_now[one.code]}
            for one in known.communes.values()
            if one.points
        ]
    response = _answer(request, context, entries, now, {"unit": unit})
    if (change := next_change(entries, now)) is not None:
        # «Tomorrow» is another day after midnight.
        change = min(change, now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
        response.kept_seconds = int((change - now).total_seconds())  # read by cms.page_cache
    return response


def _found(request: HttpRequest, query: str) -> HttpResponse:
    known, now, only_open = known_places(), timezone.localtime(), request.GET.get("open") == "1"
    entries, lonely = find_places(known, query)
    listed = open_at(entries, now) if only_open else entries
    context = _context(known) | _page_of(
        request, known, listed, now, {"q": query} | ({"open": "1"} if only_open else {})
    )
    context |= {"query": query, "lonely": [] if only_open else lonely[:LONELY]}
    return _answer(request, context, entries, now, {"q": query})


def _page_of(request: HttpRequest, known: Places, entries: list[Entry], now: datetime, address: dict) -> dict:
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    shown = points_shown((entry.point for entry in listed), now)
    groups = [_group(known, code, [one for one in listed if one.commune == code], shown) for code in _codes(listed)]
    return {"found": page, "keep": urlencode(address) + "&", "groups": groups}


def _answer(
    request: HttpRequest, context: dict, entries: list[Entry], now: datetime, address: dict[str, str]
) -> HttpResponse:
    """`entries`: what there would be if nobody asked for open ones only."""
    only_open = request.GET.get("open") == "1"
    address = {name: value for name, value in address.items() if value}
    everything = f"?{urlencode(address)}" if address else reverse("help_points")
    number = len(open_at(entries, now))
    context |= {"only_open": only_open, "everything": everything, "open_now": number}
    if only_open or any(entry.hours for entry in entries):
        context["standings"] = [
            {
                "label": pgettext("help points", "All"),
                "url": everything,
                "count": len(entries),
                "current": not only_open,
            },
            {
                "label": pgettext("help points", "Open now"),
                "url": f"?{urlencode(address | {'open': '1'})}",
                "count": number,
                "current": only_open,
            },
        ]
    return render(request, "cms/help_points.html", context)


def known_places() -> Places:
    """What a search needs, kept until content changes; a new day is another key, for validity ends at midnight."""
    return kept(f"help-places:{get_language()}:{timezone.localdate():%Y%m%d}", places)


def _context(known: Places) -> dict:
    language = get_language()
    return {
        "menu_pages": menu_pages(language),
        "has_points": bool(known.entries),
        "hotline": kept(
            "help-line", lambda: PortalLink.objects.filter(key=HOTLINE).values_list("url", flat=True).first()
        ),
    }


def _codes(entries: list[Entry]) -> list[str]:
    return list(dict.fromkeys(entry.commune for entry in entries))


def _group(known: Places, code: str, entries: list[Entry], shown: dict[int, dict]) -> dict:
    return {"commune": known.communes[code], "points": [shown[one.point] for one in entries if one.point in shown]}

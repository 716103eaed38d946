"""«Nơi giúp bà con»: where to be helped in person, commune by commune."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cms.keeping import kept
from cms.navigation import menu_pages
from cms.page_cache import same_for_everyone
from cms.vocabulary.models import PortalLink
from cms.vocabulary.places import Entry, Places, find_places, places, places_of, points_shown

PER_PAGE = 20
MAX_QUERY = 120
# Communes without a point of their own that a search names.
LONELY = 5
HOTLINE = "tong-dai-dich-vu-cong"


@require_safe
def help_points(request: HttpRequest) -> HttpResponse:
    """All communes; with `unit` the points of one, with `q` those that a search without accents finds."""
    query = " ".join(request.GET.get("q", "").split())[:MAX_QUERY]
    return _found(request, query) if query else _listed(request)


@same_for_everyone
def _listed(request: HttpRequest) -> HttpResponse:
    known = known_places()
    unit = request.GET.get("unit", "")
    context = _context(known)
    if unit:
        commune = known.communes.get(unit)
        if commune is None:
            raise Http404(unit)
        own, above = places_of(known, unit)
        shown = points_shown(entry.point for entry in [*own, *above])
        context |= {"commune": commune, "groups": [_group(known, unit, own, shown)] if own else []}
        context["wider"] = [
            _group(known, code, [one for one in above if one.commune == code], shown) for code in _codes(above)
        ]
    else:
        context["communes"] = [one for one in known.communes.values() if one.points]
    return render(request, "cms/help_points.html", context)


def _found(request: HttpRequest, query: str) -> HttpResponse:
    known = known_places()
    entries, lonely = find_places(known, query)
    page = Paginator(entries, PER_PAGE).get_page(request.GET.get("page"))
    listed = list(page.object_list)
    shown = points_shown(entry.point for entry in listed)
    context = _context(known) | {
        "query": query,
        "found": page,
        "keep": urlencode({"q": query}) + "&",
        "groups": [
            _group(known, code, [one for one in listed if one.commune == code], shown) for code in _codes(listed)
        ],
        "lonely": lonely[:LONELY],
    }
    return render(request, "cms/help_points.html", context)


def known_places() -> Places:
    """What a search needs, kept until content changes; a new day is another key, for validity ends at midnight."""
    return kept(f"help-points:{get_language()}:{timezone.localdate():%Y%m%d}", places)


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

"""The search page."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from cms.formats import format_name
from cms.keeping import kept
from cms.models import SearchEntry
from cms.navigation import menu_pages
from cms.search.queries import entries, marked_title, page_of, search, snippet

PER_PAGE = 10
MAX_QUERY = 200
SUGGESTED = 6


def search_page(request: HttpRequest) -> HttpResponse:
    """What is published in the active language and holds the words of `q`; `format` narrows it to one kind.

    Home pages and lists of pages are ways to something, not an answer: they are left out.
    """
    language = get_language()
    query = " ".join(request.GET.get("q", "").split())[:MAX_QUERY]
    chosen = request.GET.get("format", "")
    context = {
        "query": query,
        "menu_pages": menu_pages(language),
        "suggestions": kept(f"suggestions:{language}", lambda: _suggestions(language)),
        "hits": [],
    }
    if query:
        everything = search(query, entries(language=language).filter(is_material=True))
        kinds = dict(SearchEntry.objects.filter(pk__in=everything.ids).values_list("pk", "format"))
        ids = [pk for pk in everything.ids if not chosen or kinds.get(pk) == chosen]
        found = Paginator(ids, PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "found": found,
            "loose": everything.loose,
            "corrected": everything.query if everything.corrected else "",
            "hits": [
                {
                    "entry": entry,
                    "title": marked_title(entry, everything.query),
                    "snippet": snippet(entry, everything.query),
                    "kind": format_name(entry.format),
                }
                for entry in page_of(list(found.object_list))
            ],
            "formats": _chips(query, chosen, list(kinds.values())),
            "keep": urlencode({"q": query, **({"format": chosen} if chosen else {})}) + "&",
        }
    return render(request, "cms/search.html", context)


def _chips(query: str, chosen: str, formats: list[str]) -> list[dict]:
    counts = {name: formats.count(name) for name in sorted(set(formats))}
    chips = [
        {"label": format_name(""), "url": f"?{urlencode({'q': query})}", "count": len(formats), "current": not chosen}
    ]
    return chips + [
        {
            "label": format_name(name),
            "url": f"?{urlencode({'q': query, 'format': name})}",
            "count": count,
            "current": name == chosen,
        }
        for name, count in counts.items()
    ]


def _suggestions(language: str) -> list[dict[str, str]]:
    """Guides first: who searches in vain mostly has something to get done. No lessons: they stand in their course."""
    materials = SearchEntry.objects.filter(language=language, is_material=True).exclude(format="lesson")
    guides_first = Case(When(format="guide", then=Value(0)), default=Value(1))
    return list(materials.order_by(guides_first, "-updated").values("title", "url")[:SUGGESTED])

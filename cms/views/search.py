"""The search page: what is published, found by words and narrowed by what it is and for whom."""

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cms.formats import format_name
from cms.keeping import kept
from cms.models import SearchEntry
from cms.navigation import menu_pages
from cms.search import helping
from cms.search.facets import FACETS, Counted
from cms.search.levels import LEVELS
from cms.search.queries import Results, entries, marked_title, page_of, search, snippet
from cms.vocabulary.models import Audience, ContentLanguage, Topic
from cms.vocabulary.speaking import is_open

PER_PAGE = 10
MAX_QUERY = 200
MAX_CODE = 60
SUGGESTED = 6


def search_page(request: HttpRequest) -> HttpResponse:
    """What is published and holds the words of `q`, narrowed by `language` and the facets; without `q` all of it.

    Every choice stands in the address, so that a link to a collection can be sent on. Home pages and lists of pages
    are ways to something, not an answer: they are left out.
    """
    shown_in = get_language() or settings.LANGUAGE_CODE
    query = " ".join(request.GET.get("q", "").split())[:MAX_QUERY]
    language = _language(request.GET.get("language", ""), shown_in)
    chosen = {facet: request.GET.get(facet, "")[:MAX_CODE] for facet in FACETS}
    context = {
        "query": query,
        "menu_pages": menu_pages(shown_in),
        "suggestions": kept(f"suggestions:{shown_in}", partial(_suggestions, shown_in)),
        "hits": [],
    }
    address = Address(query, language if language != shown_in else "", chosen)
    is_asked = bool(query or address.language or any(chosen.values()))
    if not is_asked:
        counted, elsewhere = kept(f"facets:{language}", partial(_everything, language)), {}
    else:
        results = search(query, entries(language=language, materials=True, **chosen))
        counted = results.counted
        elsewhere = {code: number for code, number in results.elsewhere.items() if is_open(code)}
        found = Paginator(results.ids, PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "found": found,
            "loose": results.loose,
            "corrected": results.query if results.corrected else "",
            "hits": _hits(page_of(list(found.object_list)), results),
            "keep": f"{address.to()[1:]}&",
        }
    here = counted.total if is_asked else 0
    names = kept(f"facet-names:{shown_in}", partial(_names, shown_in))
    context |= {
        "is_asked": is_asked,
        "kinds": _values("format", address, counted, names, always_all=True),
        "facets": _facets(address, counted, names, _languages(address, language, here, elsewhere, shown_in)),
        "chosen": _chosen(address, names, language, shown_in),
        "shown_in": shown_in,
        "looser": [] if counted.total or not is_asked else _looser(address, counted, names, elsewhere),
        "other_language": language if language != shown_in else "",
    }
    return render(request, "cms/search.html", context)


class Address:
    """The address of a search, and of the same with something chosen, changed or given up."""

    def __init__(self, query: str, language: str, chosen: Mapping[str, str]):
        self.query, self.language, self.chosen = query, language, chosen

    def to(self, **changes: str) -> str:
        values = {"q": self.query, "language": self.language, **self.chosen, **changes}
        return f"?{urlencode({name: value for name, value in values.items() if value})}"


def _everything(language: str) -> Counted:
    return search("", entries(language=language, materials=True)).counted


def _language(asked: str, shown_in: str) -> str:
    return asked if asked in dict(settings.LANGUAGES) and is_open(asked) else shown_in


def _hits(found: list[SearchEntry], results: Results) -> list[dict]:
    return [
        {
            "entry": entry,
            "title": marked_title(entry, results.query, results.same),
            "snippet": snippet(entry, results.query, results.same),
            "kind": format_name(entry.format),
        }
        for entry in found
    ]


# --- What may be chosen -----------------------------------------------------------------------------------------------


def _titles() -> dict[str, str]:
    return {
        "format": pgettext("of a search", "Kind"),
        "audience": pgettext("of a search", "For whom"),
        "topic": pgettext("of a search", "Topic"),
        "level": pgettext("of a search", "School level"),
        "audio": pgettext("of a search", "Sound"),
        "voice": pgettext("of a search", "Also in the language"),
    }


def _names(language: str) -> dict[str, dict[str, str]]:
    """Codes of terms and tags of languages → what readers call them, in the order of their lists."""
    vietnamese = language.startswith("vi")
    rows = ContentLanguage.objects.order_by("name_vi").values_list("tag", "name_vi", "name_en", "autonym")
    return {
        "audience": _terms(Audience, language),
        "topic": _terms(Topic, language),
        "voice": {tag.lower(): name_vi if vietnamese else name_en or own for tag, name_vi, name_en, own in rows},
    }


def _terms(model: type[Audience] | type[Topic], language: str) -> dict[str, str]:
    found = {}
    for code in (settings.LANGUAGE_CODE, language):
        found.update(model.objects.filter(locale__language_code=code).values_list("slug", "name"))
    return found


def _name(facet: str, code: str, names: dict[str, dict[str, str]]) -> str:
    if facet == "format":
        return format_name(code)
    if facet == "level":
        return str(LEVELS.get(code, code))
    if facet == "audio":
        return _("Can be listened to")
    return names[facet].get(code, code)


def _order(facet: str, codes: list[str], names: dict[str, dict[str, str]]) -> list[str]:
    """As their lists are ordered; kinds by name."""
    places = list(LEVELS) if facet == "level" else list(names.get(facet, ()))
    return sorted(
        codes, key=lambda one: (places.index(one) if one in places else len(places), _name(facet, one, names))
    )


def _values(
    facet: str, address: Address, counted: Counted, names: dict[str, dict[str, str]], *, always_all: bool = False
) -> list[dict]:
    """The values of a facet as chips, the chosen one leading back. Nothing where there is nothing to choose."""
    chosen, counts = address.chosen[facet], counted.counts[facet]
    codes = list(counts) if chosen in counts or not chosen else [*counts, chosen]
    if not chosen and (len(codes) < 2 and all(counts[code] == counted.total for code in codes)):
        return []
    values = [
        {
            "label": _name(facet, code, names),
            "url": address.to(**{facet: "" if code == chosen else code}),
            "count": counts[code],
            "current": code == chosen,
        }
        for code in _order(facet, codes, names)
    ]
    if always_all:
        everything = counted.without.get(facet, counted.total) if chosen else counted.total
        values.insert(
            0, {"label": format_name(""), "url": address.to(**{facet: ""}), "count": everything, "current": not chosen}
        )
    return values


def _facets(address: Address, counted: Counted, names: dict, languages: list[dict]) -> list[dict]:
    titles = _titles()
    found = [
        {"title": titles[facet], "chips": values}
        for facet in FACETS
        if facet != "format" and (values := _values(facet, address, counted, names))
    ]
    return [*found, {"title": pgettext("of a search", "Language"), "chips": languages}] if languages else found


def _languages(address: Address, language: str, here: int, elsewhere: dict[str, int], shown_in: str) -> list[dict]:
    if not elsewhere and language == shown_in:
        return []
    numbers = {**elsewhere, language: here}
    return [
        {
            "label": name,
            "url": address.to(language="" if code == shown_in else code),
            "count": numbers[code],
            "current": code == language,
            "language": code,
        }
        for code, name in settings.LANGUAGES
        if code in numbers
    ]


def _chosen(address: Address, names: dict, language: str, shown_in: str) -> list[dict]:
    """What narrows the search now, each with the address at which it does no more."""
    found = [
        {"label": _name(facet, code, names), "url": address.to(**{facet: ""})}
        for facet, code in address.chosen.items()
        if code
    ]
    if language != shown_in:
        found.append({"label": dict(settings.LANGUAGES)[language], "url": address.to(language="")})
    return found


def _looser(address: Address, counted: Counted, names: dict, elsewhere: dict[str, int]) -> list[dict]:
    """What to give up where nothing is left, and how much there is then."""
    found = [
        {"label": _name(facet, address.chosen[facet], names), "url": address.to(**{facet: ""}), "count": number}
        for facet, number in counted.without.items()
    ]
    if not found and any(address.chosen.values()) and address.query:
        found = [{"label": "", "url": address.to(**dict.fromkeys(FACETS, "")), "count": None}]
    languages = dict(settings.LANGUAGES)
    return found + [
        {"language": code, "name": languages.get(code, code), "url": address.to(language=code), "count": number}
        for code, number in elsewhere.items()
    ]


def _suggestions(language: str) -> list[dict[str, str]]:
    """Guides first: who searches in vain mostly has something to get done. No lessons: they stand in their course; no
    places: they stand under their commune.
    """
    materials = SearchEntry.objects.filter(language=language, is_material=True).exclude(
        format__in=("lesson", helping.KIND)
    )
    guides_first = Case(When(format="guide", then=Value(0)), default=Value(1))
    return list(materials.order_by(guides_first, "-updated").values("title", "url")[:SUGGESTED])

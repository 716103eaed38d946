"""Where a page stands: the way to it, the menu, and the same place in the other languages."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import Resolver404, resolve, translate_url
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.keeping import kept
from cms.page_cache import IGNORED
from cms.vocabulary.speaking import open_languages


def trail(page: Page) -> list[dict]:
    """Pages above `page` from the home page down, as {label, url}."""
    above = list(page.get_ancestors().filter(depth__gt=1, live=True))
    for step in above:
        step.locale = page.locale
    return [{"label": step.title if place else _("Home"), "url": step.url} for place, step in enumerate(above)]


def menu_pages(language: str) -> list[dict]:
    """Sections an editor put in the menu of a language, as {label, url}; kept until content changes."""
    return kept(f"menu:{language}", lambda: _top_pages(language, in_menu=True))


def footer_pages(language: str) -> list[dict]:
    """Pages about the site (who runs it, privacy), as {label, url}: those of the top that are in no menu."""
    return kept(f"footer:{language}", lambda: _top_pages(language, in_menu=False))


def help_page(name: str, language: str) -> str:
    """The address of the starter page `name` («bat-dau»), in the site's main language where it is in no other.

    Empty where an editor has taken the page away, so that nothing leads nowhere.
    """

    def find() -> str:
        pages = Page.objects.live().public().filter(sectionpage__starter_key=f"page/{name}").select_related("locale")
        found = {page.locale.language_code: page for page in pages}
        page = found.get(language) or found.get(settings.LANGUAGE_CODE)
        return page.url or "" if page else ""

    return kept(f"help:{name}:{language}", find)


def _top_pages(language: str, *, in_menu: bool) -> list[dict]:
    """Open pages right below the home page. A list without a page to list leads nowhere yet and is left out."""
    pages = (
        Page.objects.live()
        .public()
        .filter(depth=3, show_in_menus=in_menu, locale__language_code=language)
        .select_related("locale")
        .order_by("path")
    )
    if in_menu:
        pages = pages.exclude(pk__in=empty_lists(pages))
    return [{"label": page.title, "url": page.url} for page in pages]


def empty_lists(pages: QuerySet) -> list[int]:
    """Ids of those of `pages` that have nothing to show: no open page below and no text of their own."""
    return [page.pk for page in pages.specific() if getattr(page, "is_empty", False)]


# --- Languages --------------------------------------------------------------------------------------------------------


def language_name(code: str) -> str:
    """What a language calls itself, as it is written at the head of a line: «Tiếng Việt», «English»."""
    own = dict(settings.LANGUAGES).get(code) or get_language_info(code)["name_local"]
    return own[:1].upper() + own[1:]


def with_query(url: str, query: dict[str, str]) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def asked_of(request: HttpRequest | None, code: str) -> dict[str, str]:
    """What the address asks for, as the same page in another language is asked for it.

    A page number does not fit another language, and what others hang on to links is nobody's wish. `next` is put into
    the language where the application knows how; a page of the editors has its own address there.
    """
    if request is None:
        return {}
    asked = {
        name: str(value)
        for name, value in request.GET.items()
        if name not in {"page", "untranslated"} and not IGNORED.fullmatch(name)
    }
    if asked.get("next") and _is_served(urlsplit(asked["next"]).path):
        asked["next"] = translate_url(asked["next"], code)
    return asked


def languages(page: Page) -> dict[str, list[dict]]:
    """The page in the site's languages.

    `language_links` has one entry a language, {code, name, url, current, exact}: where the page is not translated it
    leads to its nearest translated ancestor, and `exact` is False. `alternates` are the true translations only.
    """
    above = list(page.get_ancestors().filter(depth__gt=1).reverse())
    line = [page, *above]
    translations: dict[tuple, Page] = {
        (found.translation_key, found.locale.language_code): found
        for found in Page.objects.live()
        .public()
        .filter(translation_key__in=[step.translation_key for step in line])
        .select_related("locale")
    }
    links, alternates = [], []
    for code, _name in open_languages():
        link = {
            "code": code,
            "name": language_name(code),
            "current": code == page.locale.language_code,
            "exact": False,
            "url": f"/{code}/?untranslated={page.locale.language_code}",
        }
        for step in line:
            other = translations.get((step.translation_key, code))
            if other is not None:
                link["exact"] = step is page
                with translation.override(code):
                    link["url"] = other.url + ("" if step is page else f"?untranslated={page.locale.language_code}")
                break
        links.append(link)
        if link["exact"]:
            alternates.append(link)
    return {"language_links": links, "alternates": alternates}


def fixed_entries(language: str) -> list[dict]:
    """Large ways in to those parts of the site that are installed and are no pages, as {label, url, icon, text}."""
    with translation.override(language):
        entries = [
            {
                "label": _("Contests"),
                "url": f"/{language}/contests/",
                "icon": "trophy",
                "text": _("Quizzes, posters, videos: take part with your school."),
            },
            {
                "label": _("Ask"),
                "url": f"/{language}/support/",
                "icon": "messages-square",
                "text": _("A question about a procedure? Ask, or read what others asked."),
            },
        ]
        return [entry for entry in entries if _is_served(entry["url"])]


def _is_served(url: str) -> bool:
    try:
        return resolve(url).url_name != "wagtail_serve"
    except Resolver404:
        return False

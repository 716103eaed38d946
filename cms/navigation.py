"""Where a page stands: the way to it, the menu, and the same place in the other languages."""

from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from wagtail.models import Page

from cms.keeping import kept


def trail(page: Page) -> list[dict]:
    """Pages above `page` from the home page down, as {label, url}."""
    above = list(page.get_ancestors().filter(depth__gt=1, live=True))
    for step in above:
        step.locale = page.locale
    return [{"label": step.title if place else _("Home"), "url": step.url} for place, step in enumerate(above)]


def menu_pages(language: str) -> list[dict]:
    """Pages an editor put in the menu of a language, as {label, url}; kept until content changes."""
    return kept(f"menu:{language}", lambda: _menu_pages(language))


def _menu_pages(language: str) -> list[dict]:
    pages = (
        Page.objects.live()
        .public()
        .filter(depth=3, show_in_menus=True, locale__language_code=language)
        .select_related("locale")
        .order_by("path")
    )
    return [{"label": page.title, "url": page.url} for page in pages]


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
    for code, _name in settings.LANGUAGES:
        link = {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
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


def today_url(language: str) -> str:
    """The address of what a signed-in person has to do today; empty where no room offers it."""
    with translation.override(language):
        try:
            return reverse("courses:today")
        except NoReverseMatch:
            return ""


def _is_served(url: str) -> bool:
    try:
        return resolve(url).url_name != "wagtail_serve"
    except Resolver404:
        return False

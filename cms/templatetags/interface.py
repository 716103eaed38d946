"""What the shared templates need and a view does not pass: stylesheets, main navigation, languages of this page.

Nothing here looks at the person who asks: pages that use these tags may be cached for everyone.
"""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.html import format_html_join
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from cms.frontend import STYLESHEETS
from cms.navigation import menu_pages

register = template.Library()


@register.simple_tag
def stylesheets():
    """The site's stylesheet: one bundled file, or, while working on the code, the files as they are written."""
    names = [f"css/{name}" for name in STYLESHEETS] if settings.DEBUG else ["vendor/site.css"]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names))


@register.simple_tag(takes_context=True)
def navigation(context):
    """Entries of the main navigation as `{"label", "url", "icon", "current"}`.

    The fixed entries are those prefixes (contract.md, HTTP) a view stands behind; after "Learn" come the sections an
    editor put in the menu: `menu_pages` where the view gives them, else the kept list of the language.
    """
    language = get_language()
    entries = []
    for prefix, label, icon in (
        ("learn", _("Learn"), "book-open"),
        ("contests", _("Contests"), "trophy"),
        ("support", _("Ask"), "messages-square"),
    ):
        url = f"/{language}/{prefix}/"
        if _has_view(url):
            entries.append({"label": label, "url": url, "icon": icon})
        if prefix == "learn":
            pages = context.get("menu_pages")
            entries += [{"icon": "file-text", **page} for page in (menu_pages(language) if pages is None else pages)]
    request = context.get("request")
    path = request.path if request else ""
    return [{**entry, "current": path.startswith(entry["url"])} for entry in entries]


@register.simple_tag(takes_context=True)
def languages_of_this_page(context):
    """The page in the site's languages as `{"code", "name", "url", "current"}`.

    A view that knows better (a page not translated yet, a content language beyond the site's) passes the same list as
    `language_links`.
    """
    given = context.get("language_links")
    if given is not None:
        return given
    request, current = context.get("request"), get_language()
    path = request.path if request else "/"
    links = []
    for code, _name in settings.LANGUAGES:
        rest = path.split("/", 2)
        inside = len(rest) > 2 and rest[1] == current
        links.append(
            {
                "code": code,
                "name": get_language_info(code)["name_local"].capitalize(),
                "url": f"/{code}/{rest[2]}" if inside else f"/{code}/",
                "current": code == current,
            }
        )
    return links


@register.simple_tag
def address(name, fallback):
    """The address called `name`, or `/<language>/<fallback>` while the room that serves it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return f"/{get_language()}/{fallback}"


def _has_view(path: str) -> bool:
    """Whether a room serves the address; what no room serves falls to Wagtail's page view."""
    try:
        return resolve(path).url_name != "wagtail_serve"
    except Resolver404:
        return False

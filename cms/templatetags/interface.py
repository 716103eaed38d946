"""What the shared templates need and a view does not pass: stylesheets, main navigation, languages of this page."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.frontend import STYLESHEETS
from cms.navigation import asked_of, footer_pages, help_page, language_name, menu_pages, with_query
from cms.shells import places_in
from cms.vocabulary.speaking import open_languages

register = template.Library()

DESKS_IN_MENU = 2
# What a drawing says of itself as a file of its own.
TITLE_OR_ROLE = re.compile(r'<title>.*?</title>| role="img"', re.DOTALL)


@register.simple_tag
def stylesheets():
    """The site's stylesheet: one bundled file, or, while working on the code, the files as they are written."""
    names = [f"css/{name}" for name in STYLESHEETS] if settings.DEBUG else ["vendor/site.css"]
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', ((static(name),) for name in names))


@register.simple_tag
@cache
def drawing(name: str, css: str, words: str):
    """A drawing of ours as part of the page, for one that every first visit would otherwise ask for apart.

    `name` is a static file, `css` its class in the page, `words` what it shows.
    """
    text = Path(finders.find(name)).read_text(encoding="utf-8")
    opening = format_html('<svg class="{}" role="img" aria-label="{}" ', css, words)
    return mark_safe(TITLE_OR_ROLE.sub("", text).strip().replace("<svg ", opening, 1))


@register.simple_tag(takes_context=True)
def personal(context, template, **values):
    """A part of the page that is each reader's own: the text of `template`, drawn with the page's context and `values`.

    In a page kept for many readers (cms.shells) it leaves a place, where the part is drawn each time the page is served;
    then it has `values`, what context processors give and `personal_context` of the page's type, and nothing else.
    """
    if (places := places_in(context)) is not None:
        return mark_safe(places.leave(template, values))
    with context.push(**values):
        return context.template.engine.get_template(template).render(context)


@register.simple_tag(takes_context=True)
def site_navigation(context):
    """The parts of the site in the main navigation, the same for everyone, as `{"label", "url", "icon", "current"}`.

    The sections an editor put in the menu (`menu_pages` where the view gives them, else the kept list of the language),
    then those fixed parts (contract.md, HTTP) a view stands behind.
    """
    language = get_language()
    pages = context.get("menu_pages")
    entries = [{"icon": "file-text", **page} for page in (menu_pages(language) if pages is None else pages)]
    for prefix, label, icon in (("contests", _("Contests"), "trophy"), ("support", _("Ask"), "messages-square")):
        url = f"/{language}/{prefix}/"
        if _has_view(url):
            entries.append({"label": label, "url": url, "icon": icon})
    return _with_current(context, entries)


@register.simple_tag(takes_context=True)
def with_own_desks(context, entries):
    """`entries` of the main navigation after the reader's own desks; of all of them one stands for the page."""
    viewer = context.get("viewer")
    return _with_current(context, [*(viewer["desks"][:DESKS_IN_MENU] if viewer else []), *entries])


def _with_current(context, entries):
    request = context.get("request")
    path = request.path if request else ""
    # The nearest one only: «Xã của tôi» lies below the page of all figures.
    nearest = max((entry["url"] for entry in entries if path.startswith(entry["url"])), key=len, default=None)
    return [{**entry, "current": entry["url"] == nearest} for entry in entries]


@register.simple_tag(takes_context=True)
def footer_links(context):
    """Pages about the site itself, as `{"label", "url"}`."""
    return footer_pages(get_language())


@register.simple_tag(name="help_page")
def help_page_address(name):
    """Where the help called `name` stands («bat-dau-giao-vien»); empty where there is none."""
    return help_page(name, get_language())


@register.simple_tag(takes_context=True)
def languages_of_this_page(context):
    """The page in the site's languages as `{"code", "name", "url", "current"}`.

    A view that knows better (a page not translated yet, a content language beyond the site's) passes the same list as
    `language_links`. What was asked for (a search, the length of a lesson, a school) is asked for in the other language
    too.
    """
    request, current = context.get("request"), get_language()
    given = context.get("language_links")
    if given is not None:
        return [
            {**link, "url": with_query(link["url"], asked_of(request, link["code"]) if link.get("exact") else {})}
            for link in given
        ]
    path = request.path if request else "/"
    links = []
    for code, _name in open_languages():
        rest = path.split("/", 2)
        inside = len(rest) > 2 and rest[1] == current
        links.append(
            {
                "code": code,
                "name": language_name(code),
                "url": with_query(f"/{code}/{rest[2]}", asked_of(request, code)) if inside else f"/{code}/",
                "current": code == current,
            }
        )
    return links


@register.simple_tag(takes_context=True)
def sign_in_next(context):
    """`?next=` with this page, for the link to sign in; nothing on the home page, after which one's own desk comes."""
    request = context.get("request")
    if request is None or request.path in {"/", f"/{get_language()}/"}:
        return ""
    return "?" + urlencode({"next": request.path})


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

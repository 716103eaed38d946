"""The sitemap (sitemaps.org 0.9) with a line for each translation of a page."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from wagtail.models import Locale, Page

from cms.feeds.gathering import in_full
from cms.vocabulary.speaking import open_languages

PER_FILE = 10_000
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
Xml.register_namespace("xhtml", XHTML)


@dataclass(frozen=True)
class Listed:
    url: str
    changed_at: datetime | None
    # (language, address) of the page in every language it is open in, when these are two or more.
    alternates: tuple[tuple[str, str], ...]


def sitemap_pages() -> list[Listed]:
    """Every page open to all, in the order of the tree. Four queries."""
    locales = {locale.pk: locale for locale in Locale.objects.all()}
    known = dict(open_languages())
    rows = []
    for page in Page.objects.live().public().filter(depth__gt=1).order_by("path"):
        page.locale = locales[page.locale_id]
        language = page.locale.language_code
        if language not in known:
            continue
        with translation.override(language):
            url = page.url
        if url:
            rows.append((page.translation_key, language, in_full(url), page.last_published_at))
    versions: dict = defaultdict(list)
    for key, language, url, _changed in rows:
        versions[key].append((language, url))
    return [
        Listed(url, changed, tuple(versions[key]) if len(versions[key]) > 1 else ())
        for key, _language, url, changed in rows
    ]


def sitemap_of(pages: list[Listed]) -> str:
    top = Xml.Element("urlset", xmlns=SITEMAP)
    for page in pages:
        one = Xml.SubElement(top, "url")
        Xml.SubElement(one, "loc").text = page.url
        if page.changed_at:
            Xml.SubElement(one, "lastmod").text = page.changed_at.isoformat(timespec="seconds")
        for language, url in _with_default(page.alternates):
            Xml.SubElement(one, f"{{{XHTML}}}link", rel="alternate", hreflang=language, href=url)
    return _text(top)


def _with_default(alternates: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Whoever speaks none of the languages is sent to the main one."""
    main = [("x-default", url) for language, url in alternates if language == settings.LANGUAGE_CODE]
    return [*alternates, *main]


def index_of(count: int) -> str:
    top = Xml.Element("sitemapindex", xmlns=SITEMAP)
    for number in range(1, ceil(count / PER_FILE) + 1):
        one = Xml.SubElement(top, "sitemap")
        Xml.SubElement(one, "loc").text = in_full(f"{reverse('sitemap')}?page={number}")
    return _text(top)


def _text(top: Xml.Element) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(top, encoding="unicode")}\n'

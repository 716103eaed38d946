"""/<language>/feeds/ and /sitemap.xml."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.feeds.calendar import KIND as CALENDAR
from cms.feeds.calendar import calendar_of
from cms.feeds.gathering import ALL, collections, find_collection, in_full, newest
from cms.feeds.sitemap import PER_FILE, index_of, sitemap_of, sitemap_pages
from cms.feeds.writing import FORMS, SITE_NAME, Told
from cms.keeping import kept
from cms.models import CampaignPage
from cms.navigation import menu_pages
from cms.page_cache import same_for_everyone

# A calendar that asks again keeps what was of late.
CALENDAR_KEEPS = timedelta(days=90)
MOST_CAMPAIGNS = 50
# Of an empty feed: there was nothing before the first release.
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@require_safe
@same_for_everyone
def feed(request: HttpRequest, collection: str, form: str) -> HttpResponse:
    """The newest materials of a collection in the language of the address; drawn once until any content changes.

    `?page=n` is what is older (RFC 5005, section 3); a page without anything is 404.
    """
    language = get_language()
    kind, _write = FORMS[form]
    asked = request.GET.get("page", "1")
    page = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    if page < 1:
        raise Http404(asked)
    key = f"feed:{language}:{collection}:{form}:{page}"
    text = kept(key, lambda: _written(collection, language, form, page), keep_if=bool)
    if text is None:
        raise Http404(collection)
    return HttpResponse(text, content_type=kind)


def _written(collection: str, language: str, form: str, page: int) -> str | None:
    found = find_collection(collection, language)
    if found is None:
        return None
    items, is_more = newest(collection, language, page)
    if page > 1 and not items:
        return None
    first = in_full(reverse(f"feed_{form}", args=[collection]))
    told = Told(
        title=SITE_NAME if collection == ALL else f"{found.name} · {SITE_NAME}",
        description=_("New and changed: lessons, guides and videos about online public services."),
        language=language,
        home=in_full(f"/{language}/"),
        own=_of_page(first, page),
        since=BEGINNING,
        first=first,
        previous=_of_page(first, page - 1) if page > 1 else "",
        next=_of_page(first, page + 1) if is_more else "",
    )
    return FORMS[form][1](told, items)


def _of_page(first: str, page: int) -> str:
    return first if page == 1 else f"{first}?page={page}"


@require_safe
@same_for_everyone
def feeds(request: HttpRequest) -> HttpResponse:
    """For people: which feeds there are, and what else other sites can take from here."""
    language = get_language()
    listed = kept(f"feeds:{language}", lambda: collections(language))
    groups = [
        {"heading": heading, "collections": [one for one in listed if one.kind == kind]}
        for kind, heading in (
            ("", _("Everything")),
            ("format", _("By kind")),
            ("audience", _("By audience")),
            ("topic", _("By topic")),
        )
    ]
    context = {
        "groups": [group for group in groups if group["collections"]],
        "forms": list(FORMS),
        "menu_pages": menu_pages(language),
        "oai": in_full(reverse("oai")),
        "oembed": in_full(reverse("oembed")),
        "sitemap": in_full(reverse("sitemap")),
    }
    return render(request, "cms/feeds.html", context)


@require_safe
@same_for_everyone
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every open page with its translations; above PER_FILE pages an index of files, `?page=n` being one of them."""
    asked = request.GET.get("page", "")
    pages = kept("sitemap:pages", sitemap_pages)
    if not asked:
        text = index_of(len(pages)) if len(pages) > PER_FILE else sitemap_of(pages)
    else:
        number = int(asked) if asked.isdigit() else 0
        part = pages[(number - 1) * PER_FILE : number * PER_FILE] if number else []
        if not part:
            raise Http404(asked)
        text = sitemap_of(part)
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


@require_safe
@same_for_everyone
def events(request: HttpRequest) -> HttpResponse:
    """The events of all campaigns of this language that are not long over, for a calendar that asks again by itself."""
    language = get_language()
    since = timezone.localdate() - CALENDAR_KEEPS
    pages = _campaigns(language).filter(ends_on__gte=since).order_by("starts_on", "path")[:MOST_CAMPAIGNS]
    return HttpResponse(calendar_of(pages, name=SITE_NAME), content_type=CALENDAR)


@require_safe
def events_of(request: HttpRequest, key: UUID) -> HttpResponse:
    """The events of one campaign, as a file that a telephone takes into its calendar."""
    page = get_object_or_404(_campaigns(get_language()), translation_key=key)
    answer = HttpResponse(calendar_of([page], name=page.title), content_type=CALENDAR)
    answer["Content-Disposition"] = f'attachment; filename="{page.slug}.ics"'
    return answer


def _campaigns(language: str):
    return CampaignPage.objects.live().public().filter(locale__language_code=language).select_related("locale")

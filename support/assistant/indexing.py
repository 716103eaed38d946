"""Keeping what may be quoted in step with what is published."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from wagtail.models import Page

from cms.jobs.steps import Step, untold
from cms.models import ContentPage, GuidePage, ProcedureUse
from cms.vocabulary.models import Procedure
from support.assistant.chunking import Chunk, chunks_of, facts_of
from support.models import LibraryState, Passage, Quotable

LOOKED_BACK = timedelta(hours=2)


@dataclass(frozen=True)
class Published:
    """A thing that may be quoted in one language."""

    kind: str
    key: str
    language: str
    title: str
    url: str
    chunks: list[Chunk] = field(default_factory=list)
    format: str = ""
    about: str = ""
    page_id: int | None = None
    checked_on: date | None = None
    review_by: date | None = None


def next_version() -> int:
    """The number of a change; the row stays locked until the transaction ends, so that numbers are seen in order."""
    LibraryState.objects.get_or_create(pk=1)
    LibraryState.objects.filter(pk=1).update(version=F("version") + 1, stamp=uuid4())
    return LibraryState.objects.values_list("version", flat=True).get(pk=1)


@transaction.atomic
def put(published: Published) -> Quotable:
    """Write or renew what may be quoted of one thing. The same again changes nothing but the version."""
    version = next_version()
    meant = _meant(published)
    quotable, _made = Quotable.objects.update_or_create(
        kind=published.kind,
        key=published.key,
        language=published.language,
        defaults={
            "version": version,
            "is_live": True,
            "format": published.format,
            "title": published.title[:255],
            "about": published.about,
            "url": published.url,
            "page_id": published.page_id,
            "checked_on": published.checked_on,
            "review_by": published.review_by,
        },
    )
    quotable.passages.all().delete()
    Passage.objects.bulk_create(
        Passage(
            quotable=quotable,
            position=position,
            kind=chunk.kind,
            anchor=chunk.anchor[:60],
            heading=chunk.heading,
            text=chunk.text,
            **meant.get((chunk.heading, chunk.text), {}),
        )
        for position, chunk in enumerate(published.chunks)
    )
    return quotable


def _meant(published: Published) -> dict[tuple[str, str], dict]:
    """Vectors of passages that will say the same as before under the same title: they need not be worked out again."""
    same = Passage.objects.filter(
        quotable__kind=published.kind,
        quotable__key=published.key,
        quotable__language=published.language,
        quotable__title=published.title[:255],
    ).exclude(embedded_by="")
    return {(one.heading, one.text): {"vector": one.vector, "embedded_by": one.embedded_by} for one in same.iterator()}


@transaction.atomic
def take_back(*, kind: str, key: str, language: str | None = None) -> int:
    """Nothing of one thing is quoted any more, in one language or all; returns in how many it was."""
    found = Quotable.objects.filter(kind=kind, key=str(key), is_live=True)
    if language:
        found = found.filter(language=language)
    ids = list(found.values_list("pk", flat=True))
    if ids:
        version = next_version()
        Passage.objects.filter(quotable__in=ids).delete()
        Quotable.objects.filter(pk__in=ids).update(is_live=False, version=version)
    return len(ids)


@transaction.atomic
def put_anew(*, kind: str, key: str) -> None:
    """Have every process read again what belongs to a thing, in all its languages, though its passages are the same."""
    Quotable.objects.filter(kind=kind, key=key).update(version=next_version())


@transaction.atomic
def index_page(page_id: int) -> Quotable | None:
    """Bring what may be quoted of a page in step with it: renewed when it is published and open to all, else taken back."""
    page = Page.objects.filter(pk=page_id).select_related("locale").first()
    if page is None:
        return None
    language = page.locale.language_code
    specific = page.specific
    is_open = isinstance(specific, ContentPage) and specific.live and not specific.get_view_restrictions().exists()
    chunks = chunks_of(specific) if is_open and _has_own_words(specific) else []
    with translation.override(language):
        url = specific.url if chunks else None
    if url is None:
        take_back(kind=Quotable.Kind.PAGE, key=page.translation_key, language=language)
        return None
    procedures = list(Procedure.objects.filter(code__in=specific.procedures_used(), locale_id=page.locale_id))
    # What is oldest decides: a lesson without a date of its own is as fresh as the facts it tells.
    dates = [specific.checked_on] if specific.checked_on else [one.checked_on for one in procedures]
    reviews = [specific.review_by] if specific.review_by else [one.review_by for one in procedures]
    topics = [term.name for term in specific.topics.all()]
    names = [one.name for one in procedures] if specific.content_format == "guide" else []
    return put(
        Published(
            kind=Quotable.Kind.PAGE,
            key=str(page.translation_key),
            language=language,
            title=specific.title,
            url=url,
            chunks=chunks,
            format=specific.content_format,
            about="\n".join([specific.summary, *names, *topics]),
            page_id=specific.pk,
            checked_on=min(dates, default=None),
            review_by=min(reviews, default=None),
        )
    )


@transaction.atomic
def index_procedure(code: str) -> int:
    """A procedure that no published guide tells is quoted from its record, with the link to where it is done.

    Returns in how many languages it may be quoted.
    """
    told = GuidePage.objects.filter(live=True, pk__in=pages_telling(code)).values_list("locale_id", flat=True)
    count = 0
    for one in Procedure.objects.filter(code=code).select_related("locale"):
        language = one.locale.language_code
        if one.locale_id in told or not one.portal_url:
            take_back(kind=Quotable.Kind.PROCEDURE, key=code, language=language)
            continue
        with translation.override(language):
            chunks = [facts_of(one, "")]
        published = Published(
            kind=Quotable.Kind.PROCEDURE,
            key=code,
            language=language,
            title=one.name,
            url=one.portal_url,
            chunks=chunks,
            format="procedure",
            checked_on=one.checked_on,
            review_by=one.review_by,
        )
        put(published)
        count += 1
    if not Procedure.objects.filter(code=code).exists():
        take_back(kind=Quotable.Kind.PROCEDURE, key=code)
    return count


def _has_own_words(page: ContentPage) -> bool:
    """Home pages and lists of pages are ways to something; those with a text of their own may be quoted."""
    return page.is_material or bool(page.body)


def index_pages(page_ids: Iterable[int]) -> None:
    for pk in page_ids:
        index_page(pk)


def index_branch(page_id: int) -> int:
    """A page and all below it: their addresses or privacy have changed. Returns how many were looked at."""
    top = Page.objects.filter(pk=page_id).first()
    pages = list(top.get_descendants(inclusive=True).values_list("pk", flat=True)) if top else []
    index_pages(pages)
    return len(pages)


def pages_telling(code: str) -> list[int]:
    """Published pages that tell the facts of a procedure."""
    return list(ProcedureUse.objects.filter(code=code).values_list("page_id", flat=True))


def index_missed(now: datetime | None = None) -> int:
    """Pages published of late whose news was lost on the way, because the queue was silent. Returns how many there were."""
    since = (now or timezone.now()) - LOOKED_BACK
    published = Page.objects.live().filter(last_published_at__gte=since).values_list("pk", "last_published_at")
    indexed = dict(Quotable.objects.filter(indexed_at__gte=since).values_list("page_id", "indexed_at"))
    missed = [pk for pk, at in published if pk not in indexed or indexed[pk] < at]
    return sum(index_page(pk) is not None for pk in missed)


def codes_told(page_id: int) -> list[str]:
    """Procedures whose facts a published page tells."""
    return list(ProcedureUse.objects.filter(page_id=page_id).values_list("code", flat=True))


def index_everything(*, step: Step = untold) -> int:
    """All pages anew; what belongs to no page any more is taken back. Returns how many things may be quoted."""
    pages = list(Page.objects.filter(depth__gt=1).values_list("pk", flat=True))
    count = 0
    for number, pk in enumerate(pages):
        step(number, len(pages), "pages")
        count += index_page(pk) is not None
    gone = Quotable.objects.filter(kind=Quotable.Kind.PAGE, is_live=True).exclude(page_id__in=pages)
    for kind, key, language in list(gone.values_list("kind", "key", "language")):
        take_back(kind=kind, key=key, language=language)
    for code in sorted(set(Procedure.objects.values_list("code", flat=True))):
        count += index_procedure(code)
    return count

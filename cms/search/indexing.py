"""Keeping the search entries in step with what is published."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.html import strip_tags
from wagtail.models import Page

from cms.jobs.steps import Step, untold
from cms.models import ContentPage, SearchEntry, SearchState, SearchText
from cms.models.search import new_stamp
from cms.search.facts import facts_of
from cms.search.folding import exact, folded, words
from cms.text.folding import normalize
from cms.vocabulary.speaking import is_open

MAX_TEXT = 50_000
BATCH = 250


@dataclass(frozen=True)
class Found:
    """One thing a search may find. `key` is its lasting identity, the same in every language."""

    kind: str
    key: str
    language: str
    format: str
    title: str
    url: str
    summary: str = ""
    text: str = ""
    is_material: bool = True
    audiences: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)
    has_audio: bool = False
    voices: list[str] = field(default_factory=list)
    updated: datetime | None = None


# Kind of thing → all of that kind that a search may find. Of rooms whose things are no pages.
_kinds: dict[str, Callable[[], Iterable[Found]]] = {}


def register_kind(kind: str, everything: Callable[[], Iterable[Found]]) -> None:
    """Called in a room's `AppConfig.ready()`: what `rebuild_search` has to write besides pages."""
    _kinds[kind] = everything


def changed() -> None:
    """Every process looks what is new before its next search. Call it in the transaction of the change, before entries
    are written: whoever writes waits here for whoever writes already, and nobody with a lock on an entry.
    """
    row = SearchState(pk=1, stamp=new_stamp())
    SearchState.objects.bulk_create([row], update_conflicts=True, unique_fields=["pk"], update_fields=["stamp"])


@transaction.atomic
def index(found: Found) -> SearchEntry:
    """Write or renew the entry of one thing. Rooms whose things are not pages call this when they publish."""
    values, text = _columns(found)
    changed()
    entry, _made = SearchEntry.objects.update_or_create(
        kind=found.kind, key=found.key, language=found.language, defaults=values
    )
    SearchText.objects.update_or_create(entry=entry, defaults=text)
    return entry


@transaction.atomic
def index_anew(things: Iterable[Found]) -> int:
    """Write entries of things that have none, many at once. Returns how many."""
    entries, texts = [], []
    for found in things:
        values, text = _columns(found)
        entries.append(SearchEntry(kind=found.kind, key=found.key, language=found.language, **values))
        texts.append(SearchText(**text))
    changed()
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    for entry, long in zip(entries, texts, strict=True):
        long.entry = entry
    SearchText.objects.bulk_create(texts, batch_size=BATCH)
    return len(entries)


def _columns(found: Found) -> tuple[dict[str, Any], dict[str, str]]:
    """Of the entry, besides those that say which it is, and of its text."""
    text = normalize(strip_tags(found.text.replace("<", " <")))[:MAX_TEXT]
    title = normalize(found.title)[:255]
    looked_for = words(f"{title} {found.summary} {text}", indexing=True)
    values = {
        "format": found.format,
        "is_material": found.is_material,
        "title": title,
        "title_exact": exact(title),
        "title_folded": folded(title)[:255],
        "summary": normalize(strip_tags(found.summary))[:300],
        "words": f" {' '.join(dict.fromkeys(looked_for))} ",
        "url": found.url,
        "audiences": _codes(found.audiences),
        "topics": _codes(found.topics),
        "levels": _codes(found.levels),
        "has_audio": found.has_audio,
        "voices": _codes(found.voices)[:200],
        "updated": found.updated or timezone.now(),
        "stamp": new_stamp(),
    }
    return values, {"text": text, "exact": exact(text), "folded": folded(text)}


@transaction.atomic
def forget(*, kind: str, key: str, language: str | None = None) -> int:
    """Take one thing out of the search, in one language or all; returns how many entries there were."""
    entries = SearchEntry.objects.filter(kind=kind, key=str(key))
    entries = entries.filter(language=language) if language else entries
    if not entries.exists():
        return 0
    changed()
    return entries.delete()[1].get(SearchEntry._meta.label, 0)


@transaction.atomic
def index_page(page_id: int) -> SearchEntry | None:
    """Bring a page's entry in step with the page: renewed when it is published and open to all, else removed."""
    page = Page.objects.filter(pk=page_id).select_related("locale").first()
    if page is None:
        return None
    language = page.locale.language_code
    page = page.specific
    is_open_to_all = page.live and is_open(language) and not page.get_view_restrictions().exists()
    if not isinstance(page, ContentPage) or not is_open_to_all:
        forget(kind="page", key=page.translation_key, language=language)
        return None
    with translation.override(language):
        url = page.url
    if url is None:
        return None
    return index(
        Found(
            kind="page",
            key=str(page.translation_key),
            language=language,
            format=page.content_format,
            is_material=page.is_material,
            title=page.title,
            summary=page.summary,
            text=page.search_text(),
            url=url,
            audiences=[term.slug for term in page.audiences.all()],
            topics=[term.slug for term in page.topics.all()],
            **facts_of(page),
            updated=page.last_published_at,
        )
    )


def index_language(code: str) -> int:
    """Every page in a language that has been opened to readers, or closed. Returns how many were looked at."""
    pages = list(Page.objects.filter(locale__language_code=code, live=True).values_list("pk", flat=True))
    for pk in pages:
        index_page(pk)
    return len(pages)


def index_branch(page_id: int) -> int:
    """Index a page and all below it again: their addresses or privacy have changed. Returns how many were looked at."""
    top = Page.objects.filter(pk=page_id).first()
    if top is None:
        return 0
    pages = list(top.get_descendants(inclusive=True).values_list("pk", flat=True))
    for pk in pages:
        index_page(pk)
    return len(pages)


def index_everything(*, step: Step = untold) -> int:
    """Rebuild all entries; those of what is gone go too. `step` hears (done, total, what). Returns how many pages."""
    with transaction.atomic():
        changed()
        SearchEntry.objects.filter(kind__in=["page", *_kinds]).delete()
    for everything in _kinds.values():
        index_anew(everything())
    pages = list(Page.objects.filter(depth__gt=1).values_list("pk", flat=True))
    for number, pk in enumerate(pages):
        step(number, len(pages), "pages")
        index_page(pk)
    return len(pages)


@transaction.atomic
def renew_kind(kind: str) -> int:
    """Bring all entries of a registered kind in step with its things. Returns how many were written or taken out."""
    wanted = {(found.key, found.language): found for found in _kinds[kind]()}
    before = {
        (entry.key, entry.language): entry for entry in SearchEntry.objects.filter(kind=kind).select_related("long")
    }
    gone = [entry.pk for name, entry in before.items() if name not in wanted]
    new = [found for name, found in wanted.items() if name not in before or _differs(before[name], found)]
    if gone:
        changed()
        SearchEntry.objects.filter(pk__in=gone).delete()
    for found in new:
        index(found)
    return len(gone) + len(new)


def _differs(entry: SearchEntry, found: Found) -> bool:
    values, text = _columns(found)
    told = {name: value for name, value in values.items() if name not in {"stamp", "updated"}}
    return any(getattr(entry, name) != value for name, value in told.items()) or entry.long.text != text["text"]


def _codes(codes: list[str]) -> str:
    return f" {' '.join(codes)} "[:500] if codes else ""

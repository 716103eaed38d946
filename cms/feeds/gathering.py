"""Which feeds there are and what stands in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from cms.formats import format_name
from cms.pictures import VECTOR_SPEC, picture_address, renditions_of
from cms.sharing.models import SharedMaterial
from cms.vocabulary.models import Audience, Topic
from schools.queries.addresses import absolute

ITEMS = 50
ALL = "all"


@dataclass(frozen=True)
class Collection:
    """`code` is the word in the feed's address; `kind` is empty, `format`, `audience` or `topic`."""

    code: str
    name: str
    kind: str = ""
    count: int = 0


@dataclass(frozen=True)
class FeedItem:
    code: str
    title: str
    summary: str
    url: str
    opened_at: datetime
    changed_at: datetime
    terms: list[str]
    picture: str
    recording: dict


def in_full(address: str) -> str:
    """An address of ours with its host; another's as it is."""
    return address if "://" in address else absolute(address)


def find_collection(code: str, language: str) -> Collection | None:
    """The collection called `code`; None for a word that names none. An empty collection is one too."""
    if code == ALL:
        return Collection(ALL, _("Everything new"))
    for kind, model in (("audience", Audience), ("topic", Topic)):
        names = dict(model.objects.filter(slug=code).values_list("locale__language_code", "name"))
        if names:
            return Collection(code, names.get(language) or next(iter(names.values())), kind)
    name = format_name(code)
    return Collection(code, name, "format") if name != code else None


def collections(language: str) -> list[Collection]:
    """Every collection in which something stands in `language`, with how many: kinds first, then audiences, topics."""
    rows = SharedMaterial.objects.open().filter(language=language)
    kinds = rows.values_list("format").annotate(Count("pk")).order_by("format")
    found = [Collection(ALL, _("Everything new"), count=sum(count for _kind, count in kinds))]
    found += [Collection(code, format_name(code), "format", count) for code, count in kinds]
    counted: dict[str, int] = {}
    for audiences, topics in rows.values_list("audiences", "topics"):
        for code in {*audiences.split(), *topics.split()}:
            counted[code] = counted.get(code, 0) + 1
    for kind, model in (("audience", Audience), ("topic", Topic)):
        terms = model.objects.filter(locale__language_code=language, slug__in=counted)
        found += [Collection(term.slug, term.name, kind, counted[term.slug]) for term in terms]
    return found


def newest(collection: str, language: str, page: int = 1) -> tuple[list[FeedItem], bool]:
    """Materials of a collection in a language, the newest first, ITEMS a page; and whether older ones follow.

    Three queries, however many there are.
    """
    begin = (page - 1) * ITEMS
    rows = list(
        SharedMaterial.objects.open()
        # Also where the register may not have heard yet: what is not live is not given away.
        .filter(language=language, page__live=True)
        .of_collection(collection)
        .select_related("cover")
        .order_by("-opened_at", "-pk")[begin : begin + ITEMS + 1]
    )
    return list(_items(rows[:ITEMS])), len(rows) > ITEMS


def _items(rows: list[SharedMaterial]) -> Iterable[FeedItem]:
    pictures = pictures_in_full(rows)
    for row in rows:
        yield FeedItem(
            code=row.code,
            title=row.title,
            summary=row.summary,
            url=in_full(row.url),
            opened_at=row.opened_at,
            # A page put back by hand may be older than the day it was first opened.
            changed_at=max(row.changed_at, row.opened_at),
            terms=[format_name(row.format), *row.facts.get("topics", [])],
            picture=pictures.get(row.pk, ""),
            recording=row.facts.get("video", {}),
        )


def pictures_in_full(rows: list[SharedMaterial]) -> dict[int, str]:
    """{id of a row: a picture every program can show}; drawings are left out. One query for all rows."""
    covers = {row.cover_id: row.cover for row in rows if row.cover_id}
    if not covers:
        return {}
    renditions = renditions_of(covers.values())
    found = {}
    for row in rows:
        made = {name: one for name, one in renditions.get(row.cover_id, {}).items() if name != VECTOR_SPEC}
        if address := picture_address(made):
            found[row.pk] = in_full(address)
    return found

"""The language board: what exists of every content in every language, and how old it is against its source.

One row a content of the main language, one cell a language. However many rows a page of the board has, it costs the same
queries. A room that keeps recordings in languages of its own (a handbook's paragraphs) registers where they are found.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Min
from django.utils import timezone
from wagtail.models import Locale, Page, ReferenceIndex
from wagtail_localize.models import Translation

from cms.models import ContentPage, HomePage, SectionPage
from cms.translating.models import NativeReview, SegmentState
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import spoken
from media.models import Recording

KINDS = ("text", "audio", "video", "captions", "sign", "review")
PER_PAGE = 500

# {name: find}; find(keys) gives (content key, tag, "audio" | "video" | "captions" | "sign") for what a room has.
Finder = Callable[[list[UUID]], Iterable[tuple[UUID, str, str]]]
_finders: dict[str, Finder] = {}


def register_recordings(name: str, find: Finder) -> None:
    """Called in a room's `AppConfig.ready()`. `find` answers for all keys at once."""
    _finders[name] = find


@dataclass
class Cell:
    """A content in a language. Of each kind: "yes", "old" (its source has moved), "draft", "no", or "" where none is asked for."""

    tag: str
    # People hear this language rather than read it: what is asked for is a recording.
    audio_first: bool = False
    text: str = "no"
    audio: str = "no"
    video: str = "no"
    captions: str = "no"
    sign: str = "no"
    review: str = "no"
    stale: int = 0
    since: datetime | None = None
    page_id: int | None = None
    translation_id: int | None = None

    @property
    def days(self) -> int:
        return (timezone.now() - self.since).days if self.since else 0

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return [(kind, state) for kind in KINDS if (state := getattr(self, kind))]


@dataclass
class Row:
    page_id: int
    key: UUID
    title: str
    format: str
    cells: list[Cell] = field(default_factory=list)


def content_models() -> list[type[ContentPage]]:
    """Materials, and what leads to them: readers meet the home page and the lists first."""
    pages = [model for model in apps.get_models() if issubclass(model, ContentPage)]
    return [model for model in pages if model.is_material or issubclass(model, HomePage | SectionPage)]


def contents(sought: str = ""):
    """Home, lists and materials of the main language, in the order of the tree."""
    types = ContentType.objects.get_for_models(*content_models()).values()
    pages = Page.objects.filter(locale=Locale.get_default(), content_type__in=types).select_related("content_type")
    if sought:
        pages = pages.filter(title__icontains=sought)
    return pages.order_by("path")


def rows(pages: list[Page], languages: list[ContentLanguage]) -> list[Row]:
    """The board for these contents and languages."""
    keys = [page.translation_key for page in pages]
    main = Locale.get_default().language_code
    found = _texts(keys)
    stale = _stale(keys)
    desks = {
        (key, code): pk
        for pk, key, code in Translation.objects.filter(source__object__in=keys, enabled=True).values_list(
            "pk", "source__object", "target_locale__language_code"
        )
    }
    signed = _signed(keys)
    used = _recordings({page.pk for page in pages} | {one.pk for one in found.values()})
    more = {(key, tag, kind) for find in _finders.values() for key, tag, kind in find(keys)}
    codes = _codes_of({code for _key, code in found} | {code for _key, code in stale} | {main})
    board = []
    for page in pages:
        row = Row(page.pk, page.translation_key, page.title, page.content_type.name)
        of_source = used.get(page.pk, [])
        for language in languages:
            code = codes.get(language.tag, language.code)
            cell = _cell(page, language.tag, code, main, found, stale, desks, signed, used, of_source, more)
            cell.audio_first = language.audio_first
            row.cells.append(cell)
        board.append(row)
    return board


def _cell(page, tag, code, main, found, stale, desks, signed, used, of_source, more) -> Cell:
    key = page.translation_key
    cell = Cell(tag, translation_id=desks.get((key, code)))
    own = page if code == main else found.get((key, code))
    if own is not None:
        cell.page_id = own.pk
        cell.text = "yes" if own.live else "draft"
        cell.stale, cell.since = stale.get((key, code), (0, None))
        if cell.stale and own.live:
            cell.text = "old"
        revision = own.live_revision_id or own.latest_revision_id
        if (key, tag) in signed:
            cell.review = "yes" if revision in signed[key, tag] else "old"
    heard = used.get(own.pk, []) if own is not None else []
    if any(one.type == "audio" for one in heard) or (key, tag, "audio") in more:
        cell.audio = "yes"
    if any(one.type == "video" for one in heard) or (key, tag, "video") in more:
        cell.video = "yes"
    videos = [one for one in (*of_source, *heard) if one.type == "video"]
    if not videos and (key, tag, "video") not in more:
        # Without a video nobody asks for its captions or for somebody who signs it.
        cell.captions = cell.sign = ""
        if cell.video == "no":
            cell.video = ""
    else:
        having = [one for one in videos if code in one.captions or tag in one.captions]
        cell.captions = "yes" if (having and len(having) == len(videos)) or (key, tag, "captions") in more else "no"
        cell.sign = "yes" if any(one.sign_language_id for one in videos) or (key, tag, "sign") in more else "no"
    return cell


def _codes_of(codes: set[str]) -> dict[str, str]:
    """{tag: the code under which pages in that language are kept}: a site in `cjm` writes the first Cham of the table."""
    return {row.tag: code for code in codes if (row := spoken(code))}


def _texts(keys: list[UUID]) -> dict[tuple[UUID, str], Page]:
    pages = Page.objects.filter(translation_key__in=keys).exclude(locale=Locale.get_default()).select_related("locale")
    pages = pages.only(
        "pk", "translation_key", "live", "live_revision_id", "latest_revision_id", "alias_of_id", "locale"
    )
    # An alias shows the source's own words.
    return {(one.translation_key, one.locale.language_code): one for one in pages if one.alias_of_id is None}


def _stale(keys: list[UUID]) -> dict[tuple[UUID, str], tuple[int, datetime]]:
    states = (
        SegmentState.objects.filter(translation__context__object__in=keys, stale_since__isnull=False)
        .values("translation__context__object", "translation__locale__language_code")
        .annotate(count=Count("pk"), since=Min("stale_since"))
        .values_list("translation__context__object", "translation__locale__language_code", "count", "since")
    )
    return {(key, code): (count, since) for key, code, count, since in states}


def _signed(keys: list[UUID]) -> dict[tuple[UUID, str], set[int]]:
    found: dict[tuple[UUID, str], set[int]] = defaultdict(set)
    reviews = NativeReview.objects.filter(content_key__in=keys)
    for key, tag, revision in reviews.values_list("content_key", "language__tag", "revision_id"):
        found[key, tag].add(revision)
    return found


def _recordings(page_ids: set[int]) -> dict[int, list[Recording]]:
    """{page: its recordings}, read from Wagtail's index of what is used where."""
    links = defaultdict(set)
    references = ReferenceIndex.objects.filter(
        to_content_type=ContentType.objects.get_for_model(Recording),
        base_content_type=ContentType.objects.get_for_model(Page),
    )
    wanted = {str(pk) for pk in page_ids}
    for page_id, recording_id in references.values_list("object_id", "to_object_id"):
        if page_id in wanted:
            links[int(recording_id)].add(int(page_id))
    found: dict[int, list[Recording]] = defaultdict(list)
    recordings = Recording.objects.filter(pk__in=links).only("pk", "type", "captions", "sign_language_id")
    for recording in recordings:
        for page_id in links[recording.pk]:
            found[page_id].append(recording)
    return found

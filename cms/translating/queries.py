"""What the screens of the languages show; none costs more queries for more rows."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext, override, pgettext
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.translating.board import content_models
from cms.translating.models import InterfaceString, LanguageRole, NativeReview, SegmentState
from cms.translating.permissions import may_review, may_translate, tags_of
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import COMPLETE, site_code, spoken


@dataclass(frozen=True)
class LanguageLine:
    """One language and how far the site is in it. `total` is 0 where its interface has not been taken in."""

    language: ContentLanguage
    name: str
    total: int
    written: int
    reviewed: int
    is_complete: bool
    is_site: bool
    is_open: bool
    mine: bool
    signs: bool

    @property
    def percent(self) -> int:
        return self.reviewed * 100 // self.total if self.total else 0


def language_lines(user) -> list[LanguageLine]:
    """Languages the site may be switched to, those first that are open to readers. Two queries, and two for the rights."""
    used = Q(interface_strings__is_used=True, interface_strings__for_readers=True)
    rows = (
        ContentLanguage.objects.filter(site_allowed=True)
        .select_related("signed_off_by")
        .annotate(
            total=Count("interface_strings", filter=used),
            written=Count("interface_strings", filter=used & ~Q(interface_strings__text="")),
            reviewed=Count("interface_strings", filter=used & ~Q(interface_strings__reviewed_text="")),
        )
        .order_by("name_vi")
    )
    vietnamese = get_language() == "vi"
    lines = [
        LanguageLine(
            language=row,
            name=row.name_vi if vietnamese else row.name_en,
            total=row.total,
            written=row.written,
            reviewed=row.reviewed,
            is_complete=row.code in COMPLETE,
            is_site=bool(site_code(row.tag)),
            is_open=row.code in COMPLETE or row.signed_off_at is not None,
            mine=may_translate(user, row.tag),
            signs=may_review(user, row.tag),
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: (not line.is_complete, not line.is_open, not line.mine, -line.total))


STATE = Case(
    When(text="", then=Value("empty")),
    When(text=F("reviewed_text"), then=Value("reviewed")),
    default=Value("waiting"),
    output_field=CharField(),
)


def interface_strings(language: ContentLanguage, *, state: str = "", room: str = "", sought: str = "") -> QuerySet:
    """The strings of a language, what readers see before what only the back end says."""
    rows = InterfaceString.objects.filter(language=language, is_used=True).annotate(found_state=STATE)
    if state in {"empty", "waiting", "reviewed"}:
        rows = rows.filter(found_state=state)
    if room:
        rows = rows.filter(room=room)
    if sought:
        rows = rows.filter(Q(msgid__icontains=sought) | Q(text__icontains=sought) | Q(proposal__icontains=sought))
    return rows.select_related("written_by", "reviewed_by").order_by("-for_readers", "room", "pk")


def vietnamese_of(row: InterfaceString) -> str:
    """What readers see while nobody has signed the string."""
    with override(settings.LANGUAGE_CODE):
        if row.context:
            return pgettext(row.context, row.msgid)
        return gettext(row.msgid)


# --- What waits for a translator --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """One translation: how many of its texts are older than their source, how many are missing."""

    pk: int
    title: str
    code: str
    stale: int
    since: datetime | None
    missing: int


def queue(user, limit: int = 200) -> list[Waiting]:
    """Translations into the languages of `user` in which something waits: those whose source moved longest ago first."""
    texts = StringTranslation.objects.filter(
        translation_of=OuterRef("string"), context=OuterRef("context"), locale=OuterRef(OuterRef("target_locale"))
    )
    segments = StringSegment.objects.filter(source=OuterRef("source"))
    missing = segments.filter(~Exists(texts)).order_by().values("source").annotate(n=Count("pk")).values("n")
    stale = (
        segments.filter(Exists(texts.filter(state__stale_since__isnull=False)))
        .order_by()
        .values("source")
        .annotate(n=Count("pk"))
        .values("n")
    )
    since = SegmentState.objects.filter(
        translation__locale=OuterRef("target_locale"),
        translation__context__object=OuterRef("source__object"),
        stale_since__isnull=False,
    ).order_by("stale_since")
    rows = (
        Translation.objects.filter(enabled=True)
        .select_related("source", "target_locale")
        .annotate(
            missing=Coalesce(Subquery(missing), 0),
            stale=Coalesce(Subquery(stale), 0),
            since=Subquery(since.values("stale_since")[:1]),
        )
        .filter(Q(missing__gt=0) | Q(stale__gt=0))
        .order_by(F("since").asc(nulls_last=True), "source__object_repr")
    )
    codes = {row.target_locale.language_code for row in rows}
    mine = {code for code in codes if may_translate(user, code)}
    return [
        Waiting(row.pk, row.source.object_repr, row.target_locale.language_code, row.stale, row.since, row.missing)
        for row in rows
        if row.target_locale.language_code in mine
    ][:limit]


# --- What waits for a native reviewer ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unsigned:
    """A page whose words no native speaker has signed as they stand. `desk` is its translation, where it was made at the desk."""

    pk: int
    title: str
    code: str
    live: bool
    url: str
    desk: int | None


def to_sign(user, limit: int = 200) -> list[Unsigned]:
    """Pages in the languages in which `user` is a native reviewer, those first that no reader sees yet. Three queries."""
    tags = tags_of(user, LanguageRole.Kind.REVIEWER)
    codes = [
        code
        for code in Locale.objects.exclude(language_code=settings.LANGUAGE_CODE).values_list("language_code", flat=True)
        if tags and (found := spoken(code)) and found.tag in tags
    ]
    if not codes:
        return []
    desk = Translation.objects.filter(
        enabled=True, source__object=OuterRef("translation_key"), target_locale=OuterRef("locale")
    )
    pages = (
        Page.objects.filter(
            locale__language_code__in=codes,
            alias_of=None,
            content_type__in=ContentType.objects.get_for_models(*content_models()).values(),
        )
        .annotate(read=Coalesce("live_revision", "latest_revision"), desk=Subquery(desk.values("pk")[:1]))
        .filter(read__isnull=False)
        .filter(~Exists(NativeReview.objects.filter(revision_id=OuterRef("read"))))
        .select_related("locale")
        .order_by("live", "draft_title")
    )
    return [
        Unsigned(
            page.pk,
            page.draft_title or page.title,
            page.locale.language_code,
            page.live,
            page.url if page.live else "",
            page.desk,
        )
        for page in pages[:limit]
    ]

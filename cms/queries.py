"""Lists for editors: what uses a procedure, what is stale, what waits for a review."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.html import strip_tags
from wagtail.models import Page, TaskState, get_page_models
from wagtail_localize.models import StringSegment, StringTranslation, Translation

from cms.models import ContentPage, FreshnessFlag, HandbookPage, ProcedureUse, ShortAddress, UrgentPublication
from cms.vocabulary.facts import Unproved, lacking, volatile_in
from cms.vocabulary.models import Procedure
from cms.vocabulary.usage import Use, uses_of


def page_uses(codes: list[str]) -> list[Use]:
    """Published pages that tell of these procedures, in every language."""
    uses = ProcedureUse.objects.filter(code__in=codes).select_related("page__locale").order_by("code", "page__path")
    return [
        Use(
            code=use.code,
            kind="page",
            title=use.page.title,
            language=use.page.locale.language_code,
            edit_url=reverse("wagtailadmin_pages:edit", args=[use.page_id]),
            is_live=use.page.live,
        )
        for use in uses
    ]


def page_facts() -> Iterable[Unproved]:
    """Facts of published pages that may change and lack a source or a date.

    A procedure's card proves what stands beside it, for the record has sources of its own.
    """
    for model in get_page_models():
        if not issubclass(model, ContentPage):
            continue
        for page in model.objects.live().select_related("locale").order_by("path"):
            facts = volatile_in("\n".join(_told(page)))
            sources = [block.value for block in page.sources]
            yield from lacking(
                facts,
                kind=page.content_format,
                where=page.slug,
                language=page.locale.language_code,
                source=bool(sources or page.procedures_used()),
                date=page.checked_on is not None or any(source["seen_on"] for source in sources),
            )


def page_behind(address: ShortAddress, language: str) -> Page | None:
    """The open page a short address leads to: in `language`, else in the site's main one, else in any it exists in."""
    pages = Page.objects.live().public().filter(translation_key=address.page_key).select_related("locale")
    found = {page.locale.language_code: page for page in pages}
    return found.get(language) or found.get(settings.LANGUAGE_CODE) or next(iter(found.values()), None)


def _told(page: ContentPage) -> Iterable[str]:
    """What a page tells as true: its words without the stories and messages made up for practice."""
    yield page.summary
    if isinstance(page, HandbookPage):
        for card in page.read():
            yield f"{card.title} {card.words} {card.script}"
    for block in page.body:
        if block.block_type in {"mockup", "simulation"} or (
            block.block_type == "callout" and block.value["kind"] == "case"
        ):
            continue
        yield from (strip_tags(str(text)) for text in block.block.get_searchable_content(block.value))


@dataclass(frozen=True)
class AmberProcedure:
    code: str
    name: str
    review_by: date
    uses: list[Use]


def amber_procedures(day: date | None = None) -> list[AmberProcedure]:
    """Procedures past their review date, the longest first, each once, with everything that uses them."""
    records: dict[str, Procedure] = {}
    for procedure in Procedure.objects.stale(day).order_by("review_by", "locale_id"):
        records.setdefault(procedure.code, procedure)
    uses: dict[str, list[Use]] = {}
    for use in uses_of(records):
        uses.setdefault(use.code, []).append(use)
    return [AmberProcedure(code, p.name, p.review_by, uses.get(code, [])) for code, p in records.items()]


def amber_pages(limit: int | None = None) -> list[FreshnessFlag]:
    """Open warnings that readers see, the oldest first."""
    flags = FreshnessFlag.objects.filter(resolved_at=None).select_related("page__locale").order_by("since", "page_id")
    return list(flags[:limit] if limit else flags)


def waiting_for_review(limit: int | None = None) -> list[TaskState]:
    """Drafts that editors handed in, the oldest first."""
    states = (
        TaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS)
        .select_related("workflow_state__requested_by", "revision")
        .prefetch_related("revision__content_object")
        .order_by("started_at")
    )
    return list(states[:limit] if limit else states)


def translations_to_publish(limit: int | None = None) -> list[Page]:
    """Pages whose translation is complete and newer than what readers see, the longest waiting first.

    Translators may not publish, and wagtail-localize cannot hand a translation in: without this list nobody who may
    hears of it. Each page carries `translated_at`.
    """
    segments = StringSegment.objects.filter(source=OuterRef("source"))
    words = StringTranslation.objects.filter(
        translation_of=OuterRef("string"),
        context=OuterRef("context"),
        locale=OuterRef(OuterRef("target_locale")),
        has_error=False,
    )
    missing = segments.filter(~Exists(words))
    latest = (
        StringTranslation.objects.filter(
            locale=OuterRef("target_locale"), context__object=OuterRef("source__object"), has_error=False
        )
        .order_by()
        .values("locale")
        .annotate(latest=Max("updated_at"))
        .values("latest")
    )
    complete = Translation.objects.filter(Exists(segments), ~Exists(missing), enabled=True).annotate(
        latest=Subquery(latest)
    )
    of_page = complete.filter(source__object=OuterRef("translation_key"), target_locale=OuterRef("locale"))
    pages = (
        Page.objects.annotate(translated_at=Subquery(of_page.values("latest")[:1]))
        .filter(translated_at__isnull=False)
        .filter(Q(last_published_at=None) | Q(translated_at__gt=F("last_published_at")))
        .select_related("locale")
        .order_by("translated_at")
    )
    return list(pages[:limit] if limit else pages)


def urgent_unreviewed(limit: int | None = None) -> list[UrgentPublication]:
    """Pages published in a hurry that no reviewer has signed since, the oldest first."""
    rows = (
        UrgentPublication.objects.filter(reviewed_at=None)
        .select_related("page__locale", "published_by", "written_by")
        .order_by("published_at")
    )
    return list(rows[:limit] if limit else rows)

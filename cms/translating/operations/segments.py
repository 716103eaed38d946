"""Writing translations so that nothing anybody wrote is lost: two people, a moving source, a file from far away."""

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from unicodedata import normalize

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.strings import StringValue, validate_translation_links

from cms.audit.operations import record
from cms.problems import Problem
from cms.text.legacy import repair_text
from cms.translating.models import LanguageRole, NativeReview, SegmentEdit, SegmentState
from cms.translating.operations.interface import NotYourLanguage
from cms.translating.permissions import may_review, may_translate
from cms.translating.segments import Segment, segments_of
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import spoken


class SegmentLocked(Problem):
    status = 409
    code = "segment_locked"
    title = _("This text is locked")
    detail = _("Somebody has locked this text. Unlock it first, if you are sure.")


class SegmentFault(Problem):
    status = 422
    code = "segment_fault"
    title = _("This text does not fit")


@dataclass(frozen=True)
class Outcome:
    """`before` is what was typed where it had to be put into today's signs (marks apart, TCVN3, VNI)."""

    changed: bool
    before: str = ""
    # Another text was saved meanwhile: this one is kept among the segment's texts and changes nothing.
    clash: bool = False


def cleaned(text: str) -> tuple[str, str]:
    """(text as it is kept, what was typed where that was something else). U+200B, which parts words in Khmer, stays."""
    typed = text.replace("\r\n", "\n").strip(" \n\t")
    repair = repair_text(typed)
    kept = normalize("NFC", repair.after if repair else typed)
    return kept, typed if kept != typed else ""


def _locked_row(translation: Translation, context_id: int, string_id: int) -> StringTranslation | None:
    return (
        StringTranslation.objects.select_for_update()
        .filter(locale=translation.target_locale_id, translation_of=string_id, context=context_id)
        .first()
    )


@transaction.atomic
def save_segment(*, translation: Translation, context_id: int, string_id: int, text: str, before: str, by) -> Outcome:
    """Save what `by` wrote for a segment; `before` is what stood there when they began. The same again changes nothing.

    Where another text was saved meanwhile, what was typed is kept among the segment's texts and the outcome is a clash.
    Raises NotYourLanguage, SegmentLocked, and SegmentFault where links or marks of the source are missing.
    """
    if not may_translate(by, translation.target_locale.language_code):
        raise NotYourLanguage()
    segment = StringSegment.objects.filter(source=translation.source_id, context=context_id, string=string_id).first()
    if segment is None:
        raise SegmentFault(_("The source has changed: this text stands on the page no more. Reload the page."))
    text, typed = cleaned(text)
    row = _locked_row(translation, context_id, string_id)
    stands = row.data if row else ""
    if text == stands:
        if row is not None and text:
            _settle(row)
        return Outcome(False, typed)
    state = SegmentState.objects.filter(translation=row).first() if row else None
    if state and state.locked_at and not _may_unlock(state, by, translation):
        raise SegmentLocked()
    if text:
        _check_marks(segment.string.data, text)
    kept = {"context_id": context_id, "locale": translation.target_locale, "source_id": string_id, "written_by": by}
    if stands != cleaned(before)[0]:
        if not SegmentEdit.objects.filter(text=text, taken=False, **kept).exists():
            SegmentEdit.objects.create(text=text, taken=False, **kept)
        return Outcome(False, typed, clash=True)
    SegmentEdit.objects.create(text=text, **kept)
    if not text:
        if row is not None:
            row.delete()
        return Outcome(True, typed)
    if row is None:
        row = StringTranslation(
            locale=translation.target_locale, translation_of_id=string_id, context_id=context_id, data=text
        )
    row.data, row.translation_type, row.tool_name = text, StringTranslation.TRANSLATION_TYPE_MANUAL, ""
    row.last_translated_by, row.has_error, row.field_error = by, False, ""
    row.save()
    _settle(row)
    return Outcome(True, typed)


def _settle(row: StringTranslation) -> None:
    SegmentState.objects.update_or_create(
        translation=row, defaults={"based_on_id": row.translation_of_id, "stale_since": None}
    )


def _check_marks(source: str, text: str) -> None:
    try:
        StringValue.from_translated_html(text)
        validate_translation_links(source, text)
    except ValueError as error:
        raise SegmentFault(_("The marks of the source must be in the text too: %(why)s") % {"why": error}) from error


def _may_unlock(state: SegmentState, by, translation: Translation) -> bool:
    return state.locked_by_id == by.pk or may_review(by, translation.target_locale.language_code)


@transaction.atomic
def lock_segment(*, translation: Translation, context_id: int, string_id: int, locked: bool, by) -> SegmentState:
    """Lock a text, so that no file and nobody else changes it, or unlock it. Raises NotYourLanguage, SegmentLocked."""
    if not may_translate(by, translation.target_locale.language_code):
        raise NotYourLanguage()
    row = _locked_row(translation, context_id, string_id)
    if row is None:
        raise SegmentFault(_("There is no text to lock yet."))
    state, _made = SegmentState.objects.get_or_create(translation=row, defaults={"based_on_id": row.translation_of_id})
    if not locked and state.locked_at and not _may_unlock(state, by, translation):
        raise SegmentLocked()
    if locked != (state.locked_at is not None):
        state.locked_by, state.locked_at = (by, timezone.now()) if locked else (None, None)
        state.save(update_fields=["locked_by", "locked_at"])
    return state


# --- The source moves -------------------------------------------------------------------------------------------------


def update_source(source: TranslationSource, update) -> None:
    """Bring `source` up to date by `update`, the library's own way, and take every translated text along.

    The library leaves a changed segment without a text, so that a translated page would fall back to Vietnamese in the
    middle of it. Here the text made from the former words stays and is marked: the source has moved since. A locked text
    stays locked. Translators of the language are told.
    """
    with transaction.atomic():
        before = _lines(source)
        update()
        moved = [
            pair for context, line in _lines(source).items() for pair in _pairs(context, before.get(context, []), line)
        ]
        if not moved:
            return
        for translation in source.translations.filter(enabled=True).select_related("target_locale"):
            if _carry(translation.target_locale, moved):
                tell_translators(translation)


def _lines(source: TranslationSource) -> dict[int, list[int]]:
    lines: dict[int, list[int]] = defaultdict(list)
    for context, string in source.stringsegment_set.order_by("order", "pk").values_list("context_id", "string_id"):
        lines[context].append(string)
    return lines


def _pairs(context: int, old: list[int], new: list[int]) -> list[tuple[int, int, int]]:
    """(context, former string, new string) of the texts at a place that have been rewritten where they stood."""
    found = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "replace":
            found += [(context, former, now) for former, now in zip(old[a:b], new[c:d], strict=False)]
    return found


def _carry(locale: Locale, moved: list[tuple[int, int, int]]) -> int:
    """Give the new strings the texts of the former ones, marked as older than their source. Returns how many."""
    former = {
        (row.context_id, row.translation_of_id): row
        for row in StringTranslation.objects.filter(
            locale=locale,
            context__in={one[0] for one in moved},
            translation_of__in={x for one in moved for x in one[1:]},
        ).select_related("state")
    }
    now, count = timezone.now(), 0
    for context, old, new in moved:
        row = former.get((context, old))
        if row is None or (context, new) in former:
            continue
        state = getattr(row, "state", None)
        made = StringTranslation.objects.create(
            locale=locale,
            translation_of_id=new,
            context_id=context,
            data=row.data,
            translation_type=row.translation_type,
            tool_name=row.tool_name,
            last_translated_by_id=row.last_translated_by_id,
        )
        SegmentState.objects.create(
            translation=made,
            based_on_id=state.based_on_id if state and state.stale_since else old,
            stale_since=state.stale_since if state and state.stale_since else now,
            locked_by_id=state.locked_by_id if state else None,
            locked_at=state.locked_at if state else None,
        )
        count += 1
    return count


def tell_translators(translation: Translation) -> int:
    """A message to those who translate into the language: the source of a page of theirs has moved. Once a change."""
    from django.urls import reverse

    from schools.operations.notifications import notify

    found = spoken(translation.target_locale.language_code)
    roles = LanguageRole.objects.filter(
        language__tag=found.tag if found else "", kind=LanguageRole.Kind.TRANSLATOR
    ).values_list("user_id", flat=True)
    moment = translation.source.last_updated_at
    return notify(
        users=set(roles),
        key=f"source-moved:{translation.pk}:{moment:%Y%m%d%H%M%S%f}",
        kind="source_moved",
        context={"title": translation.source.object_repr, "language": found.autonym if found else ""},
        url=reverse("cms_translate", args=[translation.pk]),
    )


# --- A native speaker signs -------------------------------------------------------------------------------------------


@transaction.atomic
def sign_native(*, page: Page, by) -> NativeReview:
    """A native reviewer signs a page as readers see it, or its draft while none is published. May be repeated.

    Raises NotYourLanguage for anybody who is no native reviewer of its language, SegmentFault without a text to sign.
    """
    code = page.locale.language_code
    found = spoken(code)
    if not may_review(by, code) or found is None:
        raise NotYourLanguage()
    revision = page.live_revision_id or page.latest_revision_id
    if revision is None:
        raise SegmentFault(_("There is no text to sign yet."))
    review, made = NativeReview.objects.get_or_create(
        content_key=page.translation_key,
        language=ContentLanguage.objects.get(tag=found.tag),
        revision_id=revision,
        defaults={"signed_by": by},
    )
    if made:
        record(
            actor=by,
            action="sign_native",
            target_kind="page",
            target_key=page.translation_key,
            target_label=page.title,
            detail={"language": code, "revision": revision},
        )
    return review


def unfinished(translation: Translation) -> list[Segment]:
    """Segments that wait for a translator: without a text, with a fault, or older than their source."""
    return [one for one in segments_of(translation) if one.state != "done"]

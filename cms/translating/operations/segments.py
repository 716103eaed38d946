"""Writing translations so that nothing anybody wrote is lost: two people, a moving source, a file from far away."""

from collections import defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from unicodedata import normalize

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale, Page, Revision
from wagtail_localize.models import StringSegment, StringTranslation, Translation, TranslationSource
from wagtail_localize.segments import StringSegmentValue
from wagtail_localize.segments.extract import extract_segments
from wagtail_localize.strings import StringValue, validate_translation_links

from cms.audit.operations import record
from cms.problems import Problem
from cms.text.legacy import repair_text
from cms.translating.models import LanguageRole, NativeReview, SegmentEdit, SegmentState
from cms.translating.operations.interface import NotYourLanguage
from cms.translating.permissions import may_review, may_translate
from cms.translating.segments import Segment, segments_of
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import site_code, spoken


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


# What turns the letters around it; a text copied from a message or a PDF brings it along, and it would turn the page too.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def cleaned(text: str) -> tuple[str, str]:
    """(text as it is kept, what was typed where that was something else). U+200B, which parts words in Khmer, stays."""
    typed = text.replace("\r\n", "\n").strip(" \n\t")
    # Gia Rai and Ê Đê write ñ themselves («ñu»): alone it is no sign of VNI.
    strange = {letter for letter in typed if not letter.isascii()}
    repair = repair_text(typed) if strange - {"ñ", "Ñ"} else None
    kept = normalize("NFC", repair.after if repair else typed).translate(_TURNING)
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


def marks_fit(source: str, text: str) -> bool:
    """Whether `text` has the links and marks of `source`."""
    try:
        _check_marks(source, text)
    except SegmentFault:
        return False
    return True


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


# --- A translation begins and is handed in ----------------------------------------------------------------------------


@transaction.atomic
def start_translation(*, page: Page, language: ContentLanguage, by) -> Translation:
    """Put the texts of a published page on the desk of a language. May be repeated; no page is made before the first draft.

    Raises NotYourLanguage, and SegmentFault where the site is not in the language, nothing is published yet, or the page is
    there already by other hands, whose words the desk would write over.
    """
    code = site_code(language.tag)
    if not may_translate(by, language.tag):
        raise NotYourLanguage()
    if not code or code == settings.LANGUAGE_CODE:
        raise SegmentFault(_("The site is not switched on in this language."))
    if not page.live:
        raise SegmentFault(_("Publish the page in Vietnamese first: what is translated is what readers see."))
    locale, _new = Locale.objects.get_or_create(language_code=code)
    made = Translation.objects.filter(source__object=page.translation_key, target_locale=locale, enabled=True).first()
    if made is not None:
        return made
    if Page.objects.filter(translation_key=page.translation_key, locale=locale, alias_of=None).exists():
        raise SegmentFault(_("This page was written in that language by itself. Change it where it stands."))
    source, _new = TranslationSource.update_or_create_from_instance(page.specific)
    return Translation.objects.update_or_create(source=source, target_locale=locale, defaults={"enabled": True})[0]


def hand_in(*, translation: Translation, by) -> int:
    """Make the draft that native reviewers read, and tell them. Publishes nothing. Returns how many texts are not done yet."""
    from django.urls import reverse

    from schools.operations.notifications import notify

    translation.save_target(user=by, publish=False)
    page = Page.objects.get(translation_key=translation.source.object_id, locale=translation.target_locale)
    notify(
        users=_people(translation, LanguageRole.Kind.REVIEWER) - {by.pk},
        key=f"handed-in:{translation.pk}:{page.latest_revision_id}",
        kind="translation_handed_in",
        context=_named(translation),
        url=reverse("cms_translate", args=[translation.pk]),
    )
    return len(unfinished(translation))


def _people(translation: Translation, kind: str) -> set[int]:
    found = spoken(translation.target_locale.language_code)
    roles = LanguageRole.objects.filter(language__tag=found.tag if found else "", kind=kind)
    return set(roles.values_list("user_id", flat=True))


def _named(translation: Translation) -> dict[str, str]:
    found = spoken(translation.target_locale.language_code)
    return {"title": translation.source.object_repr, "language": found.autonym if found else ""}


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

    moment = translation.source.last_updated_at
    return notify(
        users=_people(translation, LanguageRole.Kind.TRANSLATOR),
        key=f"source-moved:{translation.pk}:{moment:%Y%m%d%H%M%S%f}",
        kind="source_moved",
        context=_named(translation),
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


@transaction.atomic
def carry_signature(page: Page) -> None:
    """A signature holds for the words that were read. Publishing a page makes a revision of its own: where its words are those
    of the signed one, it is signed too."""
    reviews = NativeReview.objects.filter(
        content_key=page.translation_key, revision_id__in=page.revisions.order_by().values("pk")
    )
    signed = reviews.order_by("-signed_at").first()
    if signed is None or reviews.filter(revision_id=page.live_revision_id).exists():
        return
    former = Revision.objects.filter(pk=signed.revision_id).first()
    if former is None or _read_words(former.as_object()) != _read_words(page.specific):
        return
    kept = NativeReview.objects.create(
        content_key=signed.content_key,
        language_id=signed.language_id,
        revision_id=page.live_revision_id,
        signed_by_id=signed.signed_by_id,
    )
    NativeReview.objects.filter(pk=kept.pk).update(signed_at=signed.signed_at)


def _read_words(page: Page) -> list[tuple[str, str]]:
    return [(one.path, one.string.data) for one in extract_segments(page) if isinstance(one, StringSegmentValue)]


def unfinished(translation: Translation) -> list[Segment]:
    """Segments that wait for a translator: without a text, with a fault, or older than their source."""
    return [one for one in segments_of(translation) if one.state != "done"]

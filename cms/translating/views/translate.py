"""The translator's desk: what waits for me, one translation side by side with its source, files to take home."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.models import Locale, Page
from wagtail_localize.models import Translation

from cms.problems import Problem
from cms.text.direction import runs_against
from cms.translating import exchange
from cms.translating.models import GlossaryTerm, SegmentEdit
from cms.translating.operations.interface import NotYourLanguage
from cms.translating.operations.segments import hand_in, lock_segment, save_segment, sign_native, start_translation
from cms.translating.permissions import is_editorial, may_review, may_translate
from cms.translating.queries import queue, to_sign
from cms.translating.segments import plain, segments_of
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import spoken

MOST_TOLD = 30
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "po": "text/x-gettext-translation; charset=utf-8",
}


def _translation(request: HttpRequest, translation_id: int, *, write: bool = False) -> Translation:
    if not is_editorial(request.user):
        raise PermissionDenied
    found = get_object_or_404(
        Translation.objects.select_related("source", "target_locale", "source__locale"), pk=translation_id, enabled=True
    )
    if write and not may_translate(request.user, found.target_locale.language_code):
        raise PermissionDenied
    return found


def mine(request: HttpRequest) -> HttpResponse:
    """«Việc của tôi»: translations into my languages that wait for me, those whose source has moved first; what I am to sign."""
    if not is_editorial(request.user):
        raise PermissionDenied
    context = {"rows": queue(request.user), "unsigned": to_sign(request.user), "header_title": _("My translations")}
    return render(request, "cms/admin/languages/queue.html", context)


@require_POST
def start(request: HttpRequest, page_id: int, tag: str) -> HttpResponse:
    """Begin the translation of a page, from the language board."""
    page = get_object_or_404(Page, pk=page_id, locale=Locale.get_default())
    language = get_object_or_404(ContentLanguage, tag=tag)
    try:
        made = start_translation(page=page, language=language, by=request.user)
    except NotYourLanguage as problem:
        raise PermissionDenied from problem
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("cms_language_board")
    return redirect("cms_translate", made.pk)


@require_http_methods(["GET", "POST"])
def translate(request: HttpRequest, translation_id: int) -> HttpResponse:
    translation = _translation(request, translation_id, write=request.method == "POST")
    if request.method == "POST":
        return _save(request, translation)
    code = translation.target_locale.language_code
    found = spoken(code)
    language = ContentLanguage.objects.filter(tag=found.tag if found else code).first()
    segments = segments_of(translation)
    kept = request.session.pop(f"segments:{translation.pk}", {})
    terms = _terms(language, segments)
    rows = [
        {
            "segment": one,
            "typed": kept.get(f"{one.context_id}-{one.string_id}"),
            "terms": [term for term in terms if term.term.lower() in plain(one.source).lower()],
            "length": language.length(plain(one.text)) if language and one.text else 0,
            "limit": language.limit(_words(one.source)) if language else 0,
            # A place as large as what is to be written, so that nobody writes through a slit.
            "lines": min(12, max(2, len(one.text or one.source) // 40 + 1)),
        }
        for one in segments
    ]
    for row in rows:
        # A translation half as long again as its source seldom fits a card, a button or a minute of radio.
        row["is_long"] = row["limit"] >= 10 and row["length"] > row["limit"] * 1.5
        row["is_turned"] = runs_against(plain(row["segment"].text), rtl=bool(found and found.rtl))
    aside = SegmentEdit.objects.filter(
        locale=translation.target_locale, context__object=translation.source.object_id, taken=False
    ).select_related("written_by", "source")[:50]
    context = {
        "translation": translation,
        "tag": found.tag if found else code,
        "language": language,
        "rows": rows,
        "has_marks": any("<" in one.source for one in segments),
        "waiting": sum(row["segment"].state != "done" for row in rows),
        "aside": list(aside),
        "may_write": may_translate(request.user, code),
        "page": Page.objects.filter(
            translation_key=translation.source.object_id, locale=translation.target_locale
        ).first(),
        "may_sign": may_review(request.user, code),
        "formats": exchange.FORMATS,
        "header_title": translation.source.object_repr,
    }
    return render(request, "cms/admin/languages/translate.html", context)


def _terms(language: ContentLanguage | None, segments) -> list[GlossaryTerm]:
    return list(GlossaryTerm.objects.filter(language=language)) if language and segments else []


def _words(source: str) -> int:
    return len(plain(source).split())


def _save(request: HttpRequest, translation: Translation) -> HttpResponse:
    changed, kept = 0, {}
    for name, value in request.POST.items():
        part, _dash, place = name.partition(":")
        if part != "text":
            continue
        context_id, _dash, string_id = place.partition("-")
        if not (context_id.isdigit() and string_id.isdigit()):
            continue
        try:
            outcome = save_segment(
                translation=translation,
                context_id=int(context_id),
                string_id=int(string_id),
                text=str(value),
                before=request.POST.get(f"before:{place}", ""),
                by=request.user,
            )
            if request.POST.get(f"right:{place}"):
                # The source has moved and the text is right all the same: the person says so.
                _confirm(translation, int(context_id), int(string_id))
        except Problem as problem:
            kept[place] = {"text": value, "fault": str(problem)}
            continue
        changed += outcome.changed
        if outcome.clash:
            kept[place] = {"text": value, "fault": ""}
        if outcome.before:
            words = _("“%(before)s” was put into today's letters: “%(after)s”.")
            messages.info(request, words % {"before": outcome.before[:60], "after": _shown(value)})
    if place := request.POST.get("lock") or request.POST.get("unlock"):
        _lock(request, translation, place, locked="lock" in request.POST)
    if changed:
        words = ngettext("%(count)d text saved.", "%(count)d texts saved.", changed)
        messages.success(request, words % {"count": changed})
    if kept:
        request.session[f"segments:{translation.pk}"] = kept
        messages.warning(
            request, _("Some texts were not saved: the reason stands beside each. Nothing you typed is lost.")
        )
    if request.POST.get("hand_in") and not kept:
        return _hand_in(request, translation)
    return redirect("cms_translate", translation.pk)


def _shown(text) -> str:
    from cms.translating.operations.segments import cleaned

    return cleaned(str(text))[0][:60]


def _confirm(translation: Translation, context_id: int, string_id: int) -> None:
    from cms.translating.models import SegmentState

    SegmentState.objects.filter(
        translation__locale=translation.target_locale,
        translation__context=context_id,
        translation__translation_of=string_id,
    ).update(stale_since=None, based_on=string_id)


def _lock(request: HttpRequest, translation: Translation, place: str, *, locked: bool) -> None:
    context_id, _dash, string_id = place.partition("-")
    if not (context_id.isdigit() and string_id.isdigit()):
        return
    try:
        lock_segment(
            translation=translation,
            context_id=int(context_id),
            string_id=int(string_id),
            locked=locked,
            by=request.user,
        )
    except Problem as problem:
        messages.error(request, str(problem))


def _hand_in(request: HttpRequest, translation: Translation) -> HttpResponse:
    left = hand_in(translation=translation, by=request.user)
    messages.success(request, _("The draft is with the reviewers. They publish it once a native speaker has read it."))
    if left:
        words = ngettext(
            "%(count)d text is not done yet: where it has no translation the draft shows Vietnamese.",
            "%(count)d texts are not done yet: where they have no translation the draft shows Vietnamese.",
            left,
        )
        messages.warning(request, words % {"count": left})
    return redirect("cms_translate", translation.pk)


@require_POST
def sign(request: HttpRequest, page_id: int) -> HttpResponse:
    """A native reviewer signs the page as it stands."""
    page = get_object_or_404(Page.objects.select_related("locale"), pk=page_id)
    if not may_review(request.user, page.locale.language_code):
        raise PermissionDenied
    try:
        sign_native(page=page, by=request.user)
        messages.success(request, _("You signed “%(title)s” as a native speaker.") % {"title": page.title})
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("cms_my_translations")


def download(request: HttpRequest, translation_id: int, kind: str) -> HttpResponse:
    translation = _translation(request, translation_id, write=True)
    if kind not in TYPES:
        raise PermissionDenied
    response = HttpResponse(exchange.write(translation, kind), content_type=TYPES[kind])
    name = f"{translation.target_locale.language_code}-{translation.pk}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def upload(request: HttpRequest, translation_id: int) -> HttpResponse:
    translation = _translation(request, translation_id, write=True)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose the file first."))
        return redirect("cms_translate", translation.pk)
    try:
        taken = exchange.take(translation, exchange.read(file.read(exchange.MAX_BYTES + 1), file.name), by=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("cms_translate", translation.pk)
    words = _("%(changed)d texts taken from the file, %(same)d as they were.")
    messages.success(request, words % {"changed": taken.changed, "same": taken.unchanged})
    told = [*taken.flagged, *taken.refused]
    for one in told[:MOST_TOLD]:
        messages.warning(request, one)
    if len(told) > MOST_TOLD:
        words = _("%(count)d more rows like these. Send the file once more when you have looked at these.")
        messages.warning(request, words % {"count": len(told) - MOST_TOLD})
    for before, after in taken.rewritten[:5]:
        words = _("“%(before)s” was put into today's letters: “%(after)s”.")
        messages.info(request, words % {"before": before[:60], "after": after[:60]})
    return redirect("cms_translate", translation.pk)

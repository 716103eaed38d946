"""The languages of the site and the words of its interface, in the editors' back end."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from cms.problems import Problem
from cms.translating.operations.interface import (
    OPENS_AT,
    Written,
    save_texts,
    sign_off,
    take_strings,
    withdraw_sign_off,
)
from cms.translating.permissions import is_editorial, may_review, may_translate
from cms.translating.queries import interface_strings, language_lines, vietnamese_of
from cms.vocabulary.models import ContentLanguage

PER_PAGE = 40


def _language(request: HttpRequest, tag: str) -> ContentLanguage:
    if not is_editorial(request.user):
        raise PermissionDenied
    return get_object_or_404(ContentLanguage, tag=tag)


def languages(request: HttpRequest) -> HttpResponse:
    """Which languages the site may speak, how far each is and who has signed for it."""
    if not is_editorial(request.user):
        raise PermissionDenied
    context = {"lines": language_lines(request.user), "header_title": _("Languages of the site")}
    return render(request, "cms/admin/languages/languages.html", context)


@require_POST
def take_in(request: HttpRequest, tag: str) -> HttpResponse:
    """Make the strings of the catalogues rows of this language."""
    language = _language(request, tag)
    if not may_translate(request.user, tag):
        raise PermissionDenied
    counts = take_strings(language=language)
    words = _("%(new)d new strings, %(changed)d changed, %(kept)d as they were.")
    messages.success(request, words % {"new": counts["created"], "changed": counts["changed"], "kept": counts["kept"]})
    return redirect("cms_interface", tag)


@require_http_methods(["GET", "POST"])
def interface(request: HttpRequest, tag: str) -> HttpResponse:
    """A page of strings: the Vietnamese readers see now beside the text in the language."""
    language = _language(request, tag)
    asked = {name: request.GET.get(name, "")[:60] for name in ("state", "room", "q")}
    if request.method == "POST":
        return _save(request, language)
    rows = interface_strings(language, state=asked["state"], room=asked["room"], sought=asked["q"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return _show(request, language, page, asked, kept=request.session.pop(_kept_under(tag), {}))


def _kept_under(tag: str) -> str:
    return f"typed:{tag}"


def _save(request: HttpRequest, language: ContentLanguage) -> HttpResponse:
    texts, review = [], []
    for name, value in request.POST.items():
        if name.startswith("text-") and name[5:].isdigit():
            texts.append(Written(int(name[5:]), str(value), request.POST.get(f"before-{name[5:]}", "")))
        elif name.startswith("review-") and name[7:].isdigit():
            review.append(int(name[7:]))
    try:
        saved = save_texts(language=language, texts=texts, by=request.user, review=review)
    except Problem as problem:
        raise PermissionDenied from problem
    if saved.changed:
        words = ngettext("%(count)d text saved.", "%(count)d texts saved.", saved.changed)
        messages.success(request, words % {"count": saved.changed})
    if saved.reviewed:
        words = ngettext("%(count)d text signed.", "%(count)d texts signed.", saved.reviewed)
        messages.success(request, words % {"count": saved.reviewed})
    if saved.clashes or saved.faults:
        # What was typed comes back in its field, beside the reason.
        request.session[_kept_under(language.tag)] = {
            str(pk): {"text": request.POST.get(f"text-{pk}", ""), "fault": saved.faults.get(pk, "")}
            for pk in [*saved.clashes, *saved.faults]
        }
        messages.warning(
            request, _("Some texts were not saved: the reason stands beside each. Nothing you typed is lost.")
        )
    return redirect(request.get_full_path())


def _show(request, language, page, asked, *, kept) -> HttpResponse:
    for row in page.object_list:
        row.vietnamese = vietnamese_of(row)
        row.typed = kept.get(str(row.pk))
    rooms = list(
        language.interface_strings.filter(is_used=True).order_by("room").values_list("room", flat=True).distinct()
    )
    context = {
        "language": language,
        "page": page,
        "asked": asked,
        "rooms": rooms,
        "states": [("", pgettext("strings of the interface", "All")), ("empty", _("Nobody has translated it")), ("waiting", _("Waits for a native speaker")),
                   ("reviewed", _("Signed"))],
        "may_write": may_translate(request.user, language.tag),
        "may_review": may_review(request.user, language.tag),
        "header_title": _("Words of the interface"),
    }  # fmt: skip
    return render(request, "cms/admin/languages/interface.html", context)


@require_http_methods(["GET", "POST"])
def signing(request: HttpRequest, tag: str) -> HttpResponse:
    """A native reviewer opens the site in the language, or closes it again."""
    language = _language(request, tag)
    if not may_review(request.user, tag):
        raise PermissionDenied
    if request.method == "POST":
        try:
            if "close" in request.POST:
                withdraw_sign_off(language=language, by=request.user)
                messages.success(request, _("Readers are no longer offered the site in this language."))
            else:
                sign_off(language=language, by=request.user, reason=request.POST.get("reason", ""))
                messages.success(request, _("You have signed. Readers are offered the site in this language."))
        except Problem as problem:
            messages.error(request, str(problem))
            return redirect("cms_language_signing", tag)
        return redirect("cms_languages")
    line = next((one for one in language_lines(request.user) if one.language == language), None)
    context = {
        "language": language,
        "line": line,
        "opens_at": OPENS_AT,
        "header_title": _("A native speaker's signature"),
    }
    return render(request, "cms/admin/languages/signing.html", context)

"""Questions in and out in the editors' admin: upload, preview, commit, undo; exports, the template, papers."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.models import Locale

from cms.problems import Problem
from media.checking import real_type
from quizzes.documents import document_of
from quizzes.exchange.formats import EXPORTS, write_questions
from quizzes.exchange.items import Impossible, Item, Skipped, Written
from quizzes.exchange.storing import for_export, items_of
from quizzes.models import Question, QuestionBank, QuestionImport, Quiz
from quizzes.operations.imports import (
    begin_commit,
    begin_import,
    format_name,
    give_up_import,
    job_of,
    obstacle_to_undo,
    undo_import,
)
from schools.models import User

ADD, VIEW = "quizzes.add_question", "quizzes.view_question"
PAGE = 25
_PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
_TYPES = dict(Question.Type.choices)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _import(request: HttpRequest, uuid: UUID) -> QuestionImport:
    return get_object_or_404(QuestionImport.objects.visible_to(request.user).select_related("bank"), uuid=uuid)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ADD, raise_exception=True)
def exchange(request: HttpRequest, bank_id: int) -> HttpResponse:
    """A bank's door: upload a file, take the questions away, see one's recent imports."""
    bank = get_object_or_404(QuestionBank, pk=bank_id)
    fault = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None:
            fault = _("Choose a file.")
        else:
            try:
                made = begin_import(bank=bank, data=file.read(), file_name=file.name or "", by=_user(request))
                return redirect("quizzes_import", made.uuid)
            except Problem as problem:
                fault = str(problem)
    # What reads and writes papers and tables is large and rarely asked for: no web process holds it before it is.
    from quizzes.exchange.paper import MOST_VARIANTS

    context = {
        "bank": bank,
        "fault": fault,
        "count": bank.questions.values("translation_key").distinct().count(),
        "imports": QuestionImport.objects.visible_to(request.user).filter(bank=bank)[:10],
        "most_variants": MOST_VARIANTS,
    }
    return render(request, "quizzes/admin/exchange.html", context, status=422 if fault else 200)


@never_cache
@require_safe
@permission_required(ADD, raise_exception=True)
def preview(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One import, in whatever state it is: being read, to be looked at, refused, committed, undone."""
    found = _import(request, uuid)
    job = job_of(found)
    waiting = job is not None and job.state in {"waiting", "running"}
    report = found.report
    shown = request.GET.get("show", "new")
    items = [one for one in report.get("items", []) if one["new"] == (shown != "unchanged")]
    for one in items:
        one["type_name"] = _TYPES.get(one["type"], one["type"])
    context = {
        "found": found,
        "job": job,
        "waiting": waiting,
        "format": format_name(found.format),
        "report": report,
        "shown": shown,
        "rows": Paginator(items, PAGE).get_page(request.GET.get("page")),
        "broken": job is not None and job.state == "failed" and found.state in {"reading", "preview"},
        "obstacle": obstacle_to_undo(found) if found.state == "committed" else "",
    }
    return render(request, "quizzes/admin/import.html", context)


@never_cache
@require_safe
@permission_required(ADD, raise_exception=True)
def progress(request: HttpRequest, uuid: UUID) -> JsonResponse:
    """How far the background work is, for import-progress.js."""
    job = job_of(_import(request, uuid))
    if job is None:
        raise Http404
    return JsonResponse({"state": job.state, "percent": job.percent, "doing": job.doing})


@require_safe
@permission_required(ADD, raise_exception=True)
def picture(request: HttpRequest, uuid: UUID, digest: str) -> HttpResponse:
    """A picture of a file that is not committed yet."""
    key = _import(request, uuid).report.get("pictures", {}).get(digest)
    if not key:
        raise Http404
    with storages["private"].open(key) as file:
        data = file.read()
    kind = real_type(data[:4096])
    if kind not in _PICTURES:
        raise Http404
    return HttpResponse(
        data, content_type=kind, headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "private"}
    )


@require_POST
@permission_required(ADD, raise_exception=True)
def commit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _import(request, uuid)
    try:
        begin_commit(question_import=found, by=_user(request))
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("quizzes_import", found.uuid)


@require_POST
@permission_required(ADD, raise_exception=True)
def give_up(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _import(request, uuid)
    try:
        give_up_import(question_import=found)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("quizzes_import", found.uuid)
    messages.success(request, _("The file is erased; nothing was imported."))
    return redirect("quizzes_exchange", found.bank_id)


@require_POST
@permission_required(ADD, raise_exception=True)
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _import(request, uuid)
    try:
        count = undo_import(question_import=found, by=_user(request))
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(
            request,
            ngettext("%(count)d question is deleted again.", "%(count)d questions are deleted again.", count)
            % {"count": count},
        )
    return redirect("quizzes_import", found.uuid)


# --- Out ---


@never_cache
@require_safe
@permission_required(VIEW, raise_exception=True)
def export(request: HttpRequest, bank_id: int, format: str) -> HttpResponse:
    """A bank as a file."""
    bank = get_object_or_404(QuestionBank, pk=bank_id)
    items = items_of(for_export(bank))
    return _export(request, items, bank.title, format, reverse("quizzes_exchange", args=[bank.pk]))


@never_cache
@require_safe
@permission_required(VIEW, raise_exception=True)
def export_selection(request: HttpRequest, format: str) -> HttpResponse:
    """The questions chosen in the list of questions, of one bank or several, as a file."""
    chosen = Question.objects.filter(pk__in=_ids(request)).values_list("bank", "translation_key")
    keys: dict[int, list[UUID]] = {}
    for bank, key in chosen:
        keys.setdefault(bank, []).append(key)
    banks = list(QuestionBank.objects.filter(pk__in=keys))
    items = [item for bank in banks for item in items_of(for_export(bank, keys=keys[bank.pk]))]
    title = ", ".join(bank.title for bank in banks)
    return _export(request, items, title, format, reverse("wagtailsnippets_quizzes_question:list"))


@never_cache
@require_safe
@permission_required(VIEW, raise_exception=True)
def export_quiz(request: HttpRequest, key: UUID, format: str) -> HttpResponse:
    """A quiz's questions as they are in the bank today, drawn ones included, as a file."""
    quiz = get_object_or_404(Quiz.objects.order_by("pk"), translation_key=key, locale=Locale.get_default())
    rows = document_of([quiz])["questions"]
    keys = [UUID(one["id"]) for one in rows]
    found = {item.label: item for item in items_of(for_export(keys=keys))}
    items = [found[one["id"]] for one in rows if one["id"] in found]
    return _export(request, items, quiz.title, format, reverse("wagtailsnippets_quizzes_quiz:edit", args=[quiz.pk]))


def _ids(request: HttpRequest) -> list[int]:
    return [int(one) for one in request.GET.getlist("question") if one.isdecimal()]


def _export(request: HttpRequest, items: list[Item], title: str, format: str, back: str) -> HttpResponse:
    """The file. What the format cannot hold is told first; `?anyway=1` gives the file without it."""
    if not items:
        messages.error(request, _("There is no question to give out."))
        return redirect(back)
    try:
        written = _written(request, items, title, format)
    except Impossible as reason:
        messages.error(request, str(reason))
        return redirect(back)
    if written.left_out and ("anyway" not in request.GET or len(written.left_out) == len(items)):
        stems = {item.label: item.stem for item in items}
        query = request.GET.copy()
        query["anyway"] = "1"
        context = {
            "title": title,
            "back": back,
            "left_out": [Skipped(" ".join(stems[one.label].split())[:120], one.reason) for one in written.left_out],
            "kept": len(items) - len(written.left_out),
            "download": f"{request.path}?{query.urlencode()}",
        }
        return render(request, "quizzes/admin/left_out.html", context)
    return _download(written)


def _written(request: HttpRequest, items: list[Item], title: str, format: str) -> Written:
    """Raises Impossible."""
    if format == "paper":
        from quizzes.exchange.paper import write_paper

        number = request.GET.get("variants", "1")
        variants = int(number) if number.isdecimal() else 1
        return write_paper(items, title=title, variants=variants, seed=request.GET.get("seed", title))
    if format not in EXPORTS:
        raise Http404
    return write_questions(items, format=format, title=title)


@require_safe
@permission_required(ADD, raise_exception=True)
def sheet_template(request: HttpRequest) -> HttpResponse:
    from quizzes.exchange.sheets import template

    return _download(template())


def _download(written: Written) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=written.name)
    return HttpResponse(
        written.data, content_type=written.content_type, headers={"Content-Disposition": disposition or "attachment"}
    )

"""A quiz on paper: print a sheet for each pupil, type in what came back, one row a pupil."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from quizzes.models import PaperSheet
from quizzes.operations import on_paper
from quizzes.queries.on_paper import Desk, desk_for, line_of, printed
from schools.models import User
from schools.permissions import classes_with_right


def _desk(request: HttpRequest, class_key: UUID, key: UUID) -> Desk:
    desk = desk_for(request.user, class_key, key, get_language() or "")
    if desk is None:
        raise Http404
    return desk


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def type_in(request: HttpRequest, class_key: UUID, key: UUID) -> HttpResponse:
    """The list of the class with a line for each sheet. `?mode=total`: only the marks. A script saves row by row."""
    desk = _desk(request, class_key, key)
    total = request.GET.get("mode") == "total"
    by_key = {str(sheet.uuid): sheet for sheet in desk.sheets}
    if request.method == "POST" and "sheet" in request.POST:
        sheet = by_key.get(request.POST["sheet"])
        if sheet is None:
            raise Http404
        return _one(request, sheet, total=total)
    lines = [line_of(sheet, total=total) for sheet in desk.sheets]
    wrong = 0
    if request.method == "POST":
        saved = 0
        for line in lines:
            given = request.POST.get(f"typed_{line['sheet'].uuid}")
            # A row of the other way of typing is empty here; leaving it so takes nothing back.
            if given is None or " ".join(given.split()) == line["typed"]:
                continue
            try:
                on_paper.enter_sheet(sheet=line["sheet"], typed=given, total=total, actor=request.user)
            except Problem as problem:
                line |= {"typed": given, "problem": str(problem)}
                wrong += 1
            else:
                saved += 1
        if not wrong:
            text = ngettext("%(count)d sheet was saved.", "%(count)d sheets were saved.", saved)
            messages.success(request, text % {"count": saved})
            return redirect(request.get_full_path())
    shown = {"desk": desk, "lines": lines, "total": total, "wrong": wrong, "at": request.GET.get("at", "")}
    shown["done"] = sum(sheet.attempt_id is not None for sheet in desk.sheets)
    return render(request, "quizzes/on_paper.html", shown, status=422 if wrong else 200)


def _one(request: HttpRequest, sheet: PaperSheet, *, total: bool) -> JsonResponse:
    try:
        sheet = on_paper.enter_sheet(sheet=sheet, typed=request.POST.get("typed", ""), total=total, actor=request.user)
    except Problem as problem:
        return JsonResponse({"text": str(problem)}, status=problem.status)
    line = line_of(sheet, total=total)
    return JsonResponse({"typed": line["typed"], "text": line["result"] or pgettext("sheet", "taken back")})


@require_POST
@login_required
def make_sheets(request: HttpRequest, class_key: UUID, key: UUID) -> HttpResponse:
    """Make what is missing, then show all to be printed."""
    desk = _desk(request, class_key, key)
    try:
        on_paper.print_sheets(opening=desk.opening, school_class=desk.school_class, actor=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("quiz_on_paper", class_key, key)
    return redirect("quiz_sheets", class_key, key)


@require_safe
@login_required
@never_cache
def sheets(request: HttpRequest, class_key: UUID, key: UUID) -> HttpResponse:
    """All sheets, to be printed from the browser."""
    desk = _desk(request, class_key, key)
    return render(request, "quizzes/sheets.html", {"desk": desk, "sheets": printed(desk, get_language() or "")})


@require_safe
@login_required
@never_cache
def scanned(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Where a sheet's QR code leads: its teacher to the row to type in, its pupil to the result."""
    sheet = get_object_or_404(PaperSheet.objects.select_related("opening", "attempt"), uuid=uuid)
    if classes_with_right(cast(User, request.user), "grade").filter(uuid=sheet.class_key).exists():
        address = reverse("quiz_on_paper", args=[sheet.class_key, sheet.opening.quiz_key])
        return redirect(f"{address}?at={sheet.uuid}#sheet-{sheet.uuid}")
    if sheet.user_id == request.user.pk and sheet.attempt is not None:
        return redirect("quiz_result", sheet.attempt.uuid)
    raise Http404

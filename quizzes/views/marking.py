"""The marker's desk: the queue, and one answer after the other. Names stay hidden unless they are asked for."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from quizzes import operations
from quizzes.queries import marking as queries
from quizzes.teacher_forms import MarkForm
from schools.models import User
from schools.permissions import classes_with_right


@login_required
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    if not classes_with_right(cast(User, request.user), "grade").exists():
        raise Http404
    return render(request, "quizzes/marking.html", {"piles": queries.piles_of(request.user, get_language())})


@login_required
@never_cache
@require_safe
def begin(request: HttpRequest, key: UUID, question: UUID) -> HttpResponse:
    """To the first answer of the pile that waits, or the first of all."""
    first = queries.first_to_mark(request.user, key, question)
    if first is None:
        raise Http404
    return redirect(_address(request, key, question, first))


def _address(request: HttpRequest, key: UUID, question: UUID, uuid: UUID) -> str:
    """The next answer, with or without names as this one."""
    query = "?names=1" if request.GET.get("names") == "1" else ""
    return reverse("quiz_mark", args=[key, question, uuid]) + query


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mark(request: HttpRequest, key: UUID, question: UUID, uuid: UUID) -> HttpResponse:
    """Read one answer, give points and a comment; saved, the next one that waits comes up."""
    sheet = queries.sheet_to_mark(request.user, key, question, uuid, get_language())
    form = MarkForm(request.POST or None, sheet=sheet)
    if request.method == "POST" and form.is_valid():
        try:
            operations.mark_answer(
                attempt=sheet.attempt,
                question_key=question,
                marker=request.user,
                points=form.cleaned_data.get("points"),
                points_by_criterion=form.by_criterion(),
                comment=form.cleaned_data["comment"],
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            if sheet.next_waiting:
                messages.success(request, _("Saved. Here is the next one."))
                return redirect(_address(request, key, question, sheet.next_waiting))
            messages.success(request, _("Saved. Every answer to this question is marked."))
            return redirect("quiz_marking")
    names = request.GET.get("names") == "1"
    shown = {
        "sheet": sheet,
        "form": form,
        "names": names,
        "query": "?names=1" if names else "",
        "quiz_key": key,
    }
    return render(request, "quizzes/mark.html", shown, status=422 if form.errors else 200)

"""Mending a quiz for everybody who took it: cancelled questions, a corrected key, how far the new computing is."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.jobs.models import Job
from cms.problems import Problem
from quizzes import operations
from quizzes.models import Cancellation
from quizzes.operations.corrections import REGRADE_JOB
from quizzes.permissions import may_correct
from quizzes.queries.corrections import Mending, mending_of
from quizzes.queries.rescue import classes_that_took
from quizzes.teacher_forms import ReasonForm


def mending(request: HttpRequest, key: UUID) -> Mending:
    found = mending_of(key, get_language()) if may_correct(request.user) else None
    if found is None:
        raise Http404
    return found


def _question(mending: Mending, question: UUID):
    for one in mending.questions:
        if one.key == question:
            return one
    raise Http404


@login_required
@never_cache
@require_safe
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """Every question with its state, and the key of the present paper where attempts were marked by another."""
    shown = {"mending": mending(request, key), "classes": classes_that_took(request.user, key)}
    return render(request, "quizzes/corrections.html", shown)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, key: UUID, question: UUID) -> HttpResponse:
    """Ask for the reason, then cancel the question, or take the cancelling back."""
    found = mending(request, key)
    one = _question(found, question)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if one.cancellation and "withdraw" in request.POST:
            cancellation = Cancellation.objects.get(pk=one.cancellation.pk)
            job = operations.withdraw_cancellation(cancellation=cancellation, reason=reason, actor=request.user)
        else:
            _cancellation, job = operations.cancel_question(
                quiz_key=key, question_key=question, reason=reason, actor=request.user
            )
        return redirect("quiz_regrade", key, job.uuid) if job else redirect("quiz_corrections", key)
    shown = {"mending": found, "question": one, "form": form}
    return render(request, "quizzes/cancel_question.html", shown, status=422 if form.errors else 200)


@login_required
@require_POST
def preview(request: HttpRequest, key: UUID) -> HttpResponse:
    """Count first what the present key would change."""
    found = mending(request, key)
    if not found.corrected:
        messages.info(request, _("Everybody was marked by the present key."))
        return redirect("quiz_corrections", key)
    job = operations.preview_key(quiz_key=key, paper_id=found.paper_id, actor=request.user)
    return redirect("quiz_regrade", key, job.uuid)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def regrade(request: HttpRequest, key: UUID, uuid: UUID) -> HttpResponse:
    """How far a job is and what it changed; a POST applies the key that a preview has counted."""
    found = mending(request, key)
    job = get_object_or_404(Job, uuid=uuid, kind=REGRADE_JOB, params__quiz=str(key))
    if request.method == "POST" and job.state == Job.State.FAILED:
        return redirect("quiz_regrade", key, operations.compute_anew(job=job, actor=request.user).uuid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and job.params.get("dry") and form.is_valid():
        try:
            applied = operations.apply_key(
                quiz_key=key, paper_id=job.params["paper"], reason=form.cleaned_data["reason"], actor=request.user
            )
        except Problem as problem:
            messages.error(request, str(problem))
            return redirect("quiz_corrections", key)
        return redirect("quiz_regrade", key, applied.uuid)
    shown = {"mending": found, "job": job, "form": form, "dry": job.params.get("dry", False)}
    template = "quizzes/parts/regrade.html" if request.htmx else "quizzes/regrade.html"
    return render(request, template, shown, status=422 if form.errors else 200)

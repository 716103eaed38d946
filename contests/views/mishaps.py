"""When something went wrong in a round: an outage, or a question that has to be cancelled."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from contests import operations
from contests.desk_forms import OutageForm
from contests.models import Contest, Entry, Outage
from contests.problems import OnlyForward
from contests.queries.asked import asked_in
from contests.queries.contests import rounds_of
from contests.views.desk import managed


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def outages(request: HttpRequest, slug: str) -> HttpResponse:
    """Outages recorded so far, and the form for another."""
    contest = managed(request, slug)
    met = Entry.objects.filter(contest=contest).exclude(school_key=None).values_list("school_key", "unit_name")
    schools = sorted({(str(key), name) for key, name in met.distinct()}, key=lambda pair: pair[1])
    form = OutageForm(request.POST if request.method == "POST" else None, rounds=rounds_of(contest), schools=schools)
    problem = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            operations.record_outage(
                round=data["round"],
                starts_at=data["starts_at"],
                ends_at=data["ends_at"],
                reason=data["reason"],
                by=request.user,
                school_key=UUID(data["school"]) if data["school"] else None,
                entry_codes=form.codes,
                given=form.given,
                notice=data["notice"],
            )
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("The outage is recorded, and counts in every ranking made from now on."))
            return redirect("contests:outages", slug=slug)
    names = dict(schools)
    recorded = [
        {"outage": one, "school": names.get(str(one.school_key), "")}
        for one in Outage.objects.filter(round__stage__contest=contest).select_related("round").order_by("-recorded_at")
    ]
    shown = {"contest": contest, "form": form, "recorded": recorded, "problem": problem}
    return render(request, "contests/desk/outages.html", shown, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """What the contest asks, each with how many were asked; a wrong one is cancelled with full marks for everybody."""
    contest = managed(request, slug)
    problem = None
    if request.method == "POST":
        try:
            _cancel(request, contest)
        except Problem as refused:
            problem = refused
        else:
            messages.success(
                request,
                _(
                    "The question is cancelled: everybody gets full marks for it. Freeze the ranking anew when that is done."
                ),
            )
            return redirect("contests:questions", slug=slug)
    shown = {"contest": contest, "quizzes": asked_in(contest, get_language() or "vi"), "problem": problem}
    return render(request, "contests/desk/questions.html", shown, status=problem.status if problem else 200)


def _cancel(request: HttpRequest, contest: Contest) -> None:
    if contest.state in {Contest.State.DRAFT, Contest.State.ARCHIVED}:
        raise OnlyForward(_("Only what was asked can be cancelled."))
    operations.cancel_asked(
        contest=contest,
        quiz_key=request.POST.get("quiz", ""),
        question_key=request.POST.get("question", ""),
        reason=request.POST.get("reason", ""),
        by=request.user,
    )

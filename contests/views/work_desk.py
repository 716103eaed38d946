"""The secretary's part in works: more time for everybody, and answers to questions."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.models import Enquiry, Round, Stage
from contests.queries.contests import round_of, rounds_of
from contests.views.desk import PER_PAGE, managed
from contests.work_forms import AnswerForm, ExtendForm


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def extend(request: HttpRequest, slug: str) -> HttpResponse:
    """One press moves the deadline of everybody, with the notice they read."""
    contest = managed(request, slug)
    problem, form = None, None
    if request.method == "POST":
        form = ExtendForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = operations.extend_deadline(
                    round=round_of(contest, data["round"]),
                    closed_at=data["closed_at"],
                    hours=data["hours"],
                    notice=data["notice"],
                    by=request.user,
                )
            except Problem as refused:
                problem = refused
            else:
                messages.success(request, _("Everybody has time until %(until)s.") % {"until": _moment(made.closes_at)})
                return redirect("contests:extend", slug=slug)
    rounds: list[dict] = [
        {"round": one, "extensions": list(one.extensions.all()), "form": _form_for(one, form)}
        for one in rounds_of(contest).filter(stage__kind=Stage.Kind.SUBMISSION).prefetch_related("extensions")
    ]
    shown = {"contest": contest, "rounds": rounds, "problem": problem}
    return render(request, "contests/desk/extend.html", shown, status=422 if request.method == "POST" else 200)


def _moment(at) -> str:
    from django.utils.timezone import localtime

    return localtime(at).strftime("%H:%M %d/%m/%Y")


def _form_for(round: Round, bound: ExtendForm | None) -> ExtendForm:
    if bound is not None and bound.data.get("round") == str(round.number):
        return bound
    seen = round.closes_at.strftime("%Y-%m-%dT%H:%M:%S.%f%z")
    return ExtendForm(initial={"round": round.number, "closed_at": seen, "hours": 24})


@require_safe
@login_required
@never_cache
def enquiries(request: HttpRequest, slug: str) -> HttpResponse:
    """Questions, those that wait first."""
    contest = managed(request, slug)
    found = (
        Enquiry.objects.filter(contest=contest).select_related("asked_by__person").order_by("answered_at", "asked_at")
    )
    page = Paginator(found.order_by("-state", "asked_at"), PER_PAGE).get_page(request.GET.get("page"))
    rows = [{"enquiry": one, "form": _answer_form(one)} for one in page]
    return render(request, "contests/desk/enquiries.html", {"contest": contest, "page": page, "rows": rows})


def _answer_form(enquiry: Enquiry) -> AnswerForm:
    return AnswerForm(
        auto_id=f"id_{enquiry.pk}_%s",
        initial={
            "answer": enquiry.answer,
            "public_text": enquiry.public_text or enquiry.text,
            "publish": enquiry.state == Enquiry.State.PUBLISHED,
        },
    )


@require_POST
@login_required
def answer(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    contest = managed(request, slug)
    enquiry = get_object_or_404(Enquiry, contest=contest, uuid=uuid)
    form = AnswerForm(request.POST)
    try:
        data = form.cleaned_data if form.is_valid() else {}
        operations.answer_enquiry(
            enquiry=enquiry,
            answer=data.get("answer", ""),
            public_text=data.get("public_text", ""),
            publish=data.get("publish", False),
            by=request.user,
        )
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The answer is kept."))
    return redirect("contests:enquiries", slug=slug)

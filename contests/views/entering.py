"""Entering a contest and taking its rounds."""

from typing import cast
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.decorators import ratelimit

from cms.problems import Problem
from contests import operations, problems
from contests.eligibility import Eligibility
from contests.forms import AgreeForm, EnterForm, OpenTrackForm
from contests.models import Contest, Entry, Ranking
from contests.operations.entries import asks_guardian
from contests.queries.contests import categories_of, contest_for, rules_in_force
from contests.queries.pages import choices_for, page_of
from contests.queries.people import standing_for
from contests.queries.standings import ranking_in_force
from contests.rules import Rules
from schools.models import User
from schools.operations.signin import open_session


def _entry(request: HttpRequest, contest: Contest) -> Entry:
    entry = Entry.objects.visible_to(request.user).select_related("contest", "user").filter(contest=contest).first()
    if entry is None:
        raise problems.NotEntered()
    return entry


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("identity")
@ratelimit(key="ip", rate="600/m", method="POST")
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    """Enter: with an account in the categories that are one's own, without one in an open track."""
    contest = contest_for(request.user, slug)
    if contest.takes_works:
        return redirect("contests:new_work", slug=slug)
    page = page_of(contest, request.user)
    if not page.takes_entries or page.rules is None:
        raise problems.NotOpen()
    if page.entry and page.entry.state == Entry.State.ENTERED:
        return redirect("contests:contest", slug=slug)
    if request.user.is_authenticated:
        return _enter_with_account(request, contest, page.rules)
    if not page.open_tracks:
        return redirect(f"/{get_language()}/account/sign-in/?next={request.path}")
    return _enter_open_track(request, contest, page.rules)


def _enter_with_account(request: HttpRequest, contest: Contest, rules: Rules) -> HttpResponse:
    user = cast(User, request.user)
    choices = choices_for(contest, user)
    mine = categories_of(contest).filter(pk__in=[one.category.pk for one in choices if not one.reasons])
    standing, place = standing_for(user, contest)
    form = EnterForm(
        request.POST if request.method == "POST" else None,
        rules=rules,
        asks_guardian=asks_guardian(rules, standing),
        categories=mine,
    )
    problem = None
    if request.method == "POST" and mine and form.is_valid():
        try:
            operations.enter_contest(
                contest=contest, category=form.cleaned_data["category"], user=user, agreed=form.agreed
            )
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("You have entered. Good luck!"))
            return redirect("contests:contest", slug=contest.slug)
    shown = {
        "contest": contest,
        "form": form,
        "choices": choices,
        "is_open": bool(mine),
        "place": place,
        "problem": problem,
        "version": rules_in_force(contest),
    }
    refused_form = request.method == "POST"
    return render(request, "contests/enter.html", shown, status=422 if refused_form else 200)


def _enter_open_track(request: HttpRequest, contest: Contest, rules: Rules) -> HttpResponse:
    tracks = categories_of(contest).filter(open_track=True)
    asks_age = any(Eligibility.read(one.eligibility).asks_age for one in tracks)
    form = OpenTrackForm(
        request.POST if request.method == "POST" else None,
        rules=rules,
        on=contest.reference_date,
        asks_age=asks_age,
        categories=tracks,
    )
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            entered = operations.enter_open_track(
                contest=contest, category=form.cleaned_data["category"], agreed=form.agreed, **form.person
            )
        except Problem as refused:
            problem = refused
        else:
            open_session(request, entered.user)
            return render(request, "contests/entered.html", {"contest": contest, "entered": entered})
    shown = {"contest": contest, "form": form, "problem": problem, "version": rules_in_force(contest), "is_open": True}
    return render(request, "contests/enter.html", shown, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Accept a new version of the rules."""
    contest = contest_for(request.user, slug)
    entry = _entry(request, contest)
    version = rules_in_force(contest)
    if entry.acceptances.filter(rules=version).exists():
        return redirect("contests:contest", slug=slug)
    rules = Rules.of(version)
    standing, _place = standing_for(cast(User, request.user), contest)
    form = AgreeForm(
        request.POST if request.method == "POST" else None, rules=rules, asks_guardian=asks_guardian(rules, standing)
    )
    if request.method == "POST" and form.is_valid():
        operations.accept_rules(entry=entry, agreed=form.agreed)
        messages.success(request, _("Thank you. You can go on."))
        return redirect("contests:contest", slug=slug)
    shown = {"contest": contest, "form": form, "version": version}
    return render(request, "contests/accept.html", shown, status=422 if request.method == "POST" else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    contest = contest_for(request.user, slug)
    entry = _entry(request, contest)
    try:
        operations.withdraw_entry(entry=entry)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("You are no longer entered. You may enter again while the contest is open."))
    return redirect("contests:contest", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def start(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Begin or carry on with a round, then on to the quiz. Where too many begin at once, a page that tries again."""
    contest = contest_for(request.user, slug)
    if request.method != "POST":
        return redirect("contests:contest", slug=slug)
    guess = request.POST.get("prediction", "").replace(".", "").replace(" ", "").strip()
    key = request.POST.get("idempotency_key", "")[:200] or str(uuid4())
    try:
        attempt, _made = operations.start_round_attempt(
            user=request.user,
            contest=contest,
            number=number,
            idempotency_key=key,
            prediction=int(guess) if guess.isascii() and guess.isdigit() and len(guess) <= 10 else None,
            language=get_language() or "vi",
        )
    except problems.TooManyStarting as crowd:
        shown = {"contest": contest, "problem": crowd, "number": number, "prediction": guess, "key": key}
        response = render(request, "contests/waiting.html", shown, status=503)
        response["Retry-After"] = str(crowd.extra["retry_after"])
        return response
    except problems.RulesNotAccepted as changed:
        messages.error(request, str(changed))
        return redirect("contests:accept", slug=slug)
    except Problem as problem:
        messages.error(request, f"{problem.title}. {problem}")
        return redirect("contests:contest", slug=slug)
    return redirect("quiz_attempt", uuid=attempt.uuid)


@require_POST
@login_required
def appeal(request: HttpRequest, slug: str) -> HttpResponse:
    """Object to the frozen ranking that is in force."""
    contest = contest_for(request.user, slug)
    ranking = ranking_in_force(contest)
    ranking = get_object_or_404(Ranking, pk=ranking.pk if ranking else None, kind=Ranking.Kind.FROZEN)
    try:
        operations.file_appeal(entry=_entry(request, contest), ranking=ranking, text=request.POST.get("text", ""))
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Your appeal has been received. You find the answer here."))
    return redirect("contests:contest", slug=slug)

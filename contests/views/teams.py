"""Beginning a work and joining its team: with an account, or by a link or a code without one."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_ratelimit.decorators import ratelimit

from cms.problems import Problem
from contests import operations, problems
from contests.eligibility import Eligibility
from contests.models import Contest, TeamInvitation, TeamMember
from contests.operations.entries import asks_guardian
from contests.operations.works import require_changeable
from contests.queries.contests import categories_of, clock_of, contest_for, rules_in_force
from contests.queries.invitations import invitation_for, who_asks
from contests.queries.pages import choices_for
from contests.queries.people import standing_for
from contests.queries.works import members_of, work_for
from contests.rules import Rules
from contests.work_forms import FindTeamForm, JoinForm, NewWorkForm, OpenJoinForm, OpenWorkForm
from schools.models import User
from schools.operations.signin import open_session


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("identity")
@ratelimit(key="ip", rate="600/m", method="POST")
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a work: category, title, and what the rules ask to be agreed to."""
    contest = contest_for(request.user, slug)
    if not contest.takes_works or contest.state != Contest.State.OPEN or clock_of(contest).is_over:
        raise problems.NotOpen()
    if not request.user.is_authenticated:
        return _new_openly(request, contest)
    user, version = cast(User, request.user), rules_in_force(contest)
    choices = choices_for(contest, user)
    mine = categories_of(contest).filter(pk__in=[one.category.pk for one in choices if not one.reasons])
    standing, place = standing_for(user, contest)
    rules = Rules.of(version)
    form = NewWorkForm(
        request.POST if request.method == "POST" else None,
        rules=rules,
        asks_guardian=asks_guardian(rules, standing),
        categories=mine,
    )
    problem = None
    if request.method == "POST" and mine and form.is_valid():
        data = form.cleaned_data
        try:
            work = operations.make_team(
                contest=contest,
                category=data["category"],
                user=user,
                agreed=form.agreed,
                title=data["title"],
                name=data["name"],
            )
        except Problem as refused:
            problem = refused
        else:
            return redirect("contests:work", slug=slug, uuid=work.uuid)
    shown = {
        "contest": contest,
        "form": form,
        "choices": choices,
        "is_open": bool(mine),
        "place": place,
        "problem": problem,
        "version": version,
    }
    return render(request, "contests/enter.html", shown, status=422 if request.method == "POST" else 200)


def _new_openly(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The same for somebody without an account, where a category is open to them; others sign in first."""
    tracks, version = categories_of(contest).filter(open_track=True), rules_in_force(contest)
    if not tracks:
        return redirect_to_login(request.path, reverse("account_login"))
    form = OpenWorkForm(
        request.POST if request.method == "POST" else None,
        rules=Rules.of(version),
        on=contest.reference_date,
        asks_age=any(Eligibility.read(one.eligibility).asks_age for one in tracks),
        categories=tracks,
    )
    problem = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            work, entered = operations.make_open_team(
                contest=contest,
                category=data["category"],
                agreed=form.agreed,
                title=data["title"],
                name=data["name"],
                **form.person,
            )
        except Problem as refused:
            problem = refused
        else:
            open_session(request, entered.user)
            return render(request, "contests/entered.html", {"contest": contest, "entered": entered, "work": work})
    shown = {
        "contest": contest,
        "form": form,
        "problem": problem,
        "version": version,
        "is_open": True,
        "sign_in": f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "contests/enter.html", shown, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def join(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirm an invitation to a team: a member accepts the rules, a mentor says yes."""
    contest = contest_for(request.user, slug)
    work = work_for(request.user, contest, uuid)
    me = get_object_or_404(work.team.members.filter(state__in=TeamMember.PRESENT), user_id=request.user.pk)
    if me.state == TeamMember.State.CONFIRMED:
        return redirect("contests:work", slug=slug, uuid=uuid)
    version = rules_in_force(contest)
    rules = Rules.of(version)
    standing, _place = standing_for(cast(User, request.user), contest)
    is_mentor = me.role == TeamMember.Role.MENTOR
    form = JoinForm(
        request.POST if request.method == "POST" else None, rules=rules, asks_guardian=asks_guardian(rules, standing)
    )
    problem = None
    if request.method == "POST" and (is_mentor or form.is_valid()):
        try:
            operations.confirm_member(member=me, agreed=None if is_mentor else form.agreed)
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("You are part of the team."))
            return redirect("contests:work", slug=slug, uuid=uuid)
    shown = {
        "contest": contest,
        "work": work,
        "members": members_of(work.team),
        "me": me,
        "is_mentor": is_mentor,
        "form": form,
        "problem": problem,
        "version": version,
    }
    return render(request, "contests/join.html", shown, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@ratelimit(key="ip", rate="600/m", method="POST")
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """Type the code of an invitation."""
    contest = contest_for(request.user, slug)
    if not contest.takes_works:
        raise problems.NotOpen()
    form = FindTeamForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            found = invitation_for(contest, form.cleaned_data["code"])
        except problems.InvitationSpent as spent:
            form.add_error("code", str(spent))
        else:
            return redirect("contests:invited", slug=slug, code=found.code)
    shown = {"contest": contest, "form": form}
    return render(request, "contests/find_team.html", shown, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters("identity")
@ratelimit(key="ip", rate="600/m")
def invited(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Take the place an invitation holds: with one's account, or as somebody who has none."""
    contest = contest_for(request.user, slug)
    invitation = invitation_for(contest, code)
    work, user = invitation.team.work, request.user
    if invitation.taken_by is not None:
        if invitation.taken_by.user_id == user.pk:
            return redirect("contests:work", slug=slug, uuid=work.uuid)
        raise problems.InvitationSpent()
    require_changeable(work)
    signed_in = user.is_authenticated
    if not signed_in and not invitation.team.category.open_track:
        return redirect_to_login(request.path, reverse("account_login"))
    form = _invited_form(request, contest, invitation)
    problem = None
    if request.method == "POST" and form.is_valid():
        try:
            if signed_in:
                operations.join_by_invitation(invitation=invitation, user=user, agreed=form.agreed)
                messages.success(request, _("You are part of the team."))
                return redirect("contests:work", slug=slug, uuid=work.uuid)
            person = cast(OpenJoinForm, form).person
            entered = operations.join_openly(invitation=invitation, agreed=form.agreed, **person)
        except Problem as refused:
            problem = refused
        else:
            open_session(request, entered.user)
            return render(request, "contests/entered.html", {"contest": contest, "entered": entered, "work": work})
    shown = {
        "contest": contest,
        "work": work,
        "who": who_asks(invitation.team),
        "form": form,
        "problem": problem,
        "version": rules_in_force(contest),
        "sign_in": "" if signed_in else f"{reverse('account_login')}?next={request.path}",
    }
    return render(request, "contests/invited.html", shown, status=422 if request.method == "POST" else 200)


def _invited_form(request: HttpRequest, contest: Contest, invitation: TeamInvitation) -> JoinForm | OpenJoinForm:
    data, rules = request.POST if request.method == "POST" else None, Rules.of(rules_in_force(contest))
    if request.user.is_authenticated:
        standing, _place = standing_for(cast(User, request.user), contest)
        return JoinForm(data, rules=rules, asks_guardian=asks_guardian(rules, standing))
    category = invitation.team.category
    return OpenJoinForm(
        data,
        rules=rules,
        on=contest.reference_date,
        asks_age=Eligibility.read(category.eligibility).asks_age,
        categories=categories_of(contest).filter(pk=category.pk),
    )

"""A school or a class chooses who goes on to the next round."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from contests import operations
from contests.models import Contest
from contests.permissions import classes_to_follow
from contests.queries.choosing import Group, candidates_in, is_time_to_choose, rounds_to_choose_from
from contests.queries.contests import contest_for
from schools.models import User
from schools.permissions import schools_administered


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def school(request: HttpRequest, slug: str, uuid: UUID, number: int) -> HttpResponse:
    contest = contest_for(request.user, slug)
    found = get_object_or_404(schools_administered(cast(User, request.user)), uuid=uuid)
    back = reverse("contests:school", args=[slug, uuid])
    return _choose(request, contest, Group.of_school(found), number, back)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def school_class(request: HttpRequest, slug: str, uuid: UUID, number: int) -> HttpResponse:
    contest = contest_for(request.user, slug)
    found = get_object_or_404(classes_to_follow(request.user), uuid=uuid)
    return _choose(request, contest, Group.of_class(found), number, reverse("contests:class", args=[slug, uuid]))


def _choose(request: HttpRequest, contest: Contest, group: Group, number: int, back: str) -> HttpResponse:
    round = next((one for one in rounds_to_choose_from(contest, group.level) if one.number == number), None)
    if round is None:
        raise Http404
    problem, wanted = None, None
    if request.method == "POST":
        wanted = set(request.POST.getlist("entry"))
        try:
            going = operations.choose_for_next_round(
                contest=contest, round=round, group=group, codes=wanted, by=request.user
            )
        except Problem as refused:
            problem = refused
        else:
            told = ngettext("%(count)s goes on to the next round.", "%(count)s go on to the next round.", going)
            messages.success(request, told % {"count": going})
            return redirect(request.path)
    candidates = candidates_in(contest, round, group)
    shown = {
        "contest": contest,
        "group": group,
        "round": round,
        "back": back,
        "rows": [
            {"one": one, "ticked": one.has_begun or (one.code in wanted if wanted is not None else one.is_chosen)}
            for one in candidates
        ],
        "chosen": sum(one.is_chosen for one in candidates),
        "is_open": is_time_to_choose(contest, round),
        "problem": problem,
    }
    return render(request, "contests/choose.html", shown, status=problem.status if problem else 200)

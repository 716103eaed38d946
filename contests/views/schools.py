"""What schools do in a contest: classes registered and reminded, and how many of each took part."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.models import Contest, Round
from contests.permissions import classes_to_follow
from contests.queries.choosing import Group, rounds_to_choose_from
from contests.queries.contests import contest_for, rules_in_force
from contests.queries.pages import entered_in_class
from contests.queries.statistics import classes_in, statistics_of
from contests.queries.winners import wins_of_schools
from contests.rules import Rules
from schools.models import User
from schools.permissions import schools_administered


@require_POST
@login_required
def register(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Enter the pupils that were ticked or the whole class, or remind everybody who has not taken part."""
    contest = contest_for(request.user, slug)
    of_class = get_object_or_404(classes_to_follow(request.user), uuid=uuid)
    back = redirect("contests:class", slug=slug, uuid=uuid)
    try:
        if "remind" in request.POST:
            sent = operations.remind_class(contest=contest, school_class=of_class, by=request.user)
            told = ngettext("%(count)s pupil was reminded.", "%(count)s pupils were reminded.", sent) % {"count": sent}
            messages.success(request, told if sent else _("Everybody has been reminded today, or has taken part."))
            return back
        chosen = [int(one) for one in request.POST.getlist("pupil") if one.isascii() and one.isdigit()]
        if "all" in request.POST:
            chosen = [row["pupil"].pk for row in entered_in_class(contest, of_class)]
        done = operations.register_class(contest=contest, school_class=of_class, user_ids=chosen, by=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
        return back
    for pupil, reasons in done.refused:
        messages.error(request, f"{pupil.get_full_name()}: {' '.join(reasons)}")
    count = len(done.entered)
    if count:
        told = ngettext("%(count)s pupil is entered.", "%(count)s pupils are entered.", count) % {"count": count}
        messages.success(request, f"{told} {_('Each accepts the rules before the first attempt.')}")
    return back


@require_safe
@login_required
@never_cache
def school(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """The classes of a school one administers."""
    contest = contest_for(request.user, slug)
    found = get_object_or_404(schools_administered(cast(User, request.user)), uuid=uuid)
    shown = {
        "contest": contest,
        "school": found,
        "rows": classes_in(contest, found),
        "rounds": rounds_to_choose_from(contest, Round.Level.SCHOOL),
        "wins": wins_of_schools(contest, set(Group.of_school(found).keys)),
    }
    return render(request, "contests/school.html", shown)


@require_safe
@never_cache
def statistics(request: HttpRequest, slug: str) -> HttpResponse:
    """By school and commune, for everybody. Where the number of entrants is guessed, only after the end."""
    contest = contest_for(request.user, slug)
    version = rules_in_force(contest)
    waits = contest.state in {Contest.State.DRAFT, Contest.State.OPEN} and not Rules.of(version).tells_numbers
    shown = {"contest": contest, "statistics": None if waits else statistics_of(contest)}
    return render(request, "contests/statistics.html", shown)


@require_safe
@never_cache
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """The media kit: a message to copy, posters, the QR code."""
    from contests.printing import address_of
    from contests.queries.contests import clock_of
    from schools.queries.addresses import qr_svg

    contest = contest_for(request.user, slug)
    address = address_of(contest)
    shown = {"contest": contest, "clock": clock_of(contest), "address": address, "qr": qr_svg(address)}
    return render(request, "contests/share.html", shown)


@require_safe
@never_cache
def poster(request: HttpRequest, slug: str, file: str) -> HttpResponse:
    """`a3.pdf` and `a4.pdf` to hang up, `poster.svg` to go on with in a drawing program, `qr.svg` for a leaflet of one's own."""
    contest = contest_for(request.user, slug)
    # What makes PDFs is large: no web process holds it before somebody asks.
    from contests.printing import SIZES, address_of, poster_pdf, poster_svg
    from schools.queries.addresses import qr_svg

    if file == "qr.svg":
        content, kind = str(qr_svg(address_of(contest))).encode(), "image/svg+xml"
    elif file == "poster.svg":
        content, kind = poster_svg(contest).encode(), "image/svg+xml"
    elif file.removesuffix(".pdf") in SIZES and file.endswith(".pdf"):
        content, kind = poster_pdf(contest, file.removesuffix(".pdf")), "application/pdf"
    else:
        raise Http404
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{slug}-{file}"'
    return response

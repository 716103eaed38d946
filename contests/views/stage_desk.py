"""The secretary's side of a stage: parts, teams, order, who is on, who has not locked, reading out, corrections, papers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.models import Conflict, Contest, Juror, Mark, Part, Round, Sheet, Turn
from contests.problems import NoSuchStage, PointsRefused
from contests.queries.contests import categories_of
from contests.queries.stage import (
    board_version,
    evening_of,
    live_round,
    live_rounds,
    live_stage,
    parts_of,
    waiting_promoted,
)
from contests.stage_documents import score_sheets
from contests.stage_forms import PartFormSet, StageSeatForm, TeamForm, shown_parts
from contests.views.desk import managed
from contests.views.jury_desk import _number
from schools.models import School
from schools.queries.addresses import absolute


def _round(request: HttpRequest, slug: str, number: int) -> tuple[Contest, Round]:
    contest = managed(request, slug)
    return contest, live_round(contest, number)


def _schools(contest: Contest):
    """Schools below the organiser that are there today."""
    return School.objects.filter(unit__path__startswith=contest.organiser.path, valid_to=None).order_by("name")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def parts(request: HttpRequest, slug: str) -> HttpResponse:
    """Parts of the performance, their criteria, time limits and what overrunning costs. Data, so no two contests need code."""
    contest, problem = managed(request, slug), None
    stage = live_stage(contest)
    if stage is None:
        raise NoSuchStage()
    held = list(Part.objects.filter(stage=stage).prefetch_related("marks"))
    formset = PartFormSet(
        request.POST if request.method == "POST" else None,
        initial=None if request.method == "POST" else shown_parts(held),
        prefix="part",
    )
    if request.method == "POST" and formset.is_valid():
        wanted = [one.document for one in formset if one.cleaned_data and not one.cleaned_data.get("DELETE")]
        try:
            operations.set_parts(stage=stage, parts=wanted, by=request.user)
            messages.success(request, _("The parts are saved."))
            return redirect("contests:parts", slug=slug)
        except Problem as refusal:
            problem = refusal
    status = problem.status if problem else 422 if request.method == "POST" else 200
    shown = {"contest": contest, "formset": formset, "problem": problem, "rounds": live_rounds(contest)}
    return render(request, "contests/desk/parts.html", shown, status=status)


def _desk(request: HttpRequest, contest: Contest, round: Round, problem: Problem | None = None, **more) -> HttpResponse:
    evening = evening_of(round)
    seats = list(Juror.objects.filter(contest=contest, left_at=None).order_by("task", "pk"))
    shown = {
        "contest": contest,
        "round": round,
        "evening": evening,
        "promoted": waiting_promoted(round),
        "orders": list(round.orders.select_related("by__person").order_by("number")),
        "seats": seats,
        "judging": [one for one in seats if one.task == Juror.Task.JUDGE and one.accepted_at],
        "problem": problem,
        "version": board_version(round, inside=True),
        "board": absolute(reverse("contests:board", args=[contest.slug, round.number])),
        "team_form": TeamForm(categories=categories_of(contest), schools=_schools(contest)),
        "seat_form": StageSeatForm(),
        **more,
    }
    return render(request, "contests/desk/stage.html", shown, status=problem.status if problem else 200)


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The evening: who is on, whose sheet is missing, what is read out next."""
    return _desk(request, *_round(request, slug, number))


@require_safe
@login_required
@never_cache
def state(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Whether the secretary's page has changed. Asked every two seconds while somebody looks at it."""
    _contest, round = _round(request, slug, number)
    return JsonResponse({"version": board_version(round, inside=True)})


@require_POST
@login_required
@never_cache
def team(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A team from its paper."""
    contest, round = _round(request, slug, number)
    form = TeamForm(request.POST, categories=categories_of(contest), schools=_schools(contest))
    if not form.is_valid():
        return _desk(request, contest, round, PointsRefused(_("Look at what is marked.")), team_form=form)
    found = form.cleaned_data
    try:
        made = operations.register_team(
            round=round,
            category=found["category"],
            school=found["school"],
            codes=found["codes"].splitlines(),
            name=found["name"],
            by=request.user,
        )
    except Problem as problem:
        return _desk(request, contest, round, problem, team_form=form)
    messages.success(request, _("%(team)s is on the list.") % {"team": made})
    return redirect("contests:stage_desk", slug=slug, number=number)


@require_POST
@login_required
@never_cache
def invite(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A seat for a judge or the timekeeper: the link is shown once."""
    contest, round = _round(request, slug, number)
    form = StageSeatForm(request.POST)
    if not form.is_valid():
        return _desk(request, contest, round, PointsRefused(_("Look at what is marked.")), seat_form=form)
    seat, token = operations.invite_juror(contest=contest, by=request.user, **form.cleaned_data)
    link = request.build_absolute_uri(reverse("contests:join_jury", args=[token]))
    return _desk(request, contest, round, invited=seat, link=link)


@require_POST
@login_required
@never_cache
def act(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The presses of the page."""
    contest, round = _round(request, slug, number)
    try:
        words = _act(request, round)
    except Problem as problem:
        return _desk(request, contest, round, problem)
    messages.success(request, words)
    return redirect("contests:stage_desk", slug=slug, number=number)


def _act(request: HttpRequest, round: Round) -> str:
    what, _colon, uuid = request.POST.get("do", "").partition(":")
    if what == "draw":
        operations.draw_order(round=round, by=request.user)
        return _("The order is drawn.")
    if what == "promoted":
        made, few = operations.take_in_promoted(round=round, by=request.user)
        if few:
            names = ", ".join(few)
            messages.warning(
                request, _("Too few went on for a team of their own, register it: %(names)s.") % {"names": names}
            )
        return _("Teams taken in: %(count)s.") % {"count": len(made)}
    if what == "order":
        return _reorder(request, round)
    turn = next((one for one in round.turns.select_related("round__stage__contest") if str(one.uuid) == uuid), None)
    if turn is None:
        raise Http404
    if what == "call":
        return _("%(team)s is on stage.") % {"team": operations.call_turn(turn=turn, by=request.user)}
    if what == "end":
        return _("%(team)s has performed.") % {"team": operations.end_turn(turn=turn, by=request.user)}
    if what == "reveal":
        shown = operations.reveal_points(turn=turn, by=request.user)
        return _("The points of %(team)s are on the board.") % {"team": shown}
    raise Http404


def _reorder(request: HttpRequest, round: Round) -> str:
    """Places as typed beside the teams; of two with one number, the one that stood first before."""
    turns = list(round.turns.exclude(position=None).select_related("entry").order_by("position"))
    wanted = sorted(turns, key=lambda one: (_number(request, f"place-{one.entry.code}") or 999, one.position))
    codes = [one.entry.code for one in wanted]
    operations.change_order(round=round, codes=codes, reason=request.POST.get("reason", ""), by=request.user)
    return _("The order is changed; what was drawn stays on record.")


# --- One team ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def turn(request: HttpRequest, slug: str, number: int, uuid) -> HttpResponse:
    """One team: every judge's points, the times, corrections with their reasons, and the paper where a phone failed."""
    (contest, round), problem = _round(request, slug, number), None
    found = get_object_or_404(round.turns.select_related("round__stage__contest", "team", "entry"), uuid=uuid)
    if request.method == "POST":
        try:
            messages.success(request, _act_on(request, found))
            return redirect("contests:stage_turn", slug=slug, number=number, uuid=uuid)
        except Problem as refusal:
            problem = refusal
    evening = evening_of(round)
    performed = next(one for one in evening.turns if one.turn.pk == found.pk)
    rows = [
        {
            "scored": one,
            "points": [(mark, one.points.get(mark.pk), one.before.get(mark.pk)) for mark in evening.marks],
        }
        for one in performed.scored
    ]
    shown = {
        "contest": contest,
        "round": round,
        "evening": evening,
        "performed": performed,
        "rows": rows,
        "kinds": Conflict.Kind.choices,
        "problem": problem,
    }
    return render(request, "contests/desk/stage_turn.html", shown, status=problem.status if problem else 200)


def _act_on(request: HttpRequest, turn: Turn) -> str:
    what, reason = request.POST.get("do"), request.POST.get("reason", "")
    if what == "absent":
        operations.mark_absent(turn=turn, reason=reason, by=request.user)
        return _("The team is marked as not having come.")
    if what == "points":
        sheet = get_object_or_404(
            Sheet.objects.select_related("turn__round__stage__contest"), turn=turn, pk=_number(request, "sheet")
        )
        mark = get_object_or_404(Mark.objects.select_related("part"), pk=_number(request, "mark"))
        operations.correct_points(
            sheet=sheet, mark=mark, value=request.POST.get("points", ""), reason=reason, by=request.user
        )
        return _("Corrected. What the judge gave stays on record.")
    if what == "time":
        part = get_object_or_404(Part, stage=turn.round.stage_id, pk=_number(request, "part"))
        minutes, seconds = _number(request, "minutes"), _number(request, "seconds")
        operations.correct_time(turn=turn, part=part, seconds=minutes * 60 + seconds, reason=reason, by=request.user)
        return _("The time is corrected. What was measured stays on record.")
    juror = get_object_or_404(Juror, contest=turn.round.stage.contest_id, pk=_number(request, "juror"))
    if what == "excuse":
        kind = request.POST.get("conflict", "")
        operations.excuse_sheet(
            turn=turn,
            juror=juror,
            reason=reason,
            by=request.user,
            conflict=kind if kind in Conflict.Kind.values else "",
        )
        return _("The sheet of %(name)s does not count.") % {"name": juror.name}
    if what == "paper":
        marks = [mark for part in parts_of(turn.round) for mark in part.marks.all()]
        points = {one.pk: request.POST.get(f"points-{one.pk}", "") for one in marks}
        operations.key_in_sheet(turn=turn, juror=juror, points=points, by=request.user)
        return _("The paper sheet of %(name)s is in.") % {"name": juror.name}
    raise Http404


@require_safe
@login_required
@never_cache
def papers(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Sheets to fill in by hand, one for each judge, as a PDF."""
    contest, round = _round(request, slug, number)
    response = HttpResponse(score_sheets(round), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="phieu-cham-{contest.slug}-{round.number}.pdf"'
    return response

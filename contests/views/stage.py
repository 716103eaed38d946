"""A performance from the seats and from the hall: the judge's phone, the timekeeper's, the board on the wall."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.models import Conflict, Juror, Round, Turn
from contests.problems import NoSuchStage
from contests.queries.contests import contest_for
from contests.queries.stage import (
    Evening,
    board_version,
    evening_of,
    held_by,
    live_round,
    parts_of,
    seat_at,
    turn_on,
    turns_for_juror,
)
from quizzes.queries import stamp

# So long everybody in the hall is told the same, however many ask.
SAME_FOR_SECONDS = 1


def _words() -> dict[str, str]:
    return {
        "sign_in": _("You are signed out. Sign in again in another tab: what you typed is kept on this phone."),
        "refused": _("The server could not read a number. Look at what is marked and type it again."),
        "too_late": _("This sheet is closed: what you typed afterwards was not taken. Tell the secretary."),
        "elsewhere": _("This number was changed on another device; that one is shown now."),
        "scale": _("From 0 to %(top)s, in quarters"),
        "gaps": _("Still without points: %(count)s"),
        "locked": pgettext("score sheet", "Locked"),
        "of": _("%(done)s of %(all)s"),
        "waits": _("The lock waits on this phone until there is a connection."),
        "over": _("over by %(time)s"),
        "nobody": _("Nobody is on stage now."),
        "lost": _("No connection: who is on stage may have changed. Choose the team yourself and go on."),
    }


@require_safe
@login_required
@never_cache
def seat(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One's own sheets for the whole evening on one page, so that a cut line stops nobody."""
    own, round = seat_at(request.user, slug, number)
    parts = parts_of(round)
    judging = own.task == Juror.Task.JUDGE
    found = turns_for_juror(round, own) if judging else round.turns.exclude(position=None)
    turns = list(found.exclude(state=Turn.State.ABSENT).select_related("team").order_by("position"))
    on = turn_on(round)
    page = {
        "attempt": f"stage-{round.uuid}-{own.uuid}",
        "answers": held_by(own, round),
        "server_time": stamp(timezone.now()),
        "on": str(on.uuid) if on else "",
        "urls": {
            "answers": reverse("api:save_stage_lines", args=[slug, number]),
            "session": "/api/v1/session",
            "state": reverse("contests:board_state", args=[slug, number]),
        },
        "words": _words(),
    }
    shown = {
        "seat": own,
        "contest": own.contest,
        "round": round,
        "parts": parts,
        "top": sum(mark.top for part in parts for mark in part.marks.all()),
        "turns": turns,
        "page": page,
        "kinds": Conflict.Kind.choices,
    }
    name = "contests/stage/sheet.html" if judging else "contests/stage/timer.html"
    return render(request, name, shown)


@require_POST
@login_required
@never_cache
def decline(request: HttpRequest, slug: str, number: int, uuid) -> HttpResponse:
    """A judge says that they must not judge a team: it leaves their page."""
    own, round = seat_at(request.user, slug, number)
    turn = turns_for_juror(round, own).filter(uuid=uuid).first()
    if turn is None or own.task != Juror.Task.JUDGE:
        raise NoSuchStage()
    kind = request.POST.get("conflict", "")
    try:
        operations.decline_turn(
            turn=turn,
            juror=own,
            reason=request.POST.get("reason", ""),
            by=request.user,
            conflict=kind if kind in Conflict.Kind.values else Conflict.Kind.OTHER,
        )
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("You do not judge this team. Thank you for saying so."))
    return redirect("contests:stage", slug=slug, number=number)


# --- The board --------------------------------------------------------------------------------------------------------


def _board_round(request: HttpRequest, slug: str, number: int) -> Round:
    return live_round(contest_for(request.user, slug), number)


def _board(evening: Evening) -> dict:
    on = evening.on
    revealed = [one for one in evening.turns if one.turn.revealed_at]
    latest = max(revealed, key=lambda one: one.turn.revealed_at, default=None)
    running = next((one for one in on.timed if one.is_running), None) if on else None
    waiting = [one for one in evening.turns if one.turn.state == Turn.State.WAITING and one.turn.position]
    order = {"on": on, "running": running, "next": waiting[0] if waiting else None}
    table = sorted(revealed, key=lambda one: (-(one.result or 0), one.turn.position))
    return order | {"latest": latest, "table": table, "order": [one for one in evening.turns if one.turn.position]}


@require_safe
@never_cache
def board(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """What hangs on the wall of the hall. Ten queries; nobody's points before they are read out."""
    round = _board_round(request, slug, number)
    evening = evening_of(round)
    shown = {
        "contest": round.stage.contest,
        "round": round,
        "evening": evening,
        "version": board_version(round),
        "now": stamp(timezone.now()),
        **_board(evening),
    }
    return render(request, "contests/stage/board.html", shown)


@require_safe
@never_cache
def board_state(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Whether the board has changed, and who is on: asked every two seconds by the wall and every phone in the hall."""
    round = _board_round(request, slug, number)
    key = f"stage-board:{round.pk}"
    told = cache.get(key)
    if told is None:
        on = turn_on(round)
        told = {
            "version": board_version(round),
            "on": str(on.uuid) if on else "",
            "name": str(on) if on else "",
        }
        cache.set(key, told, SAME_FOR_SECONDS)
    return JsonResponse(told | {"server_time": stamp(timezone.now())})

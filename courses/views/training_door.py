"""The code on the wall, and presenting oneself with it: scanned or typed, with one's own account."""

import time
from datetime import datetime
from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from courses import door
from courses.models import Training
from courses.operations.trainings import present_oneself
from courses.views.trainings import _training
from schools import limits
from schools.models import User
from schools.problems import TooManyTries
from schools.queries.addresses import absolute, qr_svg

TICKET = "training_seen"


@require_safe
@login_required
@never_cache
def wall(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The code for the projector with how many have come; asks itself anew before the code changes."""
    training = _training(request, uuid, to_change=True)
    if not training.is_open:
        if request.htmx:
            return HttpResponse(headers={"HX-Redirect": reverse("courses:training", args=[training.uuid])})
        return redirect("courses:training", training.uuid)
    code = door.code_now(training.uuid)
    address = absolute(reverse("courses:present_code", args=[code]))
    context = {
        "training": training,
        "code": f"{code[:3]} {code[3:]}",
        "qr": qr_svg(address),
        "address": absolute(reverse("courses:present")).split("://", 1)[-1],
        "present": training.attendances.counted().count(),
        # Never later than the change, and often enough for the number.
        "seconds": min(10, door.seconds_left()),
    }
    return render(request, "courses/parts/wall.html" if request.htmx else "courses/wall.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def present(request: HttpRequest) -> HttpResponse:
    """Type the code that stands on the wall."""
    if request.method == "POST":
        return _seen(request, request.POST.get("code", ""))
    return render(request, "courses/present.html", {})


@require_safe
@never_cache
def present_code(request: HttpRequest, code: str) -> HttpResponse:
    """The address of the QR picture. It only notes in this session that the code was seen; the button is next."""
    return _seen(request, code)


def _seen(request: HttpRequest, code: str) -> HttpResponse:
    by_address = (limits.CODES, f"training:{limits.client_address(request)}")
    try:
        limits.check(by_address)
    except TooManyTries as problem:
        return render(request, "courses/present.html", {"problem": problem, "typed": code}, status=429)
    open_now = Training.objects.filter(door_until__gt=timezone.now(), called_off_at=None)
    training = door.find(code, open_now)
    if training is None:
        limits.count(by_address)
        return render(request, "courses/present.html", {"wrong": True, "typed": code[:20]}, status=422)
    request.session[TICKET] = {"training": str(training.uuid), "at": time.time()}
    return redirect("courses:present_here")


def _ticket(request: HttpRequest) -> tuple[Training, datetime] | None:
    """The training whose code was seen in this session a little while ago."""
    ticket = request.session.get(TICKET) or {}
    if time.time() - ticket.get("at", 0) > door.TICKET_SECONDS:
        return None
    training = Training.objects.select_related("unit", "school").filter(uuid=ticket["training"]).first()
    return (training, datetime.fromtimestamp(ticket["at"], tz=timezone.get_current_timezone())) if training else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def present_here(request: HttpRequest) -> HttpResponse:
    """«Tôi có mặt»: who one is and at which training, then the button."""
    found = _ticket(request)
    if found is None:
        return redirect("courses:present")
    training, seen_at = found
    user = cast(User, request.user)
    context: dict[str, object] = {"training": training, "person": user, "problem": None}
    if request.method == "POST":
        try:
            present_oneself(training=training, user=user, at=seen_at)
        except Problem as problem:
            refused = context | {"problem": problem}
            return render(request, "courses/present_here.html", refused, status=problem.status)
        return redirect("courses:present_here")
    context["is_present"] = training.attendances.counted().filter(user=user).exists()
    return render(request, "courses/present_here.html", context)

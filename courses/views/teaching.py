"""The teacher's first page, and what has been given."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from courses.models import ClassAssignment
from courses.permissions import assignable_classes, may_teach
from courses.queries.glance import Glance, glance_of
from courses.queries.readings import waiting_for
from courses.queries.teaching import TeacherToday, given_by, today_of
from courses.views.attendance import attendance_saved
from schools.models import User


@require_safe
@login_required
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    if not may_teach(request.user):
        raise Http404
    today = today_of(request.user)
    glance = glance_of(request.user, today)
    shown = {
        "today": today,
        "glance": glance,
        "tiles": _tiles(glance, today),
        "readings": waiting_for(cast(User, request.user)),
        "may_assign": assignable_classes(request.user).exists(),
        **attendance_saved(request),
    }
    return render(request, "courses/teach.html", shown)


def _tiles(glance: Glance, today: TeacherToday) -> list[dict]:
    """What waits, as large counts that lead to it; what does not wait is not there."""
    asking = "#passwords" if today.passwords else "#guests"
    tiles = [
        (glance.overdue, _("Overdue assignments"), "circle-alert", "#chase"),
        (glance.due_today, pgettext("assignments", "Due today"), "calendar", "#coming"),
        (glance.to_mark, _("Texts to mark"), "pencil", reverse("quiz_marking")),
        (glance.asking, _("Asking for help"), "hand", asking),
        (len(glance.newcomers), _("New pupils"), "user", "#newcomers"),
    ]
    return [
        {"number": number, "label": label, "icon": icon, "url": url} for number, label, icon, url in tiles if number
    ]


@require_safe
@login_required
@never_cache
def assigned(request: HttpRequest) -> HttpResponse:
    """Everything given, the newest first; after a withdrawal with the way to undo it."""
    if not may_teach(request.user):
        raise Http404
    listed, given = given_by(request.user, request.GET.get("page"))
    return render(
        request, "courses/assigned.html", {"listed": listed, "given": given, "withdrawn": _withdrawn(request)}
    )


def _withdrawn(request: HttpRequest) -> ClassAssignment | None:
    try:
        key = UUID(request.GET.get("withdrawn", ""))
    except ValueError:
        return None
    rows = ClassAssignment.objects.visible_to(request.user).exclude(withdrawn_at=None)
    return rows.filter(uuid=key).select_related("assignment", "school_class").first()

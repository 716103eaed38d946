"""Who has not done it: the list of a class, its exports, reminders, one pupil, and the lesson held in class."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from courses import spreadsheets
from courses.forms import AttendanceForm, ExtendForm, spoken
from courses.models import ClassAssignment, ClassSession
from courses.operations import assignments
from courses.operations.sessions import record_attendance
from courses.permissions import assignable_classes, class_assignment_for
from courses.places import place_of
from courses.queries import catalogue
from courses.queries.reminders import last_reminder
from courses.queries.status import (
    DOING,
    DONE,
    LATE,
    STATES,
    TODO,
    Row,
    Status,
    cells,
    class_status,
    columns,
    state_words,
)
from quizzes.models import Attempt, Opening
from quizzes.queries import attempts_of
from schools.models import Membership, User

PER_PAGE = 100
ICONS = {TODO: "circle", DOING: "circle-dot", DONE: "circle-check", LATE: "circle-alert"}


def status_of(row: ClassAssignment) -> Status:
    """The status with the number of lessons the target has now."""
    target = catalogue.target(row.target_key, get_language())
    return class_status(row, total_lessons=len(target.lessons) if target else 1)


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = class_assignment_for(request.user, uuid)
    status = status_of(row)
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else ""
    printing = request.GET.get("print") == "1"
    rows = status.in_state(chosen)
    listed = Paginator(rows, len(rows) or 1 if printing else PER_PAGE).get_page(request.GET.get("page"))
    shown = {
        "row": row,
        "status": status,
        "due": spoken(row.due_at),
        "counts": _counts(status, chosen),
        "chosen": chosen,
        "query": f"state={chosen}&" if chosen else "",
        "listed": listed,
        "columns": columns(),
        "lines": [_line(status, one) for one in listed.object_list],
        "not_done": len(status.not_done()),
        "reminder": last_reminder(row, status),
        "target": catalogue.target(row.target_key, get_language()),
        "printing": printing,
    }
    return render(request, "courses/status.html", shown)


def _counts(status: Status, chosen: str) -> list[dict]:
    words = state_words()
    return [
        {
            "label": words[state],
            "number": status.counts[state],
            "url": "?" if state == chosen else f"?state={state}",
            "icon": ICONS[state],
            "current": state == chosen,
        }
        for state in STATES
    ]


def _line(status: Status, row: Row) -> dict:
    return {"row": row, "cells": cells(status, row), "icon": ICONS[row.state], "state": row.state}


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    status = status_of(class_assignment_for(request.user, uuid))
    response = HttpResponse(spreadsheets.status_workbook(status), content_type=spreadsheets.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{spreadsheets.file_name(status)}"'
    return response


@require_POST
@login_required
def remind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = class_assignment_for(request.user, uuid, to_change=True)
    late = [one.user_id for one in status_of(row).not_done()]
    sent = assignments.remind(class_assignment=row, users=late, actor=request.user)
    if sent:
        text = ngettext("%(count)d pupil was reminded.", "%(count)d pupils were reminded.", sent) % {"count": sent}
        messages.success(request, text)
    elif late:
        messages.info(request, _("They were all reminded today already. A second reminder can be sent tomorrow."))
    else:
        messages.info(request, _("Everybody is done: nobody needs a reminder."))
    return redirect("courses:status", row.uuid)


@require_safe
@login_required
@never_cache
def message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Text to paste into the class's Zalo group: how many and the link; names only when asked for."""
    row = class_assignment_for(request.user, uuid)
    late = status_of(row).not_done()
    link = request.build_absolute_uri(reverse("courses:open", args=[row.assignment.kind, row.target_key]))
    text = ngettext(
        "%(class)s: %(count)d pupil has not finished “%(title)s” (due %(due)s).",
        "%(class)s: %(count)d pupils have not finished “%(title)s” (due %(due)s).",
        len(late),
    ) % {
        "class": row.school_class.name,
        "count": len(late),
        "title": catalogue.title_here(row.target_key, row.assignment.title_at_the_time),
        "due": spoken(row.due_at),
    }
    if not late:
        text = _("%(class)s: everybody has finished “%(title)s”. Well done!") % {
            "class": row.school_class.name,
            "title": catalogue.title_here(row.target_key, row.assignment.title_at_the_time),
        }
    with_names = request.GET.get("names") == "1" and late
    lines = [text, *(f"{number}. {one.name}" for number, one in enumerate(late, 1))] if with_names else [text]
    shown = {"row": row, "text": "\n".join([*lines, link]), "with_names": with_names, "late": late}
    return render(request, "courses/message.html", shown)


def _pupil_row(status: Status, pupil: UUID) -> Row:
    for one in status.rows:
        if one.user_key == pupil:
            return one
    raise Http404


@require_safe
@login_required
@never_cache
def pupil(request: HttpRequest, uuid: UUID, pupil: UUID) -> HttpResponse:
    """One row opened: what the pupil did, attempts with receipts, and the way to give more time."""
    row = class_assignment_for(request.user, uuid)
    return _pupil_page(request, row, _pupil_row(status := status_of(row), pupil), status, None)


def _pupil_page(request, row: ClassAssignment, one: Row, status: Status, form: ExtendForm | None) -> HttpResponse:
    target = catalogue.target(row.target_key, get_language())
    attempts: list[Attempt] = []
    if target:
        attempts = list(
            attempts_of(
                users=[one.user_id],
                context_kind=Opening.Kind.LESSON,
                context_keys=[str(lesson.key) for lesson in target.lessons],
            )[:50]
        )
        titles = {str(lesson.key): lesson.title for lesson in target.lessons}
        for attempt in attempts:
            attempt.lesson_title = titles[attempt.context_key]
    later = max(one.due_at or row.due_at, timezone.now()) + timedelta(days=3)
    shown = {
        "row": row,
        "pupil": one,
        "line": _line(status, one),
        "columns": columns(),
        "pairs": [pair for pair in zip(columns(), cells(status, one), strict=True) if pair[1].text],
        "attempts": attempts,
        "has_quiz": bool(target and target.quiz_keys),
        "due": spoken(one.due_at or row.due_at),
        "form": form or ExtendForm(initial={"due_at": later.replace(second=0, microsecond=0)}),
    }
    return render(request, "courses/pupil.html", shown, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def extend(request: HttpRequest, uuid: UUID, pupil: UUID) -> HttpResponse:
    row = class_assignment_for(request.user, uuid, to_change=True)
    status = status_of(row)
    one = _pupil_row(status, pupil)
    if request.method != "POST":
        return redirect("courses:pupil", uuid, pupil)
    form = ExtendForm(request.POST)
    if form.is_valid():
        target = catalogue.target(row.target_key, get_language())
        try:
            assignments.extend_due(
                class_assignment=row,
                user=User.objects.get(pk=one.user_id),
                due_at=form.cleaned_data["due_at"],
                reason=form.cleaned_data["reason"],
                extra_attempts=form.cleaned_data["extra_attempts"],
                quiz_keys=target.quiz_keys if target else {},
                actor=request.user,
            )
        except Problem as problem:
            form.add_error("due_at", str(problem))
        else:
            messages.success(
                request,
                _("%(name)s now has until %(due)s.") % {"name": one.name, "due": spoken(form.cleaned_data["due_at"])},
            )
            return redirect("courses:pupil", uuid, pupil)
    return _pupil_page(request, row, one, status, form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def attendance(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """«Có mặt, đã học trên lớp»: everybody ticked, the absent are unticked; saved again it corrects the day's list."""
    school_class = assignable_classes(request.user).filter(uuid=uuid).first()
    lesson = catalogue.lesson(key, get_language())
    if school_class is None or lesson is None:
        raise Http404
    today = timezone.localdate()
    form = AttendanceForm(request.POST or None, initial={"held_on": today})
    members = list(
        Membership.objects.current()
        .filter(school_class=school_class)
        .select_related("user__person")
        .order_by("name_sort", "pk")
    )
    by_key = {str(member.user.uuid): member for member in members}
    posted = set(request.POST.getlist("present"))
    if posted - by_key.keys():
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            session = record_attendance(
                school_class=school_class,
                place=place_of(lesson),
                held_on=form.cleaned_data["held_on"],
                present=[by_key[one].user_id for one in posted],
                actor=request.user,
            )
        except Problem as problem:
            form.add_error("held_on", str(problem))
        else:
            text = ngettext(
                "%(count)d pupil of %(class)s is recorded as present.",
                "%(count)d pupils of %(class)s are recorded as present.",
                len(posted),
            ) % {"count": len(posted), "class": school_class.name}
            messages.success(request, text)
            return redirect(_after_attendance(session, request.user))
    ticked = posted if request.method == "POST" else _present_today(school_class, key, today, by_key)
    shown = {
        "school_class": school_class,
        "lesson": lesson,
        "form": form,
        "pupils": [{"member": one, "key": one_key, "ticked": one_key in ticked} for one_key, one in by_key.items()],
    }
    return render(request, "courses/attendance.html", shown, status=422 if form.errors else 200)


def _present_today(school_class, key: UUID, today, by_key: dict) -> set[str]:
    """Whoever is on today's list already, or else everybody."""
    session = ClassSession.objects.filter(school_class=school_class, lesson_key=key, held_on=today).first()
    if session is None:
        return set(by_key)
    present = session.attendances.filter(withdrawn_at=None).values_list("user__uuid", flat=True)
    return {str(one) for one in present}


def _after_attendance(session: ClassSession, user) -> str:
    """Back to the list of the assignment that holds the lesson, where there is one."""
    given = (
        ClassAssignment.objects.visible_to(user)
        .in_force()
        .filter(school_class=session.school_class, target_key__in=[session.lesson_key, session.course_key])
        .order_by("-assignment__kind")
        .first()
    )
    return reverse("courses:status", args=[given.uuid]) if given else reverse("courses:teach")

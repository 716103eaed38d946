"""Who has not done it: the list of a class, its exports, reminders, and one pupil."""

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
from courses.forms import ExtendForm, spoken
from courses.models import ClassAssignment
from courses.operations import assignments
from courses.permissions import class_assignment_for
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
    class_status,
)
from courses.queries.status_list import cells, columns, state_words
from courses.views.attendance import attendance_saved
from quizzes.models import Attempt, Opening
from quizzes.queries import attempts_of
from schools.models import User

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
        "columns": columns(status),
        "lines": [_line(status, one) for one in listed.object_list],
        "not_done": len(status.not_done()),
        "reminder": last_reminder(row, status),
        "target": catalogue.target(row.target_key, get_language()),
        "printing": printing,
        # The figures of a quiz, of this class.
        "of_class": f"?class={row.school_class.uuid}",
        **attendance_saved(request),
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
    found = cells(status, row)
    words = {cell.column.name: cell.text for cell in found}
    return {"row": row, "cells": found, "word": words["state"], "icon": ICONS[row.state], "state": row.state}


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    status = status_of(class_assignment_for(request.user, uuid))
    # What writes tables is large: no web process holds it before somebody asks.
    from courses import spreadsheets

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
    target = catalogue.target(row.target_key, get_language())
    lasting = reverse("courses:open", args=[row.assignment.kind, row.target_key])
    # The page's own address is short and says where it leads, which is what parents are taught to look at.
    link = request.build_absolute_uri(target.url if target and target.url else lasting)
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
        "facts": [cell for cell in cells(status, one) if cell.text],
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
            said = {"name": one.name, "due": spoken(form.cleaned_data["due_at"])}
            more = form.cleaned_data["extra_attempts"]
            if more and target and target.quiz_keys:
                text = ngettext(
                    "%(name)s now has until %(due)s, and %(count)s more attempt at each quiz.",
                    "%(name)s now has until %(due)s, and %(count)s more attempts at each quiz.",
                    more,
                ) % {**said, "count": more}
            else:
                text = _("%(name)s now has until %(due)s.") % said
            messages.success(request, text)
            return redirect("courses:pupil", uuid, pupil)
    return _pupil_page(request, row, one, status, form)

"""Bringing class lists and staff in: upload, preview of the difference, commit, result, undo; template and export."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from cms.problems import Problem
from schools.models import RosterImport, School, SchoolYear
from schools.operations import rosters
from schools.operations.staff import commit_staged_staff
from schools.permissions import schools_administered
from schools.queries.rosters import recent_imports
from schools.rosters import workbooks
from schools.rosters.columns import Field
from schools.rosters.forms import ChoicesForm, UploadForm
from schools.rosters.planning import Entry, Kind, Plan, plan_import
from schools.rosters.pupil_rows import REASONS_OF_QUESTIONS
from schools.rosters.reasons import short
from schools.rosters.records import ReadFile
from schools.rosters.staffing import StaffEntry, StaffPlan, plan_staff
from schools.rosters.tables import MissingKey
from schools.views.common import show_problem
from schools.work import ROSTER_JOB

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 50
# What was typed into a cell may be anything; a table must stay readable.
SHOWN_LENGTH = 60


def _school(request, code: str) -> School:
    return get_object_or_404(schools_administered(request.user), code=code)


def _import(request, code: str, uuid) -> RosterImport:
    return get_object_or_404(
        RosterImport.objects.select_related("school", "school_year"),
        uuid=uuid,
        school=_school(request, code),
        kind=RosterImport.Kind.LIST,
    )


@never_cache
@login_required
def roster(request, code):
    """Upload a list, or take one away."""
    school = _school(request, code)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            staged = rosters.stage_file(
                school=school,
                school_year=form.cleaned_data["year"],
                raw=file.read(),
                file_name=file.name,
                actor=request.user,
                staff=form.cleaned_data["who"] == "staff",
            )
        except Problem as problem:
            show_problem(form, problem, "file")
        else:
            return redirect("schools:roster_preview", code=school.code, uuid=staged.uuid)
    imports = [
        {"item": item, "can_be_undone": rosters.can_be_undone(item) and not item.options.get("staff")}
        for item in recent_imports(school)[:10]
    ]
    year = SchoolYear.objects.current()
    return render(
        request,
        "schools/roster.html",
        {"school": school, "form": form, "imports": imports, "year": year},
        status=422 if form.is_bound and form.errors else 200,
    )


@never_cache
@login_required
def preview(request, code, uuid):
    """The difference a file would make, filtered by kind and paged; questions about it are answered here."""
    staged = _import(request, code, uuid)
    if staged.state != RosterImport.State.PLANNED:
        return redirect("schools:roster_result", code=code, uuid=uuid)
    staff = bool(staged.options.get("staff"))
    read, labels, missing = None, (), None
    try:
        read = rosters.read_staged(staged)
    except MissingKey as problem:
        labels, missing = problem.labels, problem
    except rosters.FileGone:
        messages.error(request, rosters.FileGone.detail)
        return redirect("schools:roster", code=code)
    except Problem as problem:
        missing = problem
    context = {"school": staged.school, "staged": staged, "staff": staff, "read": read, "missing": missing}
    open_questions = []
    if read:
        context |= _difference(request, staged, read, staff)
        waiting = {one.code for row in context["plan"].rejected for one in row.reasons}
        open_questions = [question for question in read.questions if waiting & REASONS_OF_QUESTIONS[question.kind]]
    # A question once answered stays on the page, so that the answer can be changed.
    asked = {question.kind for question in open_questions}
    asked |= {"century"} if staged.options.get("century") else set()
    asked |= {"swapped" if staged.options["order"] == "swapped" else "order"} if staged.options.get("order") else set()
    form = ChoicesForm(
        request.POST or None,
        initial={name: staged.options.get(name) for name in ("century", "order", "complete")},
        questions=asked,
        sheets=read.sheets if read else [],
        labels=labels,
        chosen=staged.options.get("columns"),
        staff=staff,
    )
    if request.method == "POST" and form.is_valid():
        decided = form.options()
        decided["columns"] = {**staged.options.get("columns", {}), **decided["columns"]}
        rosters.choose(roster_import=staged, options=decided)
        return redirect("schools:roster_preview", code=code, uuid=uuid)
    context |= {"form": form, "questions": open_questions}
    return render(request, "schools/roster_preview.html", context, status=422 if form.is_bound else 200)


def _difference(request, staged: RosterImport, read: ReadFile, staff: bool) -> dict:
    plan: Plan | StaffPlan
    lines: Callable[[Any, ReadFile], dict]
    entries: list[tuple]
    if staff:
        plan = staff_plan = plan_staff(school=staged.school, school_year=staged.school_year, read=read)
        counts = plan.counts()
        entries = [(entry.kind,) for entry in staff_plan.entries]
        lines = _staff_line
    else:
        plan = pupils_plan = plan_import(
            school=staged.school,
            school_year=staged.school_year,
            read=read,
            complete=bool(staged.options.get("complete")),
        )
        counts = plan.counts()
        entries = [entry.kinds for entry in pupils_plan.entries]
        lines = _pupil_line
    counts = {**counts, "rejected": len(plan.rejected)}
    kind = request.GET.get("show")
    if kind not in counts:
        kind = next((name for name in ("rejected", *counts) if counts.get(name) and name != "unchanged"), "unchanged")
    chosen: list[Any]
    if kind == "rejected":
        chosen = [*plan.rejected]
    else:
        chosen = [entry for entry, kinds in zip(plan.entries, entries, strict=True) if kind in kinds]
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    words = _kind_words()
    return {
        "plan": plan,
        "kind": kind,
        "kind_word": words[kind][0],
        "page": page,
        "query": urlencode({"show": kind}) + "&",
        "rows": [_refused_line(item, read) if kind == "rejected" else lines(item, read) for item in page],
        "counts": [
            {
                "label": words[name][0],
                "icon": words[name][1],
                "number": number,
                "url": f"?{urlencode({'show': name})}",
                "current": name == kind,
            }
            for name, number in counts.items()
        ],
        "can_commit": bool(plan.entries),
        "zeros_lost": getattr(plan, "zeros_lost", 0),
        "new_classes": sorted(name for name, _grade in getattr(plan, "new_classes", {}).values()),
    }


def _kind_words() -> dict[str, tuple[str, str]]:
    return {
        "created": (_("New"), "plus"),
        "changed": (_("Changed"), "pencil"),
        "moved": (_("Moved"), "arrow-right"),
        "left": (_("Left the school"), "log-out"),
        "unchanged": (_("Unchanged"), "check"),
        "rejected": (_("Not taken"), "circle-alert"),
    }


def _pupil_line(entry: Entry, read: ReadFile) -> dict:
    row, known = entry.row, entry.known
    was_in = known.place.class_name if known and known.place else ""
    notes = []
    for name, (before, after) in entry.changes.items():
        notes.append(f"{_change_word(name)}: {_worded(name, before) or '—'} → {_worded(name, after)}")
    if Kind.MOVED in entry.kinds:
        notes.append(f"{_('Class')}: {was_in or '—'} → {entry.line.class_name}")
    if Kind.LEFT in entry.kinds:
        notes.append(_("The file says so") if row else _("Not in the file"))
    if entry.code_in_file:
        notes.append(_("The file has the code without zeros: %(code)s") % {"code": entry.code_in_file})
    class_name = (row.class_name if row else "") or was_in
    return {
        "code": entry.code,
        "name": entry.name,
        "class_name": class_name,
        "born": (row.birth_date if row else None) or (known.birth_date if known else None),
        "notes": notes,
        "place": _place(row, read) if row else "",
    }


def _staff_line(entry: StaffEntry, read: ReadFile) -> dict:
    row = entry.row
    notes = [f"{_change_word(name)}: {before or '—'} → {after}" for name, (before, after) in entry.changes.items()]
    if row.homeroom:
        notes.append(f"{_('Homeroom')}: {', '.join(row.homeroom)}")
    if row.taught:
        notes.append(f"{_('Teaches')}: {', '.join(row.taught)}")
    return {
        "code": row.username,
        "name": row.full_name,
        "class_name": row.subject,
        "born": None,
        "notes": notes,
        "place": _place(row, read),
    }


def _refused_line(row, read: ReadFile) -> dict:
    def cell(*fields: str) -> str:
        return next((short(row.shown[name], SHOWN_LENGTH) for name in fields if row.shown.get(name)), "")

    code = getattr(row, "code", "") or getattr(row, "username", "")
    return {
        "code": code or cell(Field.CODE, Field.USERNAME),
        "name": row.full_name or cell(Field.FULL_NAME),
        "class_name": getattr(row, "class_name", "") or cell(Field.CLASS, Field.SUBJECT),
        "born": getattr(row, "birth_date", None),
        "notes": [str(one) for one in row.reasons],
        "place": _place(row, read),
    }


def _place(row, read: ReadFile) -> str:
    return f"{row.sheet} · {row.number}" if len(read.sheets) > 1 else str(row.number)


def _change_word(name: str) -> str:
    return {
        "full_name": _("Name"),
        "birth_date": _("Date of birth"),
        "gender": _("Gender"),
        "subject": _("Subject"),
    }[name]


def _worded(name: str, value) -> str:
    if name == "birth_date":
        return value.strftime("%d/%m/%Y") if value else ""
    if name == "gender":
        return {"female": _("Female"), "male": _("Male")}.get(value, "")
    return value or ""


@require_POST
@login_required
def commit(request, code, uuid):
    """Commit a staged list: pupils by a job with progress; staff at once, their first passwords shown this once."""
    staged = _import(request, code, uuid)
    if staged.options.get("staff"):
        try:
            made = commit_staged_staff(roster_import=staged, actor=request.user)
        except Problem as problem:
            messages.error(request, str(problem))
            return redirect("schools:roster_preview", code=code, uuid=uuid)
        if not made:
            return redirect("schools:roster_result", code=code, uuid=uuid)
        staged.refresh_from_db()
        response = render(
            request, "schools/roster_staff_done.html", {"school": staged.school, "made": made, "done": staged}
        )
        response["Cache-Control"] = "no-store"
        return response
    if staged.state == RosterImport.State.COMMITTED or _running_job(staged):
        messages.info(request, _("This list is being brought in already; nothing was done a second time."))
    if staged.state == RosterImport.State.PLANNED and not _running_job(staged):
        start_job(kind=ROSTER_JOB, owner=request.user, params={"import": str(staged.uuid), "school": staged.school_id})
    return redirect("schools:roster_result", code=code, uuid=uuid)


def _latest_job(staged: RosterImport) -> Job | None:
    """Whoever of the school's administrators started it."""
    return Job.objects.filter(kind=ROSTER_JOB, params__import=str(staged.uuid)).order_by("-created_at").first()


def _running_job(staged: RosterImport) -> Job | None:
    job = _latest_job(staged)
    return job if job and job.state in {Job.State.WAITING, Job.State.RUNNING} else None


@never_cache
@login_required
def result(request, code, uuid):
    """How far the commit is, and then what it did."""
    done = _import(request, code, uuid)
    job = _latest_job(done)
    if done.state == RosterImport.State.PLANNED and job is None:
        return redirect("schools:roster_preview", code=code, uuid=uuid)
    words = _kind_words()
    counts = [
        {"label": words[name][0], "icon": words[name][1], "number": done.summary[name]}
        for name in words
        if name in done.summary
    ]
    context = {
        "school": done.school,
        "done": done,
        "job": job,
        "counts": counts,
        "staff": bool(done.options.get("staff")),
        "can_be_undone": rosters.can_be_undone(done) and not done.options.get("staff"),
        "hindrances": request.session.pop(f"hindrances:{done.uuid}", []),
        "classes": done.summary.get("classes", []),
    }
    template_name = "schools/_roster_result.html" if request.htmx else "schools/roster_result.html"
    return render(request, template_name, context)


@never_cache
@login_required
def refused_rows(request, code, uuid):
    """The workbook of refused rows, by a short-lived signed address."""
    done = _import(request, code, uuid)
    if not done.error_file_key:
        raise Http404
    name = _("refused-rows") + ".xlsx"
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return redirect(
        storages["private"].url(done.error_file_key, parameters={"ResponseContentDisposition": disposition})
    )


@require_POST
@login_required
def undo(request, code, uuid):
    done = _import(request, code, uuid)
    try:
        rosters.undo_import(roster_import=done, actor=request.user)
    except rosters.UndoRefused as problem:
        hindrances = problem.extra["hindrances"]
        messages.error(request, str(problem))
        request.session[f"hindrances:{done.uuid}"] = hindrances[:50]
        if len(hindrances) > 50:
            more = len(hindrances) - 50
            request.session[f"hindrances:{done.uuid}"].append(
                ngettext("and %(number)d more", "and %(number)d more", more) % {"number": more}
            )
    else:
        messages.success(request, _("The import was taken back. The school is as it was before."))
    return redirect("schools:roster_result", code=code, uuid=uuid)


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response


@never_cache
@login_required
def template(request, code):
    """An empty list with examples; `?who=staff` for staff."""
    school = _school(request, code)
    year = SchoolYear.objects.current()
    staff = request.GET.get("who") == "staff"
    name = f"mau-{'can-bo' if staff else 'hoc-sinh'}-{school.code}.xlsx"
    return _file(workbooks.template(year.code if year else "", staff=staff), name)


@never_cache
@login_required
def export(request, code):
    """The roster of a year as a workbook, by class and name; it can be imported again."""
    school = _school(request, code)
    year = (
        get_object_or_404(SchoolYear, code=request.GET["year"])
        if "year" in request.GET
        else SchoolYear.objects.current()
    )
    if year is None:
        raise Http404
    return _file(workbooks.roster(school, year), f"{school.code}-{year.code}.xlsx")

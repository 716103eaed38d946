"""The year turns: a wizard for the school's administrator, and all schools at once for the province officer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from cms.problems import Problem
from schools.models import RosterImport, School, SchoolYear
from schools.operations import rollovers
from schools.operations.rosters import UndoRefused, can_be_undone, undo_import
from schools.permissions import keeps_calendar, schools_administered, schools_kept, units_kept
from schools.queries.rosters import recent_roll_overs, roll_over_states
from schools.rollovers.forms import DecisionsForm, NamesForm, YearsForm
from schools.views.common import show, show_problem
from schools.work import ROLL_ALL_JOB, ROLL_OVER_JOB

PER_PAGE = 50
MOST_HINDRANCES = 50


def _school(request, code: str) -> School:
    return get_object_or_404(schools_administered(request.user), code=code)


def _staged(request, code: str, uuid) -> RosterImport:
    return get_object_or_404(
        RosterImport.objects.select_related("school", "school_year", "from_year"),
        uuid=uuid,
        school=_school(request, code),
        kind=RosterImport.Kind.ROLL_OVER,
    )


def _next_years() -> tuple[SchoolYear | None, SchoolYear | None]:
    """The year that ends next and the one behind it, as far as they are in the calendar."""
    current = SchoolYear.objects.current()
    after = (
        SchoolYear.objects.filter(starts_on__gt=current.starts_on).order_by("starts_on").first() if current else None
    )
    if current and after is None:
        # Entered late, as happens: the year has begun and the pupils are still in the one before.
        before = SchoolYear.objects.filter(starts_on__lt=current.starts_on).order_by("-starts_on").first()
        return (before, current) if before else (current, None)
    return current, after


@never_cache
@login_required
def begin(request, code):
    """From which year into which, and who does not simply go up."""
    school = _school(request, code)
    from_year, to_year = _next_years()
    years = YearsForm(request.POST or None, initial={"from_year": from_year, "to_year": to_year})
    form = DecisionsForm(request.POST or None)
    if request.method == "POST" and years.is_valid() and form.is_valid():
        try:
            staged = rollovers.stage_roll_over(
                school=school, decisions=form.decisions(), actor=request.user, **years.cleaned_data
            )
        except Problem as problem:
            show_problem(form, problem)
        else:
            return redirect("schools:roll_over_preview", code=school.code, uuid=staged.uuid)
    earlier = [{"item": item, "can_be_undone": can_be_undone(item)} for item in recent_roll_overs(school)[:10]]
    return show(
        request,
        "schools/roll_over.html",
        {"school": school, "years": years, "form": form, "to_year": to_year, "earlier": earlier},
    )


@never_cache
@login_required
def preview(request, code, uuid):
    """What would happen, class by class and against the roll; decisions are changed here."""
    staged = _staged(request, code, uuid)
    if staged.state != RosterImport.State.PLANNED or _running_job(staged):
        return redirect("schools:roll_over_result", code=code, uuid=uuid)
    decisions = rollovers.Decisions.from_options(staged.options)
    try:
        plan = rollovers.plan_for(staged.school, staged.from_year, staged.school_year, decisions)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("schools:roll_over", code=code)
    initial = {
        "repeaters": "\n".join(decisions.repeaters),
        "leavers": "\n".join(decisions.leavers),
        "teachers_follow": decisions.teachers_follow,
    }
    form = NamesForm(request.POST or None, initial=initial, lines=plan.lines)
    if request.method == "POST" and form.is_valid():
        rollovers.decide(staged=staged, decisions=form.decisions(form.names()))
        return redirect("schools:roll_over_preview", code=code, uuid=uuid)
    return show(
        request,
        "schools/roll_over_preview.html",
        {
            "school": staged.school,
            "staged": staged,
            "plan": plan,
            "counts": _counts(plan.counts()),
            "form": form,
            "new_classes": sorted(name for name, _grade in plan.new_classes.values()),
            "lowest": staged.school.grade_min,
        },
    )


def _counts(numbers: dict) -> list[dict]:
    words = {
        "up": (_("Go up"), "arrow-right"),
        "repeating": (_("Repeat the year"), "rotate-ccw"),
        "finished": (_("Have finished"), "graduation-cap"),
        "leaving": (_("Leave"), "log-out"),
        "already": (_("Placed already"), "check"),
    }
    return [
        {"label": label, "icon": icon, "number": numbers.get(name, 0)}
        for name, (label, icon) in words.items()
        # A nought says something of what always happens, nothing of the rest.
        if name in {"up", "finished"} or numbers.get(name)
    ]


def _latest_job(staged: RosterImport) -> Job | None:
    return Job.objects.filter(kind=ROLL_OVER_JOB, params__import=str(staged.uuid)).order_by("-created_at").first()


def _running_job(staged: RosterImport) -> Job | None:
    job = _latest_job(staged)
    return job if job and job.state in {Job.State.WAITING, Job.State.RUNNING} else None


@require_POST
@login_required
def commit(request, code, uuid):
    """One background job; two clicks start one."""
    staged = _staged(request, code, uuid)
    if staged.state == RosterImport.State.PLANNED and not _running_job(staged):
        start_job(kind=ROLL_OVER_JOB, owner=request.user, params={"import": str(staged.uuid)})
    return redirect("schools:roll_over_result", code=code, uuid=uuid)


@never_cache
@login_required
def result(request, code, uuid):
    """How far it is, and then what was done."""
    done = _staged(request, code, uuid)
    job = _latest_job(done)
    if done.state == RosterImport.State.PLANNED and job is None:
        return redirect("schools:roll_over_preview", code=code, uuid=uuid)
    context = {
        "school": done.school,
        "done": done,
        "job": job,
        "counts": _counts(done.summary),
        "can_be_undone": can_be_undone(done),
        "hindrances": request.session.pop(f"hindrances:{done.uuid}", []),
    }
    return render(
        request, "schools/_roll_over_result.html" if request.htmx else "schools/roll_over_result.html", context
    )


@require_POST
@login_required
def undo(request, code, uuid):
    done = _staged(request, code, uuid)
    try:
        undo_import(roster_import=done, actor=request.user)
    except UndoRefused as problem:
        hindrances = problem.extra["hindrances"]
        messages.error(request, str(problem))
        listed = hindrances[:MOST_HINDRANCES]
        if more := len(hindrances) - len(listed):
            listed.append(ngettext("and %(number)d more", "and %(number)d more", more) % {"number": more})
        request.session[f"hindrances:{done.uuid}"] = listed
    else:
        messages.success(request, _("The roll-over was taken back. Every pupil is in the class of the old year again."))
    return redirect("schools:roll_over_result", code=code, uuid=uuid)


@never_cache
@login_required
def province(request):
    """All schools: who is in which year, and one job that takes the others over by the usual rules."""
    if not units_kept(request.user).exists():
        raise Http404
    from_year, to_year = _next_years()
    years = YearsForm(request.POST or None, initial={"from_year": from_year, "to_year": to_year})
    running = Job.objects.visible_to(request.user).filter(kind=ROLL_ALL_JOB).order_by("-created_at").first()
    busy = running is not None and running.state in {Job.State.WAITING, Job.State.RUNNING}
    if request.method == "POST" and years.is_valid() and not busy:
        chosen = years.cleaned_data
        if chosen["to_year"].starts_on > chosen["from_year"].starts_on:
            params = {"from": chosen["from_year"].code, "to": chosen["to_year"].code}
            start_job(kind=ROLL_ALL_JOB, owner=request.user, params=params)
            return redirect("schools:roll_over_all")
        years.add_error("to_year", _("The next year must come after the year that ends."))
    if request.htmx:
        return render(request, "schools/_roll_over_all_job.html", {"job": running, "busy": busy})
    page, rows = None, []
    if from_year and to_year:
        schools = schools_kept(request.user).open_on().select_related("unit").order_by("name_folded", "pk")
        page = Paginator(roll_over_states(schools, from_year, to_year), PER_PAGE).get_page(request.GET.get("page"))
        rows = list(page)
    context = {
        "years": years,
        "from_year": from_year,
        "to_year": to_year,
        "page": page,
        "rows": rows,
        "job": running,
        "busy": busy,
        "keeps_calendar": keeps_calendar(request.user),
    }
    return show(request, "schools/roll_over_all.html", context)

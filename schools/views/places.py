"""The province officer's desk for places and calendars: schools and units renamed, merged, split; the years."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from cms.problems import Problem
from schools.models import ReportingYear, School, SchoolClass, SchoolYear
from schools.operations import places as operations
from schools.operations.years import set_reporting_year, set_school_year
from schools.permissions import keeps_calendar, units_kept
from schools.place_forms import CloseForm, RenameForm, YearForm
from schools.queries.places import find_successors, history_of, places
from schools.views.common import show, show_problem

PER_PAGE = 50
KINDS = ("schools", "units")


def _place(request, kind: str, code: str):
    if kind not in KINDS:
        raise Http404
    return get_object_or_404(places(request.user, kind), code=code)


@never_cache
@login_required
def overview(request, kind="schools"):
    """Every school or unit in the officer's care, found by name, former name or code."""
    if kind not in KINDS or not units_kept(request.user).exists():
        raise Http404
    text = request.GET.get("q", "")[:80]
    page = Paginator(places(request.user, kind, text), PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    rows = [
        {
            "place": place,
            "closed": place.valid_to is not None and place.valid_to < today,
            "after": place.successions.all(),
        }
        for place in page
    ]
    context = {"kind": kind, "text": text, "page": page, "rows": rows, "keeps_calendar": keeps_calendar(request.user)}
    context["query"] = urlencode({"q": text}) + "&" if text else ""
    return show(request, "schools/places.html", context)


@never_cache
@login_required
def place(request, kind, code):
    """One school or unit with its history, and its new name."""
    found = _place(request, kind, code)
    form = RenameForm(request.POST or None, initial={"on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            operations.rename(place=found, actor=request.user, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The new name is in use. Results keep the name of their time."))
            return redirect("schools:place", kind=kind, code=found.code)
    today = timezone.localdate()
    return show(
        request,
        "schools/place.html",
        {
            "kind": kind,
            "place": found,
            "closed": found.valid_to is not None and found.valid_to < today,
            "history": history_of(found),
            "form": form,
        },
    )


@never_cache
@login_required
def close(request, kind, code):
    """Merge a school or unit into another, or split it: who follows, from when, by which decision."""
    found = _place(request, kind, code)
    if found.valid_to is not None:
        return redirect("schools:place", kind=kind, code=found.code)
    data = request.POST if request.method == "POST" else request.GET
    successors, unknown = find_successors(request.user, kind, data.get("successors", ""))
    parts = _parts(found, kind) if len(successors) > 1 else []
    form = CloseForm(data if "successors" in data else None, successors=successors, unknown=unknown, parts=parts)
    if request.method == "POST" and form.is_valid() and form.cleaned_data["sure"]:
        arguments = {
            "successors": successors,
            "on": form.cleaned_data["on"],
            "decision": form.cleaned_data["decision"],
            "places": form.places(),
            "actor": request.user,
        }
        try:
            if isinstance(found, School):
                done = operations.close_school(school=found, **arguments)
            else:
                done = operations.close_unit(unit=found, **arguments)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _said(kind, done))
            if done.changed_codes:
                request.session[f"codes:{found.code}"] = done.changed_codes[:500]
            return redirect("schools:place", kind=kind, code=found.code)
    step_two = form.is_bound and form.is_valid()
    context = {"kind": kind, "place": found, "form": form, "successors": successors, "step_two": step_two}
    if step_two:
        context["parts"] = parts or _parts(found, kind)
        context["chosen"] = form.cleaned_data
    return show(request, "schools/place_close.html", context)


def _parts(found, kind: str) -> list:
    """What must go somewhere: the classes of the running year, or the open schools of a unit."""
    if kind == "units":
        return list(School.objects.filter(unit=found).open_on())
    return list(SchoolClass.objects.filter(school=found, school_year=SchoolYear.objects.current()))


def _said(kind: str, done) -> str:
    if kind == "units":
        text = ngettext(
            "The unit is closed; %(number)d school belongs to the unit that follows.",
            "The unit is closed; %(number)d schools belong to the units that follow.",
            done.schools,
        )
        return text % {"number": done.schools}
    return _("The school is closed. %(classes)d classes with %(pupils)d pupils go on at the school that follows.") % {
        "classes": done.classes,
        "pupils": done.pupils,
    }


@never_cache
@login_required
def calendars(request):
    """School years and reporting years, each its own calendar."""
    if not keeps_calendar(request.user):
        raise Http404
    which = request.POST.get("which", "")
    forms = {name: YearForm(request.POST if which == name else None, prefix=name) for name in ("school", "reporting")}
    form = forms.get(which)
    if request.method == "POST" and form is not None and form.is_valid():
        write = set_school_year if which == "school" else set_reporting_year
        try:
            year = write(actor=request.user, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The year %(code)s is in the calendar.") % {"code": year.code})
            return redirect("schools:calendars")
    return show(
        request,
        "schools/calendars.html",
        {
            "school_form": forms["school"],
            "reporting_form": forms["reporting"],
            "school_years": SchoolYear.objects.order_by("-starts_on"),
            "reporting_years": ReportingYear.objects.order_by("-starts_on"),
            "current": SchoolYear.objects.current(),
        },
        status=422 if form is not None and form.errors else 200,
    )

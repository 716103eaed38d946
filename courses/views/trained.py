"""Who holds a valid training and who does not, by place; and which courses count as one when done online."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from courses.models import OnlineTraining
from courses.models.trainings import MONTHS
from courses.operations.trainings import drop_online_training, set_online_training
from courses.permissions import sets_online_trainings, staff_places
from courses.queries.staff import StaffPlace, place_for
from courses.queries.trainings import (
    STATES,
    Standing,
    people_listing,
    people_of,
    person_lines,
    standing,
    units_listing,
)
from courses.staff_forms import OnlineTrainingForm
from courses.views.trainings import sheet_answer
from schools.models import Role, User

PER_PAGE = 50
ICONS = {"never": "circle", "expired": "circle-alert", "soon": "clock", "valid": "circle-check"}
BADGES = {"never": "", "expired": "late", "soon": "warning", "valid": "done"}


def _place(request: HttpRequest) -> StaffPlace:
    place = place_for(cast(User, request.user), unit=request.GET.get("unit", ""), school=request.GET.get("school", ""))
    if place is None:
        raise Http404
    return place


def _kinds(request: HttpRequest) -> list[str]:
    kind = request.GET.get("kind", "")
    return [kind] if kind in Role.Kind.values else []


@require_safe
@login_required
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    place, kinds = _place(request), _kinds(request)
    state, text = request.GET.get("state", ""), request.GET.get("q", "")[:80]
    found = standing(place, kinds)
    people = Paginator(people_of(place, kinds, state=state, text=text), PER_PAGE).get_page(request.GET.get("page"))
    asked = {"kind": kinds[0] if kinds else "", "state": state, "q": text}
    query = _query(place, **asked)
    context = {
        "place": place,
        "places": staff_places(request.user),
        "kinds": [("", _("All offices")), *Role.Kind.choices],
        "kind": asked["kind"],
        "state": state,
        "text": text,
        "standing": found,
        "counts": _counts(found, place, asked),
        "page": people,
        "lines": [
            {"line": one, "icon": ICONS[one.state], "badge": BADGES[one.state]}
            for one in person_lines(place, kinds, people)
        ],
        "units": units_listing(found),
        "query": f"{query}&",
        "xlsx": query,
        "sets_rules": sets_online_trainings(request.user),
        "rules": OnlineTraining.objects.order_by("title_at_the_time"),
    }
    return render(request, "courses/trained.html", context)


def _query(place: StaffPlace, **asked: str) -> str:
    rest = urlencode({name: value for name, value in asked.items() if value})
    return f"{place.query}&{rest}" if rest else place.query


def _counts(found: Standing, place: StaffPlace, asked: dict[str, str]) -> list[dict]:
    return [
        {
            "label": label,
            "number": found.counts[state],
            "icon": ICONS[state],
            "url": f"?{_query(place, **{**asked, 'state': '' if asked['state'] == state else state})}",
            "current": asked["state"] == state,
        }
        for state, label in STATES.items()
    ]


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest) -> HttpResponse:
    """The same people as on the screen, all pages of them, and the table by place."""
    from courses.listing_sheets import XLSX, as_workbook, file_name

    place, kinds = _place(request), _kinds(request)
    found = standing(place, kinds)
    people = people_of(place, kinds, state=request.GET.get("state", ""), text=request.GET.get("q", "")[:80])
    listings = [people_listing(found, person_lines(place, kinds, people))]
    if found.lines:
        listings.append(units_listing(found))
    return sheet_answer(as_workbook(*listings), XLSX, file_name(f"tap huan {place.name}"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def online(request: HttpRequest) -> HttpResponse:
    """Which courses count as a training; for the officer of the whole province."""
    if not sets_online_trainings(request.user):
        raise Http404
    user = cast(User, request.user)
    form = OnlineTrainingForm(request.POST if request.method == "POST" and "drop" not in request.POST else None)
    if request.method == "POST" and "drop" in request.POST:
        rule = get_object_or_404(OnlineTraining, pk=request.POST["drop"]) if request.POST["drop"].isdigit() else None
        if rule is None:
            raise Http404
        drop_online_training(rule=rule, actor=user)
        messages.success(request, _("The course no longer counts as a training."))
        return redirect("courses:online_trainings")
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            set_online_training(
                course_key=UUID(cleaned["course"]),
                kinds=cleaned["kinds"],
                months=MONTHS if cleaned["validity"] == "months" else None,
                actor=user,
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The course counts as a training from now on."))
            return redirect("courses:online_trainings")
    words = dict(Role.Kind.choices)
    rules = [
        {"rule": one, "kinds": ", ".join(str(words.get(kind, kind)) for kind in one.kinds)}
        for one in OnlineTraining.objects.order_by("title_at_the_time")
    ]
    status = 422 if form.errors else 200
    return render(request, "courses/online_trainings.html", {"form": form, "rules": rules}, status=status)

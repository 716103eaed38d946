"""The school administrator's desk."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.problems import Problem
from schools.channels import set_up
from schools.forms import StaffForm
from schools.models import Role, School, SchoolClass, SchoolYear, User
from schools.operations import accounts, signin
from schools.permissions import schools_administered, staff_in_care_of
from schools.printing import pdf_possible
from schools.queries.desks import first_things
from schools.queries.people import find_staff, open_password_requests, school_classes, school_staff, waiting_guests
from schools.views.common import show, show_problem


def _school(user, code) -> School:
    return get_object_or_404(schools_administered(user).select_related("unit"), code=code)


@never_cache
@login_required
def home(request, code):
    school = _school(request.user, code)
    years = SchoolYear.objects.order_by("-starts_on")
    year = years.filter(code=request.GET["year"]).first() if "year" in request.GET else SchoolYear.objects.current()
    classes = list(school_classes(school, year))
    every_class = SchoolClass.objects.filter(school=school)
    return show(
        request,
        "schools/school_home.html",
        {
            "school": school,
            "first": first_things(request.user),
            "year": year,
            "years": years,
            "classes": classes,
            "pupils": sum(item.pupils for item in classes),
            "guests_in": sum(item.guests for item in classes),
            "requests": open_password_requests(every_class)[:50],
            "guests": waiting_guests(every_class)[:50],
            "pdf_possible": pdf_possible(),
            "sends_out": bool(set_up()),
        },
    )


@never_cache
@login_required
def staff(request, code):
    school = _school(request.user, code)
    form = StaffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, pin = accounts.add_teacher(school=school, actor=request.user, **form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem, "username")
        else:
            return show(request, "schools/new_staff.html", {"school": school, "member": user, "password": pin})
    page = Paginator(school_staff(school), 60).get_page(request.GET.get("page"))
    mine = set(staff_in_care_of(request.user).filter(pk__in=[user.pk for user in page]).values_list("pk", flat=True))
    rows = [
        {
            "user": user,
            "roles": user.roles_here,
            "second_factor": any(item.type == "totp" for item in user.authenticator_set.all()),
            "in_care": user.pk in mine,
        }
        for user in page
    ]
    return show(request, "schools/school_staff.html", {"school": school, "page": page, "rows": rows, "form": form})


def _member(request, uuid) -> User:
    """Somebody of the staff whom the caller looks after."""
    return get_object_or_404(staff_in_care_of(request.user).select_related("person"), uuid=uuid)


@never_cache
@login_required
def member(request, uuid):
    """One member of the staff: roles, second factor, password. For the unit above as well as for the school."""
    user = _member(request, uuid)
    return show(
        request,
        "schools/member.html",
        {
            "member": user,
            "roles": Role.objects.filter(user=user, ends_on=None).select_related("school", "unit"),
            "second_factor": signin.has_second_factor(user),
            "reset": "reset" in request.GET,
        },
    )


@require_POST
@login_required
def reset_second_factor(request, uuid):
    user = _member(request, uuid)
    signin.reset_second_factor(user=user, actor=request.user)
    return redirect(f"{request.build_absolute_uri('../')}?reset")


@never_cache
@require_POST
@login_required
def reset_staff_password(request, uuid):
    user = _member(request, uuid)
    password = accounts.reset_staff_password(user=user, actor=request.user)
    return show(request, "schools/new_staff.html", {"member": user, "password": password, "again": True})


@never_cache
@login_required
def people(request):
    """Where a province officer or superuser looks for somebody who lost the second factor or the password."""
    in_care = staff_in_care_of(request.user)
    if not in_care.exists():
        raise Http404
    text = request.GET.get("q", "")[:80]
    return show(
        request,
        "schools/people.html",
        {"text": text, "found": find_staff(in_care, text) if text.strip() else []},
    )

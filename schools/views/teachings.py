"""Co-teachers and substitutes of a class, for its homeroom teacher and the school's administrator."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.problems import Problem
from schools.models import SchoolClass, Teaching
from schools.operations import teachings
from schools.permissions import RIGHTS, classes_staffed_by, rights_in
from schools.queries.teachings import class_teachers, staff_to_choose
from schools.teaching_forms import RIGHT_WORDS, TeachingForm
from schools.views.common import show, show_problem


def _class(request, uuid) -> SchoolClass:
    return get_object_or_404(classes_staffed_by(request.user).select_related("school", "school_year"), uuid=uuid)


def _teaching(school_class: SchoolClass, user_uuid, kind: str) -> Teaching:
    if kind not in teachings.GIVEN_HERE:
        raise Http404
    found = teachings.open_teachings(school_class).filter(user__uuid=user_uuid, kind=kind)
    return get_object_or_404(found.select_related("user__person", "school_class__school")[:1])


@never_cache
@login_required
def class_teachers_page(request, uuid):
    """Who teaches the class, and the form to name one more."""
    school_class = _class(request, uuid)
    staff = staff_to_choose(school_class.school).exclude(pk=request.user.pk)
    form = TeachingForm(request.POST or None, staff=staff, held=rights_in(request.user, school_class))
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            made = teachings.appoint_teacher(
                school_class=school_class,
                user=chosen["teacher"],
                kind=chosen["kind"],
                rights=chosen["rights"],
                starts_on=chosen["starts_on"],
                ends_on=chosen["ends_on"],
                actor=request.user,
            )
        except Problem as problem:
            show_problem(form, problem, "ends_on" if problem.code == "teaching_ends_wrong" else None)
        else:
            messages.success(
                request,
                _("%(name)s now works in class %(class)s.")
                % {"name": made.user.get_full_name(), "class": school_class.name},
            )
            return redirect("schools:class_teachers", school_class.uuid)
    people = class_teachers(school_class)
    return show(
        request,
        "schools/class_teachers.html",
        {
            "school_class": school_class,
            "form": form,
            "now": [_line(one) for one in people.now],
            "coming": [_line(one) for one in people.coming],
            "formerly": people.formerly,
        },
    )


def _line(teaching: Teaching) -> dict:
    return {
        "teaching": teaching,
        "given_here": teaching.kind in teachings.GIVEN_HERE,
        "rights": [RIGHT_WORDS[right] for right in RIGHTS if getattr(teaching, f"can_{right}")],
    }


@never_cache
@login_required
def change_teaching(request, uuid, user_uuid, kind):
    """Other rights or another last day for a co-teacher or substitute."""
    school_class = _class(request, uuid)
    teaching = _teaching(school_class, user_uuid, kind)
    form = TeachingForm(
        request.POST or None,
        staff=staff_to_choose(school_class.school),
        held=rights_in(request.user, school_class),
        teaching=teaching,
    )
    if request.method == "POST" and form.is_valid():
        try:
            teachings.appoint_teacher(
                school_class=school_class,
                user=teaching.user,
                kind=teaching.kind,
                rights=form.cleaned_data["rights"],
                starts_on=form.cleaned_data.get("starts_on") or teaching.starts_on,
                ends_on=form.cleaned_data["ends_on"],
                actor=request.user,
            )
        except Problem as problem:
            show_problem(form, problem, "ends_on" if problem.code == "teaching_ends_wrong" else None)
        else:
            messages.success(request, _("Saved: %(name)s") % {"name": teaching.user.get_full_name()})
            return redirect("schools:class_teachers", school_class.uuid)
    return show(
        request,
        "schools/change_teaching.html",
        {"school_class": school_class, "teaching": teaching, "form": form},
    )


@require_POST
@login_required
def end_teaching(request, uuid, user_uuid, kind):
    school_class = _class(request, uuid)
    teaching = teachings.end_teaching(teaching=_teaching(school_class, user_uuid, kind), actor=request.user)
    messages.success(
        request,
        _("%(name)s no longer works in class %(class)s.")
        % {"name": teaching.user.get_full_name(), "class": school_class.name},
    )
    return redirect("schools:class_teachers", school_class.uuid)

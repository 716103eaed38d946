"""Giving a lesson or course to classes in at most four taps, and changing it afterwards."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from cms.text.folding import fold
from courses.forms import AssignForm, DueForm, spoken
from courses.models import Assignment, ClassAssignment
from courses.operations import assignments
from courses.permissions import assignable_classes, class_assignment_for
from courses.queries import catalogue
from courses.queries.teaching import assignable_courses, enrolments
from schools.models import SchoolClass


@require_safe
@login_required
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """What to assign: a course, or one lesson of it."""
    grades = list(assignable_classes(request.user).values_list("grade", flat=True))
    if not grades:
        raise Http404
    text = request.GET.get("q", "")[:100]
    courses = assignable_courses(get_language(), fold(text), request.GET.get("page"), filter(None, grades))
    return render(request, "courses/choose.html", {"courses": courses, "text": text})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def give(request: HttpRequest, key: UUID) -> HttpResponse:
    """To which classes, and by when."""
    target = catalogue.target(key, get_language())
    classes = list(assignable_classes(request.user).annotate(pupils=Count("memberships", filter=enrolments())))
    if target is None or not classes:
        raise Http404
    now = timezone.now()
    taken = {
        row.school_class_id: row
        for row in ClassAssignment.objects.in_force().filter(target_key=key, school_class__in=classes)
    }
    mine = set(
        ClassAssignment.objects.visible_to(request.user)
        .filter(pk__in=[row.pk for row in taken.values()])
        .values_list("pk", flat=True)
    )
    bound = {"data": request.POST} if request.method == "POST" else {"initial": {"key": uuid4()}}
    form = AssignForm(classes=classes, taken={pk: row.due_at for pk, row in taken.items()}, now=now, **bound)
    if request.method == "POST":
        if form.unknown_classes():
            raise Http404
        if _given_already(form, request.user):
            return redirect("courses:assigned")
        if form.is_valid():
            try:
                given = assignments.assign(
                    target=target,
                    classes=form.due_dates(),
                    actor=request.user,
                    opens_at=form.cleaned_data["opens_at"],
                    note=form.cleaned_data["note"],
                    uuid=form.cleaned_data["key"],
                )
            except Problem as problem:
                form.add_error(None, str(problem))
            else:
                _say_given(request, given)
                return redirect("courses:assigned")
    shown = {
        "form": form,
        "target": target,
        "choices": [_choice(one, taken.get(one.pk), form, mine) for one in classes],
        "several_schools": len({one.school_id for one in classes}) > 1,
    }
    return render(request, "courses/give.html", shown, status=422 if form.errors else 200)


def _given_already(form: AssignForm, user) -> bool:
    """Whether this very form was sent before: a second press of the button is the first one again."""
    try:
        return Assignment.objects.filter(uuid=UUID(form.data.get("key", "")), created_by=user).exists()
    except ValueError:
        return False


def _choice(school_class: SchoolClass, taken: ClassAssignment | None, form: AssignForm, mine: set[int]) -> dict:
    ticked = form["classes"].value() or []
    return {
        "class": school_class,
        "taken": taken,
        "may_change": taken is not None and taken.pk in mine,
        "ticked": str(school_class.uuid) in ticked,
        "due": spoken(taken.due_at) if taken else "",
    }


def _say_given(request: HttpRequest, given: Assignment) -> None:
    names = list(given.class_assignments.values_list("school_class__name", flat=True))
    text = ngettext(
        "“%(title)s” was given to %(classes)s.",
        "“%(title)s” was given to %(count)d classes: %(classes)s.",
        len(names),
    ) % {
        "title": catalogue.title_here(given.target_key, given.title_at_the_time),
        "classes": ", ".join(names),
        "count": len(names),
    }
    messages.success(request, text)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def change_due(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = class_assignment_for(request.user, uuid, to_change=True)
    form = DueForm(request.POST or None, initial={"due_at": row.due_at})
    if request.method == "POST" and form.is_valid():
        try:
            row = assignments.change_due(class_assignment=row, due_at=form.cleaned_data["due_at"], actor=request.user)
        except Problem as problem:
            form.add_error("due_at", str(problem))
        else:
            messages.success(request, _("The due date is now %(due)s.") % {"due": spoken(row.due_at)})
            return redirect("courses:status", row.uuid)
    shown = {"form": form, "row": row, "due": spoken(row.due_at)}
    return render(request, "courses/change_due.html", shown, status=422 if form.errors else 200)


@require_POST
@login_required
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = class_assignment_for(request.user, uuid, to_change=True)
    row = assignments.withdraw(class_assignment=row, actor=request.user)
    messages.success(
        request,
        _("“%(title)s” was taken back from %(class)s. What the pupils did is kept.")
        % {
            "title": catalogue.title_here(row.target_key, row.assignment.title_at_the_time),
            "class": row.school_class.name,
        },
    )
    return redirect(f"{reverse('courses:assigned')}?withdrawn={row.uuid}")


@require_POST
@login_required
def restore(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = class_assignment_for(request.user, uuid, to_change=True)
    try:
        assignments.restore(class_assignment=row, actor=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect("courses:assigned")
    messages.success(request, _("The assignment is back."))
    return redirect("courses:status", row.uuid)

"""Assign again: choose a class, choose where to and from when, look at the dates, give."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from courses.models import ClassAssignment
from courses.operations.repeating import assign_again
from courses.permissions import assignable_classes
from courses.queries.repeating import classes_to_repeat, given_before, repeatable
from courses.repeating_forms import AgainForm, WhereForm
from schools.models import SchoolClass


@require_safe
@login_required
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """Whose assignments to give again."""
    if not assignable_classes(request.user).exists():
        raise Http404
    return render(request, "courses/again.html", {"classes": classes_to_repeat(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def give(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """`?to=…&first=…` is the preview; only a post gives something."""
    source = (
        SchoolClass.objects.filter(uuid=uuid, class_assignments__in=repeatable(request.user).values("pk"))
        .select_related("school", "school_year")
        .first()
    )
    classes = list(assignable_classes(request.user))
    if source is None or not classes:
        raise Http404
    past = given_before(request.user, source, get_language() or "")
    where = WhereForm(request.GET if "first" in request.GET else None, classes=classes)
    shown = {"source": source, "past": past, "where": where, "form": None}
    if not (where.is_bound and where.is_valid()):
        if request.method == "POST":
            return redirect("courses:again", source.uuid)
        return render(request, "courses/again_where.html", shown, status=422 if where.errors else 200)
    chosen, now = where.chosen(), timezone.now()
    taken = {
        (row.school_class_id, row.target_key): row.due_at
        for row in ClassAssignment.objects.in_force().filter(
            school_class__in=chosen, target_key__in=[one.row.target_key for one in past]
        )
    }
    bound = {"data": request.POST} if request.method == "POST" else {"initial": {"key": uuid4()}}
    form = AgainForm(past=past, classes=chosen, taken=taken, first_due=where.cleaned_data["first"], **bound)
    if request.method == "POST" and form.is_valid():
        try:
            made = assign_again(chosen=form.again(now), actor=request.user, key=form.cleaned_data["key"])
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            text = ngettext("%(count)d was given again.", "%(count)d were given again.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect("courses:assigned")
    shown |= {"form": form, "lines": form.lines(), "chosen": chosen, "query": request.GET.urlencode()}
    return render(request, "courses/again_preview.html", shown, status=422 if form.errors else 200)

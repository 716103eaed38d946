"""Helping a class through a quiz: more time, an attempt opened again, one more attempt, a later end."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from quizzes import operations
from quizzes.permissions import classes_to_rescue, may_rescue_unit
from quizzes.queries.rescue import Desk, desk_of
from quizzes.teacher_forms import RescueForm
from schools.models import User


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def rescue(request: HttpRequest, key: UUID, class_key: UUID) -> HttpResponse:
    school_class = classes_to_rescue(request.user).filter(uuid=class_key).select_related("school__unit").first()
    if school_class is None:
        raise Http404
    with_commune = may_rescue_unit(request.user, school_class)
    desk = desk_of(key, school_class, get_language(), with_commune=with_commune)
    if desk is None:
        raise Http404
    initial = {"key": uuid4(), "whom": request.GET.get("pupil", RescueForm.CLASS)}
    form = RescueForm(request.POST or None, initial=initial, desk=desk)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, give(form, desk, request.user))
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("quiz_rescue", key, class_key)
    return render(request, "quizzes/rescue.html", {"desk": desk, "form": form}, status=422 if form.errors else 200)


def give(form: RescueForm, desk: Desk, actor) -> str:
    """Do what a valid form says; returns what to tell the teacher. Raises what the operations raise."""
    chosen, opening = form.cleaned_data, form.chosen_opening()
    more = {"opening": opening, "reason": form.reason(), "granted_by": actor}
    seconds = (chosen["minutes"] or 0) * 60
    whose: dict = {}
    if chosen["whom"] == RescueForm.CLASS:
        whose["class_key"] = desk.school_class.uuid
    elif chosen["whom"] == RescueForm.COMMUNE:
        whose["unit_key"] = desk.school_class.school.unit.uuid
    else:
        whose["user"] = User.objects.get(uuid=chosen["whom"])
    if chosen["what"] == RescueForm.REOPEN:
        opened = len(operations.reopen_latest(seconds=seconds, **whose, **more))
        return ngettext("%(count)d attempt is open again.", "%(count)d attempts are open again.", opened) % {
            "count": opened
        }
    if chosen["what"] == RescueForm.TIME:
        extend = operations.extend_pupil if "user" in whose else operations.extend_group
        extend(seconds=seconds, key=chosen["key"], **whose, **more)
    else:
        attempts = int(chosen["what"] == RescueForm.ATTEMPT)
        operations.grant_allowance(
            extra_attempts=attempts, closes_at=chosen["closes_at"], key=chosen["key"], **whose, **more
        )
    return _("Given. It counts at once, also for attempts that run.")

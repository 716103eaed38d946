"""The lesson held in class: ticking who was present, and taking a tick list back."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cms.problems import Problem
from courses.forms import AttendanceForm
from courses.models import ClassAssignment, ClassSession
from courses.operations.sessions import record_attendance, undo_attendance
from courses.permissions import assignable_classes
from courses.places import place_of
from courses.queries import catalogue
from schools.models import Membership


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def attendance(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """«Có mặt, đã học trên lớp»: everybody ticked, the absent are unticked; saved again it corrects the day's list."""
    school_class = assignable_classes(request.user).filter(uuid=uuid).first()
    lesson = catalogue.lesson(key, get_language())
    if school_class is None or lesson is None:
        raise Http404
    today = timezone.localdate()
    form = AttendanceForm(request.POST or None, initial={"held_on": today})
    members = list(
        Membership.objects.current()
        .filter(school_class=school_class)
        .select_related("user__person")
        .order_by("name_sort", "pk")
    )
    by_key = {str(member.user.uuid): member for member in members}
    posted = set(request.POST.getlist("present"))
    if posted - by_key.keys():
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            session = record_attendance(
                school_class=school_class,
                place=place_of(lesson),
                held_on=form.cleaned_data["held_on"],
                present=[by_key[one].user_id for one in posted],
                actor=request.user,
            )
        except Problem as problem:
            form.add_error("held_on", str(problem))
        else:
            return redirect(_after_attendance(session, request.user))
    ticked = posted if request.method == "POST" else _present_today(school_class, key, today, by_key)
    shown = {
        "school_class": school_class,
        "lesson": lesson,
        "form": form,
        "pupils": [{"member": one, "key": one_key, "ticked": one_key in ticked} for one_key, one in by_key.items()],
        # A script counts the ticks; in the sentences it puts the number where «#» stands.
        "words_one": ngettext("Record %(count)s pupil as present", "Record %(count)s pupils as present", 1)
        % {"count": "#"},
        "words_many": ngettext("Record %(count)s pupil as present", "Record %(count)s pupils as present", 2)
        % {"count": "#"},
    }
    return render(request, "courses/attendance.html", shown, status=422 if form.errors else 200)


def _present_today(school_class, key: UUID, today, by_key: dict) -> set[str]:
    """Whoever is on today's list already, or else everybody."""
    session = ClassSession.objects.filter(school_class=school_class, lesson_key=key, held_on=today).first()
    if session is None:
        return set(by_key)
    present = session.attendances.filter(withdrawn_at=None).values_list("user__uuid", flat=True)
    return {str(one) for one in present}


def _after_attendance(session: ClassSession, user) -> str:
    """Back to the list of the assignment that holds the lesson, where there is one; what was saved can be undone there."""
    saved = {"attended": session.uuid, **({"at": session.saved_at.isoformat()} if session.saved_at else {})}
    return f"{_list_of(session, user)}?{urlencode(saved)}"


def _list_of(session: ClassSession, user) -> str:
    given = (
        ClassAssignment.objects.visible_to(user)
        .in_force()
        .filter(school_class=session.school_class, target_key__in=[session.lesson_key, session.course_key])
        .order_by("-assignment__kind")
        .first()
    )
    return reverse("courses:status", args=[given.uuid]) if given else reverse("courses:teach")


def attendance_saved(request: HttpRequest) -> dict:
    """What a page shows after a tick list was saved: of which class, how many are present, and the change to undo."""
    session = _session(request.user, request.GET.get("attended", ""))
    if session is None:
        return {}
    saved_at = _moment(request.GET.get("at", ""))
    return {
        "attended": session,
        "present": session.attendances.filter(withdrawn_at=None).count(),
        "saved_at": saved_at.isoformat() if saved_at else "",
    }


def _session(user, uuid: str) -> ClassSession | None:
    """The lesson held in a class where `user` may record who was present."""
    try:
        key = UUID(uuid)
    except ValueError:
        return None
    sessions = ClassSession.objects.filter(school_class__in=assignable_classes(user).order_by())
    return sessions.filter(uuid=key).select_related("school_class").first()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


@require_POST
@login_required
def undo(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take the last tick list back; pressed twice it is taken back once."""
    session = _session(request.user, str(uuid))
    saved_at = _moment(request.POST.get("at", ""))
    lesson = catalogue.lesson(session.lesson_key, get_language()) if session else None
    if session is None or saved_at is None or lesson is None:
        raise Http404
    undo_attendance(session=session, saved_at=saved_at, place=place_of(lesson), actor=request.user)
    messages.success(request, _("The list of %(class)s is as it was before.") % {"class": session.school_class.name})
    return redirect(_list_of(session, request.user))

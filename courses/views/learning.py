"""The pupil's pages that are not Wagtail's: what to do today, and finishing a lesson without a script."""

from typing import cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cms.models import SectionPage
from courses.address import as_adult
from courses.operations.lessons import NewEvent, record_events
from courses.operations.messages import ABOUT_WORK
from courses.permissions import may_teach
from courses.places import place_of
from courses.queries import catalogue as published
from courses.queries.learning import Today, today_of
from courses.queries.readings import waiting_for
from courses.queries.trainings import coming_for, latest_until, own_trainings
from quizzes.queries.review import due_count
from schools.models import JoinRequest, Notification, User
from schools.operations.notifications import text_of
from schools.queries.desks import viewer_of
from schools.queries.notifications import inbox

MESSAGES = 5
# So many unread ones are looked through to find them.
READ_AT_MOST = 50


@require_safe
@never_cache
def today(request: HttpRequest) -> HttpResponse:
    """«Việc của em hôm nay». A visitor is shown the courses instead."""
    if not request.user.is_authenticated:
        return redirect("courses:catalogue")
    work = today_of(request.user, get_language())
    waiting = JoinRequest.objects.filter(user=request.user, state=JoinRequest.State.WAITING)
    shown = {
        "today": work,
        "letters": _letters(cast(User, request.user), work),
        "section": _section(),
        "to_practise": due_count(request.user),
        "waiting_for": list(waiting.values_list("join_code__school_class__name", flat=True)),
        "quiet": bool(work.done) and not work.has_work,
        **_of_staff(cast(User, request.user)),
    }
    if not work.has_work and not work.done and may_teach(request.user):
        shown["teaches"] = True
    return render(request, "courses/today.html", shown)


def _of_staff(user: User) -> dict:
    """What staff have before everything else; nothing is asked for a pupil."""
    if viewer_of(user)["is_pupil"]:
        return {}
    return {
        "readings": waiting_for(user),
        "trainings": coming_for(user),
        "trained_until": latest_until(user),
        "took_part": own_trainings(user)[:5],
    }


def _letters(user: User, work: Today) -> list[Notification]:
    """Unread messages that say something the cards do not: no «new work» for a card, and nothing about work done."""
    letters = []
    for letter in inbox(user).filter(read_at=None)[:READ_AT_MOST]:
        about, _colon, rest = letter.key.partition(":")
        key = rest.partition(":")[0]
        if about in ABOUT_WORK and (key in work.done_keys or (about == "assigned" and key in work.open_keys)):
            continue
        letter.text = text_of(letter)
        letters.append(letter)
    return letters[:MESSAGES]


def _section() -> str:
    """Address of the list of courses in the reader's language; empty where there is none."""
    return published.section_url(get_language())


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The courses of the reader's language: the section an editor made for them."""
    url = _section()
    if url:
        return redirect(url)
    if SectionPage.objects.live().filter(kind=SectionPage.Kind.COURSES).exists():
        # Not in this language: the page in the main language says so.
        return redirect(published.section_url(published.main_language()))
    return render(request, "courses/no_courses.html", status=404)


@require_safe
def open_target(request: HttpRequest, kind: str, key: UUID) -> HttpResponse:
    """A link that outlives moves and works in every language: on to the page of a lesson or course."""
    target = published.target(key, get_language())
    if target is None or target.kind != kind:
        raise Http404
    return redirect(target.url)


@require_POST
@login_required
def finish_lesson(request: HttpRequest, key: UUID) -> HttpResponse:
    """«Em đã học xong» without a script; the form carries the event's id, so that a second press is the same press."""
    lesson = published.lesson(key, get_language())
    if lesson is None:
        raise Http404
    try:
        event_id = UUID(request.POST.get("event", ""))
    except ValueError:
        event_id = uuid4()
    record_events(
        user=request.user,
        place=place_of(lesson),
        events=[NewEvent(id=event_id, kind="finished", at=timezone.now())],
    )
    adult = as_adult(cast(User, request.user), published.course_of(key, get_language()))
    said = (
        pgettext("adult", "“%(title)s” is marked as done.") if adult else _("Well done. “%(title)s” is marked as done.")
    )
    messages.success(request, said % {"title": lesson.title})
    return redirect(f"{lesson.url}#lesson-end")

"""What the courses put on the home page of somebody who is signed in."""

from typing import cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from wagtail import hooks

from courses.address import as_adult
from courses.permissions import may_teach
from courses.queries import learning, teaching
from schools.models import User

SHOWN = 4


@hooks.register("work_on_home_page")
def pupils_work(request: HttpRequest) -> SafeString | str:
    """«Việc của em hôm nay»: the most pressing pieces of work; nothing for staff to whom nothing was given."""
    today = learning.today_of(request.user, get_language())
    waiting = [*today.overdue, *today.soon, *today.later]
    adult = as_adult(cast(User, request.user))
    if not waiting and adult:
        return ""
    shown = {
        "works": [
            {
                "title": work.title,
                "url": work.url,
                "due": work.due_at,
                "today": work.due_today,
                "late": work.state == "late",
                "state": "todo" if work.done == 0 and work.state != "doing" else "doing",
                "done": work.done,
                "total": work.total if work.total > 1 else 0,
            }
            for work in waiting[:SHOWN]
        ],
        "rest": max(0, len(waiting) - SHOWN),
        "rest_url": reverse("courses:today"),
        "nothing": not (waiting or today.done),
        "go_on": None if waiting else today.go_on,
        "adult": adult,
    }
    return render_to_string("components/today.html", shown)


@hooks.register("work_on_home_page")
def teachers_work(request: HttpRequest) -> SafeString | str:
    """What needs the teacher today: work overdue or under way, forgotten passwords, guests at the door."""
    if not may_teach(request.user):
        return ""
    today = teaching.today_of(request.user)
    given = [*today.chase, *today.coming][:SHOWN]
    shown = {"given": given, "passwords": len(today.passwords), "guests": len(today.guests)}
    return render_to_string("courses/parts/teacher_today.html", shown) if any(shown.values()) else ""

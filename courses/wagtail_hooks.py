"""What the courses put on the home page of somebody who is signed in."""

from collections.abc import Iterator
from typing import cast

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.models import Page

from courses.address import as_adult
from courses.permissions import may_ask_to_read, may_teach
from courses.queries import learning, teaching
from schools.models import User

SHOWN = 4


@hooks.register("register_page_listing_more_buttons")
def ask_staff_to_read(page: Page, user: User, next_url: str | None = None, **kwargs) -> Iterator[Button]:
    """In the editors' menu of a published page: ask the staff to read it and to say so."""
    # Asked once for a whole listing.
    asks = user.__dict__.get("asks_to_read")
    if asks is None:
        asks = user.__dict__["asks_to_read"] = may_ask_to_read(user)
    if asks and page.live and page.depth > 2:
        address = f"{reverse('courses:reading_new')}?key={page.translation_key}"
        yield Button(_("Ask staff to read this"), address, icon_name="clipboard-list", priority=80)


@hooks.register("register_page_header_buttons")
def ask_staff_to_read_from_the_page(
    page: Page, user: User, view_name: str, next_url: str | None = None, **kwargs
) -> Iterator[Button]:
    yield from ask_staff_to_read(page, user, next_url)


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

"""The first page of a community team: its training, what to take along, what to pass on, and what the desk answered."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from wagtail.models import Page

from cms.keeping import kept
from cms.models import GuidePage, HandbookPage, VideoPage
from courses.models import CourseProgress, OnlineTraining
from courses.queries import catalogue
from schools.models import User
from schools.permissions import current_roles
from schools.queries.addresses import absolute
from support.models import Ticket, Visit

# The audience by which editors mark what is for the teams (cms/starter/site.yaml).
AUDIENCE = "to-cong-nghe-so-cong-dong"
NEWEST = 5
TAKE_ALONG = 8


@dataclass(frozen=True)
class Material:
    """A published page as it is passed on: `message` is ready for the commune's radio page or a Zalo group."""

    title: str
    url: str
    message: str


def to_publish(language: str) -> list[Material]:
    """The guides and videos published last in a language, the newest first; kept until content changes."""
    return kept(f"support:to-publish:{language}", lambda: _newest(language))


def _newest(language: str) -> list[Material]:
    found = []
    for model in (GuidePage, VideoPage):
        pages = model.objects.live().public().filter(locale__language_code=language)
        found += list(pages.order_by("-last_published_at", "pk")[:NEWEST])
    found.sort(key=lambda page: (page.last_published_at is not None, page.last_published_at), reverse=True)
    return [_material(one) for one in found[:NEWEST] if one.get_url_parts()]


def _material(page: Page) -> Material:
    """With the address people know, whatever name the editors' site record has."""
    address = absolute(page.get_url_parts()[2])
    return Material(page.title, address, f"{page.title}\n{address}")


@dataclass(frozen=True)
class TakenAlong:
    """Something to have at hand at a door; `kind` is the format of the page."""

    title: str
    url: str
    summary: str
    kind: str


def to_take_along(language: str) -> list[TakenAlong]:
    """Handbooks first, which are read and heard without a line, then the guides meant for the teams."""
    return kept(f"support:take-along:{language}", lambda: _at_hand(language))


def _at_hand(language: str) -> list[TakenAlong]:
    handbooks = list(HandbookPage.objects.live().public().filter(locale__language_code=language).order_by("title"))
    guides = GuidePage.objects.live().public().filter(locale__language_code=language, audiences__slug=AUDIENCE)
    pages = [*handbooks, *guides.order_by("title").distinct()][:TAKE_ALONG]
    return [TakenAlong(one.title, one.url, one.summary, one.content_format) for one in pages if one.url]


@dataclass(frozen=True)
class TeamCourse:
    """A course that counts as the training of somebody's office, and how far they are."""

    title: str
    url: str
    done: int
    total: int

    @property
    def is_finished(self) -> bool:
        return bool(self.total) and self.done >= self.total


def courses_for(user: User, language: str) -> list[TeamCourse]:
    """Courses that count as a training for an office `user` holds, in two statements."""
    kinds = set(current_roles(user).values_list("kind", flat=True))
    keys: list[UUID] = [
        one.course_key for one in OnlineTraining.objects.order_by("title_at_the_time") if kinds & set(one.kinds)
    ]
    done: dict[UUID, int] = {}
    for key, lessons in CourseProgress.objects.filter(user=user, course_key__in=keys).values_list(
        "course_key", "lessons_done"
    ):
        done[key] = max(done.get(key, 0), lessons)
    found = [(key, catalogue.course(key, language)) for key in keys]
    return [TeamCourse(one.title, one.url, done.get(key, 0), len(one.lessons)) for key, one in found if one]


def asked_of_desk(user: User) -> list[Visit]:
    """A member's visits whose difficulty went to the desk: what is answered first, of the last ones."""
    rows = Visit.objects.counted().filter(Q(member=user), ticket__isnull=False).select_related("ticket")
    found = list(rows.order_by("-on", "-pk")[:NEWEST])
    return sorted(found, key=lambda one: one.ticket.state == Ticket.State.NEW)

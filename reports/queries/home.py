"""What an officer's or administrator's first page tells beside the report that is due: who is trained, whom the
community team visited, what to publish."""

from dataclasses import dataclass

from wagtail.models import Page

from cms.keeping import kept
from cms.models import GuidePage, VideoPage
from courses.queries.staff import StaffPlace
from courses.queries.trainings import Standing, standing
from reports.models import PlaceReport
from schools.queries.addresses import absolute
from support.models import Visit

NEWEST = 5


@dataclass(frozen=True)
class Material:
    """A published page as it is passed on: `message` is ready for the commune's radio page or a Zalo group."""

    title: str
    url: str
    message: str


def trained_at(report: PlaceReport) -> Standing:
    """How the staff of the place stand, by the very figures of «Ai đã được tập huấn»."""
    return standing(StaffPlace(report.school.unit if report.school_id else report.unit, report.school))


def visits_at(report: PlaceReport) -> int | None:
    """Households and people guided by the community team in the year of the report; None for a school, which has none."""
    if report.school_id:
        return None
    year = report.round.reporting_year
    return Visit.objects.filter(unit=report.unit_id, on__range=(year.starts_on, year.ends_on)).count()


def to_publish(language: str) -> list[Material]:
    """The guides and videos published last in a language, the newest first; kept until content changes."""
    return kept(f"reports:to-publish:{language}", lambda: _newest(language))


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

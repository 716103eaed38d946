"""What an officer's or administrator's first page tells beside the report that is due: who is trained, whom the
community team visited, what to publish."""

from courses.queries.staff import StaffPlace
from courses.queries.trainings import Standing, standing
from reports.models import PlaceReport
from support.queries.team import Material, to_publish
from support.queries.visits import figures_of, sum_of, visits_in

__all__ = ["Material", "to_publish", "trained_at", "visits_at"]


def trained_at(report: PlaceReport) -> Standing:
    """How the staff of the place stand, by the very figures of «Ai đã được tập huấn»."""
    return standing(StaffPlace(report.school.unit if report.school_id else report.unit, report.school))


def visits_at(report: PlaceReport) -> int | None:
    """People guided by the community team in the year of the report, as B4 counts them; None for a school, which has
    none."""
    if report.school_id:
        return None
    year = report.round.reporting_year
    found = figures_of(visits_in([report.unit_id], (year.starts_on, year.ends_on)))
    return sum_of(found.values()).people

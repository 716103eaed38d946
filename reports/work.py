"""Long work of this room, run by `cms.jobs`."""

from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import translation
from django.utils.translation import gettext as _

from cms.jobs.operations import Progress
from reports.models import PlaceReport, ReportingRound
from reports.queries.annual import AnnualReport, annual
from reports.queries.coverage import coverage
from reports.queries.gaps import gaps_of
from reports.queries.scopes import Scope
from schools.models import SchoolYear, Unit

ANNUAL_JOB = "reports.annual"
COVERAGE_JOB = "reports.coverage"
# What lays out pages takes minutes for a province; the other formats are rows and come at once.
LARGE_FORMATS = ("docx", "pdf")
FORMATS = ("docx", "xlsx")


def writer(format: str) -> Callable[[AnnualReport], bytes]:
    """The library that writes a format is loaded only when one is asked for."""
    if format == "docx":
        from reports.documents.official import as_official_word

        return as_official_word
    from reports.documents.annual_sheets import as_annual_workbook

    return as_annual_workbook


def province_report(round_: ReportingRound) -> PlaceReport:
    return PlaceReport.objects.select_related(
        "unit", "school__unit", "round__reporting_year", "round__school_year"
    ).get(round=round_, unit__depth=1)


def make_annual_report(progress: Progress) -> None:
    """The report of the province as a file. Parameters: `year` and `format`. An older file of the same kind goes."""
    job = progress.job
    year, format = job.params["year"], job.params["format"]
    round_ = ReportingRound.objects.get(reporting_year__code=year)
    # An official document: Vietnamese, whatever the reader's language.
    with translation.override("vi"):
        found = annual(
            province_report(round_),
            step=lambda done, total: progress.say(done=done, total=total + 2, doing=_("Counting")),
        )
        total = len(found.lines) + 2
        progress.say(done=total - 2, total=total, doing=_("Writing"))
        content = writer(format)(found)
    name = f"reports/annual/{year}.{format}"
    storages["private"].delete(name)
    job.result_file = storages["private"].save(name, ContentFile(content))
    job.result = {"taken_at": found.taken_at.isoformat(), "lines": len(found.lines)}
    progress.say(done=total, total=total)


def make_coverage_file(progress: Progress) -> None:
    """The ledger of a unit as a file. Parameters: `unit`, `year`, `format`, `language`. The owner's older one goes."""
    from reports.documents import FORMATS as WRITERS

    job = progress.job
    format = job.params["format"]
    scope = Scope(Unit.objects.get(code=job.params["unit"]))
    with translation.override(job.params["language"]):
        progress.say(done=0, total=3, doing=_("Counting"))
        ledger = coverage(scope=scope, school_year=SchoolYear.objects.get(code=job.params["year"]))
        progress.say(done=1, total=3, doing=_("Counting"))
        gaps = gaps_of(ledger)
        progress.say(done=2, total=3, doing=_("Writing"))
        content = WRITERS[format](ledger, gaps)
    name = f"reports/coverage/{job.owner_id}-{scope.code}-{job.params['year']}.{format}"
    storages["private"].delete(name)
    job.result_file = storages["private"].save(name, ContentFile(content))
    job.result = {"taken_at": ledger.taken_at.isoformat(), "reached": ledger.total.reached, "roll": ledger.total.roll}
    progress.say(done=3, total=3)

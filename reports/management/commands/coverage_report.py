"""`coverage_report --school-year … [--unit CODE] [--school CODE] --format json|csv|xlsx|docx|pdf --output F`."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from reports.documents import FORMATS
from reports.operations.ledger import bring_up_to_date
from reports.queries.coverage import coverage
from reports.queries.gaps import gaps_of
from reports.queries.scopes import Scope, province
from schools.models import School, SchoolYear, Unit

USAGE = 2


class Command(ReportingCommand):
    help = "Write the coverage of the province, a unit or a school against the official roll, with what every figure means."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--school-year", required=True, metavar="2026-2027")
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--unit", metavar="CODE", help="a commune or ward; without it the whole province")
        place.add_argument("--school", metavar="CODE")
        parser.add_argument("--format", required=True, choices=list(FORMATS))
        parser.add_argument("--output", required=True, metavar="FILE")
        parser.add_argument("--language", choices=list(dict(settings.LANGUAGES)), default=settings.LANGUAGE_CODE)

    def work(self, options):
        year, scope = _year(options), _scope(options)
        self.progress(0, 2, _("Counting"))
        bring_up_to_date(school_year=year)
        with translation.override(options["language"]):
            ledger = coverage(scope=scope, school_year=year)
            self.progress(1, 2, _("Writing"))
            try:
                content = FORMATS[options["format"]](ledger, gaps_of(ledger))
            except Problem as problem:
                raise Refused(problem) from problem
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as error:
            words = {"path": options["output"]}
            raise CommandError(_("The file %(path)s cannot be written.") % words, returncode=USAGE) from error
        return {
            "output": options["output"],
            "format": options["format"],
            "school_year": year.code,
            "roll_on": ledger.roll_on.isoformat() if ledger.roll_on else None,
            "taken_at": ledger.taken_at.isoformat(),
            "roll": ledger.total.roll,
            "reached": ledger.total.reached,
            "questions": len(ledger.questions),
        }


def _year(options) -> SchoolYear:
    year = SchoolYear.objects.filter(code=options["school_year"].strip()).first()
    if year is None:
        words = {"code": options["school_year"], "known": ", ".join(SchoolYear.objects.values_list("code", flat=True))}
        raise CommandError(_("There is no school year %(code)s. Known: %(known)s") % words, returncode=USAGE)
    return year


def _scope(options) -> Scope:
    if code := options["school"]:
        school = School.objects.filter(code__iexact=code.strip()).select_related("unit").first()
        if school is None:
            raise CommandError(_("There is no school with the code %(code)s.") % {"code": code}, returncode=USAGE)
        return Scope(school.unit, school)
    if code := options["unit"]:
        unit = Unit.objects.filter(code=code.strip()).first()
        if unit is None:
            raise CommandError(_("There is no unit with the code %(code)s.") % {"code": code}, returncode=USAGE)
        return Scope(unit)
    return province()

"""`freeze_roll --school-year 2026-2027 --on DATE` (contract.md): the denominators of coverage."""

from datetime import date

from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from schools.management.commands.import_roster import year_of
from schools.operations.rolls import freeze_roll


class Command(ReportingCommand):
    help = "Freeze the official figures entered so far as the roll of a day. A frozen roll never changes."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--school-year", required=True, metavar="2026-2027")
        parser.add_argument("--on", required=True, type=date.fromisoformat, metavar="2026-10-15")

    def work(self, options):
        year = year_of(options["school_year"])
        try:
            done = freeze_roll(school_year=year, on=options["on"], actor=None)
        except Problem as problem:
            raise Refused(problem) from problem
        return {"school_year": year.code, "on": options["on"].isoformat(), **done}

    def lines(self, report):
        if not report["frozen"]:
            return [_("The roll of %(on)s stands: %(pupils)d pupils of %(schools)d schools.") % report]
        return [_("Frozen for %(on)s: %(pupils)d pupils of %(schools)d schools.") % report]

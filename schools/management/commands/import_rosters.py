"""`import_rosters FILE --school-year 2026-2027 [--dry-run]`: one list of many schools, each row with its school's code."""

import hashlib
from pathlib import Path

from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from schools.management.commands.import_roster import content_of, rejected_rows, year_of
from schools.models import School
from schools.operations.rosters import NothingToImport, import_province
from schools.rosters.planning import Kind
from schools.rosters.reading import read_province
from schools.rosters.records import Choices
from schools.rosters.values import Order


class Command(ReportingCommand):
    help = "Bring in one list of the pupils of many schools; a column Mã trường says which school each row is of."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--school-year", required=True, metavar="2026-2027")
        parser.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
        parser.add_argument(
            "--complete", action="store_true", help="pupils missing from the file have left, in the schools it names"
        )
        parser.add_argument("--two-digit-years", type=int, choices=[1900, 2000])
        parser.add_argument("--dates", choices=[str(order) for order in Order])

    def work(self, options):
        year = year_of(options["school_year"])
        raw = content_of(options["file"])
        order = options["dates"]
        choices = Choices(century=options["two_digit_years"], order=Order(order) if order else None)
        self.progress(0, 1, _("Reading"))
        empty = {**dict.fromkeys(map(str, Kind), 0), "schools": [], "rejected": []}
        try:
            report = import_province(
                read=read_province(raw, choices=choices),
                schools=School.objects.all(),
                school_year=year,
                actor=None,
                file_name=Path(options["file"]).name,
                digest=hashlib.sha256(raw).hexdigest(),
                complete=options["complete"],
                dry_run=options["dry_run"],
                step=self.progress,
            )
        except NothingToImport as problem:
            raise Refused(problem, {**empty, "rejected": rejected_rows(problem.extra["rejected"])}) from problem
        except Problem as problem:
            raise Refused(problem, empty) from problem
        return {**report.counts(), "schools": report.schools, "rejected": rejected_rows(report.rejected)}

    def lines(self, report):
        lines = []
        for line in report["schools"]:
            numbers = ", ".join(f"{kind} {line[str(kind)]}" for kind in Kind if line[str(kind)])
            lines.append(f"{line['school']:>12}  {numbers or '—'}  {line['import_id'] or ''}")
        lines += [f"        {_('row')} {item['row']}: {item['reason']}" for item in report["rejected"]]
        return lines

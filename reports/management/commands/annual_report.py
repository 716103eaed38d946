"""`annual_report --reporting-year 2026 --format docx|xlsx --output F`: year N runs from 1/12/N−1 to 30/11/N."""

from pathlib import Path

from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from cms.jobs.console import ReportingCommand
from reports.models import ReportingRound
from reports.operations.ledger import bring_up_to_date
from reports.queries.annual import annual
from reports.work import FORMATS, province_report, writer

USAGE = 2


class Command(ReportingCommand):
    help = "Write the report of the province for a reporting year as an official document or a workbook."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--reporting-year", required=True, metavar="2026")
        parser.add_argument("--format", required=True, choices=FORMATS)
        parser.add_argument("--output", required=True, metavar="FILE")

    def work(self, options):
        code = options["reporting_year"].strip()
        round_ = ReportingRound.objects.filter(reporting_year__code=code).select_related("school_year").first()
        if round_ is None:
            known = ", ".join(ReportingRound.objects.values_list("reporting_year__code", flat=True)) or "—"
            words = {"code": code, "known": known}
            raise CommandError(_("No round is open for the year %(code)s. Known: %(known)s") % words, returncode=USAGE)
        if round_.is_open:
            bring_up_to_date(school_year=round_.school_year)
        # An official document is Vietnamese.
        with translation.override("vi"):
            found = annual(
                province_report(round_), step=lambda done, total: self.progress(done, total + 1, _("Counting"))
            )
            content = writer(options["format"])(found)
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as error:
            words = {"path": options["output"]}
            raise CommandError(_("The file %(path)s cannot be written.") % words, returncode=USAGE) from error
        return {
            "output": options["output"],
            "format": options["format"],
            "reporting_year": code,
            "signed_off": not round_.is_open,
            "taken_at": found.taken_at.isoformat(),
            "figures": {line.indicator.code: [line.numerator, line.denominator] for line in found.lines},
        }

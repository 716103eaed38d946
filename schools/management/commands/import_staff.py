"""`import_staff FILE --school CODE [--school-year 2026-2027] [--dry-run]`: the school's staff from its own list."""

from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from schools.management.commands.import_roster import content_of, rejected_rows, school_of, year_of
from schools.models import SchoolYear
from schools.operations.rosters import NothingToImport
from schools.operations.staff import commit_staff
from schools.rosters.reading import read_staff
from schools.rosters.staffing import plan_staff


class Command(ReportingCommand):
    help = "Bring a school's staff in: name, username, subject, homeroom and taught classes. Accounts get no password."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--school", required=True, metavar="CODE")
        parser.add_argument("--school-year", metavar="2026-2027", help="the present one unless given")
        parser.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")

    def work(self, options):
        school, year = school_of(options["school"]), year_of(options["school_year"] or _present_year())
        raw = content_of(options["file"])
        try:
            read = read_staff(raw)
            if options["dry_run"]:
                plan = plan_staff(school=school, school_year=year, read=read)
                if not plan.entries:
                    raise NothingToImport(rejected=plan.rejected)
            else:
                plan, _made = commit_staff(school=school, school_year=year, read=read, actor=None)
        except NothingToImport as problem:
            raise Refused(problem, _report({}, problem.extra["rejected"])) from problem
        except Problem as problem:
            raise Refused(problem, _report({}, [])) from problem
        return _report(plan.counts(), plan.rejected)

    def lines(self, report):
        words = {"created": _("new"), "changed": _("changed"), "unchanged": _("unchanged")}
        lines = [f"{report[name]:>6}  {words[name]}" for name in words]
        lines += [f"        {_('row')} {item['row']}: {item['reason']}" for item in report["rejected"]]
        return lines


def _present_year() -> str:
    year = SchoolYear.objects.current()
    return year.code if year else ""


def _report(counts: dict, rejected) -> dict:
    return {
        **{name: counts.get(name, 0) for name in ("created", "changed", "unchanged")},
        "rejected": rejected_rows(rejected),
    }

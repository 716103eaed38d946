"""`import_roll FILE --school-year 2026-2027 [--dry-run] [--refused F]` (contract.md)."""

from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from schools.enrolment.planning import plan_roll
from schools.enrolment.reading import read_roll
from schools.enrolment.refusing import refused_roll
from schools.management.commands.import_roster import USAGE, content_of, year_of
from schools.models import School
from schools.operations.rolls import NothingInRoll, import_roll
from schools.queries.rolls import roster_by_school


class Command(ReportingCommand):
    help = "Enter the official enrolment per school and grade (.xlsx or .csv), apart from any roster; it is not frozen yet."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--school-year", required=True, metavar="2026-2027")
        parser.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
        parser.add_argument(
            "--refused", metavar="F", help="write the refused rows with their reasons to this .xlsx, to be mended"
        )

    def work(self, options):
        year, raw = year_of(options["school_year"]), content_of(options["file"])
        self.progress(0, 1, _("Reading"))
        try:
            read = read_roll(raw)
        except Problem as problem:
            raise Refused(problem, _report(None, [], [])) from problem
        warnings = [str(text) for text in read.warnings]
        if options["dry_run"]:
            plan = plan_roll(school_year=year, read=read)
            if not plan.rows:
                _keep(options["refused"], plan.rejected)
                raise Refused(NothingInRoll.detail, _report(None, plan.rejected, warnings))
        else:
            try:
                plan = import_roll(school_year=year, read=read, actor=None, source=Path(options["file"]).name)
            except NothingInRoll as problem:
                _keep(options["refused"], problem.extra["rejected"])
                raise Refused(problem, _report(None, problem.extra["rejected"], warnings)) from problem
        _keep(options["refused"], plan.rejected)
        return _report(plan, plan.rejected, warnings + _beside_the_rosters(plan, year))

    def lines(self, report):
        words = {"created": _("new"), "changed": _("changed"), "unchanged": _("unchanged")}
        lines = [f"{report[name]:>6}  {word}" for name, word in words.items()]
        lines.append(_("%(pupils)d pupils of %(schools)d schools") % report)
        if report["rejected"]:
            lines.append(f"{len(report['rejected']):>6}  {_('rejected')}")
        lines += [f"        {_('row')} {item['row']}: {item['reason']}" for item in report["rejected"]]
        return lines + [f"  ! {text}" for text in report["warnings"]]


def _keep(path: str | None, rejected) -> None:
    """The refused rows as a workbook; an older file goes where nothing was refused."""
    if not path:
        return
    try:
        if rejected:
            Path(path).write_bytes(refused_roll(one.as_json() for one in rejected))
        else:
            Path(path).unlink(missing_ok=True)
    except OSError as error:
        raise CommandError(_("The file %(path)s cannot be written.") % {"path": path}, returncode=USAGE) from error


def _beside_the_rosters(plan, year) -> list[str]:
    """Schools whose roster holds more pupils than the roll: one of the two is wrong."""
    totals: dict[int, int] = {}
    for (school, _level, _grade), pupils in {**plan.before, **plan.rows}.items():
        totals[school] = totals.get(school, 0) + pupils
    rosters = roster_by_school(year)
    more = [pk for pk, pupils in totals.items() if rosters.get(pk, 0) > pupils]
    names = School.objects.in_bulk(more[:20])
    return [
        _("%(school)s: %(roster)d pupils on the roster, %(roll)d on the roll.")
        % {"school": names[pk].name, "roster": rosters[pk], "roll": totals[pk]}
        for pk in more[:20]
    ]


def _report(plan, rejected, warnings) -> dict:
    counts = plan.counts() if plan else dict.fromkeys(("created", "changed", "unchanged", "schools", "pupils"), 0)
    several = len({one.sheet for one in rejected}) > 1
    return {
        **counts,
        "rejected": [
            {"row": one.number, "reason": one.reason, **({"sheet": one.sheet} if several else {})} for one in rejected
        ],
        "warnings": warnings,
    }

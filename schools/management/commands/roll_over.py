"""`roll_over --school CODE --from 2026-2027 --to 2027-2028 [--dry-run]`, or `--all` for every school (contract.md)."""

from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from schools.management.commands.import_roster import USAGE, school_of, year_of
from schools.models import School
from schools.operations.rollovers import Decisions, plan_for, roll_over, roll_over_all, summary_of
from schools.rollovers.forms import codes_in


def codes_of(path: str | None) -> tuple[str, ...]:
    if not path:
        return ()
    try:
        return codes_in(Path(path).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(_("The file %(path)s cannot be read.") % {"path": path}, returncode=USAGE) from error


class Command(ReportingCommand):
    help = (
        "Take a school, or all of them, into the next school year: 10A1 becomes 11A1, the highest grade has finished."
    )

    def add_arguments(self, parser):
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--school", metavar="CODE")
        which.add_argument("--all", action="store_true", help="every open school, by the usual rules")
        parser.add_argument("--from", required=True, metavar="2026-2027", dest="from_year")
        parser.add_argument("--to", required=True, metavar="2027-2028", dest="to_year")
        parser.add_argument("--repeaters", metavar="FILE", help="pupil codes, one a line, of who repeats the year")
        parser.add_argument("--leavers", metavar="FILE", help="pupil codes, one a line, of who leaves the school")
        parser.add_argument("--teachers-stay", action="store_true", help="teachers do not go up with their classes")
        parser.add_argument("--dry-run", action="store_true", help="show the counts, write nothing")

    def work(self, options):
        years = {"from_year": year_of(options["from_year"]), "to_year": year_of(options["to_year"])}
        if options["all"]:
            if options["repeaters"] or options["leavers"]:
                raise CommandError(_("--repeaters and --leavers need --school."), returncode=USAGE)
            return self._all(years, options)
        decisions = Decisions(
            codes_of(options["repeaters"]), codes_of(options["leavers"]), None, not options["teachers_stay"]
        )
        school = school_of(options["school"])
        try:
            if options["dry_run"]:
                plan, done = plan_for(school, decisions=decisions, **years), None
            else:
                done, plan = roll_over(school=school, decisions=decisions, actor=None, step=self.progress, **years)
        except Problem as problem:
            raise Refused(problem, {"import_id": None}) from problem
        report = summary_of(plan)
        report["rejected"] = [{"code": code, "reason": reason} for code, reason in plan.rejected]
        report["import_id"] = str(done.uuid) if done else None
        return report

    def _all(self, years: dict, options: dict) -> dict:
        lines = roll_over_all(
            schools=School.objects.open_on().order_by("name_folded", "pk"),
            actor=None,
            dry_run=options["dry_run"],
            step=self.progress,
            **years,
        )
        report = {
            "schools": len(lines),
            **{
                name: sum(line.get(name, 0) for line in lines)
                for name in ("up", "repeating", "finished", "leaving", "already")
            },
            "refused": [line for line in lines if "error" in line],
        }
        if lines and len(report["refused"]) == len(lines):
            raise Refused(_("No school could be taken over."), report)
        return report

    def lines(self, report):
        words = {
            "up": _("go up"),
            "repeating": _("repeat the year"),
            "finished": _("have finished"),
            "leaving": _("leave"),
            "already": _("placed already"),
        }
        lines = [f"{report[name]:>8}  {words[name]}" for name in words if name in report]
        for row in report.get("classes", []):
            lines.append(f"{row['from']:>12} → {row['to'] or '—'}  {row['up']}")
        for row in report.get("grades", []):
            lines.append(
                f"        {_('grade')} {row['grade']}: {row['now']} → {row['next']}"
                f"  ({_('roll')} {row['roll_now'] or '—'} → {row['roll_next'] or '—'})"
            )
        lines += [f"        {row['code']}: {row['reason']}" for row in report.get("rejected", [])]
        lines += [f"        {row['school']}: {row['error']}" for row in report.get("refused", [])]
        if report.get("import_id"):
            lines.append(f"import_id {report['import_id']}")
        return lines

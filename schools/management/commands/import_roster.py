"""`import_roster FILE --school CODE --school-year 2026-2027 [--dry-run] [--complete]` (contract.md)."""

import hashlib
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from cms.problems import Problem
from schools.models import School, SchoolYear
from schools.operations.places import SchoolClosed, require_open
from schools.operations.rosters import NothingToImport, commit_import
from schools.rosters.planning import Kind, plan_import
from schools.rosters.reading import read_roster
from schools.rosters.records import Choices, ReadFile
from schools.rosters.tables import MAX_BYTES
from schools.rosters.values import Order

USAGE = 2


def school_of(code: str) -> School:
    school = School.objects.filter(code__iexact=code.strip()).first()
    if school is None:
        raise CommandError(_("There is no school with the code %(code)s.") % {"code": code}, returncode=USAGE)
    return school


def year_of(code: str) -> SchoolYear:
    year = SchoolYear.objects.filter(code=code.strip()).first()
    if year is None:
        known = ", ".join(SchoolYear.objects.values_list("code", flat=True))
        raise CommandError(
            _("There is no school year %(code)s. Known: %(known)s") % {"code": code, "known": known}, returncode=USAGE
        )
    return year


def content_of(path: str) -> bytes:
    try:
        if Path(path).stat().st_size > MAX_BYTES:
            raise Refused(_("The file is larger than 20 MB. Upload one file per grade or class."))
        return Path(path).read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            text = _("There is no file %(path)s.")
        elif isinstance(error, PermissionError):
            text = _("The file %(path)s may not be read by this account.")
        else:
            text = _("The file %(path)s cannot be read.")
        raise CommandError(text % {"path": path}, returncode=USAGE) from error


def rejected_rows(rows) -> list[dict]:
    several = len({row.sheet for row in rows}) > 1
    listed = []
    for row in rows:
        item = {"row": row.number, "reason": " ".join(str(one) for one in row.reasons)}
        if several and row.sheet:
            item["sheet"] = row.sheet
        listed.append(item)
    return listed


class Command(ReportingCommand):
    help = "Bring a school's list of pupils in: .xlsx or .csv as vnEdu, SMAS and CSDL ngành write it."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--school", required=True, metavar="CODE")
        parser.add_argument("--school-year", required=True, metavar="2026-2027")
        parser.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")
        parser.add_argument("--complete", action="store_true", help="pupils missing from the file have left")
        parser.add_argument(
            "--two-digit-years", type=int, choices=[1900, 2000], help="the century of years with one or two digits"
        )
        parser.add_argument(
            "--dates",
            choices=[str(order) for order in Order],
            help="how to read dates whose day and month cannot be told apart",
        )

    def work(self, options):
        school, year = school_of(options["school"]), year_of(options["school_year"])
        try:
            require_open(school)
        except SchoolClosed as problem:
            raise Refused(problem, _report({}, [], None, None)) from problem
        raw = content_of(options["file"])
        order = options["dates"]
        choices = Choices(century=options["two_digit_years"], order=Order(order) if order else None)
        self.progress(0, 1, _("Reading"))
        try:
            read = read_roster(raw, choices=choices)
        except Problem as problem:
            raise Refused(problem, _report({}, [], None, None)) from problem
        complete = options["complete"]
        if options["dry_run"]:
            plan = plan_import(school=school, school_year=year, read=read, complete=complete)
            report = _report(plan.counts(), plan.rejected, None, read, zeros=plan.zeros_lost)
            if not plan.accepts_any:
                raise Refused(NothingToImport.detail, report)
            return report
        try:
            done, plan = commit_import(
                school=school,
                school_year=year,
                read=read,
                actor=None,
                file_name=Path(options["file"]).name,
                digest=hashlib.sha256(raw).hexdigest(),
                complete=complete,
                step=self.progress,
            )
        except NothingToImport as problem:
            raise Refused(problem, _report({}, problem.extra["rejected"], None, read)) from problem
        return _report(plan.counts(), plan.rejected, str(done.uuid), read, zeros=plan.zeros_lost)

    def lines(self, report):
        words = {
            "created": _("new"),
            "changed": _("changed"),
            "moved": _("moved to another class"),
            "left": _("left the school"),
            "unchanged": _("unchanged"),
        }
        lines = [f"{report[name]:>6}  {words[name]}" for name in words]
        if report["rejected"]:
            lines.append(f"{len(report['rejected']):>6}  {_('rejected')}")
        for item in report["rejected"]:
            where = f"{item['sheet']}!{item['row']}" if "sheet" in item else item["row"]
            lines.append(f"        {_('row')} {where}: {item['reason']}")
        lines += [f"  ! {text}" for text in report["warnings"]]
        if report["import_id"]:
            lines.append(f"import_id {report['import_id']}")
        return lines


def _report(counts: dict, rejected, import_id: str | None, read: ReadFile | None, zeros: int = 0) -> dict:
    warnings = [str(text) for text in read.warnings] if read else []
    if read and read.repaired_cells:
        warnings.append(
            _("%(count)d cells in an old encoding were converted, for example “%(before)s” → “%(after)s”.")
            % {
                "count": read.repaired_cells,
                "before": read.repairs[0].before if read.repairs else "",
                "after": read.repairs[0].after if read.repairs else "",
            }
        )
    if zeros:
        warnings.append(_("%(count)d codes without their leading zeros were matched.") % {"count": zeros})
    return {
        **{str(kind): counts.get(str(kind), 0) for kind in Kind},
        "rejected": rejected_rows(rejected),
        "import_id": import_id,
        "warnings": warnings,
    }

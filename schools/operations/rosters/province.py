"""One list of many schools: read once, written school by school, each in a transaction of its own."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cms.jobs.steps import Step, untold
from schools.models import RosterImport, School, SchoolYear, User
from schools.operations.places import SchoolClosed, require_open
from schools.operations.rosters.committing import commit_import
from schools.operations.rosters.problems import NothingToImport
from schools.rosters.planning import Kind, plan_import
from schools.rosters.reasons import Reason, reason
from schools.rosters.records import ReadFile, Row


@dataclass(slots=True)
class Report:
    """What a list of many schools did or would do: a line for each school, and the rows that were refused with why."""

    schools: list[dict] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {str(kind): sum(line[str(kind)] for line in self.schools) for kind in Kind}


def by_school(read: ReadFile, schools: Iterable[School]) -> tuple[dict[School, list[Row]], list[Row]]:
    """The rows of each school; rows of no school, of one that is not among `schools` and of a closed one with why."""
    known = {school.code.upper(): school for school in schools}
    closed: dict[str, str] = {}
    rows: dict[School, list[Row]] = defaultdict(list)
    refused: list[Row] = []
    for row in read.rows:
        school = known.get(row.school_code.upper())
        if school is None:
            row.reasons.append(
                reason("unknown_school", value=row.school_code) if row.school_code else reason("missing_school")
            )
            refused.append(row)
            continue
        if school.code not in closed:
            try:
                require_open(school)
                closed[school.code] = ""
            except SchoolClosed as problem:
                closed[school.code] = str(problem)
        if closed[school.code]:
            row.reasons.append(Reason("closed_school", {"value": closed[school.code]}))
            refused.append(row)
            continue
        rows[school].append(row)
    return rows, refused


def import_province(
    *,
    read: ReadFile,
    schools: Iterable[School],
    school_year: SchoolYear,
    actor: User | None,
    file_name: str,
    digest: str = "",
    complete: bool = False,
    dry_run: bool = False,
    step: Step = untold,
) -> Report:
    """Bring a list of many schools in. A school whose rows are all wrong does not stop the others; each can be taken back
    for seven days, by its own administrator or by whoever brought the list in.

    `schools` are those the actor may write to. With `complete`, pupils of a school in the file whom it does not name
    have left; schools that are not in it stay as they are. Raises `NothingToImport` when no row of any school can be
    taken. `step` hears (done, total, what), in rows.
    """
    rows, refused = by_school(read, schools)
    report = Report(rejected=refused)
    done, total = 0, len(read.rows)
    for school, own in sorted(rows.items(), key=lambda item: item[0].name_folded):
        step(done, total, school.name)
        part = ReadFile(own, sheets=read.sheets)
        line = {"school": school.code, "name": school.name, "import_id": None}
        if dry_run:
            plan = plan_import(school=school, school_year=school_year, read=part, complete=complete)
        else:
            try:
                made, plan = commit_import(
                    school=school,
                    school_year=school_year,
                    read=part,
                    actor=actor,
                    file_name=file_name,
                    digest=digest,
                    complete=complete,
                )
                line["import_id"] = str(made.uuid) if made.state == RosterImport.State.COMMITTED else None
            except NothingToImport as problem:
                report.rejected += problem.extra["rejected"]
                report.schools.append({**line, **dict.fromkeys(map(str, Kind), 0), "rejected": len(own)})
                done += len(own)
                continue
        report.rejected += plan.rejected
        report.schools.append({**line, **plan.counts(), "rejected": len(plan.rejected)})
        done += len(own)
    step(total, total, _("Done"))
    if not any(report.counts().values()):
        raise NothingToImport(rejected=report.rejected)
    places = {id(row): place for place, row in enumerate(read.rows)}
    report.rejected.sort(key=lambda row: places[id(row)])
    return report

"""From an uploaded class list to its commit, which is one transaction; what it wrote is in `RosterChange`."""

import hashlib
from contextlib import suppress
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from cms.jobs.steps import Step, untold
from schools.models import (
    RosterImport,
    School,
    SchoolYear,
    User,
)
from schools.operations.places import require_open
from schools.operations.rosters.problems import FileGone, NothingToImport
from schools.operations.rosters.writing import Writer
from schools.rosters import files
from schools.rosters.planning import Plan, plan_import
from schools.rosters.reading import read_roster, read_staff
from schools.rosters.records import ReadFile
from schools.rosters.tables import MissingKey


def stage_file(
    *,
    school: School,
    school_year: SchoolYear,
    raw: bytes,
    file_name: str,
    actor: User | None,
    complete: bool = False,
    staff: bool = False,
) -> RosterImport:
    """Keep an uploaded list for its preview, after reading it once. Raises `UnreadableFile` and keeps nothing then, and
    `SchoolClosed` for a school that has been merged into another.

    A table that only lacks the column of codes is kept: the person can say which one it is.
    """
    require_open(school)
    with suppress(MissingKey):
        read_staff(raw) if staff else read_roster(raw)
    return RosterImport.objects.create(
        school=school,
        school_year=school_year,
        actor=actor,
        file_name=file_name[-255:],
        file_digest=hashlib.sha256(raw).hexdigest(),
        file_key=files.keep(raw, f"{uuid4().hex}.upload"),
        options={"complete": complete, "staff": staff},
    )


@transaction.atomic
def choose(*, roster_import: RosterImport, options: dict) -> RosterImport:
    """Remember what a person decided about a staged file: century, order, columns, complete."""
    roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
    if roster_import.state == RosterImport.State.PLANNED:
        roster_import.options = {**roster_import.options, **options}
        roster_import.save(update_fields=["options"])
    return roster_import


def read_staged(roster_import: RosterImport) -> ReadFile:
    """Read a staged file with the choices made for it. Raises `FileGone` once it is erased."""
    if not roster_import.file_key:
        raise FileGone()
    try:
        raw = files.fetch(roster_import.file_key)
    except FileNotFoundError as error:
        raise FileGone() from error
    choices = files.choices_from_json(roster_import.options)
    return read_staff(raw, choices=choices) if roster_import.options.get("staff") else read_roster(raw, choices=choices)


@transaction.atomic
def commit_import(
    *,
    school: School,
    school_year: SchoolYear,
    read: ReadFile,
    actor: User | None,
    file_name: str,
    digest: str = "",
    complete: bool = False,
    roster_import: RosterImport | None = None,
    step: Step = untold,
) -> tuple[RosterImport, Plan]:
    """Write what a file says, in one transaction, and record what is needed to take it back.

    The diff is made again under a lock on the school: of two clerks who commit the same file the second finds nothing
    left to do. `roster_import` is the staged import; one already committed is returned as it is. `step` hears
    (done, total, what). Raises `NothingToImport` when no row can be taken,
    `SchoolClosed` when the school is no more. No password is made: pupils come in by card.
    """
    require_open(School.objects.select_for_update().get(pk=school.pk))
    if roster_import is not None:
        roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
    plan = plan_import(school=school, school_year=school_year, read=read, complete=complete)
    if roster_import is not None and roster_import.state != RosterImport.State.PLANNED:
        return roster_import, plan
    if not plan.accepts_any:
        raise NothingToImport(rejected=plan.rejected)
    if roster_import is None:
        roster_import = RosterImport(
            school=school, school_year=school_year, actor=actor, file_name=file_name[:255], file_digest=digest
        )
    roster_import.summary = summary_of(plan, read)
    roster_import.state = RosterImport.State.COMMITTED
    roster_import.committed_at = timezone.now()
    roster_import.save()
    if not plan.is_empty:
        Writer(roster_import, plan, step).write()
        record(
            actor=actor,
            action="import_roster",
            target_kind="school",
            target_key=school.code,
            target_label=school.name,
            detail={"import": str(roster_import.uuid), "year": school_year.code, **plan.counts()},
        )
    return roster_import, plan


def commit_staged(*, roster_import: RosterImport, actor: User | None, step: Step = untold) -> RosterImport:
    """Commit a staged list of pupils, keep its refused rows as a workbook, and erase the upload.

    Again is a no-op: a committed import comes back as it is, and what a killed worker left undone is finished.
    """
    try:
        read = read_staged(roster_import)
    except FileGone:
        roster_import.refresh_from_db()
        if roster_import.state == RosterImport.State.PLANNED:
            raise
        return roster_import
    committed, plan = commit_import(
        school=roster_import.school,
        school_year=roster_import.school_year,
        read=read,
        actor=actor,
        file_name=roster_import.file_name,
        complete=bool(roster_import.options.get("complete")),
        roster_import=roster_import,
        step=step,
    )
    return close_staged(roster_import=committed, rejected=plan.rejected)


def close_staged(*, roster_import: RosterImport, rejected: list) -> RosterImport:
    """Keep the refused rows of a committed file as a workbook and erase the upload itself."""
    if rejected and not roster_import.error_file_key:
        from schools.rosters.workbooks import STAFF_FIELDS, refused_rows

        written = refused_rows(rejected, STAFF_FIELDS) if roster_import.options.get("staff") else refused_rows(rejected)
        roster_import.error_file_key = files.keep(written, f"{roster_import.uuid}.xlsx")
    upload, roster_import.file_key = roster_import.file_key, ""
    roster_import.save(update_fields=["error_file_key", "file_key"])
    files.erase(upload)
    return roster_import


def summary_of(plan: Plan, read: ReadFile) -> dict:
    """The counts of a diff as stored and printed; no names in it."""
    return {
        **plan.counts(),
        "rejected": len(plan.rejected),
        "zeros_lost": plan.zeros_lost,
        "converted": read.repaired_cells,
        "classes": sorted(name for name, _grade in plan.new_classes.values()),
    }

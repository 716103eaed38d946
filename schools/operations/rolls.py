"""Entering and freezing the official roll (product.md §9)."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.audit.operations import record
from cms.problems import Problem
from schools.enrolment.planning import Key, RollPlan, compare, current_figures, plan_roll
from schools.enrolment.reading import ReadRoll, read_roll
from schools.enrolment.refusing import refused_roll
from schools.models import Roll, RollImport, SchoolYear, User
from schools.rosters.tables import MAX_BYTES

LARGEST_FILE = MAX_BYTES


class NothingInRoll(Problem):
    status = 422
    code = "nothing_in_roll"
    title = _("Nothing was taken")
    detail = _("No row of the file can be taken. Look at the reasons beside the rows and correct them.")


class NoRollToFreeze(Problem):
    status = 409
    code = "no_roll_to_freeze"
    title = _("Nothing to freeze")
    detail = _("No official figures are entered for this school year. Import the roll first.")


class FrozenOtherwise(Problem):
    status = 409
    code = "frozen_otherwise"
    title = _("Frozen already")
    detail = _(
        "The roll of this date is frozen with other figures, and frozen figures never change. Choose a later date."
    )


class OutsideTheYear(Problem):
    status = 422
    code = "outside_the_year"
    title = _("Wrong date")
    detail = _("The date lies outside the school year %(year)s.")


def stage_roll(*, school_year: SchoolYear, raw: bytes, file_name: str, actor: User | None) -> RollImport:
    """Read a list for its preview and keep what it says, never the file. Raises `UnreadableFile`."""
    read = read_roll(raw)
    plan = plan_roll(school_year=school_year, read=read)
    return RollImport.objects.create(
        school_year=school_year,
        actor=actor,
        file_name=file_name[-255:],
        rows=[[*key, pupils] for key, pupils in plan.rows.items()],
        rejected=[one.as_json() for one in plan.rejected],
        warnings=[str(text) for text in read.warnings],
        summary=plan.counts(),
    )


def staged_plan(staged: RollImport) -> RollPlan:
    """What a staged list would change now."""
    plan = RollPlan(rows={(school, level, grade): pupils for school, level, grade, pupils in staged.rows})
    return compare(plan, staged.school_year)


@transaction.atomic
def apply_roll(*, staged: RollImport, actor: User | None) -> RollImport:
    """Make a staged list the draft of the roll. Again is a no-op: of two clerks the second finds it applied.

    Raises `NothingInRoll`.
    """
    staged = RollImport.objects.select_for_update().select_related("school_year").get(pk=staged.pk)
    if staged.applied_at:
        return staged
    if not staged.rows:
        raise NothingInRoll()
    plan = _write(staged.school_year, staged_rows(staged), actor, staged.file_name)
    staged.summary, staged.applied_at = plan.counts(), timezone.now()
    staged.save(update_fields=["summary", "applied_at"])
    return staged


def refused_file(staged: RollImport) -> bytes:
    """The refused rows of a staged list as an .xlsx, each as it stood, with why: mended, it can be brought in."""
    return refused_roll(staged.rejected)


def staged_rows(staged: RollImport) -> dict[Key, int]:
    return {(school, level, grade): pupils for school, level, grade, pupils in staged.rows}


@transaction.atomic
def import_roll(*, school_year: SchoolYear, read: ReadRoll, actor: User | None, source: str) -> RollPlan:
    """Read, compare and write in one go, for the command. Raises `NothingInRoll` with the refused rows in `extra`."""
    plan = plan_roll(school_year=school_year, read=read)
    if not plan.rows:
        raise NothingInRoll(rejected=plan.rejected)
    written = _write(school_year, plan.rows, actor, source)
    written.rejected = plan.rejected
    return written


def _write(school_year: SchoolYear, rows: dict[Key, int], actor: User | None, source: str) -> RollPlan:
    # Two imports of one year wait for each other: the second compares with what the first has written.
    SchoolYear.objects.select_for_update().get(pk=school_year.pk)
    plan = compare(RollPlan(rows=rows), school_year)
    moved = {*plan.created, *plan.changed}
    drafts = {
        (row.school_id, row.level, row.grade): row for row in Roll.objects.drafts().filter(school_year=school_year)
    }
    today, made, changed = timezone.localdate(), [], []
    for key in moved:
        row = drafts.get(key)
        if row is None:
            school, level, grade = key
            row = Roll(school_id=school, school_year=school_year, level=level, grade=grade)
            made.append(row)
        else:
            changed.append(row)
        row.pupils, row.on, row.source, row.entered_by = rows[key], today, source[:200], actor
    Roll.objects.bulk_create(made, batch_size=500)
    Roll.objects.bulk_update(changed, ["pupils", "on", "source", "entered_by"], batch_size=500)
    if moved:
        record(
            actor=actor,
            action="import_roll",
            target_kind="school_year",
            target_key=school_year.code,
            detail={"file": source[:200], **plan.counts()},
        )
    return plan


@transaction.atomic
def freeze_roll(*, school_year: SchoolYear, on: date, actor: User | None) -> dict[str, int]:
    """Freeze the figures entered so far as the roll of the day `on`; returns `{"frozen","schools","pupils"}`.

    The drafts go over the roll frozen last, so that a list of one corrected school is enough for a new date. `frozen` is
    0 when the roll of the day stands as it is. Raises `NoRollToFreeze`, `OutsideTheYear`, `FrozenOtherwise`.
    """
    SchoolYear.objects.select_for_update().get(pk=school_year.pk)
    if not school_year.starts_on.replace(month=6, day=1) <= on <= school_year.ends_on:
        raise OutsideTheYear(OutsideTheYear.detail % {"year": school_year.code})
    figures = current_figures(school_year)
    if not figures:
        raise NoRollToFreeze()
    standing = {
        (school, level, grade): pupils
        for school, level, grade, pupils in Roll.objects.frozen()
        .filter(school_year=school_year, on=on)
        .values_list("school", "level", "grade", "pupils")
    }
    report = {"schools": len(_schools(figures)), "pupils": sum(figures.values())}
    if standing == figures:
        return {"frozen": 0, **report}
    if standing:
        raise FrozenOtherwise()
    drafts = Roll.objects.drafts().filter(school_year=school_year)
    sources = {(row.school_id, row.level, row.grade): (row.source, row.entered_by_id) for row in drafts}
    now = timezone.now()
    Roll.objects.bulk_create(
        [
            Roll(
                school_id=school,
                school_year=school_year,
                on=on,
                level=level,
                grade=grade,
                pupils=pupils,
                source=sources.get((school, level, grade), ("", None))[0],
                entered_by_id=sources.get((school, level, grade), ("", None))[1],
                frozen_at=now,
            )
            for (school, level, grade), pupils in figures.items()
        ],
        batch_size=500,
    )
    drafts.delete()
    record(
        actor=actor,
        action="freeze_roll",
        target_kind="school_year",
        target_key=school_year.code,
        detail={"on": on.isoformat(), **report},
    )
    return {"frozen": len(figures), **report}


def _schools(keys: Iterable[Key]) -> set[int]:
    return {school for school, _level, _grade in keys}

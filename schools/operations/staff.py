"""Bringing in a school's staff from its own list."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from schools.codes import new_card_code
from schools.models import Role, RosterImport, School, SchoolYear, Teaching, User
from schools.operations.accounts import create_staff, grant_role
from schools.operations.rosters import NothingToImport, close_staged, read_staged
from schools.rosters.records import ReadFile
from schools.rosters.staffing import StaffEntry, StaffPlan, plan_staff


@dataclass(frozen=True, slots=True)
class NewStaff:
    """A new account and its password for one sign-in, which is shown once and stored nowhere."""

    user: User
    password: str


@transaction.atomic
def commit_staff(
    *, school: School, school_year: SchoolYear, read: ReadFile, actor: User | None, with_passwords: bool = False
) -> tuple[StaffPlan, list[NewStaff]]:
    """Write what a list of staff says: accounts, roles, subjects, homeroom and taught classes of the year.

    Again is a no-op; nobody and no class is taken away, except that a class has one homeroom teacher: a new one ends the
    former. `with_passwords` gives each new account a password for one sign-in, returned once; without it the
    administrator gives one later. Raises `NothingToImport`.
    """
    School.objects.select_for_update().get(pk=school.pk)
    plan = plan_staff(school=school, school_year=school_year, read=read)
    if not plan.entries:
        raise NothingToImport(rejected=plan.rejected)
    made: list[NewStaff] = []
    for entry in plan.entries:
        if entry.kind == "unchanged":
            continue
        _make_room(entry, school_year)
        if entry.user is None:
            made.append(_create(entry, school, actor, with_passwords))
        else:
            _change(entry, entry.user, school, actor)
    if any(entry.kind != "unchanged" for entry in plan.entries):
        record(
            actor=actor,
            action="import_staff",
            target_kind="school",
            target_key=school.code,
            target_label=school.name,
            detail={"year": school_year.code, **plan.counts()},
        )
    return plan, made


def commit_staged_staff(*, roster_import: RosterImport, actor: User | None) -> list[NewStaff]:
    """Commit a staged list of staff and return the new accounts with their first passwords, shown this once.

    Again is a no-op that returns nobody.
    """
    with transaction.atomic():
        roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
        if roster_import.state != RosterImport.State.PLANNED:
            return []
        plan, made = commit_staff(
            school=roster_import.school,
            school_year=roster_import.school_year,
            read=read_staged(roster_import),
            actor=actor,
            with_passwords=True,
        )
        roster_import.summary = {**plan.counts(), "rejected": len(plan.rejected)}
        roster_import.state = RosterImport.State.COMMITTED
        roster_import.committed_at = timezone.now()
        roster_import.save()
    close_staged(roster_import=roster_import, rejected=plan.rejected)
    return made


def _create(entry: StaffEntry, school: School, actor: User | None, with_passwords: bool) -> NewStaff:
    row = entry.row
    password = new_card_code() if with_passwords else None
    user = create_staff(
        username=row.username, full_name=row.full_name, password=password, must_change_password=bool(password)
    )
    grant_role(user=user, kind=Role.Kind.TEACHER, school=school, subject=row.subject, actor=actor)
    _add_teachings(entry, user)
    return NewStaff(user, password or "")


def _change(entry: StaffEntry, user: User, school: School, actor: User | None) -> None:
    if "full_name" in entry.changes:
        user.person.set_name(entry.row.full_name)
        user.person.save()
    if "subject" in entry.changes:
        Role.objects.filter(user=user, school=school, kind=Role.Kind.TEACHER, ends_on=None).update(
            subject=entry.row.subject
        )
    if entry.needs_role:
        grant_role(user=user, kind=Role.Kind.TEACHER, school=school, subject=entry.row.subject, actor=actor)
    _add_teachings(entry, user)


def _make_room(entry: StaffEntry, school_year: SchoolYear) -> None:
    """A class has one homeroom teacher: the former one's teaching ends yesterday."""
    today = timezone.localdate()
    homerooms = [class_id for class_id, kind, _subject in entry.teachings if kind == Teaching.Kind.HOMEROOM]
    others = Teaching.objects.filter(
        school_class__in=homerooms, school_class__school_year=school_year, kind=Teaching.Kind.HOMEROOM, ends_on=None
    ).exclude(user__username__iexact=entry.row.username)
    for teaching in others:
        teaching.starts_on, teaching.ends_on = _ended(teaching.starts_on, today)
        teaching.save(update_fields=["starts_on", "ends_on"])


def _ended(starts_on: date, today: date) -> tuple[date, date]:
    yesterday = today - timedelta(days=1)
    return min(starts_on, yesterday), yesterday


def _add_teachings(entry: StaffEntry, user: User) -> None:
    Teaching.objects.bulk_create(
        Teaching(
            user=user,
            school_class_id=class_id,
            kind=kind,
            subject=subject,
            can_edit_roster=kind == Teaching.Kind.HOMEROOM,
        )
        for class_id, kind, subject in entry.teachings
    )

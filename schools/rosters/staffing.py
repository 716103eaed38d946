"""What a list of staff would change at a school: accounts, subjects, homeroom and taught classes."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from cms.text.folding import compare_key
from schools.models import Role, School, SchoolClass, SchoolYear, Teaching, User
from schools.rosters.planning import class_key
from schools.rosters.reasons import reason
from schools.rosters.records import ReadFile, StaffRow


@dataclass(slots=True)
class StaffEntry:
    """One member of staff. `teachings` are (class id, kind, subject) to be added; `changes` as in a pupils' diff."""

    row: StaffRow
    user: User | None
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    teachings: list[tuple[int, str, str]] = field(default_factory=list)
    needs_role: bool = False

    @property
    def kind(self) -> str:
        if self.user is None:
            return "created"
        return "changed" if self.changes or self.teachings or self.needs_role else "unchanged"


@dataclass(slots=True)
class StaffPlan:
    entries: list[StaffEntry]
    rejected: list[StaffRow]

    def counts(self) -> dict[str, int]:
        kinds = [entry.kind for entry in self.entries]
        return {kind: kinds.count(kind) for kind in ("created", "changed", "unchanged")}


def plan_staff(*, school: School, school_year: SchoolYear, read: ReadFile) -> StaffPlan:
    """Compare a list of staff with the school; nothing is written, and nobody is ever taken away by it."""
    today = timezone.localdate()
    names = [row.username for row in read.rows if row.username]
    users = {
        user.username.lower(): user
        for user in User.objects.filter(username__in=names).select_related("person").prefetch_related("roles")
    }
    for name in names:
        if name not in users and (other := User.objects.filter(username__iexact=name).select_related("person").first()):
            users[name] = other
    classes = {
        class_key(school_class.name): school_class
        for school_class in SchoolClass.objects.filter(school=school, school_year=school_year)
    }
    taught: dict[int, set[tuple[int, str, str]]] = defaultdict(set)
    for user_id, class_id, kind, subject in Teaching.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), school_class__school=school, school_class__school_year=school_year
    ).values_list("user_id", "school_class_id", "kind", "subject"):
        taught[user_id].add((class_id, kind, subject))
    plan = StaffPlan([], [])
    _refuse_contradictions(read.rows)
    seen: set[str] = set()
    for row in read.rows:
        user = users.get(row.username)
        roles = (
            [role for role in user.roles.all() if role.school_id == school.pk and role.ends_on is None] if user else []
        )
        if user and not roles:
            row.reasons.append(reason("username_taken", value=row.username))
        entry = _entry(row, user, roles, classes, taught)
        if row.reasons:
            plan.rejected.append(row)
        elif row.username not in seen:
            seen.add(row.username)
            plan.entries.append(entry)
    return plan


def _refuse_contradictions(rows: list[StaffRow]) -> None:
    by_username: dict[str, list[StaffRow]] = defaultdict(list)
    by_homeroom: dict[str, list[StaffRow]] = defaultdict(list)
    for row in rows:
        if row.username:
            by_username[row.username].append(row)
        for name in row.homeroom:
            by_homeroom[class_key(name)].append(row)
    for username, same in by_username.items():
        if len(same) > 1 and len({compare_key(row.full_name) for row in same}) > 1:
            numbers = ", ".join(str(row.number) for row in same)
            for row in same:
                row.reasons.append(reason("duplicate_username", value=username, rows=numbers))
        elif len(same) > 1:
            # One person on several lines, one for each subject or class.
            first = same[0]
            for row in same[1:]:
                first.homeroom += [name for name in row.homeroom if name not in first.homeroom]
                first.taught += [name for name in row.taught if name not in first.taught]
    for same in by_homeroom.values():
        if len({row.username for row in same}) > 1:
            numbers = ", ".join(str(row.number) for row in same)
            for row in same:
                row.reasons.append(reason("homeroom_twice", value=row.homeroom[0], rows=numbers))


def _entry(row: StaffRow, user: User | None, roles: list[Role], classes: dict, taught: dict) -> StaffEntry:
    entry = StaffEntry(row, user)
    held = taught[user.pk] if user else set()
    for names, kind, subject in (
        (row.homeroom, Teaching.Kind.HOMEROOM, ""),
        (row.taught, Teaching.Kind.SUBJECT, row.subject),
    ):
        for name in names:
            school_class = classes.get(class_key(name))
            if school_class is None:
                row.reasons.append(reason("class_of_staff_unknown", value=name))
                continue
            wanted = (school_class.pk, str(kind), subject)
            if wanted not in held and wanted not in entry.teachings:
                entry.teachings.append(wanted)
    if user is None:
        if not row.full_name and not row.reasons:
            row.reasons.append(reason("missing_name"))
        return entry
    if row.full_name and compare_key(row.full_name) != compare_key(user.get_full_name()):
        entry.changes["full_name"] = user.get_full_name(), row.full_name
    teacher = next((role for role in roles if role.kind == Role.Kind.TEACHER), None)
    if teacher and row.subject and compare_key(row.subject) != compare_key(teacher.subject):
        entry.changes["subject"] = teacher.subject, row.subject
    entry.needs_role = teacher is None and not any(role.kind == Role.Kind.SCHOOL_ADMIN for role in roles)
    return entry

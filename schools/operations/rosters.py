"""Committing a class list and taking it back. Both are one transaction; what they wrote is in `RosterChange`."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.problems import Problem
from cms.text.folding import fold
from cms.text.names import normalize_name, sort_key
from schools.models import (
    Membership,
    Person,
    RosterChange,
    RosterImport,
    School,
    SchoolClass,
    SchoolIdentifier,
    SchoolYear,
    User,
)
from schools.rosters import files
from schools.rosters.planning import Entry, Kind, Plan, plan_import
from schools.rosters.reading import ReadFile, read_roster, read_staff
from schools.rosters.tables import MissingKey

UNDO_DAYS = 7
PREVIEW_DAYS = 1
# Enough to be certain of what stands in the way, not a list nobody reads.
MOST_HINDRANCES = 200
_CHUNK = 800

Step = Callable[[int, int, str], None]


class NothingToImport(Problem):
    """No row of the file can be taken; `extra["rejected"]` are the rows."""

    status = 422
    code = "nothing_to_import"
    title = gettext_lazy("Nothing was imported")
    detail = gettext_lazy("No row of the file can be taken. Look at the reasons beside the rows and correct them.")


class UndoRefused(Problem):
    """`extra["hindrances"]` are sentences, each naming what stands in the way."""

    status = 409
    code = "undo_refused"
    title = gettext_lazy("This import cannot be undone")
    detail = gettext_lazy("Something has happened since that depends on it.")


class FileGone(Problem):
    status = 410
    code = "file_gone"
    title = gettext_lazy("The file is no longer here")
    detail = gettext_lazy("The uploaded file has been erased. Upload it again.")


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
    """Keep an uploaded list for its preview, after reading it once. Raises `UnreadableFile` and keeps nothing then.

    A table that only lacks the column of codes is kept: the person can say which one it is.
    """
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
    step: Step | None = None,
) -> tuple[RosterImport, Plan]:
    """Write what a file says, in one transaction, and record what is needed to take it back.

    The diff is made again under a lock on the school: of two clerks who commit the same file the second finds nothing
    left to do. `roster_import` is the staged import; one already committed is returned as it is. `step` hears
    (done, total, what). Raises `NothingToImport` when no row can be taken. No password is made: pupils come in by card.
    """
    step = step or (lambda done, total, what: None)
    School.objects.select_for_update().get(pk=school.pk)
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
        _Writer(roster_import, plan, step).write()
        record(
            actor=actor,
            action="import_roster",
            target_kind="school",
            target_key=school.code,
            target_label=school.name,
            detail={"import": str(roster_import.uuid), "year": school_year.code, **plan.counts()},
        )
    return roster_import, plan


def commit_staged(*, roster_import: RosterImport, actor: User | None, step: Step | None = None) -> RosterImport:
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


class _Writer:
    """Writes one plan: a few statements per table whatever the number of pupils."""

    def __init__(self, roster_import: RosterImport, plan: Plan, step: Step):
        self.roster_import = roster_import
        self.plan = plan
        self.step = step
        self.today = timezone.localdate()
        self.changes: list[RosterChange] = []

    def write(self) -> None:
        total = len(self.plan.entries)
        self.step(0, total, _("Writing"))
        self.first_day = self._first_day()
        self._create_classes()
        created = [entry for entry in self.plan.entries if Kind.CREATED in entry.kinds]
        self._create_pupils(created)
        self.step(len(created), total, _("Writing"))
        self._change_people([entry for entry in self.plan.entries if entry.changes])
        self._move([entry for entry in self.plan.entries if Kind.MOVED in entry.kinds])
        self._end([entry for entry in self.plan.entries if Kind.LEFT in entry.kinds])
        RosterChange.objects.bulk_create(self.changes, batch_size=_CHUNK)
        self.step(total, total, _("Writing"))

    def _first_day(self) -> date:
        """From when a pupil is in the class: the first list of a year speaks from the year's first day, later ones of today."""
        year = self.roster_import.school_year
        earlier = (
            RosterImport.objects.filter(
                school=self.roster_import.school, school_year=year, state=RosterImport.State.COMMITTED
            )
            .exclude(pk=self.roster_import.pk)
            .exists()
        )
        return self.today if earlier else min(self.today, year.starts_on)

    def _note(self, model: type[models.Model], object_id: int, before: dict | None, after: dict | None) -> None:
        self.changes.append(
            RosterChange(
                roster_import=self.roster_import,
                model=model._meta.label_lower,
                object_id=object_id,
                before=before,
                after=after,
            )
        )

    def _create_classes(self) -> None:
        made = SchoolClass.objects.bulk_create(
            SchoolClass(
                school=self.roster_import.school,
                school_year=self.roster_import.school_year,
                name=name,
                name_folded=fold(name),
                grade=grade,
            )
            for name, grade in self.plan.new_classes.values()
        )
        for key, school_class in zip(self.plan.new_classes, made, strict=True):
            self.plan.class_ids[key] = school_class.pk
            self._note(SchoolClass, school_class.pk, None, {})

    def _create_pupils(self, entries: list[Entry]) -> None:
        users = User.objects.bulk_create(
            User(username=f"p{uuid4().hex}", password=make_password(None), language="vi") for _entry in entries
        )
        people, identifiers, memberships = [], [], []
        for user, entry in zip(users, entries, strict=True):
            row = entry.line
            person = Person(user=user, birth_date=row.birth_date, gender=row.gender)
            person.set_name(row.full_name)
            people.append(person)
            identifiers.append(
                SchoolIdentifier(
                    user=user,
                    school=self.roster_import.school,
                    code=row.code,
                    code_stripped=SchoolIdentifier.strip_code(row.code),
                    valid_from=self.first_day,
                )
            )
            memberships.append(
                Membership(
                    user=user,
                    school_class_id=self.plan.class_ids[entry.class_key],
                    name_sort=person.name_sort,
                    starts_on=self.first_day,
                )
            )
            self._note(User, user.pk, None, {})
        Person.objects.bulk_create(people)
        SchoolIdentifier.objects.bulk_create(identifiers)
        Membership.objects.bulk_create(memberships)

    def _change_people(self, entries: list[Entry]) -> None:
        people = []
        renamed: dict[int, str] = {}
        for entry in entries:
            pupil = entry.pupil
            values: dict[str, Any] = {
                "full_name": pupil.full_name,
                "birth_date": pupil.birth_date,
                "gender": pupil.gender,
            }
            new = values | {name: after for name, (_before, after) in entry.changes.items()}
            person = Person(user_id=pupil.user_id, birth_date=new["birth_date"], gender=new["gender"])
            person.set_name(new["full_name"])
            people.append(person)
            if "full_name" in entry.changes:
                renamed[pupil.user_id] = person.name_sort
            self._note(
                Person,
                pupil.user_id,
                {name: _stored(values[name]) for name in entry.changes},
                {name: _stored(getattr(person, name)) for name in entry.changes},
            )
        _store_people(people)
        _rename_memberships(renamed)

    def _move(self, entries: list[Entry]) -> None:
        ended, started, corrected = [], [], []
        for entry in entries:
            pupil, place = entry.pupil, entry.pupil.place
            class_id = self.plan.class_ids[entry.class_key]
            name = entry.changes.get("full_name", (None, pupil.full_name))[1]
            ended.extend((pk, starts_on) for pk, starts_on in pupil.former)
            if place and place.starts_on >= self.today:
                # Placed only today: the list corrects the class, there is no history to keep.
                corrected.append((place, class_id))
                continue
            if place:
                ended.append((place.membership, place.starts_on))
            starts_on = self.today if place else self.first_day
            started.append(
                Membership(
                    user_id=pupil.user_id,
                    school_class_id=class_id,
                    name_sort=sort_key(normalize_name(name)),
                    starts_on=starts_on,
                )
            )
        self._end_memberships(ended)
        for place, class_id in corrected:
            Membership.objects.filter(pk=place.membership).update(school_class_id=class_id)
            self._note(Membership, place.membership, {"school_class_id": place.class_id}, {"school_class_id": class_id})
        for membership in Membership.objects.bulk_create(started):
            self._note(Membership, membership.pk, None, {})

    def _end(self, entries: list[Entry]) -> None:
        places = [entry.pupil.place for entry in entries]
        self._end_memberships([(place.membership, place.starts_on) for place in places if place])

    def _end_memberships(self, ended: list[tuple[int, date]]) -> None:
        """Close memberships with yesterday, so that today's lists are without the pupil."""
        yesterday = self.today - timedelta(days=1)
        by_start: dict[date | None, list[int]] = {}
        for pk, starts_on in ended:
            first = starts_on if starts_on <= yesterday else yesterday
            by_start.setdefault(None if first == starts_on else first, []).append(pk)
            self._note(
                Membership,
                pk,
                {"state": Membership.State.ACTIVE, "starts_on": starts_on.isoformat(), "ends_on": None},
                {
                    "state": Membership.State.LEFT,
                    "starts_on": first.isoformat(),
                    "ends_on": yesterday.isoformat(),
                },
            )
        for first, keys in by_start.items():
            values = {"state": Membership.State.LEFT, "ends_on": yesterday}
            if first is not None:
                values["starts_on"] = first
            for chunk in _chunks(keys):
                Membership.objects.filter(pk__in=chunk).update(**values)


def _stored(value):
    return value.isoformat() if isinstance(value, date) else value


def _chunks(keys: Iterable) -> Iterator[list]:
    listed = list(keys)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _store_people(people: list[Person]) -> None:
    """Update many persons in one statement per batch; all of them exist."""
    Person.objects.bulk_create(
        people,
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["full_name", "name_sort", "name_folded", "birth_date", "gender"],
    )


def _rename_memberships(renamed: dict[int, str]) -> None:
    for chunk in _chunks(renamed):
        memberships = list(Membership.objects.filter(user__in=chunk))
        for membership in memberships:
            membership.name_sort = renamed[membership.user_id]
        Membership.objects.bulk_update(memberships, ["name_sort"], batch_size=200)


# --- Undo ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo_import(*, roster_import: RosterImport, actor: User | None) -> RosterImport:
    """Put everything an import wrote back to what it was. Again is a no-op.

    Possible for seven days. Raises `UndoRefused` with the list of what depends on it: a result, a card, a sign-in,
    a class in use, a later change of the same pupil. A later import that changed nothing does not.
    """
    School.objects.select_for_update().get(pk=roster_import.school_id)
    roster_import = RosterImport.objects.select_for_update().select_related("school").get(pk=roster_import.pk)
    if roster_import.state == RosterImport.State.UNDONE:
        return roster_import
    if roster_import.state != RosterImport.State.COMMITTED:
        raise UndoRefused(_("This import has not been committed."), hindrances=[])
    if not can_be_undone(roster_import):
        raise UndoRefused(
            _("An import can be undone for %(days)d days; this one is older.") % {"days": UNDO_DAYS}, hindrances=[]
        )
    changes = list(roster_import.changes.order_by("-pk"))
    hindrances = _hindrances(roster_import, changes)
    if hindrances:
        raise UndoRefused(hindrances=hindrances[:MOST_HINDRANCES])
    _put_back(changes)
    roster_import.state = RosterImport.State.UNDONE
    roster_import.undone_at = timezone.now()
    error_file, roster_import.error_file_key = roster_import.error_file_key, ""
    roster_import.save(update_fields=["state", "undone_at", "error_file_key"])
    transaction.on_commit(lambda: files.erase(error_file))
    if changes:
        record(
            actor=actor,
            action="undo_roster_import",
            target_kind="school",
            target_key=roster_import.school.code,
            target_label=roster_import.school.name,
            detail={"import": str(roster_import.uuid)},
        )
    return roster_import


def can_be_undone(roster_import: RosterImport) -> bool:
    return (
        roster_import.state == RosterImport.State.COMMITTED
        and roster_import.committed_at is not None
        and timezone.now() - roster_import.committed_at <= timedelta(days=UNDO_DAYS)
    )


def _of(changes: list[RosterChange], model: type[models.Model], *, made: bool) -> dict[int, RosterChange]:
    label = model._meta.label_lower
    return {change.object_id: change for change in changes if change.model == label and (change.before is None) == made}


def _hindrances(roster_import: RosterImport, changes: list[RosterChange]) -> list[str]:
    found: list[str] = []
    users = list(_of(changes, User, made=True))
    classes = list(_of(changes, SchoolClass, made=True))
    new_memberships = list(_of(changes, Membership, made=True))
    found += _altered(Person, _of(changes, Person, made=False), _("the data of %(what)s were changed later"))
    found += _altered(Membership, _of(changes, Membership, made=False), _("%(what)s was moved later"))
    open_ones = set()
    for chunk in _chunks(new_memberships):
        open_ones |= set(Membership.objects.filter(pk__in=chunk, ends_on=None).values_list("pk", flat=True))
    closed = [pk for pk in new_memberships if pk not in open_ones]
    found += _altered_names(Membership.objects.filter(pk__in=closed[:50]), _("%(what)s was moved later"))
    found += _dependents(
        User,
        users,
        own={
            Person: models.Q(),
            SchoolIdentifier: models.Q(school=roster_import.school_id),
            Membership: models.Q(ends_on=None, is_guest=False, school_class__school=roster_import.school_id),
        },
    )
    for chunk in _chunks(users):
        has_credentials = ~models.Q(last_login=None) | ~models.Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        found += [
            _("%(what)s has signed in or set a password") % {"what": user.get_full_name()}
            for user in User.objects.filter(has_credentials, pk__in=chunk).select_related("person")[:MOST_HINDRANCES]
        ]
    own = models.Q(user__in=users) | models.Q(pk__in=new_memberships)
    moved_into = [
        pk for pk, change in _of(changes, Membership, made=False).items() if "school_class_id" in change.after
    ]
    found += _dependents(SchoolClass, classes, own={Membership: own | models.Q(pk__in=moved_into)})
    return found


def _altered(model: type[models.Model], changes: dict[int, RosterChange], sentence: str) -> list[str]:
    """Rows whose present values are no more what the import wrote."""
    found = []
    for chunk in _chunks(changes):
        rows = model.objects.filter(pk__in=chunk).select_related("user__person")
        present = {row.pk: row for row in rows}
        for pk in chunk:
            row = present.get(pk)
            after = changes[pk].after
            if row is None or any(_stored(getattr(row, name)) != value for name, value in after.items()):
                found.append(sentence % {"what": row.user.get_full_name() if row else pk})
    return found


def _altered_names(rows, sentence: str) -> list[str]:
    return [sentence % {"what": row.user.get_full_name()} for row in rows.select_related("user__person")]


def _dependents(model: type[models.Model], keys: list[int], own: dict[type[models.Model], models.Q]) -> list[str]:
    """Rows of any table that point at what the import made, apart from what it made with them.

    Asked of the models themselves, so that rooms above this one count without being named here.
    """
    found: list[str] = []
    relations = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    for relation in relations:
        related, name = relation.related_model, relation.field.name
        for chunk in _chunks(keys):
            rows = related._base_manager.filter(**{f"{name}__in": chunk})
            if related in own:
                rows = rows.exclude(own[related]) if own[related] else rows.none()
            for key, number in (
                rows.order_by().values_list(name).annotate(number=models.Count("pk"))[:MOST_HINDRANCES].iterator()
            ):
                target = model._base_manager.get(pk=key)
                found.append(
                    _("%(what)s: %(kind)s (%(number)d)")
                    % {
                        "what": target.get_full_name() if isinstance(target, User) else str(target),
                        "kind": related._meta.verbose_name_plural,
                        "number": number,
                    }
                )
    return found


def _put_back(changes: list[RosterChange]) -> None:
    for chunk in _chunks(_of(changes, Membership, made=True)):
        Membership.objects.filter(pk__in=chunk).delete()
    for pk, change in _of(changes, Membership, made=False).items():
        Membership.objects.filter(pk=pk).update(**change.before)
    people = _of(changes, Person, made=False)
    for chunk in _chunks(people):
        persons = list(Person.objects.filter(pk__in=chunk))
        for person in persons:
            for name, value in people[person.pk].before.items():
                setattr(person, name, value)
            person.set_name(person.full_name)
        _store_people(persons)
        _rename_memberships({p.pk: p.name_sort for p in persons if "full_name" in people[p.pk].before})
    for chunk in _chunks(_of(changes, User, made=True)):
        Membership.objects.filter(user__in=chunk).delete()
        SchoolIdentifier.objects.filter(user__in=chunk).delete()
        Person.objects.filter(user__in=chunk).delete()
        User.objects.filter(pk__in=chunk).delete()
    for chunk in _chunks(_of(changes, SchoolClass, made=True)):
        SchoolClass.objects.filter(pk__in=chunk).delete()


def forget_old_imports() -> int:
    """Erase uploads never committed, and what was kept for an undo that is no longer possible. Returns how many."""
    now = timezone.now()
    stale = RosterImport.objects.filter(
        models.Q(state=RosterImport.State.PLANNED, created_at__lt=now - timedelta(days=PREVIEW_DAYS))
        | models.Q(committed_at__lt=now - timedelta(days=UNDO_DAYS))
    ).exclude(file_key="", error_file_key="", changes=None)
    count = 0
    for roster_import in stale.distinct():
        files.erase(roster_import.file_key)
        files.erase(roster_import.error_file_key)
        roster_import.file_key = roster_import.error_file_key = ""
        roster_import.save(update_fields=["file_key", "error_file_key"])
        roster_import.changes.all().delete()
        count += 1
    return count

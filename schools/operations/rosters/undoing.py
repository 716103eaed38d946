"""Taking an import back, in one transaction, while nothing depends on it; and forgetting what is too old for that."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.audit.operations import record
from cms.jobs.steps import Step, untold
from schools.models import (
    Membership,
    Person,
    RosterChange,
    RosterImport,
    School,
    SchoolClass,
    SchoolIdentifier,
    Teaching,
    User,
)
from schools.operations.rosters.problems import UndoRefused
from schools.operations.rosters.writing import chunks, rename_memberships, store_people, stored
from schools.rosters import files

UNDO_DAYS = 7
PREVIEW_DAYS = 1
# Enough to be certain of what stands in the way, not a list nobody reads.
MOST_HINDRANCES = 200
_CHUNK = 800


@transaction.atomic
def undo_import(*, roster_import: RosterImport, actor: User | None, step: Step = untold) -> RosterImport:
    """Put everything an import wrote back to what it was. Again is a no-op.

    Possible for seven days. Raises `UndoRefused` with the list of what depends on it: a result, a card, a sign-in,
    a class in use, a later change of the same pupil. A later import that changed nothing does not. `step` hears
    (done, total, what).
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
    step(0, len(changes), _("Looking for what depends on it"))
    hindrances = _hindrances(roster_import, changes)
    if hindrances:
        raise UndoRefused(hindrances=hindrances[:MOST_HINDRANCES])
    _put_back(changes, step)
    roster_import.state = RosterImport.State.UNDONE
    roster_import.undone_at = timezone.now()
    error_file, roster_import.error_file_key = roster_import.error_file_key, ""
    roster_import.save(update_fields=["state", "undone_at", "error_file_key"])
    transaction.on_commit(lambda: files.erase(error_file))
    if changes:
        is_list = roster_import.kind == RosterImport.Kind.LIST
        record(
            actor=actor,
            action="undo_roster_import" if is_list else "undo_roll_over",
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
    found += _altered(Teaching, _of(changes, Teaching, made=False), _("what %(what)s teaches was changed later"))
    open_ones = set()
    for chunk in chunks(new_memberships):
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
    for chunk in chunks(users):
        has_credentials = ~models.Q(last_login=None) | ~models.Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        found += [
            _("%(what)s has signed in or set a password") % {"what": user.get_full_name()}
            for user in User.objects.filter(has_credentials, pk__in=chunk).select_related("person")[:MOST_HINDRANCES]
        ]
    own = models.Q(user__in=users) | models.Q(pk__in=new_memberships)
    moved_into = [
        pk for pk, change in _of(changes, Membership, made=False).items() if "school_class_id" in change.after
    ]
    own_teachings = models.Q(pk__in=list(_of(changes, Teaching, made=True)))
    found += _dependents(
        SchoolClass, classes, own={Membership: own | models.Q(pk__in=moved_into), Teaching: own_teachings}
    )
    return found + _results(classes)


def _altered(model: type[models.Model], changes: dict[int, RosterChange], sentence: str) -> list[str]:
    """Rows whose present values are no more what the import wrote."""
    found = []
    for chunk in chunks(changes):
        rows = model.objects.filter(pk__in=chunk).select_related("user__person")
        present = {row.pk: row for row in rows}
        for pk in chunk:
            row = present.get(pk)
            after = changes[pk].after
            if row is None or any(stored(getattr(row, name)) != value for name, value in after.items()):
                found.append(sentence % {"what": row.user.get_full_name() if row else pk})
    return found


def _results(classes: list[int]) -> list[str]:
    """What was learnt in classes that the change made. Results name the class of their moment by `class_key`."""
    found: list[str] = []
    names = dict(SchoolClass.objects.filter(pk__in=classes).values_list("uuid", "name"))
    for model in apps.get_models() if names else ():
        named = any(field.name == "class_key" for field in model._meta.concrete_fields)
        if not named or getattr(model, "is_projection", False):
            continue
        rows = model._base_manager.filter(class_key__in=list(names)).order_by().values_list("class_key")
        for key, number in rows.annotate(number=models.Count("pk")):
            found.append(
                _("%(what)s: %(kind)s (%(number)d)")
                % {"what": names[key], "kind": model._meta.verbose_name_plural, "number": number}
            )
    return found


def _altered_names(rows, sentence: str) -> list[str]:
    return [sentence % {"what": row.user.get_full_name()} for row in rows.select_related("user__person")]


def _dependents(model: type[models.Model], keys: list[int], own: dict[type[models.Model], models.Q]) -> list[str]:
    """Rows of any table that point at what the import made, apart from what it made with them.

    Asked of the models themselves, so that rooms above this one count without being named here.
    """
    found: list[str] = []
    relations: list[Any] = [
        relation
        for relation in model._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    for relation in relations:
        related, name = relation.related_model, relation.field.name
        # What is worked out from other rows stands in nobody's way; those rows do.
        if getattr(related, "is_projection", False):
            continue
        for chunk in chunks(keys):
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


def _put_back(changes: list[RosterChange], step: Step) -> None:
    step(0, len(changes), _("Putting back"))
    for chunk in chunks(_of(changes, Membership, made=True)):
        Membership.objects.filter(pk__in=chunk).delete()
    for pk, change in _of(changes, Membership, made=False).items():
        Membership.objects.filter(pk=pk).update(**change.before)
    Teaching.objects.filter(pk__in=list(_of(changes, Teaching, made=True))).delete()
    for pk, change in _of(changes, Teaching, made=False).items():
        Teaching.objects.filter(pk=pk).update(**change.before)
    people = _of(changes, Person, made=False)
    for chunk in chunks(people):
        persons = list(Person.objects.filter(pk__in=chunk))
        for person in persons:
            for name, value in people[person.pk].before.items():
                setattr(person, name, value)
            person.set_name(person.full_name)
        store_people(persons)
        rename_memberships({p.pk: p.name_sort for p in persons if "full_name" in people[p.pk].before})
    done = len(changes) - len(_of(changes, User, made=True))
    for chunk in chunks(_of(changes, User, made=True)):
        step(done, len(changes), _("Putting back"))
        done += len(chunk)
        Membership.objects.filter(user__in=chunk).delete()
        SchoolIdentifier.objects.filter(user__in=chunk).delete()
        Person.objects.filter(user__in=chunk).delete()
        User.objects.filter(pk__in=chunk).delete()
    for chunk in chunks(_of(changes, SchoolClass, made=True)):
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

"""Two accounts of one person become one: results follow, nothing is lost, and for seven days it can be taken back.

A guest who is matched with the roll is such a pair: the guest's account goes into the pupil's.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.core import serializers
from django.db import IntegrityError, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.problems import Problem
from schools.models import (
    Membership,
    PersonMerge,
    School,
    SchoolIdentifier,
    SignInCard,
    User,
)
from schools.operations.accounts import end_sessions
from schools.operations.rosters.writing import stored
from schools.signals import persons_merged, rosters_changed

UNDO_DAYS = 7
DAY = timedelta(days=1)
# What belongs to the account and not to the person, what is dealt with by name, and what is a trail of its own.
STAYS = {
    "schools.person",
    "schools.signincard",
    "schools.joinrequest",
    "schools.passwordrequest",
    "schools.schoolidentifier",
    "schools.membership",
    "schools.personmerge",
    "schools.notification",
}
STAYS_OF_APPS = {"account", "mfa", "wagtailcore", "wagtailadmin", "wagtailusers", "admin", "auth", "jobs"}


class MergeRefused(Problem):
    status = 409
    code = "merge_refused"
    title = gettext_lazy("The accounts were not merged")


def relations() -> Iterator[tuple[type[models.Model], str]]:
    """Every table with something of a person in it, and the column. Asked of the models, so that rooms above count too."""
    for relation in User._meta.get_fields(include_hidden=True):
        if not (isinstance(relation, ForeignObjectRel) and relation.one_to_many):
            continue
        model = relation.related_model
        if model._meta.label_lower in STAYS or model._meta.app_label in STAYS_OF_APPS or model._meta.auto_created:
            continue
        # A room that works such rows out from records does so at `persons_merged`.
        if getattr(model, "is_projection", False):
            continue
        yield model, relation.field.name


def preview_merge(*, kept: User, other: User) -> list[dict]:
    """What would go from `other` to `kept`, as lines of {"what", "number"}; nothing is written."""
    found: Counter = Counter()
    for model, name in relations():
        number = model._base_manager.filter(**{name: other}).count()
        if number:
            found[str(model._meta.verbose_name_plural)] += number
    return [{"what": what, "number": number} for what, number in sorted(found.items())]


def check_pair(*, kept: User, other: User) -> None:
    """Raises `MergeRefused` for a pair that cannot be one person's."""
    if kept.pk == other.pk:
        raise MergeRefused(_("These are one account already."))
    if not kept.is_active or not other.is_active:
        raise MergeRefused(_("One of the accounts is closed."))
    for user in (kept, other):
        if user.roles.exists() or user.is_staff:
            raise MergeRefused(_("%(name)s works here; only accounts of pupils are merged.") % {"name": user})
    dates = {user.person.birth_date for user in (kept, other)} - {None}
    if len(dates) > 1:
        raise MergeRefused(_("The dates of birth differ. Correct them first if this is one person."))


@transaction.atomic
def merge_persons(*, kept: User, other: User, actor: User | None, school: School | None = None) -> PersonMerge:
    """Give `kept` everything `other` has done, and close `other`. Again is a no-op. Raises `MergeRefused`.

    A row that cannot go because `kept` has its like (the same lesson of the same year, the same session) stays with the
    closed account; attempts at one quiz are numbered on. Codes of a school where `kept` has one are ended, other codes
    go along; so does the password where `kept` has none. Classes at the same time are ended. The caller has checked that
    both are in the care of `actor`.
    """
    locked = {
        user.pk: user for user in User.objects.select_for_update().filter(pk__in=[kept.pk, other.pk]).order_by("pk")
    }
    kept, other = locked[kept.pk], locked[other.pk]
    done = PersonMerge.objects.filter(kept=kept, other=other, state=PersonMerge.State.MERGED).first()
    if done:
        return done
    check_pair(kept=kept, other=other)
    merge = PersonMerge(kept=kept, other=other, school=school, actor=actor)
    moved: list[list] = []
    stayed: list[dict] = []
    counts: Counter = Counter()
    for model, name in relations():
        label = str(model._meta.verbose_name_plural)
        for row in model._base_manager.filter(**{name: other}).order_by("pk"):
            before = _move(model, row, name, kept)
            if before is None:
                stayed += serializers.serialize("python", [row])
            else:
                moved.append([model._meta.label_lower, row.pk, name, before])
                counts[label] += 1
    merge.changes = {
        "moved": moved,
        "stayed": [stored_row(row) for row in stayed],
        "memberships": _memberships(kept, other, counts),
        "codes": _codes(kept, other),
        "cards": list(SignInCard.objects.filter(user=other, voided_at=None).values_list("pk", flat=True)),
        "password": _password(kept, other),
    }
    SignInCard.objects.filter(pk__in=merge.changes["cards"]).update(voided_at=timezone.now())
    other.is_active = False
    other.save(update_fields=["is_active"])
    end_sessions(user=other)
    merge.summary = {"moved": dict(counts), "stayed": len(stayed)}
    merge.save()
    persons_merged.send(sender=PersonMerge, merge=merge, undone=False)
    _tell_classes(merge)
    _log(actor, "merge_accounts", merge)
    return merge


def stored_row(row: dict) -> dict:
    """A row as JSON can hold it."""
    row["fields"] = {
        name: value if isinstance(value, (int, float, bool, list, dict, type(None))) else str(value)
        for name, value in row["fields"].items()
    }
    return row


def _move(model: type[models.Model], row: models.Model, name: str, kept: User) -> dict | None:
    """Give a row to `kept`; returns what else was changed in it for that, None when it cannot go."""
    before: dict = {}
    values: dict = {name: kept}
    if number := _numbered(model, name):
        others = model._base_manager.filter(**{one: getattr(row, one) for one in number}, **{name: kept})
        last = others.aggregate(last=models.Max("number"))["last"]
        if last:
            before["number"] = row.number
            values["number"] = last + 1
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**values)
    except IntegrityError:
        return None
    return before


def _numbered(model: type[models.Model], name: str) -> list[str]:
    """Within what a person's rows are numbered, for tables that do so: an opening, an exercise."""
    for constraint in model._meta.constraints:
        fields = list(getattr(constraint, "fields", ()))
        if "number" in fields and name in fields:
            return [one for one in fields if one not in {"number", name}]
    return []


def _memberships(kept: User, other: User, counts: Counter) -> list[list]:
    """Past classes go along; one that still runs beside a class of `kept`, or in the same class, is ended."""
    yesterday = timezone.localdate() - DAY
    changes: list[list] = []
    for row in Membership.objects.filter(user=other).order_by("starts_on", "pk"):
        before = {
            "user_id": other.pk,
            "state": row.state,
            "starts_on": stored(row.starts_on),
            "ends_on": stored(row.ends_on),
        }
        values: dict = {"user": kept, "name_sort": kept.person.name_sort}
        same = Membership.objects.filter(user=kept, school_class=row.school_class_id, ends_on=None)
        try:
            with transaction.atomic():
                if row.ends_on is None and same.exists():
                    raise IntegrityError
                Membership.objects.filter(pk=row.pk).update(**values)
        except IntegrityError:
            if row.ends_on is not None and row.ends_on <= yesterday:
                continue
            ended = {"state": Membership.State.LEFT, "starts_on": min(row.starts_on, yesterday), "ends_on": yesterday}
            Membership.objects.filter(pk=row.pk).update(**ended)
        counts[str(Membership._meta.verbose_name_plural)] += 1
        changes.append([row.pk, before])
    return changes


def _codes(kept: User, other: User) -> list[list]:
    yesterday = timezone.localdate() - DAY
    here = set(SchoolIdentifier.objects.filter(user=kept, valid_to=None).values_list("school", flat=True))
    changes: list[list] = []
    for row in SchoolIdentifier.objects.filter(user=other):
        before = {"user_id": other.pk, "valid_from": stored(row.valid_from), "valid_to": stored(row.valid_to)}
        if row.valid_to is None and row.school_id in here:
            row.valid_from, row.valid_to = min(row.valid_from, yesterday), yesterday
        row.user = kept
        row.save()
        changes.append([row.pk, before])
    return changes


def _password(kept: User, other: User) -> str | None:
    """The way in goes along where `kept` has none; returns what there was before."""
    if kept.has_usable_password() or not other.has_usable_password():
        return None
    before, kept.password = kept.password, other.password
    kept.save(update_fields=["password"])
    return before


def can_be_undone(merge: PersonMerge) -> bool:
    return merge.state == PersonMerge.State.MERGED and timezone.now() - merge.merged_at <= timedelta(days=UNDO_DAYS)


def _tell_classes(merge: PersonMerge) -> None:
    rows = Membership.objects.filter(user__in=[merge.kept_id, merge.other_id])
    rosters_changed.send(sender=Membership, class_ids=list(rows.values_list("school_class", flat=True)))


@transaction.atomic
def undo_merge(*, merge: PersonMerge, actor: User | None) -> PersonMerge:
    """Part the two accounts again: what came from `other` goes back, what was done since stays with `kept`.

    Again is a no-op. Raises `MergeRefused` after seven days, and where a row that came along is gone or somebody else's.
    """
    merge = PersonMerge.objects.select_for_update().select_related("kept", "other").get(pk=merge.pk)
    if merge.state == PersonMerge.State.UNDONE:
        return merge
    if not can_be_undone(merge):
        raise MergeRefused(_("This can be undone for %(days)d days; it is older.") % {"days": UNDO_DAYS})
    lost = []
    for label, pk, name, before in reversed(merge.changes["moved"]):
        model = apps.get_model(label)
        values = {name: merge.other_id, **before}
        if not model._base_manager.filter(pk=pk, **{name: merge.kept_id}).update(**values):
            # A projection is made anew from what goes back; anything else would be missing.
            lost.append(str(model._meta.verbose_name))
    for pk, before in merge.changes["memberships"]:
        if not Membership.objects.filter(pk=pk).exists():
            lost.append(str(Membership._meta.verbose_name))
        Membership.objects.filter(pk=pk).update(**before, name_sort=merge.other.person.name_sort)
    for pk, before in merge.changes["codes"]:
        SchoolIdentifier.objects.filter(pk=pk).update(**before)
    if lost:
        raise MergeRefused(_("Something that came along is not there any more: %(what)s.") % {"what": ", ".join(lost)})
    for row in serializers.deserialize("python", merge.changes["stayed"]):
        if not type(row.object)._base_manager.filter(pk=row.object.pk).exists():
            row.save()
    SignInCard.objects.filter(pk__in=merge.changes["cards"]).update(voided_at=None)
    if merge.changes["password"] is not None and merge.kept.password == merge.other.password:
        merge.kept.password = merge.changes["password"]
        merge.kept.save(update_fields=["password"])
    merge.other.is_active = True
    merge.other.save(update_fields=["is_active"])
    merge.state, merge.undone_at, merge.changes = PersonMerge.State.UNDONE, timezone.now(), {}
    merge.save()
    persons_merged.send(sender=PersonMerge, merge=merge, undone=True)
    _tell_classes(merge)
    _log(actor, "undo_merge_accounts", merge)
    return merge


def forget_old_merges() -> int:
    """Erase what was kept for an undo that is no longer possible. Returns how many."""
    old = PersonMerge.objects.filter(merged_at__lt=timezone.now() - timedelta(days=UNDO_DAYS))
    return old.exclude(changes={}).update(changes={})


def _log(actor: User | None, action: str, merge: PersonMerge) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="account",
        target_key=str(merge.kept.uuid),
        detail={"other": str(merge.other.uuid), "merge": str(merge.uuid)},
    )

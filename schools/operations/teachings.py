"""Co-teachers and substitutes of a class: who works in it beside its homeroom and subject teachers, with which of the three
rights, and until when. All of it is in the audit log."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.audit.operations import record
from schools.models import SchoolClass, Teaching, User
from schools.permissions import RIGHTS, rights_in
from schools.problems import NotOfThisSchool, RightNotHeld, TeachingEndsWrong, TeachingOfClassElsewhere
from schools.queries.teachings import staff_to_choose

# What a class's owner gives; homeroom and subject come from the school's list of staff.
GIVEN_HERE = (Teaching.Kind.CO_TEACHER, Teaching.Kind.SUBSTITUTE)


@transaction.atomic
def appoint_teacher(
    *,
    school_class: SchoolClass,
    user: User,
    kind: str,
    rights: Collection[str],
    actor: User,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Teaching:
    """Let `user` work in the class as a co-teacher or substitute, with `rights` of `RIGHTS`, until `ends_on`.

    Somebody who is or will be there in that kind already gets the new rights and dates: the same call again changes
    nothing. A substitute has a last day (product.md §7), after which the rights end by themselves. The caller has
    checked that `actor` may name teachers of the class. Raises TeachingOfClassElsewhere, NotOfThisSchool, RightNotHeld,
    TeachingEndsWrong.
    """
    SchoolClass.objects.select_for_update().get(pk=school_class.pk)
    today = timezone.localdate()
    starts_on = starts_on or today
    if kind not in GIVEN_HERE:
        raise TeachingOfClassElsewhere()
    if not staff_to_choose(school_class.school).filter(pk=user.pk).exists():
        raise NotOfThisSchool()
    known = open_teachings(school_class).filter(user=user, kind=kind).first()
    _check_rights(known, rights, rights_in(actor, school_class))
    _check_dates(school_class, kind, starts_on, ends_on, today)
    wanted = {
        **{f"can_{right}": right in rights for right in RIGHTS},
        # Whoever is there already stays there since then.
        "starts_on": min(known.starts_on, starts_on) if known and known.starts_on <= today else starts_on,
        "ends_on": ends_on,
    }
    if known is None:
        made = Teaching.objects.create(user=user, school_class=school_class, kind=kind, **wanted)
        _log("appoint_teacher", made, actor)
        return made
    if any(getattr(known, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(known, name, value)
        known.save(update_fields=list(wanted))
        _log("change_teaching", known, actor)
    return known


def open_teachings(school_class: SchoolClass):
    """The teachings of a class that hold today or will."""
    today = timezone.localdate()
    return Teaching.objects.filter(school_class=school_class).exclude(ends_on__lt=today).order_by("pk")


def _check_rights(known: Teaching | None, rights: Collection[str], held: set[str]) -> None:
    """A right that is there already may stay; only a new one must be the giver's own."""
    there = {right for right in RIGHTS if known and getattr(known, f"can_{right}")}
    if set(rights) - there - held:
        raise RightNotHeld()


def _check_dates(school_class: SchoolClass, kind: str, starts_on: date, ends_on: date | None, today: date) -> None:
    last = school_class.school_year.ends_on
    if last < today:
        raise TeachingEndsWrong(_("The school year of this class is over."))
    if ends_on is None:
        if kind == Teaching.Kind.SUBSTITUTE:
            raise TeachingEndsWrong(_("Say until which day the substitute teaches the class."))
    elif ends_on < max(starts_on, today):
        raise TeachingEndsWrong(_("The last day is before the first one, or over already."))
    elif ends_on > last:
        raise TeachingEndsWrong(
            _("The school year ends on %(day)s. Choose that day or an earlier one.") % {"day": f"{last:%d/%m/%Y}"}
        )
    if starts_on > last:
        raise TeachingEndsWrong(_("The first day is after the end of the school year."))


@transaction.atomic
def end_teaching(*, teaching: Teaching, actor: User) -> Teaching:
    """End a co-teacher's or substitute's rights at once: yesterday was the last day. Twice is once.

    Raises TeachingOfClassElsewhere.
    """
    teaching = Teaching.objects.select_for_update().get(pk=teaching.pk)
    if teaching.kind not in GIVEN_HERE:
        raise TeachingOfClassElsewhere()
    yesterday = timezone.localdate() - timedelta(days=1)
    if teaching.ends_on is not None and teaching.ends_on <= yesterday:
        return teaching
    teaching.starts_on, teaching.ends_on = min(teaching.starts_on, yesterday), yesterday
    teaching.save(update_fields=["starts_on", "ends_on"])
    _log("end_teaching", teaching, actor)
    return teaching


def _log(action: str, teaching: Teaching, actor: User) -> None:
    school_class = teaching.school_class
    record(
        actor=actor,
        action=action,
        target_kind="class",
        target_key=str(school_class.uuid),
        target_label=f"{school_class.name} · {school_class.school.name}"[:200],
        detail={
            "teacher": str(teaching.user.uuid),
            "kind": teaching.kind,
            "rights": [right for right in RIGHTS if getattr(teaching, f"can_{right}")],
            "starts_on": teaching.starts_on.isoformat(),
            "ends_on": teaching.ends_on.isoformat() if teaching.ends_on else None,
        },
    )

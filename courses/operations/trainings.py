"""Holding a training: planning it, who was there, the code on the wall, certificates."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cms.audit.operations import record
from courses import door
from courses.models import Certificate, OnlineTraining, PresentWithoutAccount, Training, TrainingAttendance
from courses.moment import months_on, school_year_on
from courses.operations.certificates import Earned, Subject, issue_certificates, revoke_certificate
from courses.problems import (
    CourseNotPublished,
    HeldInTheFuture,
    NotStaff,
    TrainingCalledOff,
    TrainingDoorClosed,
    TrainingWasHeld,
)
from courses.queries import catalogue
from courses.queries.staff import StaffPlace, offices_for
from schools.models import Role, School, SchoolYear, Unit, User
from schools.operations.notifications import notify
from schools.permissions import current_roles

KIND = "training"


@dataclass(frozen=True)
class Plan:
    """What is known of a training when it is planned. `months` None: it counts until the end of the school year."""

    title: str
    venue: str
    held_on: date
    kinds: list[str]
    starts_at: time | None = None
    months: int | None = 12
    course_key: UUID | None = None
    within: list[Unit] = field(default_factory=list)


def counts_until(held_on: date, months: int | None) -> date:
    """Until when what was learnt on a day counts: so many months on, or the end of that day's school year."""
    if months:
        return months_on(held_on, months)
    year = SchoolYear.objects.current(held_on)
    # Between two school years, and where none has been entered, a year counts.
    return year.ends_on if year and year.ends_on >= held_on else months_on(held_on, 12)


@transaction.atomic
def plan_training(*, key: UUID, place: StaffPlace, plan: Plan, actor: User) -> Training:
    """A new training of a place. `key` is made by the form: the same post again is the same training.

    The caller has checked that `actor` holds trainings there. Raises CourseNotPublished.
    """
    _check_course(plan.course_key)
    training, made = Training.objects.get_or_create(
        uuid=key,
        defaults={
            "unit": None if place.school else place.unit,
            "school": place.school,
            "created_by": actor,
            **_fields(plan),
        },
    )
    if made:
        training.within.set([] if place.school else plan.within)
        _log(actor, "plan_training", training)
    return training


@transaction.atomic
def change_training(*, training: Training, plan: Plan, actor: User) -> Training:
    """Set everything about a training anew. Certificates that were given keep what stands on them.

    Raises TrainingCalledOff, CourseNotPublished.
    """
    training = _open(training)
    _check_course(plan.course_key)
    for name, value in _fields(plan).items():
        setattr(training, name, value)
    training.save()
    training.within.set([] if training.school_id else plan.within)
    _log(actor, "change_training", training)
    return training


def _fields(plan: Plan) -> dict:
    return {
        "title": plan.title,
        "venue": plan.venue,
        "held_on": plan.held_on,
        "starts_at": plan.starts_at,
        "kinds": plan.kinds,
        "months": plan.months,
        "course_key": plan.course_key,
        "valid_until": counts_until(plan.held_on, plan.months),
    }


def _check_course(key: UUID | None) -> None:
    if key and catalogue.course(key, catalogue.main_language()) is None:
        raise CourseNotPublished()


def _open(training: Training) -> Training:
    training = Training.objects.select_for_update().get(pk=training.pk)
    if training.called_off_at:
        raise TrainingCalledOff()
    return training


@transaction.atomic
def call_off_training(*, training: Training, actor: User) -> Training:
    """A training that does not take place. Twice is once. Raises TrainingWasHeld where somebody was there."""
    training = Training.objects.select_for_update().get(pk=training.pk)
    if training.called_off_at is None:
        if training.attendances.counted().exists() or training.without_account.exists():
            raise TrainingWasHeld()
        training.called_off_at, training.called_off_by, training.door_until = timezone.now(), actor, None
        training.save(update_fields=["called_off_at", "called_off_by", "door_until"])
        _log(actor, "call_off_training", training)
    return training


@transaction.atomic
def invite_to_training(*, training: Training, actor: User) -> int:
    """Tell everybody the training is for; returns how many heard of it now. Again reaches only those who are new."""
    training = _open(training)
    told = notify(
        users=set(offices_for(training).values_list("user_id", flat=True)),
        key=f"training:{training.uuid}:{training.held_on:%y%m%d}",
        kind=KIND,
        context={"title": training.title, "on": f"{training.held_on:%d/%m/%Y}", "venue": training.venue},
        url=reverse("courses:today"),
    )
    if told:
        _log(actor, "invite_to_training", training, people=told)
    return told


# --- Who was there ----------------------------------------------------------------------------------------------------


@transaction.atomic
def record_trained(
    *, training: Training, present: Iterable[int], among: Iterable[int], how: str, actor: User
) -> tuple[int, int]:
    """Set who of `among` (account ids, those that stood on the page) was present; returns how many came and went.

    The same list again changes nothing. Whoever is taken away loses a certificate that was given for it. Raises
    HeldInTheFuture, TrainingCalledOff, NotStaff where an account holds no office and is not invited.
    """
    training = _open(training)
    if training.held_on > timezone.localdate():
        raise HeldInTheFuture()
    shown = set(among)
    wanted = set(present) & shown
    rows = {one.user_id: one for one in training.attendances.filter(user__in=shown)}
    there = {user_id for user_id, one in rows.items() if one.withdrawn_at is None}
    new, gone = wanted - there, there - wanted
    staff = set(Role.objects.filter(user__in=new).values_list("user_id", flat=True))
    if new - staff:
        raise NotStaff()
    now = timezone.now()
    TrainingAttendance.objects.filter(training=training, user__in=new & rows.keys()).update(
        withdrawn_at=None, how=how, recorded_by=actor, recorded_at=now
    )
    TrainingAttendance.objects.bulk_create(
        [
            TrainingAttendance(training=training, user_id=user_id, how=how, recorded_by=actor, recorded_at=now)
            for user_id in sorted(new - rows.keys())
        ],
        batch_size=500,
    )
    TrainingAttendance.objects.filter(training=training, user__in=gone).update(withdrawn_at=now)
    for certificate in certificates_given(training).filter(user__in=gone):
        revoke_certificate(
            certificate=certificate,
            reason=Certificate.Reason.MISTAKE,
            note="Không có mặt tại lớp tập huấn theo danh sách đã sửa",
            actor=actor,
        )
    if new or gone:
        _log(actor, "record_trained", training, came=len(new), went=len(gone), how=how)
    return len(new), len(gone)


@transaction.atomic
def count_without_account(
    *, training: Training, place: Unit | School, kind: str, number: int, actor: User
) -> PresentWithoutAccount | None:
    """Set how many people with this office at `place` signed the list and have no account; nought takes the row away.

    The same again changes nothing. Raises HeldInTheFuture, TrainingCalledOff. The caller has checked that place and
    office are of this training.
    """
    training = _open(training)
    if training.held_on > timezone.localdate():
        raise HeldInTheFuture()
    where = {"school": place, "unit": None} if isinstance(place, School) else {"unit": place, "school": None}
    row = PresentWithoutAccount.objects.filter(training=training, kind=kind, **where).first()
    if (row.number if row else 0) == number:
        return row
    if number:
        row, _made = PresentWithoutAccount.objects.update_or_create(
            training=training,
            kind=kind,
            **where,
            defaults={"number": number, "recorded_by": actor, "recorded_at": timezone.now()},
        )
    elif row:
        row.delete()
        row = None
    _log(actor, "count_without_account", training, kind=kind, place=str(place.uuid), number=number)
    return row


@transaction.atomic
def open_door(*, training: Training, actor: User) -> Training:
    """Show the code: from now on people present themselves, for `door.HOURS` hours at most.

    Raises TrainingCalledOff; HeldInTheFuture before the day.
    """
    training = _open(training)
    if training.held_on > timezone.localdate():
        raise HeldInTheFuture()
    training.door_until = timezone.now() + timedelta(hours=door.HOURS)
    training.save(update_fields=["door_until"])
    _log(actor, "open_training_door", training)
    return training


@transaction.atomic
def close_door(*, training: Training, actor: User) -> Training:
    """Nobody presents themselves any more. Twice is once."""
    training = Training.objects.select_for_update().get(pk=training.pk)
    if training.door_until is not None:
        training.door_until = None
        training.save(update_fields=["door_until"])
        _log(actor, "close_training_door", training)
    return training


@transaction.atomic
def present_oneself(*, training: Training, user: User, at: datetime | None = None) -> TrainingAttendance:
    """Somebody who has seen the code says that they are there. Twice is once.

    `at` is when the code was seen: a door that was shut since then still lets them in. Raises TrainingDoorClosed,
    TrainingCalledOff, NotStaff for an account without an office.
    """
    training = _open(training)
    if training.door_until is None and at is None:
        raise TrainingDoorClosed()
    if not current_roles(user).exists():
        raise NotStaff()
    row, made = TrainingAttendance.objects.get_or_create(
        training=training, user=user, defaults={"how": TrainingAttendance.How.CODE}
    )
    if not made and row.withdrawn_at is not None:
        row.withdrawn_at, row.how, row.recorded_by = None, TrainingAttendance.How.CODE, None
        row.recorded_at = timezone.now()
        row.save(update_fields=["withdrawn_at", "how", "recorded_by", "recorded_at"])
    return row


# --- Certificates -----------------------------------------------------------------------------------------------------


def certificates_given(training: Training):
    return Certificate.objects.in_force().filter(kind=Certificate.Kind.TRAINING, subject_key=str(training.uuid))


def give_training_certificates(*, training: Training, actor: User) -> list[Certificate]:
    """A certificate for everybody on the list who has none; returns the new ones. Raises TrainingCalledOff."""
    with transaction.atomic():
        training = _open(training)
        there = list(training.attendances.counted().values_list("user_id", flat=True))
        held_at = timezone.make_aware(datetime.combine(training.held_on, training.starts_at or time(8)))
        return issue_certificates(
            subject=Subject(
                kind=Certificate.Kind.TRAINING,
                key=str(training.uuid),
                school_year=school_year_on(training.held_on),
                titles={catalogue.main_language(): training.title},
                rule={"held_on": training.held_on.isoformat(), "venue": training.venue},
                valid_until=training.valid_until,
            ),
            earned=[Earned(user_id, held_at) for user_id in there],
            actor=actor,
            again=True,
        )


# --- Courses that count -----------------------------------------------------------------------------------------------


@transaction.atomic
def set_online_training(*, course_key: UUID, kinds: list[str], months: int | None, actor: User) -> OnlineTraining:
    """From now on whoever holds one of these offices and finishes the course online counts as trained.

    Set again it takes the new offices and months. Raises CourseNotPublished.
    """
    course = catalogue.course(course_key, catalogue.main_language())
    if course is None:
        raise CourseNotPublished()
    rule, _made = OnlineTraining.objects.update_or_create(
        course_key=course_key,
        defaults={
            "title_at_the_time": course.title[:255],
            "kinds": kinds,
            "months": months,
            "set_by": actor,
            "set_at": timezone.now(),
        },
    )
    record(
        actor=actor,
        action="set_online_training",
        target_kind="course",
        target_key=str(course_key),
        target_label=rule.title_at_the_time,
        detail={"kinds": kinds, "months": months},
    )
    return rule


@transaction.atomic
def drop_online_training(*, rule: OnlineTraining, actor: User) -> None:
    """The course counts as a training no more; what was learnt stays."""
    record(
        actor=actor,
        action="drop_online_training",
        target_kind="course",
        target_key=str(rule.course_key),
        target_label=rule.title_at_the_time,
    )
    rule.delete()


def _log(actor: User, action: str, training: Training, **detail) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="training",
        target_key=str(training.uuid),
        target_label=training.title,
        detail={"on": training.held_on.isoformat(), **detail},
    )

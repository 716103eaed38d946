"""Giving a lesson or course to classes, and everything a teacher changes about that afterwards. All of it is logged."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cms.audit.operations import record
from courses import problems
from courses.models import Assignment, ClassAssignment, DueExtension
from courses.operations.openings import open_lesson_quiz
from courses.queries.catalogue import Target
from quizzes.operations import grant_allowance
from schools.models import Membership, SchoolClass
from schools.operations.notifications import notify
from schools.operations.places import require_open_classes


@transaction.atomic
def assign(
    *,
    target: Target,
    classes: Mapping[SchoolClass, datetime],
    actor,
    opens_at: datetime | None = None,
    note: str = "",
    uuid: UUID | None = None,
) -> Assignment:
    """Give `target` to each of `classes` with its due date, tell their pupils, and open the quizzes in it.

    `uuid` is made by the form: the same one again returns what the first call did. The caller has checked that `actor`
    may assign in every class. Raises NothingChosen, DueInThePast, DueBeforeOpening, AlreadyAssigned (with the class in
    `extra`), SchoolClosed (of a merged school), and then nothing is given to any class.
    """
    uuid = uuid or uuid4()
    done = Assignment.objects.filter(uuid=uuid, created_by=actor).first()
    if done:
        return done
    now = timezone.now()
    opens_at = opens_at or now
    if not classes:
        raise problems.NothingChosen()
    require_open_classes(classes)
    for due_at in classes.values():
        _check_due(due_at, opens_at, now)
    given = Assignment.objects.create(
        uuid=uuid,
        kind=target.kind,
        target_key=target.key,
        title_at_the_time=target.title,
        note=note.strip(),
        school_year=next(iter(classes)).school_year,
        opens_at=opens_at,
        created_by=actor,
    )
    for school_class, due_at in classes.items():
        _give(given, school_class, due_at, now)
    for lesson_key, quiz_key in target.quiz_keys.items():
        open_lesson_quiz(lesson_key=lesson_key, quiz_key=quiz_key)
    record(
        actor=actor,
        action="assign",
        target_kind=target.kind,
        target_key=str(target.key),
        target_label=target.title[:200],
        detail={
            "assignment": str(uuid),
            "classes": {str(school_class.uuid): due_at.isoformat() for school_class, due_at in classes.items()},
        },
    )
    return given


@transaction.atomic
def continue_class(*, before: SchoolClass, after: SchoolClass) -> int:
    """Give `after` what `before` has to do now, with the same due dates; returns how many. Nobody is told: nothing is
    new for the pupils. The assignments of `before` stay as they were, with whoever was in it."""
    running = ClassAssignment.objects.filter(school_class=before, withdrawn_at=None)
    made = ClassAssignment.objects.bulk_create(
        (
            ClassAssignment(
                assignment_id=row.assignment_id, school_class=after, target_key=row.target_key, due_at=row.due_at
            )
            for row in running
        ),
        ignore_conflicts=True,
    )
    return len(made)


def _check_due(due_at: datetime, opens_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise problems.DueInThePast()
    if due_at <= opens_at:
        raise problems.DueBeforeOpening()


def _give(given: Assignment, school_class: SchoolClass, due_at: datetime, now: datetime) -> ClassAssignment:
    try:
        with transaction.atomic():
            made = ClassAssignment.objects.create(
                assignment=given, school_class=school_class, target_key=given.target_key, due_at=due_at
            )
    except IntegrityError as error:
        raise problems.AlreadyAssigned(school_class=str(school_class.uuid)) from error
    if given.opens_at <= now:
        notify(
            users=_pupils(school_class),
            key=f"assigned:{made.uuid}",
            kind="assigned",
            context=_told(given, due_at),
            url=_open_url(given),
        )
    return made


def _pupils(school_class: SchoolClass) -> list[int]:
    return list(Membership.objects.current().filter(school_class=school_class).values_list("user_id", flat=True))


def _day(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%d/%m}"


def _told(given: Assignment, due_at: datetime) -> dict:
    """What a message says of an assignment; `target` lets its reader be told the title in their own language."""
    return {"title": given.title_at_the_time, "target": str(given.target_key), "due": _day(due_at)}


def _open_url(given: Assignment) -> str:
    return reverse("courses:open", args=[given.kind, given.target_key])


def _locked(class_assignment: ClassAssignment) -> ClassAssignment:
    return (
        ClassAssignment.objects.select_for_update(of=("self",))
        .select_related("assignment", "school_class")
        .get(pk=class_assignment.pk)
    )


def _log(actor, action: str, class_assignment: ClassAssignment, **detail) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="class_assignment",
        target_key=str(class_assignment.uuid),
        target_label=f"{class_assignment.assignment.title_at_the_time} · {class_assignment.school_class.name}"[:200],
        detail=detail,
    )


@transaction.atomic
def change_due(*, class_assignment: ClassAssignment, due_at: datetime, actor) -> ClassAssignment:
    """Set another due date for the class. Raises DueInThePast, DueBeforeOpening. The same date again is a no-op."""
    row = _locked(class_assignment)
    if row.due_at == due_at:
        return row
    _check_due(due_at, row.assignment.opens_at, timezone.now())
    before, row.due_at = row.due_at, due_at
    row.save(update_fields=["due_at"])
    _log(actor, "change_due_date", row, before=before.isoformat(), after=due_at.isoformat())
    return row


@transaction.atomic
def withdraw(*, class_assignment: ClassAssignment, actor) -> ClassAssignment:
    """Take the assignment from the class. What its pupils did is kept. Twice is once."""
    row = _locked(class_assignment)
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by = timezone.now(), actor
        row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        _log(actor, "withdraw_assignment", row)
    return row


@transaction.atomic
def restore(*, class_assignment: ClassAssignment, actor) -> ClassAssignment:
    """Undo a withdrawal. Raises AlreadyAssigned when the class has been given the same again meanwhile."""
    row = _locked(class_assignment)
    if row.withdrawn_at is not None:
        row.withdrawn_at = row.withdrawn_by = None
        try:
            with transaction.atomic():
                row.save(update_fields=["withdrawn_at", "withdrawn_by"])
        except IntegrityError as error:
            raise problems.AlreadyAssigned(school_class=str(row.school_class.uuid)) from error
        _log(actor, "restore_assignment", row)
    return row


@transaction.atomic
def extend_due(
    *,
    class_assignment: ClassAssignment,
    user,
    due_at: datetime,
    reason: str,
    actor,
    extra_attempts: int = 0,
    quiz_keys: Mapping[UUID, UUID] | None = None,
) -> DueExtension:
    """Give one pupil more time, and with `extra_attempts` more tries at the quizzes `{lesson key: quiz key}`.

    The reason is kept in the log. Raises ReasonMissing, NotInTheClass, DueInThePast, NotExtended.
    """
    reason = reason.strip()
    if not reason:
        raise problems.ReasonMissing()
    row = _locked(class_assignment)
    if not Membership.objects.current().filter(school_class=row.school_class, user=user).exists():
        raise problems.NotInTheClass()
    if due_at <= timezone.now():
        raise problems.DueInThePast()
    known = row.extensions.filter(user=user).first()
    if due_at < (known.due_at if known else row.due_at):
        raise problems.NotExtended()
    extension, _made = DueExtension.objects.update_or_create(
        class_assignment=row,
        user=user,
        defaults={
            "due_at": due_at,
            "reason": reason[:300],
            "granted_by": actor,
            "granted_at": timezone.now(),
        },
    )
    if extra_attempts:
        for lesson_key, quiz_key in (quiz_keys or {}).items():
            opening = open_lesson_quiz(lesson_key=lesson_key, quiz_key=quiz_key)
            grant_allowance(opening=opening, user=user, extra_attempts=extra_attempts, reason=reason, granted_by=actor)
    _log(
        actor,
        "extend_pupil",
        row,
        user=str(user.uuid),
        due_at=due_at.isoformat(),
        extra_attempts=extra_attempts,
        reason=reason[:300],
    )
    notify(
        users=[user],
        key=f"extended:{row.uuid}:{due_at.isoformat()}",
        kind="due_extended",
        context=_told(row.assignment, due_at),
        url=_open_url(row.assignment),
    )
    return extension


@transaction.atomic
def remind(*, class_assignment: ClassAssignment, users, actor) -> int:
    """Leave a reminder in the app for each of `users`, once a day at most; returns how many got a new one."""
    row = _locked(class_assignment)
    sent = notify(
        users=users,
        key=reminder_key(row, timezone.localdate()),
        kind="reminder",
        context=_told(row.assignment, row.due_at),
        url=_open_url(row.assignment),
    )
    if sent:
        _log(actor, "remind", row, pupils=sent)
    return sent


def reminder_key(class_assignment: ClassAssignment, day) -> str:
    return f"reminder:{class_assignment.uuid}:{day.isoformat()}"

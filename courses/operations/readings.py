"""Asking staff to read something and to confirm it; a new version is asked for when somebody says so."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from cms.audit.operations import record
from courses.models import ReadingConfirmation, RequiredReading
from courses.problems import DueInThePast, NotAskedToRead, ReadingNotPublished, ReadingWithdrawn
from courses.queries.readings import page_of, readers
from courses.queries.staff import StaffPlace, offices_for
from schools.models import Unit, User
from schools.operations.notifications import notify, settle

KIND, KIND_REMINDER = "reading", "reading_reminder"


@dataclass(frozen=True)
class Wanted:
    """What is asked: a page by its key, or a notice of one's own (`title` and `text`)."""

    kinds: list[str]
    due_on: date
    page_key: UUID | None = None
    title: str = ""
    text: str = ""
    note: str = ""
    within: list[Unit] = field(default_factory=list)


@transaction.atomic
def require_reading(*, key: UUID, place: StaffPlace, wanted: Wanted, actor: User) -> RequiredReading:
    """Ask the staff of a place to read and confirm something; they are told. `key` is made by the form: the same post
    again is the same reading. The caller has checked that `actor` asks there.

    Raises DueInThePast, ReadingNotPublished.
    """
    if wanted.due_on < timezone.localdate():
        raise DueInThePast()
    page = page_of(wanted.page_key) if wanted.page_key else None
    if wanted.page_key and page is None:
        raise ReadingNotPublished()
    reading, made = RequiredReading.objects.get_or_create(
        uuid=key,
        defaults={
            "unit": None if place.school else place.unit,
            "school": place.school,
            "kinds": wanted.kinds,
            "page_key": wanted.page_key,
            "title": (page.title if page else wanted.title)[:255],
            "text": "" if page else wanted.text,
            "note": wanted.note,
            "due_on": wanted.due_on,
            "revision_id": page.live_revision_id if page else None,
            "created_by": actor,
        },
    )
    if made:
        reading.within.set([] if place.school else wanted.within)
        _tell(reading)
        _log(actor, "require_reading", reading)
    return reading


def _tell(reading: RequiredReading) -> int:
    return notify(
        users=set(offices_for(reading).values_list("user_id", flat=True)),
        key=f"reading:{reading.uuid}:{reading.version}",
        kind=KIND,
        context={"title": reading.title, "due": f"{reading.due_on:%d/%m/%Y}"},
        url=reverse("courses:reading", args=[reading.uuid]),
    )


@transaction.atomic
def confirm_reading(*, reading: RequiredReading, user: User) -> ReadingConfirmation:
    """«Tôi đã đọc»: the version that is asked for now. Twice is once. Raises ReadingWithdrawn, NotAskedToRead."""
    reading = RequiredReading.objects.select_for_update().get(pk=reading.pk)
    if reading.withdrawn_at:
        raise ReadingWithdrawn()
    if not offices_for(reading).filter(user=user).exists():
        raise NotAskedToRead()
    page = page_of(reading.page_key) if reading.page_key else None
    row, _made = ReadingConfirmation.objects.get_or_create(
        reading=reading, user=user, version=reading.version, defaults={"revision_id": page and page.live_revision_id}
    )
    settle(users=[user], keys=[f"reading:{reading.uuid}"])
    return row


@transaction.atomic
def ask_again(*, reading: RequiredReading, due_on: date, actor: User) -> RequiredReading:
    """The version published now is to be read anew: earlier confirmations stay and count for their version.

    Pressed twice for the same published version it only moves the day. Raises DueInThePast, ReadingWithdrawn.
    """
    if due_on < timezone.localdate():
        raise DueInThePast()
    reading = RequiredReading.objects.select_for_update().get(pk=reading.pk)
    if reading.withdrawn_at:
        raise ReadingWithdrawn()
    page = page_of(reading.page_key) if reading.page_key else None
    reading.due_on = due_on
    if page is not None and page.live_revision_id != reading.revision_id:
        reading.version += 1
        reading.revision_id, reading.asked_at, reading.title = page.live_revision_id, timezone.now(), page.title[:255]
    reading.save()
    _tell(reading)
    _log(actor, "ask_reading_again", reading)
    return reading


@transaction.atomic
def remind_readers(*, reading: RequiredReading, actor: User) -> int:
    """Remind whoever has not confirmed, once a day at most; returns how many heard of it."""
    told = notify(
        users=set(readers(reading, missing=True).order_by().values_list("pk", flat=True)),
        key=f"reading:{reading.uuid}:{reading.version}:{timezone.localdate():%y%m%d}",
        kind=KIND_REMINDER,
        context={"title": reading.title, "due": f"{reading.due_on:%d/%m/%Y}"},
        url=reverse("courses:reading", args=[reading.uuid]),
    )
    if told:
        _log(actor, "remind_readers", reading, people=told)
    return told


@transaction.atomic
def withdraw_reading(*, reading: RequiredReading, actor: User) -> RequiredReading:
    """Nobody is asked for it any more; confirmations stay. Twice is once."""
    reading = RequiredReading.objects.select_for_update().get(pk=reading.pk)
    if reading.withdrawn_at is None:
        reading.withdrawn_at, reading.withdrawn_by = timezone.now(), actor
        reading.save(update_fields=["withdrawn_at", "withdrawn_by"])
        settle(users=User.objects.values("pk"), keys=[f"reading:{reading.uuid}"])
        _log(actor, "withdraw_reading", reading)
    return reading


def _log(actor: User, action: str, reading: RequiredReading, **detail) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="reading",
        target_key=str(reading.uuid),
        target_label=reading.title,
        detail={"version": reading.version, "due_on": reading.due_on.isoformat(), **detail},
    )

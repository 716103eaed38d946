"""The family task from its start to the teacher's word. Whatever looks odd is shown to people and decides nothing."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from cms.audit.operations import record
from courses.models import FamilyAnswer, FamilyTask
from courses.moment import moment_of
from courses.problems import (
    FamilyCodeExpired,
    FamilyCodeUsed,
    FamilyTaskNotConfirmed,
    NoSuchFamilyCode,
    ReasonMissing,
    TooManyConfirmations,
    TooManyFamilyTasks,
)
from schools.codes import ALPHABET
from schools.operations.notifications import notify

CODE_LENGTH = 8
GOOD_FOR = timedelta(days=30)
# A pupil who means well has a few under way.
MOST_OPEN = 10
QUICK = timedelta(minutes=2)
LATELY = timedelta(days=30)
# From so many earlier ones on, a person should look; far more than a household has.
DEVICE_ODD, NETWORK_ODD = 3, 10
# From so many in a day on, a phone is asked to come back tomorrow.
DEVICE_MOST = 12

Flag = FamilyAnswer.Flag


def device_hash(number: str) -> str:
    """The random number a phone keeps, as it is stored."""
    return salted_hmac("courses.family.device", number, algorithm="sha256").hexdigest()[:32]


def network_hash(address: str, day) -> str:
    """An address as it is stored: of another day it is another hash, so that nobody can be followed by it."""
    return salted_hmac("courses.family.network", f"{day.isoformat()}:{address}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def start_task(*, user, lesson_key: UUID, block: str, service: str, service_title: str) -> FamilyTask:
    """Begin to show a relative `service`; the same again returns the task under way, with a new code if the old ran out.

    Raises TooManyFamilyTasks. The caller has checked that the lesson has this block and that the service is offered.
    """
    now = timezone.now()
    same = {"user": user, "lesson_key": lesson_key, "block": block, "service": service}
    known = FamilyTask.objects.select_for_update().filter(**same).exclude(state=FamilyTask.State.ACCEPTED).first()
    if known:
        if known.expires_at <= now and known.state != FamilyTask.State.CONFIRMED:
            known.code, known.expires_at = _new_code(), now + GOOD_FOR
            known.save(update_fields=["code", "expires_at"])
        return known
    open_ones = FamilyTask.objects.filter(user=user, state__in=[FamilyTask.State.WAITING, FamilyTask.State.AGAIN])
    if open_ones.filter(expires_at__gt=now).count() >= MOST_OPEN:
        raise TooManyFamilyTasks()
    moment = moment_of(user)
    try:
        with transaction.atomic():
            return FamilyTask.objects.create(
                **same,
                service_title=service_title[:255],
                code=_new_code(),
                started_at=now,
                expires_at=now + GOOD_FOR,
                **moment._asdict(),
            )
    except IntegrityError:
        # Two presses in the same moment: the second finds the first one's row.
        return FamilyTask.objects.filter(**same).exclude(state=FamilyTask.State.ACCEPTED).get()


def _new_code() -> str:
    while True:
        code = get_random_string(CODE_LENGTH, ALPHABET)
        if not FamilyTask.objects.filter(code=code).exists():
            return code


@transaction.atomic
def confirm_task(
    *,
    code: str,
    doing: str,
    age_band: str,
    next_time: str,
    language: str,
    device: str,
    network: str,
    own_account: bool = False,
) -> FamilyAnswer:
    """Keep what the relative says; `device` and `network` are hashes (`device_hash`, `network_hash`).

    A code is good once: the same phone again is told the same, another raises FamilyCodeUsed. Also raises
    NoSuchFamilyCode, FamilyCodeExpired, TooManyConfirmations. `own_account`: the pupil is signed in on this phone.
    """
    task = FamilyTask.objects.select_for_update().filter(code=code).first()
    if task is None:
        raise NoSuchFamilyCode()
    now = timezone.now()
    if not task.is_open:
        had = task.answers.filter(set_aside_at=None).first()
        if had and had.device == device:
            return had
        raise FamilyCodeUsed() if had else FamilyCodeExpired()
    here = FamilyAnswer.objects.filter(device=device)
    if here.filter(confirmed_at__gt=now - timedelta(days=1)).count() >= DEVICE_MOST:
        raise TooManyConfirmations()
    flags = [
        flag
        for flag, odd in (
            (Flag.NOT_DONE, doing == FamilyAnswer.Doing.NOT),
            (Flag.OWN_ACCOUNT, own_account),
            (Flag.QUICK, now - task.started_at < QUICK),
            (Flag.DEVICE, here.filter(confirmed_at__gt=now - LATELY).count() >= DEVICE_ODD),
            (Flag.NETWORK, FamilyAnswer.objects.filter(network=network).count() >= NETWORK_ODD),
        )
        if odd
    ]
    answer = FamilyAnswer.objects.create(
        task=task,
        doing=doing,
        age_band=age_band,
        next_time=next_time,
        language=language,
        confirmed_at=now,
        device=device,
        network=network,
        flags=flags,
    )
    task.state = FamilyTask.State.CONFIRMED
    task.save(update_fields=["state"])
    return answer


@transaction.atomic
def accept_tasks(*, tasks: Iterable[FamilyTask], actor) -> int:
    """Accept what relatives have confirmed; returns how many were new. What waits for nobody's word is left alone.

    An answer that says nobody has shown it yet cannot be accepted: FamilyTaskNotConfirmed. The caller has checked that
    `actor` may grade these pupils.
    """
    rows = list(
        FamilyTask.objects.select_for_update().filter(
            pk__in=[one.pk for one in tasks], state=FamilyTask.State.CONFIRMED
        )
    )
    not_done = FamilyAnswer.objects.filter(task__in=rows, set_aside_at=None, doing=FamilyAnswer.Doing.NOT)
    if not_done.exists():
        raise FamilyTaskNotConfirmed()
    now = timezone.now()
    FamilyTask.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=FamilyTask.State.ACCEPTED, decided_at=now, decided_by=actor, note=""
    )
    if rows:
        record(
            actor=actor,
            action="accept_family_tasks",
            target_kind="family_task",
            target_key=str(rows[0].uuid),
            detail={"tasks": [str(row.uuid) for row in rows]},
        )
    told: dict[str, list[int]] = {}
    for row in rows:
        told.setdefault(row.service_title, []).append(row.user_id)
    for title, users in told.items():
        # The state has kept everything from being told twice; the key keeps one day's messages apart.
        notify(
            users=users,
            key=f"family-accepted:{min(row.uuid for row in rows)}:{title}"[:120],
            kind="family_accepted",
            context={"service": title},
            url=reverse("courses:family"),
        )
    return len(rows)


@transaction.atomic
def ask_again(*, task: FamilyTask, note: str, actor) -> FamilyTask:
    """Give a confirmed task back with a word on what to do better, and with a new code. Raises ReasonMissing.

    Nothing is taken from the pupil: they may do it again at once. A task that waits for nobody's word is left as it is.
    """
    note = note.strip()
    if not note:
        raise ReasonMissing()
    row = FamilyTask.objects.select_for_update().get(pk=task.pk)
    if row.state != FamilyTask.State.CONFIRMED:
        return row
    now = timezone.now()
    row.answers.filter(set_aside_at=None).update(set_aside_at=now)
    row.state, row.note, row.decided_at, row.decided_by = FamilyTask.State.AGAIN, note[:300], now, actor
    row.code, row.expires_at, row.started_at = _new_code(), now + GOOD_FOR, now
    row.save()
    record(
        actor=actor,
        action="give_back_family_task",
        target_kind="family_task",
        target_key=str(row.uuid),
        detail={"note": row.note},
    )
    notify(
        users=[row.user_id],
        key=f"family-again:{row.uuid}:{row.code}",
        kind="family_again",
        context={"service": row.service_title, "note": row.note},
        url=reverse("courses:family_task", args=[row.uuid]),
    )
    return row

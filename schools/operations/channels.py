"""Choosing a channel, proving the address, sending, and stopping from the message itself."""

import datetime
import hashlib
import re
from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, get_random_string, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cms.audit.operations import record
from schools import channels
from schools.models import Channel, ChannelChoice, Delivery, Notification, User
from schools.operations.accounts import is_pupil
from schools.operations.notifications import may_leave, text_of
from schools.problems import AddressRefused, ChannelCodeRefused, ChannelNotForYou
from schools.queries.addresses import absolute

CODE_LENGTH, CODE_GOOD_FOR, CODE_TRIES = 6, datetime.timedelta(minutes=30), 5
# After so many tries, the waits between them in minutes, a message is given up.
WAITS = (1, 5, 30, 120, 480)
SALT = "schools.channel.stop"
# A telephone rings; a mailbox does not.
QUIET_FROM, QUIET_UNTIL = 21, 7
# When the message of the day goes out to who wants only one, and how many lines a letter has.
DAILY_AT, MOST_LINES = 17, 20
# So many failed messages at most are handed out again by one press.
MOST_AGAIN = 500


def tidy_address(channel: str, text: str) -> str:
    """The address as it is stored; raises AddressRefused for what cannot be one."""
    typed = text.strip()
    if channel == Channel.EMAIL:
        try:
            validate_email(typed)
        except ValidationError:
            raise AddressRefused(_("This is no e-mail address. It looks like ten@truong.edu.vn.")) from None
        return typed
    digits = re.sub(r"[\s.\-()]", "", typed)
    if channel == Channel.SMS:
        found = re.fullmatch(r"(?:\+?84|0)([35789]\d{8})", digits)
        if not found:
            raise AddressRefused(_("This is no Vietnamese mobile number. It has ten digits and begins with 0."))
        return f"+84{found[1]}"
    if not re.fullmatch(r"\d{6,25}", digits):
        raise AddressRefused(
            _("The Zalo number of a follower has digits only; the province's account tells it to you.")
        )
    return digits


@transaction.atomic
def choose_channel(*, user: User, channel: str, address: str) -> ChannelChoice:
    """Keep an address and send a code to it; nothing else is sent there before the code was typed.

    Raises ChannelNotForYou for pupils, of whom no address is kept, and for a channel that is not set up; AddressRefused.
    """
    if is_pupil(user) or channel not in channels.set_up():
        raise ChannelNotForYou()
    code = get_random_string(CODE_LENGTH, "0123456789")
    row, _made = ChannelChoice.objects.update_or_create(
        user=user,
        channel=channel,
        defaults={
            "address": tidy_address(channel, address),
            "code_hash": _code_hash(user, channel, code),
            "code_expires_at": timezone.now() + CODE_GOOD_FOR,
            "code_tries": 0,
            "confirmed_at": None,
            "stopped_at": None,
        },
    )
    from schools.tasks import send_code

    transaction.on_commit(partial(send_code.delay, row.pk, code), robust=True)
    return row


def _code_hash(user: User, channel: str, code: str) -> str:
    return salted_hmac("schools.channel.code", f"{user.pk}:{channel}:{code}", algorithm="sha256").hexdigest()


def send_channel_code(*, choice: ChannelChoice, code: str) -> None:
    with override(choice.user.language):
        text = _("Your code for messages from Học Dịch vụ công: %(code)s. Nobody will ask you for it.") % {"code": code}
        channels.send(
            choice.channel,
            address=choice.address,
            subject=_("Your code"),
            text=text,
            reference=f"code-{choice.uuid}-{choice.code_hash[:8]}",
        )


def confirm_channel(*, user: User, channel: str, code: str) -> ChannelChoice:
    """The code that was sent; from now on messages go there too. Raises ChannelCodeRefused, and counts the wrong try."""
    with transaction.atomic():
        row = ChannelChoice.objects.select_for_update().filter(user=user, channel=channel, confirmed_at=None).first()
        if row is None or not row.code_hash or row.code_expires_at < timezone.now() or row.code_tries >= CODE_TRIES:
            raise ChannelCodeRefused()
        if constant_time_compare(row.code_hash, _code_hash(user, channel, "".join(code.split()))):
            row.confirmed_at, row.code_hash, row.code_expires_at = timezone.now(), "", None
            row.save()
            return row
        row.code_tries += 1
        row.save(update_fields=["code_tries"])
    raise ChannelCodeRefused()


def remove_channel(*, user: User, channel: str) -> None:
    """Forget the address. What was on its way is not sent."""
    ChannelChoice.objects.filter(user=user, channel=channel).delete()


def stop_channel(*, user_id: int, channel: str) -> bool:
    """Turn a channel off, as the link in every message does; returns whether there was one. Twice is once."""
    found = ChannelChoice.objects.filter(user=user_id, channel=channel)
    found.filter(stopped_at=None).update(stopped_at=timezone.now())
    return found.exists()


def resume_channel(*, user: User, channel: str) -> None:
    ChannelChoice.objects.filter(user=user, channel=channel).update(stopped_at=None)


@transaction.atomic
def change_rhythm(*, user: User, channel: str, daily: bool) -> None:
    """Each message by itself, or everything of a day in one at `DAILY_AT`; what waits untried follows at once."""
    found = ChannelChoice.objects.select_for_update().filter(user=user, channel=channel).first()
    if found is None or found.daily == daily:
        return
    found.daily = daily
    found.save(update_fields=["daily"])
    waiting = Delivery.objects.filter(
        notification__user=user, channel=channel, state=Delivery.State.WAITING, tries=0, error=""
    )
    waiting.update(next_at=_first_try(found, timezone.now()))


# --- The way out ------------------------------------------------------------------------------------------------------


def stop_token(user_id: int, channel: str) -> str:
    return signing.dumps([user_id, channel], salt=SALT, compress=False)


def read_stop_token(token: str) -> tuple[int, str] | None:
    try:
        user_id, channel = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    return user_id, channel


def _not_before(channel: str, now: datetime.datetime) -> datetime.datetime:
    """Now, or for what rings the morning after the quiet hours."""
    local = timezone.localtime(now)
    if channel == Channel.EMAIL or QUIET_UNTIL <= local.hour < QUIET_FROM:
        return now
    morning = local.replace(hour=QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if local.hour < QUIET_UNTIL else morning + datetime.timedelta(days=1)


def _first_try(choice: ChannelChoice, now: datetime.datetime) -> datetime.datetime:
    if not choice.daily:
        return _not_before(choice.channel, now)
    evening = timezone.localtime(now).replace(hour=DAILY_AT, minute=0, second=0, microsecond=0)
    return evening if evening > now else evening + datetime.timedelta(days=1)


@transaction.atomic
def queue_deliveries(*, notification_ids: Iterable[int]) -> list[int]:
    """A delivery for each message and each channel its person has turned on; returns the ids of those due now.

    Repeated it makes nothing new.
    """
    ready, now = channels.set_up(), timezone.now()
    if not ready:
        return []
    ids = list(notification_ids)
    messages: dict[int, list[Notification]] = {}
    for one in Notification.objects.filter(pk__in=ids):
        messages.setdefault(one.user_id, []).append(one)
    choices = ChannelChoice.objects.filter(
        user__in=messages, channel__in=ready, confirmed_at__isnull=False, stopped_at=None, user__is_active=True
    )
    rows = [
        Delivery(notification=one, channel=choice.channel, next_at=_first_try(choice, now))
        for choice in choices
        for one in messages[choice.user_id]
    ]
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    due = Delivery.objects.filter(notification__in=ids, state=Delivery.State.WAITING, tries=0, next_at__lte=now)
    return list(due.values_list("pk", flat=True))


def deliver(*, delivery_id: int) -> Delivery | None:
    """Try to send one; a failure puts it off, the last one ends it. None when it is not due or another worker has it.

    For who wants one message a day everything else that is due goes out in it. The rows are put off before the call is
    made: a worker that is killed in the middle loses nothing, and no lock is held while the other side is waited for.
    """
    rows, choice = _claim(delivery_id)
    wanted = []
    for row in rows:
        if choice is None or not choice.is_on or row.notification.read_at:
            _end(row, Delivery.State.DROPPED)
        else:
            wanted.append(row)
    if choice is not None and wanted:
        _try(wanted, choice)
    return next((row for row in rows if row.pk == delivery_id), None)


@transaction.atomic
def _claim(delivery_id: int) -> tuple[list[Delivery], ChannelChoice | None]:
    """What goes out together, put off until the next try. The lock is on the person's channel: two workers that begin
    with two messages of one evening make one digest, not two."""
    now = timezone.now()
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now)
    asked = due.filter(pk=delivery_id).values_list("notification__user", "channel").first()
    if asked is None:
        return [], None
    user_id, channel = asked
    choice = ChannelChoice.objects.select_for_update().filter(user=user_id, channel=channel).first()
    together = (
        due.filter(notification__user=user_id, channel=channel)
        if choice is not None and choice.daily
        else due.filter(pk=delivery_id)
    )
    rows = list(together.select_related("notification__user").order_by("notification__created_at", "pk"))
    longest = max((row.tries for row in rows), default=0)
    wait = datetime.timedelta(minutes=WAITS[min(longest, len(WAITS) - 1)])
    mine = []
    for row in rows:
        still = due.filter(pk=row.pk, tries=row.tries)
        row.tries, row.next_at = row.tries + 1, now + wait
        if still.update(tries=row.tries, next_at=row.next_at):
            mine.append(row)
    return mine, choice


def _try(rows: list[Delivery], choice: ChannelChoice) -> None:
    subject, text, stop_url = words_of([row.notification for row in rows], choice.channel)
    try:
        reference = channels.send(
            choice.channel,
            address=choice.address,
            subject=subject,
            text=text,
            reference=_reference(rows),
            stop_url=stop_url,
        )[:120]
    except channels.NotDelivered as problem:
        for row in rows:
            row.error = str(problem)
            if problem.final or row.tries >= len(WAITS):
                _end(row, Delivery.State.FAILED)
            else:
                row.save(update_fields=["error"])
        return
    for row in rows:
        row.sent_at, row.error, row.reference = timezone.now(), "", reference
        _end(row, Delivery.State.SENT)


def _reference(rows: list[Delivery]) -> str:
    """The same for the same messages, so that the other side leaves out what it had already."""
    first = rows[0]
    if len(rows) == 1:
        return f"{first.notification.uuid}-{first.channel}"
    of_all = hashlib.sha256(",".join(sorted(str(row.notification.uuid) for row in rows)).encode()).hexdigest()
    return f"digest-{of_all[:32]}-{first.channel}"


def _end(row: Delivery, state: str) -> Delivery:
    row.state = state
    row.save(update_fields=["state", "sent_at", "error", "reference"])
    return row


@transaction.atomic
def send_again(*, deliveries: QuerySet[Delivery], actor: User) -> tuple[int, int]:
    """Failed ones of `deliveries` wait once more as if never tried, `MOST_AGAIN` at most, the newest first.

    Returns how many do, and how many of those looked at do not: read on the site meanwhile, or the person or the operator
    has turned the channel off. The caller has checked that `actor` may.
    """
    on = ChannelChoice.objects.filter(
        user=OuterRef("notification__user"), channel=OuterRef("channel"), confirmed_at__isnull=False, stopped_at=None
    )
    failed = Delivery.objects.filter(pk__in=deliveries.values("pk"), state=Delivery.State.FAILED)
    looked_at = list(failed.order_by("-pk").values_list("pk", flat=True)[:MOST_AGAIN])
    wanted = failed.filter(
        Exists(on),
        pk__in=looked_at,
        channel__in=channels.set_up(),
        notification__read_at=None,
        notification__user__is_active=True,
    )
    now, count = timezone.now(), 0
    for channel in list(wanted.order_by().values_list("channel", flat=True).distinct()):
        ids = list(wanted.filter(channel=channel).values_list("pk", flat=True))
        count += Delivery.objects.filter(pk__in=ids, state=Delivery.State.FAILED).update(
            state=Delivery.State.WAITING, tries=0, error="", next_at=_not_before(channel, now)
        )
    if count:
        record(actor=actor, action="send_again", target_kind="deliveries", target_key="", detail={"count": count})
        transaction.on_commit(_hand_on, robust=True)
    return count, len(looked_at) - count


def _hand_on() -> None:
    from schools.tasks import send_what_waits

    send_what_waits.delay()


def words_of(notifications: list[Notification], channel: str) -> tuple[str, str, str]:
    """Subject, text and the address that stops the channel, in the person's language.

    A message that names others stays inside the site: outside it is only said that one waits. Several make a digest: a
    letter lists them, what rings says how many there are.
    """
    user = notifications[0].user
    language = user.language if user.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with override(language):
        if len(notifications) == 1:
            said, path = _said(notifications[0]), notifications[0].url
        else:
            said, path = _digest(notifications, channel), ""
        path = _in_language(path, language) if path else reverse("schools:account")
        stop = absolute(reverse("schools:stop_channel", args=[stop_token(user.pk, channel)]))
        lines = [said, absolute(path), _("No such messages any more: %(link)s") % {"link": stop}]
        return "Học Dịch vụ công", "\n\n".join(lines) if channel == Channel.EMAIL else "\n".join(lines), stop


def _said(notification: Notification) -> str:
    if may_leave(notification.kind):
        return text_of(notification)
    return _("A new message waits for you on the site.")


def _digest(notifications: list[Notification], channel: str) -> str:
    count = len(notifications)
    head = ngettext("%(count)d new message today.", "%(count)d new messages today.", count) % {"count": count}
    if channel != Channel.EMAIL:
        return head
    lines = list(dict.fromkeys(_said(one) for one in notifications))
    shown = [f"– {line}" for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"– {_('and more on the site')}")
    return "\n".join([head, *shown])


def _in_language(path: str, language: str) -> str:
    """A path of the site as `language` has it; one without a language stays as it is."""
    first, _slash, rest = path.lstrip("/").partition("/")
    return f"/{language}/{rest}" if first in dict(settings.LANGUAGES) else path


def hand_on_deliveries(*, most: int = 500) -> list[int]:
    """The ids of what is due now: put off, or its message to the worker was lost. Nothing of a channel that rests."""
    awake = [one for one in channels.set_up() if not channels.is_resting(one)]
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=timezone.now(), channel__in=awake)
    return list(due.order_by("next_at").values_list("pk", flat=True)[:most])

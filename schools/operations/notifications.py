"""Sending messages inside the site. A room names its kinds of message in `AppConfig.ready()`."""

from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.channels import set_up
from schools.models import Notification, User

_texts: dict[str, object] = {}
_readings: dict[str, Callable[[dict], dict]] = {}
_may_leave: set[str] = set()


def register_kind(kind: str, text, *, read: Callable[[dict], dict] | None = None, may_leave: bool = False) -> None:
    """`may_leave`: the text names nobody, so that it may be sent by e-mail, SMS or Zalo as it stands.

    `text` is a lazy translation with %(name)s places for the message's context: it is put into words when it is read.

    `read(context)` may give the context as the reader's language has it, such as a lesson by its title there.
    """
    _texts[kind] = text
    if read is not None:
        _readings[kind] = read
    if may_leave:
        _may_leave.add(kind)


def may_leave(kind: str) -> bool:
    """Whether the words of a message of this kind may leave the site."""
    return kind in _may_leave


def text_of(notification: Notification) -> str:
    """The message in the reader's language; the kind itself if nobody registered it or its context has changed."""
    try:
        read = _readings.get(notification.kind)
        return str(_texts[notification.kind]) % (read(notification.context) if read else notification.context)
    except (KeyError, TypeError, ValueError):
        return notification.kind


@transaction.atomic
def notify(*, users: Iterable[User | int], key: str, kind: str, context: dict | None = None, url: str = "") -> int:
    """Leave each of `users` (accounts or their ids) one message, in two statements however many they are; the same `key` again reaches nobody twice.

    `context` fills the places of the kind's text. `url` is a path of the site in any language. Returns how many are new.
    """
    ids: set[int] = {user if isinstance(user, int) else user.pk for user in users}
    had = set(Notification.objects.filter(key=key, user__in=ids).values_list("user_id", flat=True))
    new = [Notification(user_id=pk, key=key, kind=kind, context=context or {}, url=url) for pk in sorted(ids - had)]
    Notification.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    if new and set_up():
        transaction.on_commit(partial(_send_out, key, sorted(ids - had)), robust=True)
    return len(new)


def _send_out(key: str, user_ids: list[int]) -> None:
    from schools.tasks import send_out

    send_out.delay(key, user_ids)


def mark_read(*, user: User, uuids: Iterable | None = None) -> int:
    """Mark the messages of `user` read: those named, or all. Returns how many changed."""
    unread = Notification.objects.filter(user=user, read_at=None)
    if uuids is not None:
        unread = unread.filter(uuid__in=list(uuids))
    return unread.update(read_at=timezone.now())


def settle(*, users, keys: Iterable[str]) -> int:
    """What these messages asked for is done: mark them read for all of `users` (accounts, or a query of their ids).

    A message belongs to a key of `keys` if its own key is that one or begins with it and a colon. Returns how many changed.
    """
    wanted = Q()
    for key in keys:
        wanted |= Q(key=key) | Q(key__startswith=f"{key}:")
    if not wanted:
        return 0
    return Notification.objects.filter(wanted, user__in=users, read_at=None).update(read_at=timezone.now())


register_kind("password_request", _("%(name)s (%(class)s) has forgotten the password."))
register_kind("guest_waiting", _("%(name)s asks to join %(class)s."))
register_kind("guest_accepted", _("You are now in class %(class)s."))
register_kind(
    "second_factor_reset", _("Your second factor was reset. Set it up again when you next sign in."), may_leave=True
)

"""The demo's messages that left the site: who asked for letters, what became of them.

In the demo letters become files beside its database (cms.settings.demo), so they are sent for true. One goes to a mailbox
that does not exist, as among every hundred addresses one does.
"""

from django.utils import timezone

from schools.channels import set_up
from schools.models import Channel, ChannelChoice, Delivery, Notification, User
from schools.operations.channels import deliver, queue_deliveries

# Who, the address, one letter a day.
CHOICES = [
    ("co.sen", "co.sen@bendua.example", False),
    ("co.duong", "co.duong@doimay.example", False),
    ("hieuvu", "hieuvu@doimay.example", False),
    ("canboxa", "canboxa@hoahiep.example", True),
    ("thay.bach", "thay.bach@bendau.example", False),
]
NO_MAILBOX = "thay.bach"


def load_demo_channels(counts: dict[str, int]) -> None:
    """Make what is missing; a second run changes nothing. Nothing at all where letters are not set up."""
    if Channel.EMAIL not in set_up():
        return
    people = {one.username: one for one in User.objects.filter(username__in=[name for name, *_rest in CHOICES])}
    for username, address, daily in CHOICES:
        if username not in people:
            continue
        _choice, made = ChannelChoice.objects.get_or_create(
            user=people[username],
            channel=Channel.EMAIL,
            defaults={"address": address, "daily": daily, "confirmed_at": timezone.now()},
        )
        counts["created" if made else "kept"] += 1
        if made:
            _send(people[username])


def _send(user: User) -> None:
    """What waits for this person on the site leaves it too."""
    waiting = Notification.objects.filter(user=user, read_at=None).order_by("pk").values_list("pk", flat=True)
    for pk in queue_deliveries(notification_ids=list(waiting)):
        if user.username == NO_MAILBOX:
            Delivery.objects.filter(pk=pk).update(state=Delivery.State.FAILED, tries=1, error="SMTPRecipientsRefused")
        else:
            deliver(delivery_id=pk)

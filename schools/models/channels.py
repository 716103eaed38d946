"""Ways out of the site for messages: e-mail, SMS, Zalo. Each is off until the operator sets it up and the person turns
it on; the messages inside the site go on in any case."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    ZALO = "zalo", _("Zalo")


class ChannelChoice(models.Model):
    """Where one person wants messages too. Nothing is sent to an address before a code sent there was typed here."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="channel_choices")
    channel = models.CharField(max_length=5, choices=Channel)
    address = models.CharField(max_length=254)
    code_hash = models.CharField(max_length=64, blank=True)
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    # One message in the evening with everything of the day, instead of each by itself.
    daily = models.BooleanField(default=False)
    # Turned off from a message, without signing in; the address stays so that it can be turned on again.
    stopped_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("channel of a person")
        verbose_name_plural = _("channels of people")
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="channel_choice_once")]

    def __str__(self):
        return f"{self.user_id} {self.channel}"

    @property
    def is_on(self) -> bool:
        return self.confirmed_at is not None and self.stopped_at is None


class Delivery(models.Model):
    """One message on its way out, and what became of it. The address is not repeated here."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        DROPPED = "dropped", _("Not wanted any more")

    notification = models.ForeignKey("schools.Notification", on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=5, choices=Channel)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="delivery_due")]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="delivery_sent_has_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.notification_id} {self.channel} {self.state}"

"""What people ask the desk, and what it answers (product.md §10)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Ticket(models.Model):
    """A question or a difficulty that somebody answers. `code` lets a visitor follow it without an account."""

    class Source(models.TextChoices):
        ASSISTANT = "assistant", _("Assistant")
        FORM = "form", _("Form")
        COLLABORATOR = "collaborator", _("Collaborator")

    class State(models.TextChoices):
        NEW = "new", _("New")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=12, unique=True)
    source = models.CharField(max_length=12, choices=Source)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    language = models.CharField(max_length=12)
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="tickets")
    question = models.TextField(_("question"), max_length=4000)
    answer = models.TextField(_("answer"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        indexes = [models.Index(fields=["state", "due_at"], name="ticket_queue")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered_at__isnull=False), name="answered_has_a_time"
            )
        ]

    def __str__(self):
        return self.code

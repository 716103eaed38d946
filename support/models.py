"""Ask and be heard: tickets of the desk, surveys, and the visit log of the community teams (product.md §10)."""

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


class Survey(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    audience = models.SlugField(max_length=60, blank=True)
    questions = models.JSONField(default=list)
    opens_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=models.F("opens_at")),
                name="survey_closes_after_it_opens",
            )
        ]

    def __str__(self):
        return self.title


class Visit(models.Model):
    """A household or person guided by a community team: service, age band, difficulty; never a name (plan III.3.a)."""

    visit_id = models.UUIDField(unique=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="visits")
    on = models.DateField(_("on"))
    procedure_code = models.SlugField(max_length=80)
    age_band = models.CharField(max_length=8)
    language = models.CharField(max_length=12)
    difficulty = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [models.Index(fields=["unit", "on"], name="visit_by_unit")]

    def __str__(self):
        return f"{self.on} {self.procedure_code}"

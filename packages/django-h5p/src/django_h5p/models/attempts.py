"""What people did: one row for each try, the statements it sent, and the state by which it is taken up again."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_h5p.models.contents import Content, ContentVersion


class AttemptQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person sees their own attempts."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Attempt(models.Model):
    """One try of one person. The context (where the content stands) is opaque to this app: the site gives it meaning.

    The score is what the package in the browser says; it can be forged, so it is for practice only.
    """

    class State(models.TextChoices):
        STARTED = "started", _("Started")
        COMPLETED = "completed", _("Completed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="h5p_attempts", db_index=False
    )
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="attempts")
    version = models.ForeignKey(ContentVersion, on_delete=models.PROTECT, related_name="attempts")
    context_kind = models.CharField(max_length=20, blank=True)
    context_key = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=20, blank=True)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.STARTED)
    raw = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    max = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    success = models.BooleanField(null=True)
    duration_ms = models.PositiveBigIntegerField(null=True)
    statements_kept = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    objects = AttemptQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("H5P attempt")
        verbose_name_plural = _("H5P attempts")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content", "context_kind", "context_key", "number"], name="h5p_attempt_numbered"
            ),
            # Two devices that open the same exercise carry on the same attempt.
            models.UniqueConstraint(
                fields=["user", "content", "context_kind", "context_key"],
                condition=Q(state="started"),
                name="h5p_attempt_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state="completed", finished_at__isnull=False) | Q(state="started", finished_at=None),
                name="h5p_attempt_completed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(raw=None, max=None) | Q(raw__gte=0, max__gt=0, raw__lte=F("max")),
                name="h5p_attempt_score_in_range",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.content_id} · {self.number}"

    @property
    def percent(self) -> float | None:
        return float(round(self.raw * 100 / self.max, 2)) if self.raw is not None else None


class Statement(models.Model):
    """An xAPI statement as it arrived, with actor and time by the server. Append-only; nothing points here.

    `is_top` tells a statement about the whole from one about a part: only the former may score the attempt.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="statements")
    statement_id = models.UUIDField(unique=True)
    verb = models.CharField(max_length=60)
    sub_content_id = models.CharField(max_length=64, blank=True)
    is_top = models.BooleanField()
    statement = models.JSONField()
    received_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("xAPI statement")
        verbose_name_plural = _("xAPI statements")

    def __str__(self):
        return f"{self.verb} {self.statement_id}"


class UserData(models.Model):
    """What the content saved to be taken up again; one value for each kind and part."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="states")
    data_type = models.CharField(max_length=64)
    # A part's id is a UUID in newer content and a number in older.
    sub_content_id = models.CharField(max_length=64, default="0")
    value = models.TextField()
    updated_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("saved state")
        verbose_name_plural = _("saved states")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "data_type", "sub_content_id"], name="h5p_state_once"),
        ]

    def __str__(self):
        return f"{self.attempt_id} {self.data_type} {self.sub_content_id}"

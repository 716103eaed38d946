"""What an import of questions found and did; the file is erased when it is done or given up."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quizzes.models.bank import QuestionBank


class QuestionImportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person sees the imports they began."""
        return self.filter(actor_id=user.pk) if user.is_authenticated else self.none()


class QuestionImport(models.Model):
    class State(models.TextChoices):
        READING = "reading", _("Being read")
        PREVIEW = "preview", _("Preview")
        COMMITTED = "committed", _("Committed")
        FAILED = "failed", _("Could not be read")
        UNDONE = "undone", _("Undone")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="imports")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    file_key = models.CharField(max_length=255, blank=True)
    format = models.CharField(max_length=20, blank=True)
    # What was found, item by item, as the screen shows it; see quizzes.exchange.
    report = models.JSONField(default=dict)
    created_keys = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("question import")
        verbose_name_plural = _("question imports")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="committed") | Q(committed_at__isnull=False), name="committed_import_has_its_time"
            ),
        ]

    def __str__(self):
        return self.file_name

"""Sheets of a quiz on paper: what was printed for whom, and what a teacher typed from it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quizzes.models.attempts import Attempt, Opening, Paper


class PaperSheet(models.Model):
    """A quiz printed for one pupil of a class; its QR code holds the `uuid`. The questions stand as they were printed,
    so that letters mean tomorrow what they meant on paper. What was typed became `attempt`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    opening = models.ForeignKey(Opening, on_delete=models.PROTECT, related_name="sheets")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="sheets")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="quiz_sheets")
    class_key = models.UUIDField()
    variant = models.PositiveSmallIntegerField()
    questions = models.JSONField()
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    printed_at = models.DateTimeField(auto_now_add=True)
    typed = models.CharField(max_length=1000, blank=True)
    attempt = models.OneToOneField(Attempt, null=True, on_delete=models.PROTECT, related_name="sheet")

    class Meta:
        verbose_name = _("sheet on paper")
        verbose_name_plural = _("sheets on paper")
        constraints = [
            # Printed again, a pupil's sheet is the same one.
            models.UniqueConstraint(fields=["opening", "class_key", "user"], name="paper_sheet_once_in_a_class"),
            models.CheckConstraint(
                condition=Q(attempt=None, typed="") | (Q(attempt__isnull=False) & ~Q(typed="")),
                name="paper_sheet_typed_is_an_attempt",
            ),
        ]

    def __str__(self):
        return str(self.uuid)

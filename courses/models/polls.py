"""A question to the whole class, answered on any phone without an account (product.md §5: live poll by QR).

Of whoever answers nothing is kept: while the question is open one row a phone, under a keyed hash that is another one for
every question; when it closes the rows are counted and deleted (docs/data-map.md).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ClassPollQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own: nobody else asks, closes or looks."""
        return self.filter(asked_by_id=user.pk) if user.is_authenticated else self.none()


class ClassPoll(models.Model):
    """One question on the wall. `question` is frozen as a paper holds it (quizzes.documents), the key included."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=6, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="class_polls")
    school_class = models.ForeignKey(
        "schools.SchoolClass", null=True, on_delete=models.PROTECT, related_name="class_polls"
    )
    lesson_key = models.UUIDField(null=True)
    question = models.JSONField()
    language = models.CharField(max_length=12)
    opened_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    # Written when it closes: how many phones answered, and how many chose each option by its id.
    answered = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)

    objects = ClassPollQuerySet.as_manager()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("question to a class")
        verbose_name_plural = _("questions to classes")
        indexes = [models.Index(fields=["asked_by", "-opened_at"], name="class_poll_own_list")]
        constraints = [
            # There is one wall: who asks the next question closes the one before.
            models.UniqueConstraint(fields=["asked_by"], condition=Q(closed_at=None), name="class_poll_one_open"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("opened_at")), name="class_poll_ends_after_it_opens"),
            # Neither the key nor a count is told while pupils still answer.
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | Q(revealed_at=None, answered=0),
                name="class_poll_tells_after_it_closed",
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.opened_at:%Y-%m-%d}"

    def takes_answers(self, now) -> bool:
        return self.closed_at is None and now < self.expires_at


class PollAnswer(models.Model):
    """What one phone says now; gone when the question closes. `value` is a list of the ids of options."""

    poll = models.ForeignKey(ClassPoll, on_delete=models.CASCADE, related_name="answers")
    device = models.CharField(max_length=32)
    value = models.JSONField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("answer of a phone")
        verbose_name_plural = _("answers of phones")
        constraints = [models.UniqueConstraint(fields=["poll", "device"], name="poll_answer_once_a_phone")]

    def __str__(self):
        return f"{self.poll_id}"

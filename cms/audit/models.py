"""The append-only log of what staff changed (product.md §2.12)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """Who did what to which thing. No foreign keys in or out: rows outlive everything and can be partitioned."""

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    school_year = models.CharField(max_length=9, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60)
    target_key = models.CharField(max_length=80)
    target_label = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        indexes = [models.Index(fields=["target_kind", "target_key"], name="audit_target")]
        constraints = [models.UniqueConstraint(fields=["school_year", "uuid"], name="audit_event_once")]

    def __str__(self):
        return f"{self.action} {self.target_kind} {self.target_key}"

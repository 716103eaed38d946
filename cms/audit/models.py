"""The append-only log of what staff changed (product.md §2.12)."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(TypeError):
    """The audit log is written once; nothing in it is changed or taken away."""


class AuditEventQuerySet(models.QuerySet):
    def _refuse(self, *args, **kwargs):
        raise AppendOnly("the audit log is append-only")

    update = bulk_update = delete = update_or_create = _raw_delete = _refuse


class AuditEvent(models.Model):
    """Who did what to which thing. No foreign keys in or out: rows outlive everything and can be partitioned.

    Triggers of the database (migration 0002) refuse what goes past this class.
    """

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

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit log")
        indexes = [models.Index(fields=["target_kind", "target_key"], name="audit_target")]
        constraints = [models.UniqueConstraint(fields=["school_year", "uuid"], name="audit_event_once")]

    def __str__(self):
        return f"{self.action} {self.target_kind} {self.target_key}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise AppendOnly("the audit log is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise AppendOnly("the audit log is append-only")

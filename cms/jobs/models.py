"""Long work with a percentage, a result file and an error file (product.md §2.10)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A person sees the jobs they started."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="jobs")
    params = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    result_file = models.CharField(max_length=255, blank=True)
    error_file = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("background job")
        verbose_name_plural = _("background jobs")
        indexes = [models.Index(fields=["owner", "-created_at"], name="job_list")]
        constraints = [
            models.CheckConstraint(condition=Q(total=0) | Q(done__lte=F("total")), name="job_not_over_done"),
            # A job that waits forever is found by these: none that ended may look as if it ran.
            models.CheckConstraint(
                condition=Q(state="waiting", started_at=None, finished_at=None)
                | Q(state="running", started_at__isnull=False, finished_at=None)
                # Named as well as compared: a check on nothing passes.
                | Q(
                    state__in=["done", "failed"],
                    started_at__isnull=False,
                    finished_at__isnull=False,
                    finished_at__gte=F("started_at"),
                ),
                name="job_state_has_its_times",
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.uuid}"

    @property
    def percent(self) -> int:
        return 100 if self.state == self.State.DONE else (self.done * 100 // self.total if self.total else 0)

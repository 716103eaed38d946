"""What a change of many pupils at once did (a class list, a roll-over), kept for seven days so that it can be undone."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RosterImport(models.Model):
    """A class list that was brought in, or a school that went into its next year."""

    class Kind(models.TextChoices):
        LIST = "list", _("Class list")
        ROLL_OVER = "roll_over", _("Year roll-over")

    class State(models.TextChoices):
        PLANNED = "planned", _("Preview")
        COMMITTED = "committed", _("Committed")
        UNDONE = "undone", _("Undone")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.LIST)
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="roster_imports")
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+")
    # Of a roll-over: the year the pupils come from.
    from_year = models.ForeignKey("schools.SchoolYear", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    file_key = models.CharField(max_length=255, blank=True)
    options = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    error_file_key = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("roster import")
        verbose_name_plural = _("roster imports")
        ordering = ["-created_at"]
        constraints = [
            # The seven days for an undo are counted from these times.
            models.CheckConstraint(
                condition=Q(state="planned", committed_at=None, undone_at=None)
                | Q(state="committed", committed_at__isnull=False, undone_at=None)
                # Named as well as compared: a check on nothing passes.
                | Q(
                    state="undone",
                    committed_at__isnull=False,
                    undone_at__isnull=False,
                    undone_at__gte=F("committed_at"),
                ),
                name="roster_import_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=Q(kind="list", from_year=None) | Q(kind="roll_over", from_year__isnull=False),
                name="roll_over_has_a_year_before",
            ),
        ]

    def __str__(self):
        return self.file_name


class RosterChange(models.Model):
    """One row written by an import: what it was before (null: it was made) and after, in order of `pk`."""

    roster_import = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="changes")
    model = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["model", "object_id"], name="roster_change_object")]

    def __str__(self):
        return f"{self.model} {self.object_id}"

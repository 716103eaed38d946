"""What happens to one pupil between two accounts or two schools, with who asked, who agreed and on what paper."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PersonMerge(models.Model):
    """Two accounts of one person became one: `kept` has the results of `other`, which is closed. Undone for seven days.

    `changes` names every row that was moved, so that it can go back; it is forgotten after those days.
    """

    class State(models.TextChoices):
        MERGED = "merged", _("Merged")
        UNDONE = "undone", _("Undone")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=6, choices=State, default=State.MERGED)
    summary = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    merged_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merged account")
        verbose_name_plural = _("merged accounts")
        ordering = ["-merged_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(kept=F("other")), name="merge_of_two_accounts"),
            # An account that is closed has gone into one other.
            models.UniqueConstraint(fields=["other"], condition=Q(state="merged"), name="account_merged_once"),
            models.CheckConstraint(
                condition=Q(state="merged", undone_at=None)
                | Q(state="undone", undone_at__isnull=False, undone_at__gte=F("merged_at")),
                name="merge_state_has_its_times",
            ),
        ]

    def __str__(self):
        return f"{self.other_id} → {self.kept_id}"


class Transfer(models.Model):
    """A pupil goes from one school to another: asked by the first on the family's application, answered by the second."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waiting for the other school")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("transfer", "Withdrawn")

    class Giver(models.TextChoices):
        PUPIL = "pupil", _("The pupil")
        REPRESENTATIVE = "representative", _("Parent or guardian")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="transfers")
    from_class = models.ForeignKey("schools.SchoolClass", on_delete=models.PROTECT, related_name="transfers_out")
    to_school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="transfers_in")
    to_class = models.ForeignKey(
        "schools.SchoolClass", null=True, blank=True, on_delete=models.PROTECT, related_name="transfers_in"
    )
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    giver = models.CharField(_("Who applied"), max_length=16, choices=Giver)
    evidence = models.CharField(_("The family's application"), max_length=255)
    on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["to_school", "state"], name="transfer_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(state="asked"), name="one_transfer_asked_for"),
            # Without the family's paper nobody is handed on.
            models.CheckConstraint(condition=~Q(evidence=""), name="transfer_has_an_application"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_by=None, decided_at=None, to_class=None, on=None)
                | Q(
                    state="accepted",
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    to_class__isnull=False,
                    on__isnull=False,
                )
                | Q(
                    state__in=["refused", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    to_class=None,
                    on=None,
                ),
                name="transfer_state_has_its_facts",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} → {self.to_school_id}"

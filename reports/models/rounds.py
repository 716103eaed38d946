"""The reporting round of a year: the province opens it, every commune and school sends its report (plan V.10.c, VI)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NARRATIVES = ("results", "shortcomings", "causes", "proposals")


class ReportingRound(models.Model):
    """One for each reporting year. `school_year` is the one whose frozen roll the shares are told of; `indicators` are the
    versions in force when the round was opened, so that a later definition changes no report."""

    reporting_year = models.OneToOneField("schools.ReportingYear", on_delete=models.PROTECT, related_name="round")
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+")
    indicators = models.ManyToManyField("reports.Indicator", related_name="+")
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("reporting round")
        verbose_name_plural = _("reporting rounds")
        ordering = ["-reporting_year__starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="round_signature_is_whole",
            ),
        ]

    def __str__(self):
        return str(self.reporting_year)

    @property
    def is_open(self) -> bool:
        return self.signed_at is None


class PlaceReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Reports of the places whose figures `user` may read."""
        from schools.permissions import schools_overseen, units_overseen

        return self.filter(
            Q(unit__in=units_overseen(user).values("pk")) | Q(school__in=schools_overseen(user).values("pk"))
        )


class PlaceReport(models.Model):
    """What one commune, one school or the province itself says of the year: its figures and four narratives."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not sent")
        SENT = "sent", _("Sent")
        RETURNED = "returned", _("Returned")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(ReportingRound, on_delete=models.PROTECT, related_name="reports")
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    results = models.TextField(_("results"), blank=True, max_length=8000)
    shortcomings = models.TextField(_("shortcomings"), blank=True, max_length=8000)
    causes = models.TextField(_("causes"), blank=True, max_length=8000)
    proposals = models.TextField(_("proposals"), blank=True, max_length=8000)
    signer_name = models.CharField(_("signer"), max_length=120, blank=True)
    signer_title = models.CharField(_("office of the signer"), max_length=120, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    return_reason = models.CharField(_("reason"), max_length=1000, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = PlaceReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of a place")
        verbose_name_plural = _("reports of places")
        indexes = [models.Index(fields=["round", "state"], name="report_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["round", "unit"], name="report_of_a_unit_once"),
            models.UniqueConstraint(fields=["round", "school"], name="report_of_a_school_once"),
            models.CheckConstraint(
                condition=Q(unit=None, school__isnull=False) | Q(unit__isnull=False, school=None),
                name="report_of_one_place",
            ),
            # What is sent was signed by somebody with a name; what is returned says why.
            models.CheckConstraint(
                condition=~Q(state="sent")
                | Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signer_name="") & ~Q(results=""),
                name="report_sent_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_at__isnull=False, signed_at=None) & ~Q(return_reason=""),
                name="report_returned_says_why",
            ),
        ]

    def __str__(self):
        return f"{self.place} {self.round_id}"

    @property
    def place(self):
        return self.school or self.unit

    @property
    def asked(self) -> str:
        """Which indicators stand in the form (Indicator.Asked)."""
        if self.school_id:
            return "school"
        return "province" if self.unit.is_root() else "unit"

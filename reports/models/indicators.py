"""Programmes, their targets and indicators as rows with validity dates (product.md §9, plan II and VI)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class Programme(models.Model):
    """A programme such as Decision 1588/QĐ-TTg; another may follow it."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=255)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            # A year is reported under the programme in force: a stretch that ends before it begins is in force never.
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="programme_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.title


class Indicator(models.Model):
    """A figure that is reported, such as A1; its definition is versioned."""

    class Source(models.TextChoices):
        SYSTEM = "system", _("Counted here")
        MANUAL = "manual", _("Entered with evidence")

    class Measure(models.TextChoices):
        SHARE = "share", _("Share")
        COUNT = "count", _("How many")

    class Asked(models.TextChoices):
        """Whose form the figure stands in."""

        SCHOOL = "school", _("Schools")
        UNIT = "unit", _("Communes")
        PROVINCE = "province", _("The province")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="indicators")
    code = models.CharField(_("code"), max_length=12)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title"), max_length=255)
    definition = models.TextField(_("definition"))
    source = models.CharField(max_length=8, choices=Source)
    plan_ids = models.JSONField(default=list, blank=True)
    measure = models.CharField(_("measure"), max_length=8, choices=Measure, default=Measure.SHARE)
    # What is counted, and out of what; empty for a plain number.
    part = models.CharField(_("counted"), max_length=160, blank=True)
    whole = models.CharField(_("out of"), max_length=160, blank=True)
    # Which function of reports.queries.sources counts it, and how: {"from": "coverage", "step": "reached", "levels": [...]}.
    rule = models.JSONField(_("rule"), default=dict, blank=True)
    asked_of = models.JSONField(_("asked of"), default=list, blank=True)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "code", "version"], name="indicator_version_once"),
            # What the system counts has a rule that says how.
            models.CheckConstraint(condition=~Q(source="system") | ~Q(rule={}), name="indicator_counted_by_a_rule"),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"


class Target(models.Model):
    """A line to reach by a date: 80 % in 2025, 100 % in 2030."""

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2)
    due_on = models.DateField(_("due on"))
    # Which pupils the line speaks of (schools.models.Level); an empty list means all of them.
    levels = models.JSONField(_("levels"), default=list, blank=True)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["due_on"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "due_on"], name="target_once_a_date"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="target_is_a_percentage"),
        ]

    def __str__(self):
        return f"{self.indicator.code} {self.percent} %"


class Figure(models.Model):
    """One value of one indicator for one unit or school and reporting year; frozen when it is signed off.

    A number has no denominator. `inputs` is what the figure was made from, kept so that it can be made again: the dates, the
    roll, the rule, or the places that were added up.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="figures")
    reporting_year = models.ForeignKey("schools.ReportingYear", on_delete=models.PROTECT, related_name="figures")
    report = models.ForeignKey(
        "reports.PlaceReport", null=True, blank=True, on_delete=models.PROTECT, related_name="figures"
    )
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey("schools.School", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField(null=True, blank=True)
    inputs = models.JSONField(default=dict, blank=True)
    source_note = models.CharField(_("where the figure is from"), max_length=255, blank=True)
    evidence_key = models.CharField(max_length=255, blank=True)
    evidence_name = models.CharField(max_length=160, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField()
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            # Coalesced because a null differs from every other null.
            models.UniqueConstraint(
                F("indicator"),
                F("reporting_year"),
                Coalesce("unit", 0),
                Coalesce("school", 0),
                condition=Q(signed_at__isnull=False),
                name="figure_signed_once",
            ),
            models.UniqueConstraint(fields=["report", "indicator"], name="figure_once_a_report"),
            models.CheckConstraint(condition=Q(unit=None) | Q(school=None), name="figure_of_a_unit_or_a_school"),
            models.CheckConstraint(
                condition=Q(signed_at=None, signed_by=None) | Q(signed_at__isnull=False, signed_by__isnull=False),
                name="figure_signature_is_whole",
            ),
        ]

    def __str__(self):
        return f"{self.indicator_id} {self.numerator}/{self.denominator}"

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

"""Places and calendars: what a merger or a law may change is a row with validity dates (product.md §2.3)."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from cms.text.folding import fold


class Unit(MP_Node):
    """An administrative unit of any level; the root is the province this instance serves."""

    class Kind(models.TextChoices):
        PROVINCE = "province", _("Province")
        WARD = "ward", _("Ward")
        COMMUNE = "commune", _("Commune")
        SPECIAL_ZONE = "special_zone", _("Special zone")
        FORMER_DISTRICT = "former_district", _("Former district")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    name_folded = models.CharField(max_length=120, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    node_order_by = ["name_folded"]

    class Meta:
        verbose_name = _("administrative unit")
        verbose_name_plural = _("administrative units")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="unit_ends_after_it_starts",
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)


class UnitSuccession(models.Model):
    """One line of a merger or split: a unit may have several successors and a successor several predecessors."""

    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="predecessions")
    on = models.DateField(_("on"))
    decision = models.CharField(_("decision"), max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="unit_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="unit_does_not_succeed_itself"),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


class SchoolQuerySet(models.QuerySet):
    def open_on(self, day=None):
        """Schools that exist on `day` (today by default)."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class School(models.Model):
    """A school, college or university; `code` is the one its pupils type when they sign in."""

    class Kind(models.TextChoices):
        LOWER = "thcs", _("Lower secondary")
        UPPER = "thpt", _("Upper secondary")
        COMBINED = "thcs_thpt", _("Lower and upper secondary")
        CONTINUING = "gdtx", _("Continuing education centre")
        VOCATIONAL = "gdnn", _("Vocational school")
        COLLEGE = "college", _("College")
        UNIVERSITY = "university", _("University")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=160)
    # Made by the demo, with passwords everybody knows: production refuses to start beside it.
    is_demo = models.BooleanField(default=False, editable=False)
    name_folded = models.CharField(max_length=160, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    grade_min = models.PositiveSmallIntegerField(_("lowest grade"), null=True, blank=True)
    grade_max = models.PositiveSmallIntegerField(_("highest grade"), null=True, blank=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="schools", verbose_name=_("commune"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["name_folded"]
        constraints = [
            # Pupils type the code by hand: DoiMay and DOIMAY must be one school.
            models.UniqueConstraint(Upper("code"), name="school_code_once_in_any_case"),
            models.CheckConstraint(
                condition=Q(grade_min=None) | Q(grade_max=None) | Q(grade_max__gte=F("grade_min")),
                name="school_grades_in_order",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="school_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.name)
        super().save(*args, **kwargs)

    def has_grade(self, grade: int) -> bool:
        return (self.grade_min is None or grade >= self.grade_min) and (
            self.grade_max is None or grade <= self.grade_max
        )


class SchoolSuccession(models.Model):
    predecessor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="predecessions")
    on = models.DateField(_("on"))
    decision = models.CharField(_("decision"), max_length=160, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="school_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="school_does_not_succeed_itself"),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"


class FormerName(models.Model):
    """A name a school or unit had until a day; results of that time are shown under it."""

    school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="former_names")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(_("name"), max_length=160)
    used_until = models.DateField(_("used until"))
    decision = models.CharField(_("decision"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering = ["-used_until"]
        constraints = [
            models.CheckConstraint(
                condition=Q(school=None, unit__isnull=False) | Q(school__isnull=False, unit=None),
                name="former_name_of_a_school_or_a_unit",
            ),
            # Between two days a place has one name.
            models.UniqueConstraint(fields=["school", "used_until"], name="school_name_ends_once_a_day"),
            models.UniqueConstraint(fields=["unit", "used_until"], name="unit_name_ends_once_a_day"),
        ]

    def __str__(self):
        return self.name


class DatedYear(models.Model):
    code = models.CharField(_("code"), max_length=9, unique=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))

    class Meta:
        abstract = True
        ordering = ["starts_on"]

    def __str__(self):
        return self.code


class SchoolYearQuerySet(models.QuerySet):
    def current(self, day=None) -> "SchoolYear | None":
        """The school year of `day` (today by default): the last one that has begun."""
        return self.filter(starts_on__lte=day or timezone.localdate()).order_by("-starts_on").first()


class SchoolYear(DatedYear):
    """A school year such as 2026-2027; independent of the reporting year."""

    objects = SchoolYearQuerySet.as_manager()

    class Meta(DatedYear.Meta):
        verbose_name = _("school year")
        verbose_name_plural = _("school years")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="school_year_ends_after_it_starts"),
        ]


class ReportingYear(DatedYear):
    """Year N of the province's report runs from 1 December N−1 to 30 November N (plan VI)."""

    class Meta(DatedYear.Meta):
        verbose_name = _("reporting year")
        verbose_name_plural = _("reporting years")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="reporting_year_ends_after_it_starts"),
        ]

"""The roll: official enrolment, entered apart from any roster; the denominators of coverage (product.md §9).

What is entered or imported is a draft. Freezing copies the drafts, over the figures frozen before, to the rows of a date;
frozen rows never change, so every report made on them can be made again.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from schools.models.units import School


class Level(models.TextChoices):
    """What kind of pupils a row counts: the lines of the plan differ by level."""

    LOWER = "thcs", _("Lower secondary")
    UPPER = "thpt", _("Upper secondary")
    CONTINUING = "gdtx", _("Continuing education")
    VOCATIONAL = "gdnn", _("Vocational training")
    COLLEGE = "college", _("College")
    UNIVERSITY = "university", _("University")


# Schools whose learners are counted by the school's kind, whatever their grade.
BY_KIND = {
    School.Kind.CONTINUING: Level.CONTINUING,
    School.Kind.VOCATIONAL: Level.VOCATIONAL,
    School.Kind.COLLEGE: Level.COLLEGE,
    School.Kind.UNIVERSITY: Level.UNIVERSITY,
}
# The grade of a row that counts a whole institution without grades.
NO_GRADE = 0
FIRST_UPPER_GRADE = 10


def level_of(kind: str, grade: int | None) -> str:
    """The level of a grade at a school of a kind; empty where neither says it."""
    if kind in BY_KIND:
        return BY_KIND[School.Kind(kind)]
    if grade:
        return Level.UPPER if grade >= FIRST_UPPER_GRADE else Level.LOWER
    return {School.Kind.UPPER: Level.UPPER, School.Kind.LOWER: Level.LOWER}.get(School.Kind(kind), "")


class RollQuerySet(models.QuerySet):
    def drafts(self):
        return self.filter(frozen_at=None)

    def frozen(self):
        return self.filter(frozen_at__isnull=False)

    def visible_to(self, user):
        """Rows of the schools whose figures `user` may see."""
        from schools.permissions import schools_overseen

        return self.filter(school__in=schools_overseen(user))


class Roll(models.Model):
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="rolls")
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="rolls")
    on = models.DateField(_("on"))
    level = models.CharField(_("level"), max_length=12)
    grade = models.PositiveSmallIntegerField(_("grade"))
    pupils = models.PositiveIntegerField(_("pupils"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField(null=True, blank=True)

    objects = RollQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll")
        verbose_name_plural = _("rolls")
        indexes = [models.Index(fields=["school_year", "on"], name="roll_of_a_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year", "on", "grade", "level"],
                condition=Q(frozen_at__isnull=False),
                name="roll_once",
            ),
            # One figure is in work; what was said before is in the audit log and in the frozen rolls.
            models.UniqueConstraint(
                fields=["school", "school_year", "grade", "level"],
                condition=Q(frozen_at=None),
                name="roll_one_draft",
            ),
        ]

    def __str__(self):
        return f"{self.school_id} {self.grade}: {self.pupils}"


class RollImport(models.Model):
    """An official list as it was read, between its preview and its use. The file itself is never kept.

    `rows` holds [school id, level, grade, pupils]; `rejected` what was not taken: {"row", "sheet", "shown", "reason"}.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(max_length=255)
    rows = models.JSONField(default=list)
    rejected = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    summary = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("roll import")
        verbose_name_plural = _("roll imports")
        ordering = ["-created_at"]

    def __str__(self):
        return self.file_name

"""The roll: official enrolment, entered apart from any roster; the denominators of coverage (product.md §9)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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

    class Meta:
        verbose_name = _("roll")
        verbose_name_plural = _("rolls")
        constraints = [
            models.UniqueConstraint(fields=["school", "school_year", "on", "grade", "level"], name="roll_once"),
        ]

    def __str__(self):
        return f"{self.school_id} {self.grade}: {self.pupils}"

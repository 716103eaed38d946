"""The visit log of the community teams."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """A household or person guided by a community team: service, age band, difficulty; never a name (plan III.3.a)."""

    visit_id = models.UUIDField(unique=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    unit = models.ForeignKey("schools.Unit", on_delete=models.PROTECT, related_name="visits")
    on = models.DateField(_("on"))
    procedure_code = models.SlugField(max_length=80)
    age_band = models.CharField(max_length=8)
    language = models.CharField(max_length=12)
    difficulty = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        indexes = [models.Index(fields=["unit", "on"], name="visit_by_unit")]

    def __str__(self):
        return f"{self.on} {self.procedure_code}"

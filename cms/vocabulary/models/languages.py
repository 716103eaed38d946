"""The languages content may exist in: a table that an editor extends without a deploy (product.md §3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.vocabulary.models.starter import Started


class ContentLanguage(Started, models.Model):
    class Direction(models.TextChoices):
        LTR = "ltr", _("Left to right")
        RTL = "rtl", _("Right to left")

    tag = models.CharField(_("BCP-47 tag"), max_length=20, unique=True)
    autonym = models.CharField(_("name in the language itself"), max_length=60)
    name_vi = models.CharField(_("Vietnamese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    script = models.CharField(_("script"), max_length=4, default="Latn")
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.LTR)
    font = models.CharField(_("font"), max_length=80, blank=True)
    fallbacks = models.JSONField(_("fallback chain"), default=list, blank=True)
    audio_first = models.BooleanField(_("audio first"), default=False)
    is_active = models.BooleanField(_("offered to readers"), default=False)

    class Meta:
        verbose_name = _("content language")
        verbose_name_plural = _("content languages")
        ordering = ["name_vi"]

    def __str__(self):
        return self.autonym

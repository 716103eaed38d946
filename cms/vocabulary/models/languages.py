"""The languages content may exist in: a table that an editor extends without a deploy (product.md §3)."""

import re
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.text.length import count
from cms.vocabulary.models.starter import Started

# BCP 47, as far as the world's languages need it: language, script, region, variants.
TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?(-[a-z0-9]{5,8})*")
# Where every chain of fallbacks ends: everything is written in it first.
LAST = "vi"


class ContentLanguage(Started, models.Model):
    class Direction(models.TextChoices):
        LTR = "ltr", _("Left to right")
        RTL = "rtl", _("Right to left")

    class Counting(models.TextChoices):
        """What a length is counted in: a limit of 60 words says nothing where no space parts words."""

        WORDS = "words", pgettext_lazy("counting a text", "Words between spaces")
        CHARACTERS = "characters", pgettext_lazy("counting a text", "Characters, as in Chinese")
        CLUSTERS = "clusters", pgettext_lazy("counting a text", "Letters with their signs, as in Khmer")

    tag = models.CharField(
        _("BCP-47 tag"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(re.compile(rf"^{TAG.pattern}$"), _("Write a BCP-47 tag, such as km or cjm-Cham."))],
        help_text=_("The language, and its script where it has several: km, zh-Hant, cjm-Cham. It stays as it is."),
    )
    autonym = models.CharField(_("name in the language itself"), max_length=60)
    name_vi = models.CharField(_("Vietnamese name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=60)
    script = models.CharField(
        _("script"),
        max_length=4,
        default="Latn",
        validators=[RegexValidator(r"^[A-Z][a-z]{3}$", _("Four letters after ISO 15924: Latn, Khmr, Hant, Arab."))],
        help_text=_("Four letters after ISO 15924: Latn, Khmr, Hant, Arab."),
    )
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, default=Direction.LTR)
    font = models.CharField(_("font"), max_length=80, blank=True)
    fallbacks = models.JSONField(_("fallback chain"), default=list, blank=True)
    audio_first = models.BooleanField(_("audio first"), default=False)
    counting = models.CharField(_("lengths are counted in"), max_length=10, choices=Counting, default=Counting.WORDS)
    per_word = models.DecimalField(
        _("as much as one Vietnamese word"),
        max_digits=4,
        decimal_places=2,
        default=1,
        validators=[MinValueValidator(Decimal("0.1"))],
        help_text=_("A limit of 60 words becomes 60 times this number. Correct it when translators find it too tight."),
    )
    content_allowed = models.BooleanField(_("content may be written in it"), default=True)
    site_allowed = models.BooleanField(
        _("the site may be switched to it"),
        default=False,
        help_text=_("Readers are offered the site in it only once a native speaker has signed for it."),
    )
    is_active = models.BooleanField(_("offered to readers"), default=False)
    signed_off_at = models.DateTimeField(_("signed by a native speaker"), null=True, blank=True, editable=False)
    signed_off_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("content language")
        verbose_name_plural = _("content languages")
        ordering = ["name_vi"]
        constraints = [
            models.CheckConstraint(
                # A site cannot be open in a language it may not be switched to.
                condition=Q(signed_off_at=None) | Q(site_allowed=True),
                name="signed_language_may_be_the_sites",
            ),
            models.CheckConstraint(condition=Q(per_word__gt=0), name="language_per_word_positive"),
        ]

    def __str__(self):
        return self.autonym

    @property
    def code(self) -> str:
        """The tag as addresses and tables hold it."""
        return self.tag.lower()

    @property
    def is_rtl(self) -> bool:
        return self.direction == self.Direction.RTL

    def length(self, text: str) -> int:
        """How long `text` is, in what this language is counted in."""
        return count(text, self.counting)

    def limit(self, words: int) -> int:
        """What a limit of so many Vietnamese words becomes."""
        return int((Decimal(words) * self.per_word).quantize(Decimal(1), ROUND_HALF_UP))

    def clean(self):
        super().clean()
        known = set(type(self).objects.exclude(pk=self.pk).values_list("tag", flat=True))
        if self.tag == LAST:
            if self.fallbacks:
                raise ValidationError(
                    {"fallbacks": _("Everything falls back to Vietnamese, and Vietnamese to nothing.")}
                )
            return
        if unknown := [tag for tag in self.fallbacks if tag not in known]:
            raise ValidationError(
                {"fallbacks": _("Not in this table, or the language itself: %(tags)s.") % {"tags": ", ".join(unknown)}}
            )
        if len(set(self.fallbacks)) != len(self.fallbacks):
            raise ValidationError({"fallbacks": _("A language stands twice in the chain.")})
        if not self.fallbacks or self.fallbacks[-1] != LAST:
            raise ValidationError({"fallbacks": _("Every chain ends in Vietnamese (vi).")})

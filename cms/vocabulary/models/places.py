"""Places where people are helped in person: one-stop offices, post offices, the community digital teams of a commune."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cms.text.folding import fold
from cms.vocabulary.hours import Stretch
from cms.vocabulary.models.languages import ContentLanguage
from schools.models import Unit


class HelpPointQuerySet(models.QuerySet):
    def open_on(self, day=None):
        """Those that exist on `day` (today by default)."""
        day = day or timezone.localdate()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))

    def stale(self, day=None):
        """Those still there whose `review_by` has passed on `day` (today by default)."""
        day = day or timezone.localdate()
        return self.open_on(day).filter(review_by__lt=day)


class HelpPoint(models.Model):
    """One place. Its facts are said as they are in every language: names and addresses are not translated."""

    class Kind(models.TextChoices):
        ONE_STOP = "one_stop", _("One-stop office")
        POST = "post", _("Post office")
        TEAM = "team", _("Community digital team")
        OTHER = "other", pgettext_lazy("kind of help point", "Another place")

    class Access(models.TextChoices):
        STEP_FREE = "step_free", _("No steps to the door")
        GROUND_FLOOR = "ground_floor", _("On the ground floor")
        TOILET = "toilet", _("Toilet for wheelchairs")
        SEATS = "seats", _("Seats while waiting")
        SIGN = "sign", _("Vietnamese Sign Language")
        HOME = "home", _("Comes to the house of who cannot come")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(pgettext_lazy("of a help point", "kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=160)
    name_folded = models.CharField(max_length=160, editable=False, default="")
    # A unit with help points is merged, never deleted.
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("commune"))
    address = models.CharField(_("address"), max_length=255)
    directions = models.CharField(
        _("how to find it"), max_length=255, blank=True, help_text=_("«Opposite the market, the blue gate».")
    )
    phone = models.CharField(
        _("telephone of the office"),
        max_length=40,
        blank=True,
        help_text=_("A number of the office, not somebody's own."),
    )
    hours_note = models.CharField(
        _("more about the hours"), max_length=160, blank=True, help_text=_("«Closed on public holidays».")
    )
    languages = models.ManyToManyField(
        ContentLanguage, blank=True, related_name="+", verbose_name=_("languages spoken besides Vietnamese")
    )
    access = models.JSONField(_("accessibility"), default=list, blank=True)
    access_note = models.CharField(_("more about accessibility"), max_length=160, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    checked_on = models.DateField(_("facts checked on"))
    review_by = models.DateField(_("to be checked again by"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("owner"),
        related_name="+",
    )

    objects = HelpPointQuerySet.as_manager()

    class Meta:
        verbose_name = _("help point")
        verbose_name_plural = _("help points")
        ordering = ["name_folded"]
        constraints = [
            models.CheckConstraint(condition=Q(review_by__gte=F("checked_on")), name="help_point_reviewed_after_check"),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="help_point_ends_after_it_starts",
            ),
            # The same list imported again must find the same place.
            models.UniqueConstraint(fields=["unit", "kind", "name_folded"], name="help_point_once_a_commune"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="help_point_can_be_found"),
        ]
        indexes = [models.Index(fields=["review_by"], name="help_point_stale")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.name)[:160]
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        if self.checked_on and self.review_by and self.review_by < self.checked_on:
            raise ValidationError({"review_by": _("This day lies before the day of the check.")})
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("This day lies before the first one.")})
        if unknown := set(self.access) - set(self.Access.values):
            raise ValidationError({"access": ", ".join(sorted(unknown))})
        taken = HelpPoint.objects.filter(unit=self.unit_id, kind=self.kind, name_folded=fold(self.name)[:160])
        if taken.exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("There is a help point of this kind and name in this commune already.")})

    @property
    def is_stale(self) -> bool:
        return self.review_by < timezone.localdate()

    @property
    def stretches(self) -> list[Stretch]:
        return [Stretch(row.weekday, row.opens, row.closes) for row in self.opening.all()]

    @property
    def access_words(self) -> list[str]:
        return [str(self.Access(word).label) for word in self.Access.values if word in self.access]


class OpeningHours(models.Model):
    """One stretch of a weekday in which a help point is open; Monday is 0."""

    point = models.ForeignKey(HelpPoint, on_delete=models.CASCADE, related_name="opening")
    weekday = models.PositiveSmallIntegerField()
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]
        constraints = [
            models.UniqueConstraint(fields=["point", "weekday", "opens"], name="opening_hours_once"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_hours_on_a_weekday"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="opening_hours_end_after_they_begin"),
        ]

    def __str__(self):
        return f"{self.weekday} {self.opens}–{self.closes}"

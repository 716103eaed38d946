"""Consent per purpose: who, for which text, with what evidence, withdrawn when (product.md §2.1)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Consent(models.Model):
    class Purpose(models.TextChoices):
        ACCOUNT = "account", _("Account and learning")
        LEADERBOARD = "leaderboard", _("Name on a leaderboard")
        PUBLISH = "publish", _("Publish work or photo")
        CONTACT_PARENT = "contact_parent", _("Contact a parent")
        CERTIFICATE = "certificate", _("Full name on the page that checks a certificate")

    class Giver(models.TextChoices):
        PUPIL = "pupil", _("The pupil")
        REPRESENTATIVE = "representative", _("Parent or guardian")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=16, choices=Purpose)
    giver = models.CharField(max_length=16, choices=Giver)
    text_version = models.CharField(max_length=40)
    evidence = models.CharField(max_length=255)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose", "giver"],
                condition=Q(withdrawn_at=None),
                name="consent_in_force_once",
            ),
            # What was published in between was allowed: the two times must be a stretch.
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("given_at")),
                name="consent_withdrawn_after_it_was_given",
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.purpose}"

"""Administrative procedures and portal links as records: a change is edited once, and what uses it turns amber."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.panels import FieldPanel
from wagtail.models import RevisionMixin, TranslatableMixin

from cms.vocabulary.models.starter import Started

PORTAL = "dichvucong.gov.vn"


class ProcedureQuerySet(models.QuerySet):
    def stale(self, day=None):
        """Records whose `review_by` has passed on `day` (today by default)."""
        return self.filter(review_by__lt=day or timezone.localdate())


class Procedure(Started, RevisionMixin, TranslatableMixin, models.Model):
    class Level(models.TextChoices):
        FULL = "full", _("Entirely online")
        PARTIAL = "partial", _("Partly online")

    code = models.SlugField(_("code"), max_length=80)
    official_code = models.CharField(_("official code"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=255)
    authority = models.CharField(_("who decides"), max_length=255)
    level = models.CharField(pgettext_lazy("of a procedure", "level"), max_length=8, choices=Level)
    who = models.TextField(_("who may apply"), blank=True)
    documents = models.JSONField(pgettext_lazy("of a procedure", "documents"), default=list, blank=True)
    fee = models.CharField(_("fee"), max_length=255, blank=True)
    time = models.CharField(_("time"), max_length=255, blank=True)
    legal_basis = models.JSONField(_("legal basis"), default=list, blank=True)
    portal_url = models.URLField(_("link to the portal"), blank=True)
    sources = models.JSONField(_("sources"), default=list, blank=True)
    checked_on = models.DateField(_("checked on"))
    review_by = models.DateField(_("review by"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        verbose_name=_("owner"),
        related_name="+",
    )

    objects = ProcedureQuerySet.as_manager()

    panels = [
        FieldPanel("code"),
        FieldPanel("official_code"),
        FieldPanel("name"),
        FieldPanel("authority"),
        FieldPanel("level"),
        FieldPanel("who"),
        FieldPanel("documents"),
        FieldPanel("fee"),
        FieldPanel("time"),
        FieldPanel("legal_basis"),
        FieldPanel("portal_url"),
        FieldPanel("sources"),
        FieldPanel("checked_on"),
        FieldPanel("review_by"),
        FieldPanel("owner"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["code", "locale"], name="procedure_code_once_per_language"),
            models.CheckConstraint(condition=Q(review_by__gte=F("checked_on")), name="procedure_reviewed_after_check"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_stale(self) -> bool:
        return self.review_by < timezone.localdate()

    @property
    def is_on_portal(self) -> bool:
        """True where `portal_url` is the national portal's; examinations and electricity have sites of their own."""
        host = urlsplit(self.portal_url).hostname or ""
        return host == PORTAL or host.endswith(f".{PORTAL}")


class PortalLink(Started, models.Model):
    """An outside address that may change, such as the national portal's; templates name it by `key`."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    name_vi = models.CharField(_("Vietnamese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=120)
    url = models.CharField(_("address or number"), max_length=255)
    checked_on = models.DateField(_("checked on"))

    class Meta:
        verbose_name = _("portal link")
        verbose_name_plural = _("portal links")
        ordering = ["key"]

    def __str__(self):
        return self.key

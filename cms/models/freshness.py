"""Which pages tell the facts of which procedures, and which of them must be looked at again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class ProcedureUse(models.Model):
    """A published page tells the facts of a procedure. A projection of the page, kept on publish and unpublish."""

    wagtail_reference_index_ignore = True

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="procedure_uses")
    code = models.SlugField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "code"], name="procedure_use_once_per_page")]

    def __str__(self):
        return f"{self.page_id} ← {self.code}"


class FreshnessFlag(models.Model):
    """A page readers are warned about since `since`, until an editor says that it is right again."""

    class Reason(models.TextChoices):
        CHANGED = "changed", _("The procedure has changed")
        OVERDUE = "overdue", _("The procedure is due to be checked again")
        PAGE_OVERDUE = "page_overdue", _("The page is due to be checked again")

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="freshness_flags")
    procedure_code = models.SlugField(max_length=80, blank=True)
    reason = models.CharField(max_length=12, choices=Reason)
    since = models.DateField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("freshness flag")
        verbose_name_plural = _("freshness flags")
        constraints = [
            # One open flag is enough to warn; a second change before the check only moves its date.
            models.UniqueConstraint(
                fields=["page", "procedure_code", "reason"],
                condition=Q(resolved_at=None),
                name="one_open_freshness_flag",
            ),
            models.CheckConstraint(
                condition=Q(reason="page_overdue", procedure_code="")
                | ~Q(reason="page_overdue") & ~Q(procedure_code=""),
                name="freshness_flag_names_its_procedure",
            ),
        ]
        indexes = [models.Index(fields=["resolved_at", "since"], name="freshness_open")]

    def __str__(self):
        return f"{self.page_id}: {self.reason} {self.procedure_code}"

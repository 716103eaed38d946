"""What staff must read and confirm (plan V.3.d): a published page, or a notice written here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.staff import ForStaff


class RequiredReading(ForStaff):
    """`page_key` is the page's `translation_key`, so that everybody reads it in their language; a notice has `text`.

    `version` is what is asked for now: it grows when a new published version is to be read again, and only then.
    `revision_id` is the published revision that version was asked for.
    """

    page_key = models.UUIDField(null=True, blank=True)
    title = models.CharField(_("title"), max_length=255)
    text = models.TextField(_("text"), blank=True, max_length=8000)
    note = models.CharField(_("why it is to be read"), max_length=300, blank=True)
    due_on = models.DateField(_("to be read by"))
    version = models.PositiveSmallIntegerField(default=1)
    revision_id = models.IntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    wagtail_reference_index_ignore = True

    class Meta(ForStaff.Meta):
        verbose_name = _("reading to confirm")
        verbose_name_plural = _("readings to confirm")
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["withdrawn_at", "due_on"], name="reading_in_force")]
        constraints = [
            *ForStaff.Meta.constraints,
            models.CheckConstraint(
                condition=Q(page_key=None) & ~Q(text="") | Q(page_key__isnull=False, text=""),
                name="reading_is_a_page_or_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="reading_withdrawn_by_somebody",
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="reading_version_begins_at_one"),
        ]

    def __str__(self):
        return self.title


class ReadingConfirmation(models.Model):
    """«Tôi đã đọc», of one version. `revision_id` is what was published at that moment."""

    reading = models.ForeignKey(RequiredReading, on_delete=models.PROTECT, related_name="confirmations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="readings")
    version = models.PositiveSmallIntegerField()
    revision_id = models.IntegerField(null=True, blank=True)
    confirmed_at = models.DateTimeField(default=timezone.now)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("confirmation of a reading")
        verbose_name_plural = _("confirmations of readings")
        constraints = [
            models.UniqueConstraint(fields=["reading", "user", "version"], name="reading_confirmed_once_a_version"),
        ]

    def __str__(self):
        return f"{self.reading_id} {self.user_id} v{self.version}"

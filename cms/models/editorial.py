"""Review by signature: the workflow's task, and what was published in a hurry without it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.models import AbstractGroupApprovalTask, Page


class ReviewTask(AbstractGroupApprovalTask):
    """A reviewer's approval is a signature, kept with the page and the revision that was read (cms.receivers)."""

    @classmethod
    def get_description(cls):
        return _("A reviewer reads the text and signs it before it is published")

    class Meta:
        verbose_name = pgettext_lazy("of a page", "review")
        verbose_name_plural = _("reviews")


class UrgentPublication(models.Model):
    """A page published without review by an editor other than the one who wrote it; reviewed afterwards."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="urgent_publications")
    revision_id = models.PositiveBigIntegerField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    published_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("urgent publication")
        verbose_name_plural = _("urgent publications")
        permissions = [("publish_urgently", "Can publish without review when it is urgent")]
        constraints = [
            models.CheckConstraint(
                condition=Q(written_by=None) | Q(published_by=None) | ~Q(written_by=F("published_by")),
                name="urgent_publication_by_a_second_person",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="urgent_publication_has_a_reason"),
        ]
        indexes = [models.Index(fields=["reviewed_at", "published_at"], name="urgent_publication_open")]

    def __str__(self):
        return f"{self.page_id} r{self.revision_id}"

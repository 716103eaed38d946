"""Pictures of a question beyond the first one. The first stands in the question and the option themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import Orderable, TranslatableMixin
from wagtail_localize.fields import SynchronizedField, TranslatableField

MOST_PICTURES = 20


class QuestionPicture(TranslatableMixin, Orderable):
    """One more picture, shown after the first in the order of the rows.

    `option_key` is the `translation_key` of the option it belongs to; empty: it belongs to the question's text.
    """

    question = ParentalKey("quizzes.Question", on_delete=models.CASCADE, related_name="more_pictures")
    # Without its picture the row is nothing.
    picture = models.ForeignKey("media.Picture", on_delete=models.CASCADE, related_name="+", verbose_name=_("picture"))
    alt = models.CharField(_("picture in words"), max_length=250, help_text=_("For those who cannot see the picture."))
    option_key = models.UUIDField(_("of option"), null=True, blank=True)

    panels = [FieldPanel("picture"), FieldRowPanel([FieldPanel("alt"), FieldPanel("option_key")])]
    translatable_fields = [
        TranslatableField("alt"),
        SynchronizedField("picture"),
        SynchronizedField("option_key", overridable=False),
    ]

    class Meta(TranslatableMixin.Meta, Orderable.Meta):
        verbose_name = _("one more picture")
        verbose_name_plural = _("more pictures")

    def __str__(self):
        return self.alt

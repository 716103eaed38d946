"""Answers of the desk that everybody may read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms.models import ContentPage


class AnswerPage(ContentPage):
    """A question somebody asked, without anything personal, and what the desk answered.

    A page like any other: it waits for an editor's word, is searched, listed and quoted by the assistant when published,
    and stays when the ticket it came from is erased.
    """

    content_format = "answer"
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []

    question = models.TextField(_("question"), max_length=2000)
    # The guide this answer shows to be wanting; its owner finds it under "guides to mend".
    guide_key = models.UUIDField(null=True, blank=True, editable=False)

    content_panels = [*ContentPage.content_panels[:1], FieldPanel("question"), *ContentPage.content_panels[1:]]

    class Meta(ContentPage.Meta):
        verbose_name = _("answer of the desk")
        verbose_name_plural = _("answers of the desk")

    def search_text(self):
        return f"{self.question} {super().search_text()}"


AnswerPage.edit_handler = AnswerPage.panels_in_tabs()

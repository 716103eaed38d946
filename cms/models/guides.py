"""Guides to procedures. Who may apply, documents, fee and time come from the procedures' own records."""

from django import forms
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel

from cms.blocks import procedure_choices
from cms.models.pages import ContentPage, ContentPageForm
from cms.vocabulary.models import Procedure
from cms.vocabulary.places import any_points


class GuidePageForm(ContentPageForm):
    procedure_codes = forms.MultipleChoiceField(
        label=_("Procedures"), choices=procedure_choices, widget=forms.CheckboxSelectMultiple, required=False
    )


class GuidePage(ContentPage):
    content_format = "guide"
    has_pack = True
    can_be_kept = True
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    base_form_class = GuidePageForm

    procedure_codes = models.JSONField(_("procedures"), default=list, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes to read"), null=True, blank=True)

    content_panels = [
        *ContentPage.content_panels[:2],
        FieldPanel("procedure_codes"),
        FieldPanel("minutes"),
        *ContentPage.content_panels[2:],
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("guide")
        verbose_name_plural = _("guides")

    def procedures_used(self):
        return list(dict.fromkeys([*self.procedure_codes, *super().procedures_used()]))

    def told_to_programs(self):
        return {"minutes": self.minutes} if self.minutes else {}

    def frame(self):
        from cms.models.news import news_of  # which knows the guides its pages lead to

        shown = set(super().procedures_used())
        return super().frame() | {
            "procedures_above": [p for p in self.procedures if p.code not in shown],
            "has_help_points": any_points(),
            "news": news_of(self.procedures_used(), self.locale_id),
        }

    @cached_property
    def procedures(self) -> list[Procedure]:
        """Records of the guide's own procedures in its language, in the order the editor gave."""
        records = {p.code: p for p in Procedure.objects.filter(code__in=self.procedure_codes, locale_id=self.locale_id)}
        return [records[code] for code in self.procedure_codes if code in records]


GuidePage.edit_handler = GuidePage.panels_in_tabs()

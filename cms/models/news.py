"""What has changed in a service: from when, and what was so before."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page

from cms.models.freshness import ProcedureUse
from cms.models.guides import GuidePage, GuidePageForm
from cms.models.pages import ContentPage, SectionPage, listing_of
from cms.vocabulary.models import Procedure

# For so long readers of a guide are told what has changed, where the editor says nothing else.
SHOWN = timedelta(days=365)
# A guide's head has room for the newest ones.
MOST_ON_A_GUIDE = 3


class NewsPage(ContentPage):
    """One change of one or more procedures. Guides to them tell of it (`news_of`)."""

    content_format = "news"
    reads_word = False
    can_be_kept = True
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    base_form_class = GuidePageForm
    card_template = "cms/cards/news.html"

    procedure_codes = models.JSONField(_("procedures"), default=list, blank=True)
    takes_effect_on = models.DateField(_("takes effect on"))
    shown_until = models.DateField(
        _("shown on the guides until"),
        null=True,
        blank=True,
        help_text=_("Empty: for a year from the day it takes effect. The page itself stays."),
    )
    before = models.TextField(pgettext_lazy("what has changed", "before"), blank=True)
    after = models.TextField(pgettext_lazy("what has changed", "now"))

    content_panels = [
        *ContentPage.content_panels[:2],
        FieldPanel("procedure_codes"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("takes_effect_on"), FieldPanel("shown_until")])],
            heading=pgettext_lazy("of a change", "When"),
        ),
        MultiFieldPanel([FieldPanel("before"), FieldPanel("after")], heading=_("What is different")),
        *ContentPage.content_panels[2:],
    ]

    class Meta(ContentPage.Meta):
        verbose_name = pgettext_lazy("one piece", "news")
        verbose_name_plural = pgettext_lazy("many pieces", "news")
        constraints = [
            *ContentPage.Meta.constraints,
            models.CheckConstraint(
                condition=Q(shown_until=None) | Q(shown_until__gte=F("takes_effect_on")),
                name="news_is_shown_once_it_holds",
            ),
            models.CheckConstraint(condition=~Q(after=""), name="news_says_what_is_now"),
        ]

    def clean(self):
        super().clean()
        if self.shown_until and self.takes_effect_on and self.shown_until < self.takes_effect_on:
            raise ValidationError({"shown_until": gettext("This day is before the change takes effect.")})

    def procedures_used(self):
        return list(dict.fromkeys([*self.procedure_codes, *super().procedures_used()]))

    def search_text(self):
        return f"{super().search_text()} {self.before} {self.after}"

    def told_to_programs(self):
        return {"news": {"takes_effect_on": self.takes_effect_on.isoformat(), "before": self.before, "now": self.after}}

    @property
    def is_coming(self) -> bool:
        return self.takes_effect_on > timezone.localdate()

    def is_shown_on(self, day: date) -> bool:
        return day <= (self.shown_until or self.takes_effect_on + SHOWN)

    def frame(self):
        return super().frame() | {"concerned": concerned_by(self)}


def concerned_by(page: NewsPage) -> list[dict[str, str]]:
    """The procedures a piece of news is about, as {name, url of a guide to it or ""}. Three queries."""
    names = dict(
        Procedure.objects.filter(code__in=page.procedure_codes, locale_id=page.locale_id).values_list("code", "name")
    )
    uses = dict(
        ProcedureUse.objects.filter(code__in=names, page__locale_id=page.locale_id, page__guidepage__isnull=False)
        .order_by("-page__path")
        .values_list("code", "page_id")
    )
    guides = {guide.pk: guide for guide in GuidePage.objects.live().public().filter(pk__in=uses.values())}
    found = []
    for code in page.procedure_codes:
        if code in names:
            guide = guides.get(uses.get(code))
            found.append({"name": names[code], "url": guide.url if guide else ""})
    return found


def news_of(codes: list[str], locale_id: int) -> list[dict]:
    """What readers of a guide to these procedures are told, the newest first: {title, url, day, is_coming}. One query."""
    if not codes:
        return []
    today = timezone.localdate()
    pages = (
        NewsPage.objects.live()
        .public()
        .filter(locale_id=locale_id, procedure_uses__code__in=codes)
        .filter(Q(shown_until__gte=today) | Q(shown_until=None, takes_effect_on__gte=today - SHOWN))
        .select_related("locale")
        .distinct()
        .order_by("-takes_effect_on", "-pk")
    )
    return [
        {"title": page.title, "url": page.url, "day": page.takes_effect_on, "is_coming": page.is_coming}
        for page in pages[:MOST_ON_A_GUIDE]
    ]


@listing_of(SectionPage.Kind.NEWS)
def news_listed(listed: QuerySet[Page], asked: dict) -> tuple[QuerySet[Page], dict]:
    """The newest change first; readers who want to hear of the next are told of the feed."""
    return listed.order_by(F("newspage__takes_effect_on").desc(nulls_last=True), "-path"), {"feed": "news"}


NewsPage.edit_handler = NewsPage.panels_in_tabs()

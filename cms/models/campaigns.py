"""Campaigns: the National Digital Transformation Day, a yearly month. Materials, contests, events and targets in one place."""

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Locale, Page
from wagtail_localize.fields import SynchronizedField

from cms.blocks import TEXT_FEATURES
from cms.cards import CodeBlock
from cms.formats import format_name
from cms.gathered import figure_choices, figures_of, link_choices, links_of
from cms.models.pages import ContentPage

# So long before it begins a campaign stands on the home page, with the days that are left.
ANNOUNCED = timedelta(days=14)


class OutsideLinkBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    url = blocks.URLBlock(label=_("Address"))
    text = blocks.CharBlock(label=_("In a few words"), max_length=200, required=False)

    class Meta:
        label = _("Something elsewhere")
        icon = "link-external"


class GatheredBlock(blocks.StreamBlock):
    page = blocks.PageChooserBlock(label=_("A page of this site"))
    room = CodeBlock(label=_("A contest"), choices=link_choices)
    link = OutsideLinkBlock()

    class Meta:
        required = False


class EventBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("What happens"), max_length=200)
    starts = blocks.DateTimeBlock(label=_("Begins"))
    ends = blocks.DateTimeBlock(label=_("Ends"), required=False)
    place = blocks.CharBlock(label=_("Where"), max_length=200)
    who = blocks.CharBlock(label=_("For whom"), max_length=200, required=False)
    organiser = blocks.CharBlock(
        label=_("Who invites"),
        help_text=_("An office, a school, a team: not a person's name."),
        max_length=200,
        required=False,
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["ends"] and cleaned["ends"] <= cleaned["starts"]:
            raise StructBlockValidationError({"ends": ValidationError(_("It ends before it begins."))})
        return cleaned

    class Meta:
        label = pgettext_lazy("of a campaign", "Event")
        icon = "date"


class TargetBlock(blocks.StructBlock):
    """A number to reach. How far it is: entered here with its source, or a figure the site counts itself."""

    name = blocks.CharBlock(label=_("What is to be reached"), max_length=200)
    goal = blocks.IntegerBlock(label=_("How many, or how many per cent"), min_value=1)
    counted_in = blocks.CharBlock(
        label=_("Counted in"), help_text=_("«households», «%»"), max_length=40, required=False
    )
    reached = blocks.IntegerBlock(label=_("Reached until now"), min_value=0, required=False)
    reached_on = blocks.DateBlock(label=_("As of"), required=False)
    source = blocks.CharBlock(label=_("Where the figure is from"), max_length=200, required=False)
    figure = CodeBlock(
        label=_("Or a figure of this site"),
        help_text=_("Its last value that was signed takes the place of the one entered."),
        choices=figure_choices,
        required=False,
    )

    def clean(self, value):
        cleaned = super().clean(value)
        if cleaned["reached"] is not None and not (cleaned["reached_on"] and cleaned["source"]):
            raise StructBlockValidationError(
                {"source": ValidationError(_("A figure is told with its day and where it is from."))}
            )
        return cleaned

    class Meta:
        label = pgettext_lazy("of a campaign", "Target")
        icon = "crosshairs"


class CampaignPage(ContentPage):
    """A stretch of days with one aim. Whether it is to come, on or over is told by the calendar, nobody sets it."""

    class State(models.TextChoices):
        BEFORE = "before", _("To come")
        DURING = "during", pgettext_lazy("campaign", "On now")
        AFTER = "after", pgettext_lazy("campaign", "Over")

    content_format = "campaign"
    card_template = "cms/cards/campaign.html"
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []

    starts_on = models.DateField(pgettext_lazy("campaign", "first day"))
    ends_on = models.DateField(pgettext_lazy("campaign", "last day"))
    main_day = models.DateField(_("the day itself"), null=True, blank=True, help_text=_("Such as 10 October."))
    gathered = StreamField(GatheredBlock(), blank=True, verbose_name=_("materials, courses and contests"))
    events = StreamField([("event", EventBlock())], blank=True, verbose_name=_("events"))
    targets = StreamField([("target", TargetBlock())], blank=True, verbose_name=_("targets"))
    achieved = RichTextField(
        _("what was achieved"),
        blank=True,
        features=TEXT_FEATURES,
        help_text=_("Shown first once the campaign is over."),
    )

    content_panels = [
        *ContentPage.content_panels[:-1],
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("starts_on"), FieldPanel("main_day"), FieldPanel("ends_on")])],
            heading=pgettext_lazy("campaign", "When"),
        ),
        FieldPanel("body"),
        FieldPanel("gathered"),
        FieldPanel("events"),
        FieldPanel("targets"),
        FieldPanel("achieved"),
    ]
    override_translatable_fields = [
        *ContentPage.override_translatable_fields,
        *(SynchronizedField(name, overridable=False) for name in ("starts_on", "ends_on", "main_day")),
    ]

    class Meta(ContentPage.Meta):
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            *ContentPage.Meta.constraints,
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(main_day=None) | Q(main_day__gte=F("starts_on"), main_day__lte=F("ends_on")),
                name="campaign_day_within_it",
            ),
        ]

    def clean(self):
        super().clean()
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("This day lies before the first one.")})
        if self.main_day and not self.starts_on <= self.main_day <= self.ends_on:
            raise ValidationError({"main_day": _("This day is not within the campaign.")})

    def state_on(self, day: date) -> str:
        if day < self.starts_on:
            return self.State.BEFORE
        return self.State.DURING if day <= self.ends_on else self.State.AFTER

    def standing(self, day: date | None = None) -> dict[str, Any]:
        """Where the campaign is on `day` (today by default): {state, state_name, to_start, to_day, to_end, is_the_day}.

        The last ones are days that are left, None where there are none.
        """
        day = day or timezone.localdate()
        state = self.state_on(day)

        def left(until: date | None) -> int | None:
            return (until - day).days if until is not None and until > day else None

        return {
            "state": str(state),
            "state_name": str(self.State(state).label),
            "to_start": left(self.starts_on),
            "to_day": left(self.main_day),
            "to_end": left(self.ends_on),
            "is_the_day": self.main_day == day,
        }

    def search_text(self):
        told = [self.achieved, *(f"{one.value['name']} {one.value['place']}" for one in self.events)]
        return " ".join([super().search_text(), *told, *(one.value["name"] for one in self.targets)])

    def passages(self):
        """For the assistant: the days and the events, as sentences."""
        dates = _("From %(first)s to %(last)s.") % {
            "first": f"{self.starts_on:%d/%m/%Y}",
            "last": f"{self.ends_on:%d/%m/%Y}",
        }
        yield "", self.title, [str(dates), *([self.summary] if self.summary else [])]
        lines = [
            f"- {timezone.localtime(one['starts']):%H:%M %d/%m/%Y}: {one['name']}. {one['place']}"
            for one in self.events_shown()
        ]
        if lines:
            yield "events", str(_("Events")), lines

    def told_to_programs(self):
        return {
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "events": [
                one | {"starts": one["starts"].isoformat(), "ends": one["ends"].isoformat() if one["ends"] else ""}
                for one in self.events_shown()
            ],
        }

    # --- What readers see ---

    def frame(self):
        shown = self.events_shown()
        now = timezone.now()
        return super().frame() | {
            "standing": self.standing(),
            "cards": self.cards_shown(),
            "events": [one | {"is_over": (one["ends"] or one["starts"]) < now} for one in shown],
            "targets": self.targets_shown(),
        }

    def events_shown(self) -> list[dict[str, Any]]:
        """The events by time, as plain data."""
        found = [
            {
                "id": one.id,
                "name": one.value["name"],
                "starts": aware(one.value["starts"]),
                "ends": aware(one.value["ends"]) if one.value["ends"] else None,
                "place": one.value["place"],
                "who": one.value["who"] or "",
                "organiser": one.value["organiser"] or "",
            }
            for one in self.events
        ]
        return sorted(found, key=lambda one: one["starts"])

    def targets_shown(self) -> list[dict[str, Any]]:
        """How far each target is. A figure of the site takes the place of one entered."""
        values = [one.value for one in self.targets]
        counted = figures_of(value["figure"] for value in values if value["figure"])
        found = []
        for value in values:
            reached, on, source = value["reached"], value["reached_on"], value["source"] or ""
            if figure := counted.get(value["figure"]):
                reached = round(100 * figure.part / figure.whole) if figure.whole else figure.part
                on, source = figure.taken_on, str(_("Counted here"))
            found.append(
                {
                    "name": value["name"],
                    "goal": value["goal"],
                    "counted_in": value["counted_in"] or "",
                    "reached": reached,
                    "on": on,
                    "source": source,
                    "value": min(reached, value["goal"]) if reached is not None else None,
                }
            )
        return found

    def cards_shown(self) -> list[dict[str, str]]:
        """What is gathered, in the editor's order and in this page's language where it exists in it; what is no longer
        open is left out."""
        chosen = [one.value for one in self.gathered if one.block_type == "page" and one.value]
        pages = {
            page.translation_key: page
            for page in Page.objects.filter(
                translation_key__in=[one.translation_key for one in chosen], locale=self.locale_id
            )
            .live()
            .public()
            .specific()
        }
        rooms = links_of(one.value for one in self.gathered if one.block_type == "room" and one.value)
        found = []
        for one in self.gathered:
            if one.block_type == "page" and one.value and (page := pages.get(one.value.translation_key)):
                page.locale = self.locale
                kind = format_name(getattr(page, "content_format", "page"))
                found.append({"title": page.title, "url": page.url, "kind": kind, "text": getattr(page, "summary", "")})
            elif one.block_type == "room" and (link := rooms.get(one.value)):
                found.append(link._asdict())
            elif one.block_type == "link":
                value = one.value
                found.append({"title": value["title"], "url": value["url"], "kind": "", "text": value["text"] or ""})
        return found


def aware(moment: datetime) -> datetime:
    """A time an editor wrote, which is one of the site's own time zone."""
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def campaigns_announced(locale: Locale, day: date | None = None) -> list[dict[str, Any]]:
    """Campaigns that are on in a language, or begin soon: the nearest end first. What the home page shows of them."""
    day = day or timezone.localdate()
    pages = CampaignPage.objects.live().public().filter(locale=locale, starts_on__lte=day + ANNOUNCED, ends_on__gte=day)
    found = []
    for page in pages.order_by("ends_on", "path"):
        page.locale = locale
        found.append(
            {
                "title": page.title,
                "url": page.url,
                "summary": page.summary,
                "starts_on": page.starts_on,
                "ends_on": page.ends_on,
                "main_day": page.main_day,
                **page.standing(day),
            }
        )
    return found


def counts_days(day: date) -> bool:
    """Whether a page shows something on `day` that it did not show the day before."""
    return CampaignPage.objects.live().filter(ends_on__gte=day - timedelta(days=1)).exists()


CampaignPage.edit_handler = CampaignPage.panels_in_tabs()

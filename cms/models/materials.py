"""Materials to hand out: posters, leaflets, infographics, slides, audio programmes, legal texts, manuals.

A file is for those who can open and see it. The page's body tells the same in words, for everybody else.
"""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtailmedia.edit_handlers import MediaChooserPanel

from cms.models.pages import ContentPage, ContentPageForm, SectionPage, listing_of
from media.checking import readable_size
from media.playing import recording_facts

# ISO 216, in millimetres.
PAPER = {
    "A2": (420, 594),
    "A3": (297, 420),
    "A4": (210, 297),
    "A5": (148, 210),
    "A6": (105, 148),
}
# What is taken onto a phone at one press; a longer programme is downloaded by whoever wants it.
MOST_KEPT = 12 * 1024 * 1024
# Fewer words than this tell nobody what stands on a poster.
FEWEST_WORDS = 12
PAPER_SIZES = [(name, f"{name} ({width} × {height} mm)") for name, (width, height) in PAPER.items()]


class MaterialFileBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=pgettext_lazy("of a material", "File"))
    title = blocks.CharBlock(
        label=pgettext_lazy("of a material", "What it is called on the button"),
        help_text=_("For example “Poster to hang up”. Empty: the name of the file."),
        required=False,
        max_length=120,
    )
    paper = blocks.ChoiceBlock(label=_("Print size"), choices=PAPER_SIZES, required=False)
    note = blocks.CharBlock(
        label=_("How to print it"),
        help_text=_("For example “both sides, folded twice”."),
        required=False,
        max_length=200,
    )

    class Meta:
        label = pgettext_lazy("of a material", "File")
        icon = "doc-full"


class MaterialForm(ContentPageForm):
    def clean(self):
        cleaned = super().clean()
        # A draft may be begun with its title alone.
        if not self.is_deferred_validation and not (
            cleaned.get("files") or cleaned.get("recording") or cleaned.get("body")
        ):
            self.add_error("files", gettext("Add a file, a recording or a text: readers would find nothing here."))
        return cleaned


class MaterialPage(ContentPage):
    """A file or a recording to pass on, with the same in words; who issued it, and until when it holds."""

    class Kind(models.TextChoices):
        INFOGRAPHIC = "infographic", _("Infographic")
        POSTER = "poster", _("Poster")
        LEAFLET = "leaflet", _("Leaflet")
        SLIDES = "slides", pgettext_lazy("kind of material", "Slides")
        AUDIO = "audio", _("Audio programme")
        LAW = "law", _("Legal text")
        MANUAL = "manual", _("Software manual")
        OTHER = "other", pgettext_lazy("kind of material", "Other material")

    class Standing(models.TextChoices):
        """Whether it may be relied on and handed out today."""

        HOLDS = "holds", pgettext_lazy("of a material", "In force")
        COMING = "coming", pgettext_lazy("of a material", "Not in force yet")
        EXPIRED = "expired", pgettext_lazy("of a material", "No longer in force")
        REPLACED = "replaced", pgettext_lazy("of a material", "Replaced")

    content_format = "material"
    has_pack = True
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    card_template = "cms/cards/material.html"
    base_form_class = MaterialForm

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.POSTER)
    files = StreamField([("file", MaterialFileBlock())], blank=True, verbose_name=_("files"))
    recording = models.ForeignKey(
        "media.Recording",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=pgettext_lazy("of a material", "recording"),
    )
    issuer = models.CharField(_("issued by"), max_length=200, blank=True)
    number = models.CharField(
        pgettext_lazy("of a legal text", "number"),
        max_length=60,
        blank=True,
        help_text=_("As it stands on the paper, such as 42/2022/NĐ-CP."),
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_until = models.DateField(
        _("in force until"), null=True, blank=True, help_text=_("The last day. Afterwards readers are told so.")
    )
    replaced_by = models.ForeignKey(
        "cms.MaterialPage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )
    license = models.CharField(
        _("licence"),
        max_length=60,
        default="CC BY 4.0",
        blank=True,
        help_text=_("Legal texts are in the public domain; of what others made, say what they allow."),
    )
    credit = models.CharField(
        pgettext_lazy("of a material", "made by"),
        max_length=200,
        blank=True,
        help_text=_("Whom to name when it is passed on."),
    )

    content_panels = [
        *ContentPage.content_panels[:2],
        FieldPanel("kind"),
        FieldPanel("files"),
        MediaChooserPanel("recording"),
        ContentPage.content_panels[2],
        FieldPanel(
            "body",
            heading=_("The same in words"),
            help_text=_("Whoever cannot open or see the file reads this instead: all that it says, in its order."),
        ),
    ]
    about_panels = [
        MultiFieldPanel(
            [FieldPanel("issuer"), FieldRowPanel([FieldPanel("number"), FieldPanel("issued_on")])],
            heading=_("Where it comes from"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
                PageChooserPanel("replaced_by", "cms.MaterialPage"),
            ],
            heading=_("How long it holds"),
        ),
        MultiFieldPanel([FieldPanel("license"), FieldPanel("credit")], heading=_("Passing it on")),
        *ContentPage.about_panels,
    ]

    class Meta(ContentPage.Meta):
        verbose_name = pgettext_lazy("to hand out", "material")
        verbose_name_plural = pgettext_lazy("to hand out", "materials")
        constraints = [
            *ContentPage.Meta.constraints,
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="material_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=~Q(replaced_by=F("pk")), name="material_is_not_its_own_successor"),
        ]

    def clean(self):
        super().clean()
        faults = {}
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            faults["valid_until"] = gettext("The last day is before the first.")
        if self.pk and self.replaced_by_id == self.pk:
            faults["replaced_by"] = gettext("A material cannot be replaced by itself.")
        if (len(self.files) or self.recording_id) and not self.is_told_in_words:
            faults["body"] = gettext(
                "Say in words what the file shows or the recording tells: whoever cannot open, see or hear it needs them."
            )
        if faults:
            raise ValidationError(faults)

    @property
    def is_told_in_words(self) -> bool:
        """Whether the page has a text of its own, or the recording one of what is said."""
        told = " ".join(map(str, self.body.stream_block.get_searchable_content(self.body)))
        if self.recording_id and not len(self.files):
            told += " ".join((self.recording.transcripts or {}).values())
        return len(strip_tags(told).split()) >= FEWEST_WORDS

    # --- How far it may be relied on ---

    def standing_on(self, day: date) -> "MaterialPage.Standing":
        if self.replaced_by_id:
            return self.Standing.REPLACED
        if self.valid_until and self.valid_until < day:
            return self.Standing.EXPIRED
        if self.valid_from and self.valid_from > day:
            return self.Standing.COMING
        return self.Standing.HOLDS

    @property
    def standing(self) -> "MaterialPage.Standing":
        return self.standing_on(timezone.localdate())

    @property
    def successor(self) -> Page | None:
        """What has taken its place, in this language where it is there in it; None where nobody may read it."""
        if not self.replaced_by_id:
            return None
        row = MaterialPage.objects.filter(pk=self.replaced_by_id).values_list("translation_key", flat=True).first()
        found = MaterialPage.objects.live().public().filter(translation_key=row).select_related("locale")
        return min(
            found, key=lambda page: (page.locale_id != self.locale_id, page.pk != self.replaced_by_id), default=None
        )

    # --- What it is made of ---

    @cached_property
    def papers(self) -> list[dict[str, Any]]:
        """Its files in order: {document, title, url, size (bytes), ending (PDF), paper, note}; deleted ones are left out."""
        found = []
        for block in self.files:
            if (document := block.value["document"]) is None:
                continue
            found.append(
                {
                    "document": document,
                    "title": block.value["title"] or document.title,
                    "url": document.url,
                    "size": document.file_size or 0,
                    "ending": document.file_extension.upper(),
                    "paper": block.value["paper"] or "",
                    "note": block.value["note"],
                }
            )
        return found

    @property
    def paper_names(self) -> list[str]:
        """The sizes it can be printed in, read from what is stored: a list of many asks for no file."""
        names = [(block.get("value") or {}).get("paper") for block in self.files.raw_data]
        return list(dict.fromkeys(name for name in names if name))

    @property
    def can_be_kept(self) -> bool:
        return not self.recording_id or self.recording.size <= MOST_KEPT

    def search_text(self):
        named = [paper["title"] for paper in self.papers]
        return " ".join([super().search_text(), str(self.get_kind_display()), self.issuer, self.number, *named])

    def told_to_programs(self):
        facts = {
            "license": self.license,
            "material": {
                "kind": self.kind,
                "issuer": self.issuer,
                "number": self.number,
                "issued_on": self.issued_on.isoformat() if self.issued_on else "",
                "valid_until": self.valid_until.isoformat() if self.valid_until else "",
                "files": [
                    {
                        "name": paper["title"],
                        "url": paper["url"],
                        "bytes": paper["size"],
                        "type": paper["document"].content_type,
                        "paper": paper["paper"],
                    }
                    for paper in self.papers
                ],
            },
        }
        if self.recording:
            facts["video"] = recording_facts(self.recording)
            if self.recording.type == "audio" and (self.recording.copies or {}).get("download"):
                facts["video"]["type"] = "audio/mpeg"
        return facts

    # --- What readers see ---

    def frame(self):
        return super().frame() | {
            "papers": [
                {name: paper[name] for name in ("title", "url", "size", "ending", "note")}
                | {"paper": dict(PAPER_SIZES).get(paper["paper"], ""), "said_size": readable_size(paper["size"])}
                for paper in self.papers
            ],
            "standing": self.standing,
            "successor": {"title": found.title, "url": found.url} if (found := self.successor) else None,
        }


@listing_of(SectionPage.Kind.MATERIALS)
def materials_listed(listed: QuerySet[Page], asked: dict) -> tuple[QuerySet[Page], dict]:
    """The materials of a section, those that no longer hold last; `kind` of the address narrows them. One query."""
    today = timezone.localdate()
    is_over = Q(materialpage__valid_until__lt=today) | Q(materialpage__replaced_by__isnull=False)
    counts = dict(
        listed.order_by().values_list("materialpage__kind").annotate(count=Count("pk")).exclude(materialpage=None)
    )
    wanted = asked.get("kind", "")
    if wanted in counts:
        listed = listed.filter(materialpage__kind=wanted)
    else:
        wanted = ""
    chips = [{"label": gettext("All"), "url": "?", "count": sum(counts.values()), "current": not wanted}]
    chips += [
        {"label": kind.label, "url": f"?kind={kind.value}", "count": counts[kind.value], "current": wanted == kind}
        for kind in MaterialPage.Kind
        if kind.value in counts
    ]
    context = {"chips": chips if len(counts) > 1 else [], "chips_label": gettext("Kind of material")}
    return (
        listed.order_by(Case(When(is_over, then=Value(1)), default=Value(0)), "path"),
        context | {"query": f"kind={wanted}&" if wanted else ""},
    )


MaterialPage.edit_handler = MaterialPage.panels_in_tabs()

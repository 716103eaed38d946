"""Handbooks: cards to read, to hear, to print and to take along; and the short addresses that lead to them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from cms.cards import Card, CardsBlock, cards_of, language_choices
from cms.models.pages import ContentPage, ContentPageForm
from cms.pictures import picture_html, renditions_of
from cms.text.lengths import length_of
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.places import any_points
from media.playing import player
from schools.queries.addresses import absolute

if TYPE_CHECKING:
    from django.http import HttpRequest


class ShortAddress(models.Model):
    """`/t/<code>` for a page, or for a part of one, on paper and in QR codes. It never changes and is never given anew."""

    LENGTH = 5

    code = models.CharField(max_length=8, unique=True)
    # The page's identity in all languages; what is printed outlives the page.
    page_key = models.UUIDField()
    part = models.CharField(max_length=36, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # A card printed twice leads to one place.
            models.UniqueConstraint(fields=["page_key", "part"], name="one_short_address_a_part"),
            models.CheckConstraint(condition=~Q(code=""), name="short_address_has_a_code"),
        ]

    def __str__(self):
        return self.code

    @property
    def path(self) -> str:
        return f"/t/{self.code}"


class HandbookPageForm(ContentPageForm):
    wanted_languages = forms.MultipleChoiceField(
        label=_("Also wanted in"),
        help_text=_("Each becomes a place that says what it still needs: who translates, who reads it aloud."),
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class HandbookPage(ContentPage):
    """Cards, each a screen. Whoever cannot read hears them; `wanted_languages` are tags of the registry of languages."""

    content_format = "handbook"
    has_pack = True
    can_be_kept = True
    parent_page_types = ["cms.SectionPage"]
    subpage_types: list[str] = []
    base_form_class = HandbookPageForm

    cards = StreamField(CardsBlock(), blank=True, verbose_name=_("cards"))
    wanted_languages = models.JSONField(_("also wanted in"), default=list, blank=True)
    license = models.CharField(_("licence"), max_length=60, default="CC BY 4.0", blank=True)

    content_panels = [
        *ContentPage.content_panels[:-1],
        FieldPanel("cards"),
        FieldPanel("wanted_languages"),
        FieldPanel("body", heading=_("After the cards")),
    ]
    about_panels = [*ContentPage.about_panels, FieldPanel("license")]

    class Meta(ContentPage.Meta):
        verbose_name = _("handbook")
        verbose_name_plural = _("handbooks")

    def clean(self):
        super().clean()
        over = []
        script = self.script
        for card in cards_of(self.cards, language=self.language):
            length = length_of(card.words, script)
            if length.is_over:
                over.append(
                    gettext("Card %(number)d, “%(title)s”: %(length)s, at most %(most)d.")
                    % {"number": card.number, "title": card.title, "length": length, "most": length.most}
                )
        if over:
            raise ValidationError({"cards": over})

    @property
    def script(self) -> str:
        """In what the page is written (ISO 15924)."""
        row = ContentLanguage.objects.filter(tag__iexact=self.language).values_list("script", flat=True).first()
        return row or "Latn"

    def read(self, voice: str = "") -> list[Card]:
        """The cards in reading order, told in `voice` where they have it."""
        return list(cards_of(self.cards, language=self.language, voice=voice))

    def procedures_used(self):
        codes = [card.procedure for card in self.read() if card.procedure]
        return list(dict.fromkeys([*codes, *super().procedures_used()]))

    def search_text(self):
        voices = ["", *(slot["tag"] for slot in self.slots() if slot["text"])]
        told = [f"{card.title} {card.words} {card.script}" for voice in voices for card in self.read(voice)]
        return " ".join([super().search_text(), *dict.fromkeys(told)])

    def search_facts(self):
        return super().search_facts() | {"voices": [slot["tag"].lower() for slot in self.slots() if slot["has_any"]]}

    # --- What readers see ---

    def get_context(self, request: "HttpRequest", *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        voices = context["voices"] = [slot for slot in context["slots"] if slot["has_any"]]
        voice = next((slot for slot in voices if slot["tag"] == request.GET.get("voice", "")), None)
        context["voice"] = voice
        context["leaves"] = self.leaves(voice["tag"] if voice else "")
        context["sounds"] = any(leaf["sounds"] for leaf in context["leaves"])
        return context

    def leaves(self, voice: str = "") -> list[dict[str, Any]]:
        """The cards as the page draws them, with pictures, recordings and short addresses: two queries for all."""
        found = self.read(voice)
        renditions = renditions_of([card.picture for card in found if card.picture])
        codes = dict(ShortAddress.objects.filter(page_key=self.translation_key).values_list("part", "code"))
        return [
            {
                "card": card,
                "picture": picture_html(
                    card.picture,
                    alt=card.alt,
                    sizes="(min-width: 900px) 44rem, 100vw",
                    eager=card.number == 1,
                    renditions=renditions[card.picture.pk] if card.picture else {},
                ),
                "paragraphs": [
                    {"text": said.text, "sound": player(said.audio, title=card.title) if said.audio else None}
                    for said in card.paragraphs
                ],
                "recording": player(card.recording, title=card.title) if card.recording else None,
                "sounds": len(card.sounds),
                "code": (code := codes.get(card.id, "")),
                "address": absolute(f"/t/{code}").split("://", 1)[-1] if code else "",
                "previous": found[card.number - 2] if card.number > 1 else None,
                "next": found[card.number] if card.number < len(found) else None,
            }
            for card in found
        ]

    def frame(self):
        found = self.read()
        return super().frame() | {
            "sections": [{"id": card.id, "title": card.title, "url": f"#block-{card.id}"} for card in found],
            "slots": self.slots(),
            "files": [file.as_offered() for file in self.files.current(self)],
            "has_help_points": any_points(),
        }

    def slots(self) -> list[dict[str, Any]]:
        """The languages the handbook is wanted in besides its own, each with what it has and what it needs.

        [{"tag", "autonym", "name", "direction", "has_any", "text", "sound", "count", "needs"}]; `needs` are sentences in
        the language of now.
        """
        found = self.read()
        rows = {row.tag: row for row in ContentLanguage.objects.filter(tag__in=self.wanted_languages)}
        slots = []
        for tag in self.wanted_languages:
            if (row := rows.get(tag)) is None:
                continue
            text = sum("text" in card.has.get(tag, ()) for card in found)
            sound = sum("sound" in card.has.get(tag, ()) for card in found)
            needs = []
            if text < len(found) and sound < len(found):
                needs.append(gettext("needs a translator"))
            if sound < len(found):
                needs.append(gettext("needs a reader"))
            slots.append(
                {
                    "tag": tag,
                    "autonym": row.autonym,
                    "name": row.name_vi if (get_language() or "vi").startswith("vi") else row.name_en,
                    "direction": row.direction,
                    "has_any": bool(text or sound),
                    "text": text,
                    "sound": sound,
                    "count": len(found),
                    "needs": needs,
                }
            )
        return slots


class HandbookFileQuerySet(models.QuerySet):
    def current(self, page: HandbookPage):
        """Those made of the text that readers see: an older file may tell what is no longer so."""
        return self.filter(page=page, revision_id=page.live_revision_id).order_by("kind")


class HandbookFile(models.Model):
    """A handbook to take along, made by a worker when it is published. Kept with the public files."""

    class Kind(models.TextChoices):
        # In the order in which they are offered.
        EPUB = "1-epub", _("E-book (EPUB)")
        PDF_A5 = "2-pdf-a5", _("To print, A5")
        PDF_A4 = "3-pdf-a4", _("To print in large type, A4")
        AUDIO = "4-audio", _("For the loudspeaker")

    page = models.ForeignKey(HandbookPage, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=Kind)
    revision_id = models.PositiveBigIntegerField()
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # {"pages"} of a PDF, {"tracks", "missing"} of an audio pack.
    facts = models.JSONField(default=dict, blank=True)
    seconds = models.FloatField(default=0)
    made_at = models.DateTimeField(auto_now=True)

    objects = HandbookFileQuerySet.as_manager()

    # Not a place where a page is used.
    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = pgettext_lazy("to take along", "file of a handbook")
        verbose_name_plural = pgettext_lazy("to take along", "files of a handbook")
        constraints = [
            # A text published anew takes the place of the older file.
            models.UniqueConstraint(fields=["page", "kind"], name="one_handbook_file_a_kind"),
            models.CheckConstraint(condition=~Q(name="") & Q(size__gt=0), name="handbook_file_is_there"),
        ]

    def __str__(self):
        return self.name

    @property
    def url(self) -> str:
        from django.core.files.storage import storages

        return storages["public"].url(self.name)

    def as_offered(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "label": self.get_kind_display(),
            "url": self.url,
            "size": self.size,
            "tracks": self.facts.get("tracks", 0),
        }


HandbookPage.edit_handler = HandbookPage.panels_in_tabs()

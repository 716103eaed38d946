"""The cards of a handbook: a picture, a few words, one thing to do, and the same aloud in as many languages as there are.

A card's id is the same in all languages of the site, like that of any block. Other languages of the registry (Chơ Ro,
Mạ …) have no pages of their own: what there is in them stands on the card as a *voice*.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock

from cms.blocks import procedure_choices
from cms.vocabulary.models import ContentLanguage
from media.models import Picture, Recording


def language_choices() -> list[tuple[str, str]]:
    """Languages that are only on the cards: those of the site have translated pages."""
    site = {code for code, _name in settings.LANGUAGES}
    rows = ContentLanguage.objects.values_list("tag", "name_vi", "autonym")
    return [(tag, f"{name} ({autonym})") for tag, name, autonym in rows if tag.lower() not in site]


class CodeBlock(blocks.ChoiceBlock):
    """A code out of a table. What is stored is taken as it is: Wagtail would ask for all choices again at each card."""

    def to_python(self, value):
        return value or ""

    def normalize(self, value):
        return value or ""


class ParagraphBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Text"), rows=2)
    audio = AudioChooserBlock(label=pgettext_lazy("a recording", "Read aloud"), required=False)

    class Meta:
        label = _("Paragraph")
        icon = "pilcrow"


class VoicedParagraphBlock(ParagraphBlock):
    """Some languages are spoken by more people than read them: the sound alone is enough."""

    text = blocks.TextBlock(label=_("Text"), rows=2, required=False)


class VoiceBlock(blocks.StructBlock):
    language = CodeBlock(label=_("Language"), choices=language_choices)
    title = blocks.CharBlock(label=_("Title"), max_length=80, required=False)
    paragraphs = blocks.ListBlock(VoicedParagraphBlock(), label=_("Paragraphs"))
    action = blocks.CharBlock(label=_("The one thing to do"), max_length=200, required=False)
    script = blocks.TextBlock(label=_("Radio script"), rows=6, required=False)
    recording = AudioChooserBlock(label=_("The whole card aloud"), required=False)

    class Meta:
        label = pgettext_lazy("of a card", "Voice")
        icon = "globe"


class VoicesBlock(blocks.ListBlock):
    """Not for the translation of the page: each voice is in its own language already."""

    def __init__(self, **options):
        super().__init__(VoiceBlock(), default=[], **options)

    def get_translatable_segments(self, value):
        return []

    def restore_translated_segments(self, value, segments):
        return value


class CardBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=80)
    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=_("Alternative text"), help_text=_("What the picture shows, for those who cannot see it."), max_length=300
    )
    paragraphs = blocks.ListBlock(
        ParagraphBlock(),
        label=_("Paragraphs"),
        min_num=1,
        max_num=4,
        help_text=_("With the thing to do at most 60 words in Vietnamese."),
    )
    action = blocks.CharBlock(
        label=_("The one thing to do"), help_text=_("Begins with a verb: «Open …», «Ask …»."), max_length=200
    )
    procedure = CodeBlock(label=_("Procedure"), choices=procedure_choices, required=False)
    script = blocks.TextBlock(
        label=_("Radio script"),
        help_text=_("What is read on the loudspeaker in 60 to 90 seconds: about 150 to 220 words."),
        rows=10,
        required=False,
    )
    recording = AudioChooserBlock(
        label=_("The whole card aloud"), help_text=_("The radio script, read by a person."), required=False
    )
    voices = VoicesBlock(label=_("In other languages"), required=False)

    class Meta:
        label = pgettext_lazy("of a handbook", "Card")
        icon = "doc-empty-inverse"


class CardsBlock(blocks.StreamBlock):
    chapter = blocks.CharBlock(label=pgettext_lazy("of a handbook", "Chapter"), icon="title", max_length=80)
    card = CardBlock()

    class Meta:
        required = False


# --- As they are read -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A paragraph and its recording; one of the two may be missing."""

    text: str
    audio: Recording | None


@dataclass(frozen=True)
class Card:
    """One card in the language `language`; `is_asked` is False where it is told in the page's own for want of it."""

    id: str
    number: int
    chapter: str
    title: str
    picture: Picture | None
    alt: str
    paragraphs: tuple[Said, ...]
    action: str
    procedure: str
    script: str
    recording: Recording | None
    language: str
    is_asked: bool = True
    # Tags of the languages this card has something in, by what: {"crw": {"text", "sound"}}.
    has: dict[str, set[str]] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What counts for the length of a card."""
        return " ".join([*(said.text for said in self.paragraphs), self.action])

    @property
    def script_lines(self) -> list[str]:
        """The paragraphs of the radio script."""
        return [line.strip() for line in self.script.splitlines() if line.strip()]

    @property
    def sounds(self) -> list[Recording]:
        """The whole card aloud, or else its paragraphs one after another."""
        return [self.recording] if self.recording else [said.audio for said in self.paragraphs if said.audio]


def cards_of(stream: blocks.StreamValue, *, language: str, voice: str = "") -> Iterator[Card]:
    """The cards of a handbook in reading order.

    Args: `language` is that of the page; `voice` the tag of another of the registry, told where a card has it.
    """
    chapter, number = "", 0
    for block in stream:
        if block.block_type == "chapter":
            chapter = str(block.value)
            continue
        number += 1
        yield _card(block, number, chapter, language, voice)


def _card(block, number: int, chapter: str, language: str, voice: str) -> Card:
    value = block.value
    voices = {one["language"]: one for one in value["voices"]}
    has = {tag: _has(one) for tag, one in voices.items()} | {language: _has(value)}
    told = voices.get(voice) if has.get(voice, set()) & {"text", "sound"} else None
    said = _said(value)
    in_words = told is not None and "text" in has[voice]
    if told is not None:
        spoken = _said(told)
        # Without words of its own it is heard beside the words of the page.
        said = (
            spoken
            if in_words
            else tuple(
                Said(one.text, other.audio if other else None) for one, other in zip_longest(said, spoken[: len(said)])
            )
        )
    return Card(
        id=str(block.id),
        number=number,
        chapter=chapter,
        title=(in_words and told["title"]) or value["title"],
        picture=value["image"],
        alt=value["alt"],
        paragraphs=said,
        action=(in_words and told["action"]) or value["action"],
        procedure=value["procedure"] or "",
        script=(told["script"] if told is not None else value["script"]) or "",
        recording=(told or value)["recording"],
        language=voice if in_words else language,
        is_asked=not voice or told is not None,
        has=has,
    )


def _said(value) -> tuple[Said, ...]:
    return tuple(Said(one["text"] or "", one["audio"]) for one in value["paragraphs"])


def _has(value) -> set[str]:
    said = _said(value)
    found = set()
    if said and all(one.text for one in said):
        found.add("text")
    if value["recording"] or (said and all(one.audio for one in said)):
        found.add("sound")
    if value["script"]:
        found.add("script")
    return found

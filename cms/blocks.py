"""The blocks of which guides and lessons are made.

A block's id is the same in every language: progress, answers and audio are kept by it. The outer stream draws the
element that carries it (`id="block-<uuid>" data-block="<uuid>"`), so a block's template draws only what is inside.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_h5p.templatetags.h5p import player_values
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

from cms.practice import SimulationBlock
from cms.vocabulary.models import Procedure
from media.blocks import H5PContentChooserBlock
from media.checking import readable_size

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr"]
SHORT_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]
# What whoever copies a message fills in first: [the lesson], [day].
TO_FILL_IN = re.compile(r"(\[[^\[\]\n]+\])")


def is_made_up(address: str) -> bool:
    """True for an address nobody can own: its host ends in .example, or there is no address at all."""
    host = address.partition("://")[2] or address
    return not address or host.partition("/")[0].endswith(".example")


def procedure_choices() -> list[tuple[str, str]]:
    """Procedures by code, named in the reader's language where they exist in it."""
    names: dict[str, str] = {}
    for code, name, language in Procedure.objects.values_list("code", "name", "locale__language_code"):
        if code not in names or language == get_language():
            names[code] = name
    return sorted(names.items(), key=lambda choice: choice[1])


class TextBlock(blocks.RichTextBlock):
    def __init__(self, **options):
        super().__init__(features=TEXT_FEATURES, **options)

    class Meta:
        label = _("Text")
        icon = "pilcrow"
        template = "cms/blocks/text.html"


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        label=_("Alternative text"),
        help_text=_("What the picture shows, for those who cannot see it. Leave empty only if it is decoration."),
        required=False,
        max_length=300,
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)

    class Meta:
        label = _("Image")
        icon = "image"
        template = "cms/blocks/image.html"


class VideoBlock(blocks.StructBlock):
    recording = VideoChooserBlock(label=_("Video"))
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=200)

    class Meta:
        label = _("Video")
        icon = "media"
        template = "cms/blocks/video.html"


class AudioBlock(blocks.StructBlock):
    recording = AudioChooserBlock(label=_("Audio"))
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=200)

    class Meta:
        label = _("Audio")
        icon = "media"
        template = "cms/blocks/audio.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    text = blocks.RichTextBlock(label=_("Text"), features=SHORT_TEXT_FEATURES, required=False)
    image = ImageChooserBlock(label=_("Image"), required=False)
    alt = blocks.CharBlock(label=_("Alternative text"), required=False, max_length=300)

    class Meta:
        label = _("Step")
        icon = "list-ol"


class StepsBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=200)
    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=1)

    class Meta:
        label = _("Steps")
        icon = "list-ol"
        template = "cms/blocks/steps.html"


class CalloutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("tip", _("Tip")),
            ("warning", _("Take care")),
            ("remember", _("Remember")),
            ("case", _("A true-to-life case")),
        ],
        default="tip",
    )
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=200)
    text = blocks.RichTextBlock(label=_("Text"), features=SHORT_TEXT_FEATURES)

    class Meta:
        label = _("Callout")
        icon = "info-circle"
        template = "cms/blocks/callout.html"


class ProcedureBlock(blocks.StructBlock):
    """A card of one procedure. The record is found by code in the page's language when the page is drawn."""

    code = blocks.ChoiceBlock(label=_("Procedure"), choices=procedure_choices)

    def get_context(self, value, parent_context=None):
        """`procedures` of the parent context, {code: Procedure}, spares a query for each card."""
        context = super().get_context(value, parent_context)
        known = context.get("procedures")
        if known is None:
            page = context.get("page")
            language = page.locale.language_code if page is not None else get_language()
            known = {p.code: p for p in Procedure.objects.filter(code=value["code"], locale__language_code=language)}
        context["procedure"] = known.get(value["code"])
        return context

    class Meta:
        label = _("Procedure card")
        icon = "clipboard-list"
        template = "cms/blocks/procedure.html"


class OptionBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=300)
    correct = blocks.BooleanBlock(label=_("This is a right answer"), required=False)
    feedback = blocks.TextBlock(label=_("What to say when it is chosen"), required=False, rows=2)

    class Meta:
        label = _("Option")


class SelfCheckBlock(blocks.StructBlock):
    """Practice inside the page: the feedback is in the page itself, so it works offline and without a script."""

    question = blocks.TextBlock(label=_("Question"), rows=2)
    options = blocks.ListBlock(OptionBlock(), label=pgettext_lazy("of a self-check", "Options"), min_num=2, max_num=8)

    def clean(self, value):
        cleaned = super().clean(value)
        if not any(option["correct"] for option in cleaned["options"]):
            raise StructBlockValidationError(
                {"options": ValidationError(_("Mark at least one option as a right answer."))}
            )
        return cleaned

    class Meta:
        label = _("Self-check")
        icon = "help"
        template = "cms/blocks/self_check.html"


class MockupBlock(blocks.StructBlock):
    """A message, call, site or notice made up for practice, drawn so that nobody takes it for a real one.

    Whatever address it shows ends in .example, which nobody can register (RFC 2606).
    """

    kind = blocks.ChoiceBlock(
        label=_("Kind"),
        choices=[
            ("message", _("A made-up message")),
            ("call", _("A made-up call")),
            ("site", _("A made-up site")),
            ("notice", _("A made-up notice")),
        ],
        default="message",
    )
    sender = blocks.CharBlock(label=_("Who it claims to come from"), max_length=100)
    lines = blocks.ListBlock(blocks.TextBlock(rows=2), label=_("What it says"), min_num=1)
    address = blocks.CharBlock(
        label=_("Made-up address"), help_text=_("It ends in .example."), required=False, max_length=200
    )
    signs = blocks.ListBlock(blocks.TextBlock(rows=2), label=_("What gives it away"), min_num=1)

    def clean(self, value):
        cleaned = super().clean(value)
        if not is_made_up(cleaned["address"]):
            raise StructBlockValidationError(
                {"address": ValidationError(_("A made-up address ends in .example, so that it can never be real."))}
            )
        return cleaned

    class Meta:
        label = _("Made-up message, call or site")
        icon = "mobile-alt"
        template = "cms/blocks/mockup.html"


class MessageBlock(blocks.StructBlock):
    """A message to copy and send, into Zalo for example. What stands in [brackets] is for the sender to fill in."""

    title = blocks.CharBlock(label=_("Title"), max_length=200)
    text = blocks.TextBlock(
        label=_("Message"), help_text=_("What the sender has to fill in stands in [brackets]."), rows=5
    )

    def get_context(self, value, parent_context=None):
        """`parts`: the text in pieces, {text, to_fill_in}, which together are the message word for word."""
        context = super().get_context(value, parent_context)
        pieces = TO_FILL_IN.split(value["text"].replace("\r\n", "\n"))
        context["parts"] = [{"text": text, "to_fill_in": bool(place % 2)} for place, text in enumerate(pieces) if text]
        return context

    class Meta:
        label = _("Message to copy")
        icon = "copy"
        template = "cms/blocks/message.html"


class FamilyTaskBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    text = blocks.RichTextBlock(label=_("Text"), features=SHORT_TEXT_FEATURES, required=False)
    steps = blocks.ListBlock(blocks.TextBlock(rows=2), label=_("Steps"))

    class Meta:
        label = _("Family task")
        icon = "group"
        template = "cms/blocks/family_task.html"


class DownloadBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=200)

    class Meta:
        label = _("Download")
        icon = "download"
        template = "cms/blocks/download.html"


class H5PBlock(blocks.StructBlock):
    """An H5P exercise. It opens on a press: a package weighs more than the whole rest of a lesson."""

    content = H5PContentChooserBlock(label=_("H5P content"))
    text = blocks.TextBlock(
        label=_("Before one begins"),
        help_text=_("What to do, in a sentence or two; also read by those who cannot play it."),
        required=False,
        rows=2,
    )

    def get_context(self, value, parent_context=None):
        """The context of an attempt is the kind and key of the page and the block's id: `lesson`, `<key>:<block>`."""
        context = super().get_context(value, parent_context)
        content, page, block = value["content"], context.get("page"), context.get("block")
        if content is not None and content.current_version_id:
            context["h5p"] = player_values(
                content,
                context_kind=getattr(page, "content_format", ""),
                context_key=f"{page.translation_key}:{block.id}" if page is not None and block is not None else "",
            )
            context["size"] = readable_size(content.current_version.size)
        return context

    class Meta:
        label = _("H5P")
        icon = "tasks"
        template = "cms/blocks/h5p.html"


class RowBlock(blocks.StructBlock):
    cells = blocks.ListBlock(blocks.TextBlock(rows=1, required=False), label=_("Cells"))

    class Meta:
        label = pgettext_lazy("of a table", "Row")


class TableBlock(blocks.StructBlock):
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)
    has_header = blocks.BooleanBlock(label=_("The first row holds the headings"), required=False, default=True)
    rows = blocks.ListBlock(RowBlock(), label=_("Rows"), min_num=1)

    class Meta:
        label = _("Table")
        icon = "table"
        template = "cms/blocks/table.html"


class BodyBlock(blocks.StreamBlock):
    text = TextBlock()
    image = ImageBlock()
    video = VideoBlock()
    audio = AudioBlock()
    steps = StepsBlock()
    callout = CalloutBlock()
    procedure = ProcedureBlock()
    self_check = SelfCheckBlock()
    mockup = MockupBlock()
    simulation = SimulationBlock()
    message = MessageBlock()
    family_task = FamilyTaskBlock()
    download = DownloadBlock()
    h5p = H5PBlock()
    table = TableBlock()

    class Meta:
        required = False
        template = "cms/blocks/body.html"


class SourceBlock(blocks.StructBlock):
    """Where something on the page was read, and when."""

    title = blocks.CharBlock(label=_("Title"), max_length=255)
    url = blocks.URLBlock(label=_("Address"), required=False)
    seen_on = blocks.DateBlock(label=_("Seen on"), required=False)

    class Meta:
        label = _("Source")
        icon = "link"


def procedure_codes(body: blocks.StreamValue) -> list[str]:
    """Codes of the procedures shown as cards in `body`, each once, in order."""
    return list(dict.fromkeys(block.value["code"] for block in body if block.block_type == "procedure"))

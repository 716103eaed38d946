"""The simulated portal: an exercise in the steps of a real one, with people made up, and never a look-alike.

Its screens bear the site's own colours and the words "exercise" above and below; nothing in it may look like the number
of a person or a phone (product.md §5). What is right stands in the page itself: it is practice, not a test, so it works
offline, and without a script it reads as a worked example.
"""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

# Nine digits or more, however they are grouped: an old or new identity number, a phone number, an account.
LONG_NUMBER = re.compile(r"(?:\d[ .\-]?){8}\d")
PARTS = (
    ("sign_in", _("Sign in"), "key-round"),
    ("search", _("Find the procedure"), "search"),
    ("form", _("Fill in the form"), "pencil"),
    ("attach", _("Attach the papers"), "file-text"),
    ("pay", _("Pay the fee"), "receipt"),
    ("track", _("Follow the file"), "clock"),
)
MOST_POINTS = 5


def looks_personal(text: str) -> bool:
    """Whether `text` holds what could be somebody's identity, phone or account number."""
    return bool(LONG_NUMBER.search(text))


def accepted(text: str) -> list[str]:
    """The answers an editor accepts for a field: one a line, the first is the one that is shown."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _texts(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, blocks.StreamValue):
        for child in value:
            yield from _texts(child.value)
    elif isinstance(value, (list, tuple, blocks.list_block.ListValue)):
        for one in value:
            yield from _texts(one)


class FactBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("What"), max_length=60)
    value = blocks.CharBlock(label=pgettext_lazy("of a made-up person", "What it is"), max_length=120)

    class Meta:
        label = _("Fact")


class WayBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("Text"), max_length=200)
    correct = blocks.BooleanBlock(label=_("This is a right answer"), required=False)
    feedback = blocks.TextBlock(label=_("What to say when it is chosen"), required=False, rows=2)

    class Meta:
        label = _("Option")


class FieldBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Field"), max_length=100)
    accepted = blocks.TextBlock(
        label=_("Right answers"),
        help_text=_("One a line; the first is shown. Capitals and spaces do not count."),
        rows=2,
    )
    hint = blocks.CharBlock(label=_("Hint"), required=False, max_length=200)

    class Meta:
        label = _("Field")


class _Step(blocks.StructBlock):
    part = blocks.ChoiceBlock(label=_("Step"), choices=[(name, label) for name, label, _icon in PARTS])
    task = blocks.TextBlock(label=_("What to do"), rows=2)
    criterion = blocks.CharBlock(
        label=pgettext_lazy("of an exercise", "What counts"),
        help_text=_("A line of the rubric, shown at the end."),
        max_length=200,
    )
    points = blocks.IntegerBlock(
        label=pgettext_lazy("of an exercise", "Points"), default=2, min_value=1, max_value=MOST_POINTS
    )

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["name"], context["icon"] = next((label, icon) for name, label, icon in PARTS if name == value["part"])
        return context


class ChooseStepBlock(_Step):
    """One thing to press, or several to tick where more than one is right."""

    options = blocks.ListBlock(WayBlock(), label=pgettext_lazy("of a self-check", "Options"), min_num=2, max_num=8)

    def clean(self, value):
        cleaned = super().clean(value)
        if not any(option["correct"] for option in cleaned["options"]):
            fault = ValidationError(_("Mark at least one option as a right answer."))
            raise StructBlockValidationError({"options": fault})
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["several"] = sum(option["correct"] for option in value["options"]) > 1
        return context

    class Meta:
        label = _("Choose")
        icon = "tick"
        template = "cms/blocks/simulation/choose.html"


class FillStepBlock(_Step):
    fields = blocks.ListBlock(FieldBlock(), label=_("Fields"), min_num=1, max_num=8)

    def clean(self, value):
        cleaned = super().clean(value)
        if not all(accepted(field["accepted"]) for field in cleaned["fields"]):
            raise StructBlockValidationError({"fields": ValidationError(_("Each field needs a right answer."))})
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["fields"] = [
            {"label": field["label"], "hint": field["hint"], "accepted": accepted(field["accepted"])}
            for field in value["fields"]
        ]
        return context

    class Meta:
        label = _("Fill in")
        icon = "edit"
        template = "cms/blocks/simulation/fill.html"


class StepsBlock(blocks.StreamBlock):
    choose = ChooseStepBlock()
    fill = FillStepBlock()


class SimulationBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    case = blocks.TextBlock(label=_("Who needs what"), rows=3)
    person = blocks.ListBlock(FactBlock(), label=_("The made-up person"), min_num=1, max_num=8)
    steps = StepsBlock(label=_("Steps"), min_num=2, max_num=12)
    after = blocks.TextBlock(label=_("What is different in real life"), required=False, rows=2)

    def clean(self, value):
        cleaned = super().clean(value)
        if any(looks_personal(text) for text in _texts(cleaned)):
            raise StructBlockValidationError(
                non_block_errors=[
                    _(
                        "Nine digits or more look like a real identity or phone number. Use a made-up code such as TAP-01."
                    )
                ]
            )
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["total"] = sum(step.value["points"] for step in value["steps"])
        return context

    class Meta:
        label = _("Simulated portal")
        icon = "desktop"
        template = "cms/blocks/simulation/simulation.html"

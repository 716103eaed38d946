"""What an editor writes for the teacher of a lesson: moves in class, a question to discuss, tasks on paper.

All of it is optional: papers are made from the lesson itself, and these words take the place of the general ones.
"""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

OPENING, LEARNING, PRACTICE, APPLYING = "opening", "learning", "practice", "applying"
PHASES = [
    (OPENING, _("Opening")),
    (LEARNING, _("New knowledge")),
    (PRACTICE, _("Practice")),
    (APPLYING, _("Use it at home")),
]
MOST_LINES = 15


def _least() -> blocks.ChoiceBlock:
    return blocks.ChoiceBlock(
        label=_("In which forms of the lesson"),
        choices=[("15", _("all forms")), ("30", _("30 and 45 minutes")), ("45", _("45 minutes only"))],
        default="15",
    )


class MoveBlock(blocks.StructBlock):
    """One thing done in class; the moves of a phase replace what would be written there from the lesson alone."""

    phase = blocks.ChoiceBlock(label=_("Part of the lesson"), choices=PHASES, default=LEARNING)
    least = _least()
    teacher = blocks.TextBlock(label=_("What the teacher does"), rows=3)
    pupils = blocks.TextBlock(label=_("What the pupils do"), rows=2)
    product = blocks.TextBlock(label=_("What comes of it"), rows=2, required=False)

    class Meta:
        label = _("Move")
        icon = "user"


class DiscussionBlock(blocks.StructBlock):
    """A question without one right answer; the slides show it, the plan also what to listen for."""

    question = blocks.TextBlock(label=_("Question"), rows=2)
    listen_for = blocks.TextBlock(label=_("What to listen for"), rows=2, required=False)
    least = _least()

    class Meta:
        label = _("Question to discuss")
        icon = "comment"


class PlanBlock(blocks.StreamBlock):
    move = MoveBlock()
    discussion = DiscussionBlock()
    equipment = blocks.TextBlock(label=_("To bring or prepare"), rows=1, icon="clipboard-list")
    evidence = blocks.TextBlock(label=_("How one sees that it was learnt"), rows=2, icon="check")
    note = blocks.TextBlock(label=_("Take care in class"), rows=2, icon="warning")

    class Meta:
        required = False


class WriteBlock(blocks.StructBlock):
    """A task with lines to write on. The answer goes into the teacher's plan, never onto the worksheet."""

    task = blocks.TextBlock(label=_("Task"), rows=3)
    lines = blocks.IntegerBlock(label=_("Lines to write on"), default=3, min_value=0, max_value=MOST_LINES)
    answer = blocks.TextBlock(label=_("Answer, for the teacher"), rows=2, required=False)

    class Meta:
        label = _("Task to write")
        icon = "edit"


class ChooseBlock(blocks.StructBlock):
    """Things to tick or cross on paper."""

    task = blocks.TextBlock(label=_("Task"), rows=2)
    options = blocks.ListBlock(blocks.TextBlock(rows=1), label=_("What to tick"), min_num=2)
    answer = blocks.TextBlock(label=_("Answer, for the teacher"), rows=2, required=False)

    class Meta:
        label = _("Task to tick")
        icon = "list-ul"


class FillInTableBlock(blocks.StructBlock):
    """A table to fill in: the first column may be written, the others are empty."""

    task = blocks.TextBlock(label=_("Task"), rows=2)
    columns = blocks.ListBlock(blocks.CharBlock(max_length=80), label=_("Headings"), min_num=2, max_num=5)
    rows = blocks.ListBlock(blocks.CharBlock(max_length=200, required=False), label=_("First column"), min_num=1)
    answer = blocks.TextBlock(label=_("Answer, for the teacher"), rows=2, required=False)

    class Meta:
        label = _("Table to fill in")
        icon = "table"


class WorksheetBlock(blocks.StreamBlock):
    write = WriteBlock()
    choose = ChooseBlock()
    table = FillInTableBlock()

    class Meta:
        required = False

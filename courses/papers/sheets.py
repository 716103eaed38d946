"""A lesson as its papers see it: its parts by phase of the class, minutes for each, and the tasks on the worksheet."""

import random
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from cms.vocabulary.models import Procedure
from courses.blocks import APPLYING, LEARNING, OPENING, PRACTICE
from courses.models import CoursePage, LessonPage
from courses.papers.texts import heading_of, lines_of
from courses.queries.outlines import blocks_of
from schools.queries.addresses import absolute

# How the minutes of a class are shared between the phases, in parts of a hundred.
SHARES = {OPENING: 12, LEARNING: 45, PRACTICE: 28, APPLYING: 15}
MOST_CHECKS = 3
_PRACTISED = {"self_check", "mockup", "h5p", "simulation"}
_AT_HOME = {"family_task", "download"}
_SILENT = {"download"}


@dataclass(frozen=True)
class Made:
    """A finished document and the name it is saved under."""

    data: bytes = field(repr=False)
    name: str


@dataclass(frozen=True)
class Part:
    """One block of the lesson: in which phase it is used, and the words by which a teacher finds it on the screen."""

    phase: str
    kind: str
    title: str
    value: Any = field(repr=False)


@dataclass
class Task:
    """A task of the worksheet. `answer` is for the teacher alone."""

    kind: str
    text: str
    lines: int = 0
    options: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    answer: str = ""


class Sheet:
    """A published lesson in the form of so many minutes (0: the whole of it), ready to be put on paper."""

    def __init__(self, page: LessonPage, facts, *, minutes: int = 0):
        self.page = page
        self.facts = facts
        self.minutes = minutes or page.minutes
        self.blocks = blocks_of(facts, minutes)
        self.course: CoursePage = page.get_parent().specific
        self.for_adults = self.course.for_adults

    @cached_property
    def parts(self) -> list[Part]:
        """The lesson's blocks in order; what stands before the first explanation opens the class."""
        wanted, opened, found = set(self.blocks), False, []
        for place, block in enumerate(block for block in self.page.body if str(block.id) in wanted):
            title = self._title(block)
            if block.block_type in _PRACTISED:
                phase = PRACTICE
            elif block.block_type in _AT_HOME:
                phase = APPLYING
            elif opened or not self._opens(block, place, title):
                phase, opened = LEARNING, True
            else:
                phase = OPENING
            found.append(Part(phase, block.block_type, title, block.value))
        return found

    @staticmethod
    def _opens(block, place: int, title: str) -> bool:
        if block.block_type == "callout":
            return block.value["kind"] == "case" or place == 0
        return block.block_type in {"text", "image", "video", "audio"} and (place == 0 or not title)

    def _title(self, block) -> str:
        value, kind = block.value, block.block_type
        if kind == "text":
            return heading_of(value.source)
        if kind in {"steps", "callout", "family_task", "video", "audio", "simulation"}:
            return value["title"]
        if kind == "procedure":
            return self._procedures.get(value["code"], "")
        if kind == "self_check":
            return value["question"]
        if kind == "mockup":
            return value["sender"]
        if kind == "h5p":
            return value["content"].title if value["content"] else ""
        return value["caption"] if kind in {"image", "table"} else ""

    @cached_property
    def _procedures(self) -> dict[str, str]:
        codes = self.page.procedures_used()
        rows = Procedure.objects.filter(code__in=codes, locale_id=self.page.locale_id)
        return dict(rows.values_list("code", "name"))

    def titles(self, phase: str) -> list[str]:
        """What of a phase is shown, each once; pictures only illustrate what is named beside them."""
        named = [part.title for part in self.parts if part.phase == phase and part.kind not in {"image", *_SILENT}]
        return list(dict.fromkeys(title for title in named if title))

    def minutes_by_phase(self) -> dict[str, int]:
        """The class's minutes shared between its phases; every phase that is there gets at least one."""
        there = {part.phase for part in self.parts} | {OPENING, APPLYING}
        there |= {move.value["phase"] for move in self.moves}
        shares = {phase: share for phase, share in SHARES.items() if phase in there}
        exact = {phase: self.minutes * share / sum(shares.values()) for phase, share in shares.items()}
        given = {phase: max(1, int(value)) for phase, value in exact.items()}
        by_rest = sorted(exact, key=lambda phase: exact[phase] - int(exact[phase]), reverse=True)
        for phase in (by_rest * 2)[: max(0, self.minutes - sum(given.values()))]:
            given[phase] += 1
        return given

    # --- What an editor wrote for the teacher ---

    @cached_property
    def written(self) -> list:
        return self.page.plan_for(self.minutes)

    @property
    def moves(self) -> list:
        return [one for one in self.written if one.block_type == "move"]

    def words(self, kind: str) -> list[str]:
        return [one.value for one in self.written if one.block_type == kind]

    @property
    def discussions(self) -> list:
        return [one.value for one in self.written if one.block_type == "discussion"]

    # --- Tasks on paper ---

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks an editor wrote, else those the lesson itself lends; in both cases as the worksheet numbers them."""
        written = [_task(block) for block in self.page.worksheet]
        return written or [task for part in self.parts if (task := self._lent(part))]

    def _lent(self, part: Part) -> Task | None:
        return _lent(part, str(self.page.translation_key), for_adults=self.for_adults)

    @property
    def checks(self) -> list:
        """Questions to check oneself, as many as fit on the paper."""
        return [part.value for part in self.parts if part.kind == "self_check"][:MOST_CHECKS]

    @property
    def family_task(self):
        return next((part.value for part in self.parts if part.kind == "family_task"), None)

    @property
    def objectives(self) -> list[str]:
        return [str(block.value) for block in self.page.objectives]

    # --- Where it is on the screen ---

    @property
    def address(self) -> str:
        """As paper shows it: without https, as one types it."""
        return absolute(self.page.url or "/").split("://", 1)[-1]

    @property
    def grades(self) -> str:
        low, high = self.course.grade_min, self.course.grade_max
        if not low and not high:
            return ""
        return str(low or high) if low == high or not (low and high) else f"{low}–{high}"

    @property
    def length(self) -> str:
        return ngettext("%(count)d minute", "%(count)d minutes", self.minutes) % {"count": self.minutes}


def _task(block) -> Task:
    value = block.value
    task = Task(block.block_type, value["task"], answer=value.get("answer") or "")
    task.lines = value.get("lines") or 0
    task.options = [str(one) for one in value.get("options") or []]
    task.columns = [str(one) for one in value.get("columns") or []]
    task.rows = [str(one) for one in value.get("rows") or []]
    return task


def _lent(part: Part, seed: str, *, for_adults: bool) -> Task | None:
    """A task out of the lesson's own material: a case to judge, steps to put in order, a fake to unmask."""
    value = part.value
    if part.kind == "callout" and value["kind"] == "case":
        text = (
            pgettext("adult", "Read again “%(title)s”. What did the people do well? What would you do, and why?")
            if for_adults
            else _("Read again “%(title)s”. What did the people do well? What would you do, and why?")
        )
        return Task("write", text % {"title": part.title or _("A true-to-life case")}, lines=4)
    if part.kind == "steps" and len(value["steps"]) > 2:
        right = [step["title"] for step in value["steps"]]
        # The same sheet comes out each time.
        mixed = random.Random(seed).sample(right, len(right))  # noqa: S311  (repeatable on purpose, no secret)
        if mixed == right:
            mixed = [*right[1:], right[0]]
        order = "; ".join(f"{number}. {title}" for number, title in enumerate(right, start=1))
        text = _("Put the steps of “%(title)s” in order: write 1, 2, 3 … before each.") % {"title": part.title}
        return Task("number", text, options=mixed, answer=order)
    if part.kind == "mockup":
        text = _("Look at what claims to come from “%(sender)s”. Write at least two things that give it away.")
        signs = "; ".join(sign.rstrip(".") for sign in value["signs"])
        return Task("write", text % {"sender": value["sender"]}, lines=3, answer=signs)
    return None


def right_answers(check) -> str:
    """«B. Toàn trình» of a question to check oneself."""
    options = enumerate(check["options"])
    return "; ".join(f"{'ABCDEFGH'[place]}. {option['text']}" for place, option in options if option["correct"])


def case_lines(value) -> list[str]:
    return lines_of(value["text"].source)

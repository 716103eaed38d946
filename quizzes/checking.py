"""What makes a question answerable, apart from forms and files: the admin form, the loader and imports all ask here."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from quizzes.kinds.typed import numbers_in

GAP = re.compile(r"\[\[(\d{1,2})\]\]")


@dataclass(frozen=True)
class OptionDraft:
    """`target` is whatever names the target it belongs to; `fraction` is what it earns, where that is not all or nothing."""

    text: str
    correct: bool = False
    fraction: Decimal | None = None
    target: Any = None
    has_picture: bool = False

    @property
    def earns(self) -> bool:
        """Whether choosing it gives anything."""
        return self.correct if self.fraction is None else self.fraction > 0

    @property
    def earns_all(self) -> bool:
        return self.correct if self.fraction is None else self.fraction == 1


@dataclass(frozen=True)
class TargetDraft:
    key: Any
    text: str
    kind: str = ""
    area: Sequence[int] | None = None
    correct: bool = False


@dataclass(frozen=True)
class Draft:
    """A question before it is stored, as far as its type looks at it."""

    type: str
    stem: str = ""
    options: Sequence[OptionDraft] = ()
    targets: Sequence[TargetDraft] = ()
    has_picture: bool = False

    @property
    def right(self) -> int:
        return sum(option.earns for option in self.options)


def faults_of(draft: Draft) -> list[str]:
    """What is wrong with a question, in sentences; [] if nothing is. Its type decides what it needs."""
    return [fault for _part, fault in faults_by_part(draft)]


def faults_by_part(draft: Draft) -> list[tuple[str, str]]:
    """The same, each with the part of the question where it is mended: "type", "stem", "options" or "targets"."""
    needs = NEEDS.get(draft.type)
    if needs is None:
        return [("type", _("Unknown type: %(type)s.") % {"type": draft.type})]
    return [(PARTS.get(need, "options"), fault) for need in needs for fault in need(draft)]


def _folded(texts) -> list[str]:
    return [" ".join(text.split()).casefold() for text in texts]


def _options_differ(draft: Draft) -> list[str]:
    faults = []
    if len(draft.options) < 2:
        faults.append(_("Give at least two options."))
    # Two options of different gaps may say the same.
    texts = [(option.target if draft.type == "gaps" else None, text) for option, text in _texts(draft)]
    if any(not text for _target, text in texts):
        faults.append(_("An option has no text."))
    if len(set(texts)) < len(texts):
        faults.append(_("Two options say the same."))
    return faults


def _texts(draft: Draft):
    return zip(draft.options, _folded(option.text for option in draft.options), strict=True)


def _one_right(draft: Draft) -> list[str]:
    right = sum(option.earns_all for option in draft.options)
    if right == 1:
        return []
    return [_("Mark exactly one option as right (now: %(count)d).") % {"count": right}]


def _some_right(draft: Draft) -> list[str]:
    return [] if draft.right else [_("Mark at least one option as right.")]


def _two_options(draft: Draft) -> list[str]:
    return [] if len(draft.options) == 2 else [_("A true-or-false question has exactly two options.")]


def _pictures(draft: Draft) -> list[str]:
    if all(option.has_picture for option in draft.options):
        return []
    return [_("Each option needs its picture; its text says what the picture shows.")]


def _targets_named(draft: Draft) -> list[str]:
    texts = _folded(target.text for target in draft.targets)
    if any(not text for text in texts):
        return [_("A place has no text.")]
    return [_("Two places say the same.")] if len(set(texts)) < len(texts) else []


def _placed(draft: Draft) -> list[str]:
    faults = []
    keys = {target.key for target in draft.targets}
    if len(keys) < 2:
        faults.append(_("Give at least two places to put things."))
    if any(option.target is not None and option.target not in keys for option in draft.options):
        faults.append(_("An option goes to a place that is not there."))
    if sum(option.target in keys for option in draft.options) < 2:
        faults.append(_("Say of at least two options where they go."))
    return faults


def _paired(draft: Draft) -> list[str]:
    if all(option.target is not None for option in draft.options):
        return []
    return [_("Every option of a matching question needs its pair.")]


def _gaps(draft: Draft) -> list[str]:
    faults = []
    marked = sorted(int(number) for number in GAP.findall(draft.stem))
    if not draft.targets:
        faults.append(_("Give at least one gap."))
    if marked != list(range(1, len(draft.targets) + 1)):
        faults.append(_("Mark each gap once in the text: [[1]] for the first, [[2]] for the second, and so on."))
    for number, gap in enumerate(draft.targets, start=1):
        own = [option for option in draft.options if option.target == gap.key]
        if not any(option.earns for option in own):
            faults.append(_("Gap %(number)d has no right answer.") % {"number": number})
        if gap.kind == "select" and len(own) < 2:
            faults.append(_("Gap %(number)d needs at least two choices.") % {"number": number})
        if gap.kind == "number" and not all(_is_number(option.text) for option in own):
            faults.append(_("An answer of gap %(number)d is no number.") % {"number": number})
        if gap.kind not in {"select", "text", "number"}:
            faults.append(_("Say of gap %(number)d whether it is chosen or typed.") % {"number": number})
    return faults


def _is_number(text: str) -> bool:
    return text.strip() == "*" or bool(numbers_in(text))


def _areas(draft: Draft) -> list[str]:
    faults = []
    if not draft.has_picture:
        faults.append(_("Choose the picture to point in."))
    if len(draft.targets) < 2:
        faults.append(_("Draw at least two areas, so that there is something to choose."))
    if any(not target.area for target in draft.targets):
        faults.append(_("An area has no place in the picture."))
    if sum(target.correct for target in draft.targets) != 1:
        faults.append(_("Mark exactly one area as right."))
    return faults


def _accepted(draft: Draft) -> list[str]:
    faults = [] if draft.right else [_("Give at least one accepted answer.")]
    if any(not text for _option, text in _texts(draft)):
        faults.append(_("An accepted answer has no text."))
    return faults


def _numbers(draft: Draft) -> list[str]:
    return [] if all(_is_number(option.text) for option in draft.options) else [_("An accepted answer is no number.")]


def _asked(draft: Draft) -> list[str]:
    return [] if draft.stem.strip() else [_("The question has no text.")]


NEEDS: dict[str, list[Callable[[Draft], list[str]]]] = {
    "single": [_options_differ, _one_right],
    "true_false": [_options_differ, _two_options, _one_right],
    "multiple": [_options_differ, _some_right],
    "statements": [_options_differ],
    "picture_choice": [_options_differ, _one_right, _pictures],
    "matching": [_targets_named, _placed, _paired],
    "zones": [_options_differ, _targets_named, _placed],
    "ordering": [_options_differ],
    "gaps": [_gaps],
    "hotspot": [_targets_named, _areas],
    "numeric": [_accepted, _numbers],
    "short": [_accepted],
    "long": [_asked],
}
# Where a fault is mended, if not among the options.
PARTS: dict[Callable[[Draft], list[str]], str] = {
    _targets_named: "targets",
    _gaps: "targets",
    _areas: "targets",
    _asked: "stem",
}

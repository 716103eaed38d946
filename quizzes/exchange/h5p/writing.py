"""A question set out, with the libraries that are installed here. A remark of ours in the metadata of each part holds
what H5P has no place for (`quizzes.exchange.notes`)."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils.text import slugify
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_h5p.models import Library
from django_h5p.operations import write_package
from django_h5p.problems import LibraryMissing

from cms.text.folding import fold
from media.checking import real_type
from quizzes.checking import GAP
from quizzes.exchange import notes
from quizzes.exchange.h5p import labels
from quizzes.exchange.items import Attachment, Impossible, Item, Skipped, Written

SET, CHOICE, TRUE_FALSE, BLANKS, DRAGGING, IMAGE = (
    "H5P.QuestionSet", "H5P.MultiChoice", "H5P.TrueFalse", "H5P.Blanks", "H5P.DragText", "H5P.Image")  # fmt: skip
ARROW = " → "
_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif"}


class Unfit(ValueError):
    """Why a question cannot be in a question set, in a sentence."""


@dataclass
class _Making:
    """The libraries that are used, the pictures that go along, and the names of libraries that are not installed."""

    used: dict[str, Library] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def library(self, name: str) -> str:
        """`H5P.Name 1.2` as content names it. Raises Unfit when it is not installed."""
        if name not in self.used:
            found = Library.objects.newest(name)
            if found is None:
                self.missing.add(name)
                raise Unfit(_("The H5P library %(name)s is not installed here.") % {"name": name})
            self.used[name] = found
        return f"{name} {self.used[name].major}.{self.used[name].minor}"

    def picture(self, attached: Attachment) -> str:
        """Its path below content/. Raises Unfit for a kind that H5P does not show."""
        ending = _ENDINGS.get(real_type(attached.data[:4096]))
        if ending is None:
            raise Unfit(_("H5P shows no picture of this kind; store it as PNG or JPEG."))
        path = f"images/{len(self.files) + 1}.{ending}"
        self.files[path] = attached.data
        return path


def write(items: list[Item], *, title: str) -> Written:
    """An .h5p file that plays here and elsewhere. Raises Impossible when nothing can be played: libraries are missing.

    The language of H5P's own buttons is the one that is active.
    """
    making, left_out = _Making(), []
    try:
        making.library(SET)
    except Unfit:
        raise Impossible(_missing_words(making.missing)) from None
    parts = []
    for item in items:
        try:
            parts.append(_part(item, making))
        except Unfit as reason:
            left_out.append(Skipped(item.label, str(reason)))
    if not parts and making.missing:
        raise Impossible(_missing_words(making.missing))
    params = {
        "questions": parts,
        "progressType": "textual",
        "passPercentage": 50,
        "disableBackwardsNavigation": False,
        "randomQuestions": False,
        "override": {"checkButton": True},
        **labels.of_set(),
    }
    main = making.used.pop(SET)
    name = f"{slugify(fold(title))[:60] or 'questions'}.h5p"
    if not parts:
        return Written(b"", name, "application/zip", left_out)
    try:
        data = write_package(
            title=title,
            language=get_language() or "vi",
            main=main,
            params=params,
            uses=making.used.values(),
            files=making.files,
        )
    except LibraryMissing as missing:
        raise Impossible(_missing_words(missing.extra["libraries"])) from None
    return Written(data, name, "application/zip", left_out)


def _missing_words(names) -> str:
    return _(
        "H5P files are made with the H5P libraries installed here, and these are missing: %(names)s. Upload once, under “H5P exercises”, any .h5p file that holds them (for example a Question Set made on h5p.org or in Lumi), as somebody who may install libraries; then try again."
    ) % {"names": ", ".join(sorted(names))}


def _part(item: Item, making: _Making) -> dict[str, Any]:
    """One question of the set. Raises Unfit."""
    writer = _WRITERS.get(item.type)
    if writer is None:
        raise Unfit(_REASONS.get(item.type) or _("H5P has no such type of question."))
    if any(option.fraction is not None for option in item.options):
        raise Unfit(_("H5P knows no answers that earn a part of the points."))
    if any(option.picture or option.more_pictures for option in item.options) or item.more_pictures:
        raise Unfit(_("A question of an H5P set shows one picture, above its text."))
    before = len(making.files)
    name, params = writer(item)
    library = making.library(name)
    media: dict[str, Any] = {"disableImageZooming": False}
    if item.picture:
        if name == DRAGGING and making.used[name].minor < 10:
            raise Unfit(_("The installed H5P library %(name)s shows no picture.") % {"name": name})
        media["type"] = _image(item.picture, making, f"{item.label}:{before}")
    title = " ".join(item.stem.split())[:80] or "–"
    return {
        "library": library,
        "params": {**params, "media": media},
        "subContentId": _part_id(item.label),
        "metadata": {"title": title, "license": "U", "contentType": "", "authorComments": _note(item)},
    }


def _part_id(label: str) -> str:
    """The question's own key where it is one, so that statements of a player name our question."""
    try:
        return str(UUID(label))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, label))


def _note(item: Item) -> str:
    told = notes.read_note(notes.note_of(item)) or {}
    if item.type == "gaps":
        told["kinds"] = [target.kind for target in item.targets]
    if item.type == "true_false" and item.explanation:
        told["explanation"] = item.explanation
    if item.type in {"numeric", "short"}:
        told["alone"] = True
    return notes.MARK + json.dumps(told, ensure_ascii=False, sort_keys=True)


def _image(attached: Attachment, making: _Making, label: str) -> dict[str, Any]:
    alt = attached.alt or _("Picture")
    file = {"path": making.picture(attached), "mime": real_type(attached.data[:4096]), "copyright": {"license": "U"}}
    return {
        "library": making.library(IMAGE),
        "params": {"contentName": _("Picture"), "file": file, "alt": alt, "decorative": False},
        "subContentId": _part_id(f"picture:{label}"),
        "metadata": {"title": alt[:80], "license": "U", "contentType": "Image"},
    }


def _html(text: str) -> str:
    return f"<p>{html.escape(text, quote=False).replace(chr(10), '<br>')}</p>" if text else ""


def _feedback(item: Item) -> list[dict]:
    told = {"feedback": html.escape(item.explanation, quote=False)} if item.explanation else {}
    return [{"from": 0, "to": 100, **told}]


# --- Types ---


def _choice(item: Item) -> tuple[str, dict]:
    several = item.type == "multiple"
    answers = [
        {
            "text": _html(option.text),
            "correct": option.correct,
            "tipsAndFeedback": {"tip": "", "chosenFeedback": _html(option.why), "notChosenFeedback": ""},
        }
        for option in item.options
    ]
    behaviour = labels.behaviour(
        type="multi" if several else "single",
        # All or nothing, unless each right one earns its share.
        singlePoint=not several or not item.scoring.get("partial"),
        passPercentage=100,
        randomAnswers=True,
        showSolutionsRequiresInput=True,
        showScorePoints=True,
    )
    told = {"question": _html(item.stem), "answers": answers, "behaviour": behaviour}
    return CHOICE, told | {"overallFeedback": _feedback(item), **labels.of_choice()}


def _true_false(item: Item) -> tuple[str, dict]:
    """The first option is the true one, as its two buttons have them."""
    first, second = item.options
    words = labels.of_true_false()
    words["l10n"] |= {"trueText": first.text, "falseText": second.text}
    right, wrong = (first, second) if first.correct else (second, first)

    def said(why: str) -> str:
        return "\n".join(one for one in (why, item.explanation) if one)

    behaviour = labels.behaviour(feedbackOnCorrect=said(right.why), feedbackOnWrong=said(wrong.why))
    correct = "true" if first.correct else "false"
    return TRUE_FALSE, {"question": _html(item.stem), "correct": correct, "behaviour": behaviour, **words}


def _gap(accepted: list[str]) -> str:
    if any(sign in one for one in accepted for sign in "*/:"):
        raise Unfit(_("An accepted answer holds a sign that H5P reads as a mark: * / :"))
    return f"*{html.escape('/'.join(accepted), quote=False)}*"


def _around(text: str) -> str:
    if "*" in text:
        raise Unfit(_("Its text holds a star, by which H5P marks gaps."))
    return html.escape(text, quote=False).replace("\n", "<br>")


def _blanks(item: Item, description: str, text: str) -> tuple[str, dict]:
    if any(option.tolerance for option in item.options):
        raise Unfit(_("H5P knows no tolerance of a number."))
    if any(not option.correct for option in item.options):
        raise Unfit(_("H5P has no place for answers that are known to be wrong."))
    if item.scoring.get("accents") is False:
        raise Unfit(_("H5P always looks at the accents of a word."))
    behaviour = labels.behaviour(
        caseSensitive=bool(item.scoring.get("case")),
        showSolutionsRequiresInput=True,
        separateLines=False,
        acceptSpellingErrors=False,
    )
    told = {"text": _html(description), "questions": [f"<p>{text}</p>"], "behaviour": behaviour}
    return BLANKS, told | {"overallFeedback": _feedback(item), **labels.of_blanks()}


def _typed(item: Item) -> tuple[str, dict]:
    return _blanks(item, item.stem, _gap([option.text for option in item.options]))


def _gaps(item: Item) -> tuple[str, dict]:
    if any(target.kind == "select" for target in item.targets):
        raise Unfit(_("H5P has no gaps with a list of their own."))
    pieces = GAP.split(item.stem)
    text = "".join(
        _gap([option.text for option in item.options if option.target == int(piece) - 1])
        if place % 2
        else _around(piece)
        for place, piece in enumerate(pieces)
    )
    return _blanks(item, "", text)


def _words_to_drag(item: Item, lines: list[str], distractors: list[str]) -> tuple[str, dict]:
    return DRAGGING, {
        "taskDescription": _html(item.stem),
        "textField": "\n".join(lines),
        "distractors": "\n".join(distractors),
        "behaviour": labels.behaviour(instantFeedback=False),
        "overallFeedback": _feedback(item),
        **labels.of_dragging(),
    }


def _word(text: str) -> str:
    """A word to drag. Raises Unfit for what H5P would read as a mark."""
    if any(sign in text for sign in ("*", ":", "\\+", "\\-", "\n")):
        raise Unfit(_("A word to drag holds a sign that H5P reads as a mark: * : or a backslash."))
    return f"*{html.escape(text, quote=False)}*"


def _pairs(item: Item) -> tuple[str, dict]:
    if any(option.target is None for option in item.options):
        raise Unfit(_("H5P has no place for what belongs to no group."))
    lines = []
    for option in item.options:
        if "\n" in option.text:
            raise Unfit(_("A line to pair is longer than one line."))
        lines.append(f"{_around(option.text)}{ARROW}{_word(item.targets[option.target or 0].text)}")
    used = {option.target for option in item.options}
    return _words_to_drag(item, lines, [_word(one.text) for place, one in enumerate(item.targets) if place not in used])


def _ordering(item: Item) -> tuple[str, dict]:
    lines = [f"{number}. {_word(option.text)}" for number, option in enumerate(item.options, start=1)]
    return _words_to_drag(item, lines, [])


_WRITERS: dict[str, Callable[[Item], tuple[str, dict]]] = {
    "single": _choice, "multiple": _choice, "true_false": _true_false, "numeric": _typed, "short": _typed, "gaps": _gaps,
    "matching": _pairs, "zones": _pairs, "ordering": _ordering,
}  # fmt: skip


# Why the other types are left out.
_REASONS = {
    "statements": gettext_lazy("H5P has no statements that are marked together."),
    "long": gettext_lazy("A text is marked by a person; H5P has nobody who marks."),
    "picture_choice": gettext_lazy("An H5P question set has no choice of pictures."),
    "hotspot": gettext_lazy("An H5P question set has no pointing in a picture."),
}

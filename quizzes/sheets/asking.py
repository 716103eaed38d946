"""A question as it is asked, with what was answered so far. No key is read here."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from quizzes.checking import GAP
from quizzes.kinds.typed import LONG, SHORT
from quizzes.models import Attempt
from quizzes.operations.attempts import is_one_way
from quizzes.papers import FrozenPaper, paper

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# The partial a type is asked with, in templates/quizzes/types/.
PARTIALS = {
    "single": "choice",
    "true_false": "choice",
    "multiple": "choice",
    "picture_choice": "picture_choice",
    "statements": "statements",
    "matching": "matching",
    "zones": "zones",
    "ordering": "ordering",
    "gaps": "gaps",
    "hotspot": "hotspot",
    "numeric": "typed",
    "short": "typed",
    "long": "long",
}
# These need more than readers and writers of values (static/quizzes/places.js).
MOVED = {"zones", "ordering", "hotspot"}


def how_to(type: str) -> str:
    return {
        "single": _("Choose one answer."),
        "true_false": _("Choose one answer."),
        "picture_choice": _("Choose one picture or sound."),
        "multiple": _("Choose all that are right."),
        "statements": _("Say of each line whether it is true or false."),
        "matching": _("Choose for each line what belongs to it. Something may be left over."),
        "zones": _("Put each thing into its group."),
        "ordering": _("Put the lines in order, the first on top."),
        "gaps": _("Fill in each gap."),
        "hotspot": _("Tap a place in the picture, or choose its name below."),
        "numeric": _("Write a number."),
        "short": _("Write a few words."),
        "long": _("Write in your own words. Your teacher will read it."),
    }[type]


def sheet_of(attempt: Attempt, language: str) -> list[dict]:
    """An attempt's questions as its page asks them."""
    frozen = paper(attempt.paper_id)
    shut = shut_in(attempt, frozen)
    sheet = []
    for number, question in enumerate(frozen.public(attempt.questions, language), start=1):
        given = attempt.answers.get(question["id"], {}).get("value")
        sheet.append(asked(question, given, number) | {"shut": question["id"] in shut})
    return headed(sheet, frozen, language)


def shut_in(attempt: Attempt, frozen: FrozenPaper) -> set[str]:
    """The questions whose answer can no longer change: checked ones, and those left behind where there is no way back."""
    shut = {one for one, answer in attempt.answers.items() if answer.get("final")}
    if is_one_way(frozen.settings):
        order = [one for one, _shown in attempt.questions]
        answered = [place for place, one in enumerate(order) if attempt.answers.get(one, {}).get("value") is not None]
        shut |= set(order[: max(answered, default=0)])
    return shut


def headed(sheet: list[dict], frozen: FrozenPaper, language: str) -> list[dict]:
    """`sheet` with the section each question belongs to, and which one opens it."""
    sections = frozen.sections(language)
    before = 0
    for question in sheet:
        number = frozen.section_of(question["id"])
        if 1 <= number <= len(sections):
            question["section"] = sections[number - 1] | {"opens": number != before}
        before = number
    return sheet


def asked(question: Mapping, given: Any, number: int) -> dict:
    """One question of a sheet. `question` is its public form (`FrozenPaper.public`), `given` the stored value or None."""
    type = question["type"]
    entry = {
        **question,
        "number": number,
        "part": f"quizzes/types/{PARTIALS[type]}.html",
        "how": how_to(type),
        "given": given,
        "answered": given is not None,
        "multiple": type == "multiple",
        "checkable": type != "long",
        # What is unticked or emptied needs no button to take it back.
        "clearable": type not in {"multiple", "numeric", "short", "long", "gaps"},
        "longest": LONG if type == "long" else SHORT,
    }
    entry["options"] = [
        {**option, "letter": letter, "dealt": place, **_given_to(option["id"], type, given)}
        for place, (option, letter) in enumerate(zip(question["options"], LETTERS, strict=False))
    ]
    if type == "gaps":
        entry["pieces"] = pieces_of(question["stem"], question["targets"], entry["options"], given or {})
    if type == "ordering":
        entry["numbers"] = range(1, len(entry["options"]) + 1)
        entry["options"].sort(key=lambda option: option["place"] or 0)
    if type == "hotspot":
        entry["areas"] = areas_of(question, given)
        entry["dot"] = max(8, (question.get("picture") or {}).get("width", 1000) // 24)
    return entry


def _given_to(option: str, type: str, given: Any) -> dict:
    """What the answer says about one option."""
    if type == "ordering":
        return {"place": given.index(option) + 1 if given else None}
    if isinstance(given, dict):
        return {"said": given.get(option)}
    return {"chosen": option in given if isinstance(given, list) else option == given}


def pieces_of(stem: str, gaps: list[dict], options: list[dict], given: Mapping) -> list[dict]:
    """The text of a gap question cut at its gaps [[1]], [[2]] …: {"text"} and {"gap"} in turn."""
    pieces = []
    for place, piece in enumerate(GAP.split(stem)):
        if place % 2 == 0:
            pieces.append({"text": piece})
        elif 1 <= int(piece) <= len(gaps):
            gap = gaps[int(piece) - 1]
            choices = [option for option in options if option["target"] == gap["id"]]
            pieces.append({"gap": {**gap, "number": int(piece), "value": given.get(gap["id"], ""), "options": choices}})
    return pieces


def areas_of(question: Mapping, given: Any) -> list[dict]:
    """The areas of a picture with letters for their list and places in the picture's own measure."""
    width, height = (
        (question.get("picture") or {}).get("width", 1000),
        (question.get("picture") or {}).get("height", 1000),
    )
    areas = []
    for letter, target in zip(LETTERS, question.get("targets", ()), strict=False):
        area = {**target, "letter": letter, "chosen": target["id"] == given}
        if target.get("area"):
            x, y, wide, high = target["area"]
            area |= {
                "x": x * width // 1000,
                "y": y * height // 1000,
                "width": wide * width // 1000,
                "height": high * height // 1000,
            }
            area |= {"middle": area["x"] + area["width"] // 2, "centre": area["y"] + area["height"] // 2}
        areas.append(area)
    return areas

"""What of ours a format has no place for: one JSON note beside the question, so that it comes back the same."""

import json
from decimal import Decimal
from typing import Any

from quizzes.exchange.items import Item

MARK = "hdvc "


def note_of(item: Item, *, plain_weights: bool = False) -> str:
    """The note of an item, starting with MARK. `plain_weights`: weights in the file stand for "all or nothing"."""
    told: dict[str, Any] = {"type": item.type}
    if plain_weights:
        told["weights"] = False
    if item.credit:
        told["credit"] = [str(one) for one in item.credit]
    if item.scoring:
        told["scoring"] = item.scoring
    if item.difficulty:
        told["difficulty"] = item.difficulty
    for name in ("topic", "source"):
        if getattr(item, name):
            told[name] = getattr(item, name)
    return MARK + json.dumps(told, ensure_ascii=False, sort_keys=True)


def read_note(text: str) -> dict | None:
    """The note in a comment or tag; None if it is not one of ours, or was broken."""
    if not text.strip().startswith(MARK.strip() + " "):
        return None
    try:
        told = json.loads(text.strip()[len(MARK) :])
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def apply(note: dict | None, item: Item) -> Item:
    """Put back what the note says. Never a type that the item's own parts do not fit."""
    if not note:
        return item
    if note.get("weights") is False:
        for option in item.options:
            option.fraction = None
    wanted = note.get("type")
    if (item.type, wanted) in {("matching", "zones"), ("single", "picture_choice")}:
        item.type = wanted
    if item.type == "zones":
        _nowhere(item)
    if (item.type, wanted) == ("matching", "statements"):
        _statements(item)
    if isinstance(note.get("credit"), list):
        item.credit = [str(Decimal(str(one))) for one in note["credit"] if _is_number(one)] or None
    if isinstance(note.get("scoring"), dict):
        item.scoring = note["scoring"]
    if note.get("difficulty") in (1, 2, 3):
        item.difficulty = note["difficulty"]
    item.topic = str(note.get("topic") or item.topic)
    item.source = str(note.get("source") or item.source)
    return item


def _is_number(value: Any) -> bool:
    try:
        return Decimal(str(value)).is_finite()
    except ArithmeticError:
        return False


TRUE, FALSE = "Đúng", "Sai"
# The right side of what belongs nowhere, in formats whose pairs need one.
NOWHERE = "(không thuộc nhóm nào)"


def _statements(item: Item) -> None:
    """Pairs with "Đúng" and "Sai" as four statements again."""
    for option in item.options:
        option.correct = option.target is not None and item.targets[option.target].text == TRUE
        option.target = None
    item.targets, item.type = [], "statements"


def _nowhere(item: Item) -> None:
    """Things that belong nowhere, as they were before a format gave them a right side."""
    place = next((place for place, one in enumerate(item.targets) if one.text == NOWHERE), None)
    if place is None:
        return
    for option in item.options:
        if option.target == place:
            option.target = None
        elif option.target is not None and option.target > place:
            option.target -= 1
    del item.targets[place]

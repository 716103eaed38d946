"""Pairs, groups, orders and gaps on paper: laid out so that the order printed is never the answer, and their key.

No reader takes these back from Word; they are for a class with pens.
"""

import random
import re
from dataclasses import dataclass, field

from docx.shared import Cm

from cms import word
from quizzes.exchange.items import Item

TYPES = {"matching", "zones", "ordering", "gaps"}
CAPITALS, LETTERS = "ABCDEFGH", "abcdefgh"
DOTS = "…………………"
_GAP = re.compile(r"\[\[(\d+)\]\]")


@dataclass
class Laid(Item):
    """An item with the order in which its options and targets are printed, by their index; the item stays as it is."""

    shown: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


def fits(item: Item) -> bool:
    """Whether paper can ask it: no areas of a picture, and no more places than letters."""
    return len(item.targets) <= len(LETTERS) and not any(target.area for target in item.targets)


def lay_out(item: Item, luck: random.Random) -> Laid:
    shown = luck.sample(range(len(item.options)), len(item.options))
    places = list(range(len(item.targets)))
    if item.type == "ordering" and shown == sorted(shown):
        shown = [*shown[1:], shown[0]]
    if item.type == "matching":
        places = luck.sample(places, len(places))
    return Laid(**vars(item), shown=shown, places=places)


def with_gaps(item: Item) -> str:
    """The text with numbered dots where its gaps are."""
    return _GAP.sub(lambda found: f"({found.group(1)}) {DOTS}", item.stem)


def write(document, item: Laid) -> None:
    """What stands below the question."""
    if item.type == "ordering":
        for letter, place in zip(CAPITALS, item.shown, strict=False):
            word.add_point(document, item.options[place].text, mark=f"{letter}.", indent=0.8)
        _plain(document, f"Thứ tự đúng: {' – '.join([DOTS[:6]] * len(item.options))}")
    elif item.type == "gaps":
        for number, target in enumerate(item.targets, start=1):
            if target.kind == "select":
                choices = [item.options[one].text for one in item.shown if item.options[one].target == number - 1]
                _plain(document, f"({number}) Chọn một: {' / '.join(choices)}")
    elif item.type == "zones":
        groups = "   ".join(f"({place}) {item.targets[one].text}" for place, one in enumerate(item.places, start=1))
        _plain(document, f"Các nhóm: {groups}. Viết số của nhóm vào trước mỗi ý.")
        for letter, place in zip(LETTERS, item.shown, strict=False):
            word.add_point(document, f"{letter}) {item.options[place].text}", mark="____", indent=1.3)
    else:
        count = max(len(item.shown), len(item.places))
        rows = []
        for row in range(count):
            left = f"{row + 1}. {item.options[item.shown[row]].text}" if row < len(item.shown) else ""
            right = f"{LETTERS[row]}) {item.targets[item.places[row]].text}" if row < len(item.places) else ""
            rows.append([left, right])
        word.add_table(document, [], rows, widths=[1, 1])
        blanks = "   ".join(f"{number + 1} – ……" for number in range(len(item.shown)))
        _plain(document, f"Ghép: {blanks}")


def _plain(document, text: str) -> None:
    paragraph = document.add_paragraph(text)
    paragraph.paragraph_format.left_indent = Cm(0)


def answer(item: Laid) -> str:
    """The key in one cell: «B – A – C», «1–c; 2–a», «a–1; b–2», «(1) VNeID; (2) mình em»."""
    if item.type == "ordering":
        return " – ".join(CAPITALS[item.shown.index(place)] for place in range(len(item.options)))
    if item.type == "gaps":
        return "; ".join(f"({number}) {_filled(item, number - 1)}" for number in range(1, len(item.targets) + 1))
    told = []
    for row, place in enumerate(item.shown):
        target = item.options[place].target
        mine = LETTERS[row] if item.type == "zones" else str(row + 1)
        if target is None:
            told.append(f"{mine}–0")
        else:
            where = item.places.index(target)
            told.append(f"{mine}–{where + 1 if item.type == 'zones' else LETTERS[where]}")
    return "; ".join(told)


def _filled(item: Laid, gap: int) -> str:
    whole = [one.text for one in item.options if one.target == gap and one.correct and one.fraction is None]
    return " / ".join(whole)

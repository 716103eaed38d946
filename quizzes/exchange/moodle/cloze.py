"""Cloze: questions inside a text, `{1:MULTICHOICE:=Hà Nội~Huế}`, as a text with gaps."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from quizzes.exchange.items import Item, OptionItem, TargetItem
from quizzes.exchange.texts import from_html

_FIELD = re.compile(r"(?<!\\)\{(\d*):([A-Z_]+):((?:\\.|[^}\\])*)\}", re.DOTALL)
_SEPARATOR = re.compile(r"(?<!\\)~")
_HASH = re.compile(r"(?<!\\)#")
_WEIGHT = re.compile(r"^%(-?[\d.,]+)%")
_UNESCAPE = re.compile(r"\\([}#~/\"\\=])")
_SELECT = re.compile(r"^(MULTICHOICE|MC)(_?[HVS]+)?$|^(MCH|MCV|MCS|MCHS|MCVS)$")
_TEXT = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}
_NUMBER = {"NUMERICAL", "NM"}
_CASE = {"SHORTANSWER_C", "SAC", "MWC"}


def read_cloze(label: str, markup: str) -> Item:
    """A cloze text as an item of type gaps. Raises ValueError with a sentence for what does not map."""
    item = Item(label, "gaps", "")
    weights: set[str] = set()
    marked = markup
    for field in _FIELD.finditer(markup):
        place = len(item.targets)
        kind = _kind(field.group(2))
        weights.add(field.group(1) or "1")
        if field.group(2) in _CASE:
            item.scoring = {"case": True}
        item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, kind=kind))
        item.options += [_option(part, kind, place) for part in _SEPARATOR.split(field.group(3)) if part.strip()]
        marked = marked.replace(field.group(0), f"[[{place + 1}]]", 1)
    if not item.targets:
        raise ValueError(_("There is no gap in the text."))
    if len(weights) > 1:
        raise ValueError(_("Its gaps have different weights; here each gap earns the same."))
    item.stem = from_html(marked)[0]
    return item


def _kind(name: str) -> str:
    if _SELECT.match(name):
        return "select"
    if name in _TEXT:
        return "text"
    if name in _NUMBER:
        return "number"
    raise ValueError(_("We have no such type of gap: %(type)s.") % {"type": name[:40]})


def _option(part: str, kind: str, place: int) -> OptionItem:
    answer, *said = _HASH.split(part, maxsplit=1)
    answer = answer.strip()
    right, fraction = False, None
    if answer.startswith("="):
        right, answer = True, answer[1:]
    else:
        weight = _WEIGHT.match(answer)
        if weight:
            answer = answer[weight.end() :]
            share = Decimal(weight.group(1).replace(",", ".")) / 100
            right = share > 0
            fraction = None if share in (0, 1) else share
    tolerance = None
    if kind == "number":
        answer, _colon, margin = answer.partition(":")
        try:
            tolerance = Decimal(margin.strip() or 0)
        except InvalidOperation:
            raise ValueError(_("“%(text)s” is no number.") % {"text": margin[:40]}) from None
    text = from_html(_UNESCAPE.sub(r"\1", answer))[0]
    why = from_html(_UNESCAPE.sub(r"\1", said[0]))[0] if said else ""
    return OptionItem(text, right, why, fraction, tolerance, target=place)

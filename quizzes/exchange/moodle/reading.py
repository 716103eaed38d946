"""Moodle XML in: one `<question>` one item; what we have no type for is skipped with the reason."""

import base64
import binascii
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_lazy as _

from quizzes.checking import GAP
from quizzes.exchange import notes
from quizzes.exchange.items import Attachment, Item, OptionItem, Reading, Skipped, TargetItem, Unreadable
from quizzes.exchange.moodle.cloze import read_cloze
from quizzes.exchange.texts import from_html, tidy
from quizzes.exchange.xmltools import parse, text_at

HUNDRED = Decimal(100)
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


class Unsupported(ValueError):
    """One question cannot be taken; its text says why."""


def read(data: bytes, *, name: str) -> Reading:
    root = parse(data)
    if root.tag != "quiz":
        raise Unreadable(_("This is XML, but neither Moodle's nor QTI's."))
    reading = Reading("moodle-xml")
    number = 0
    for element in root.iter("question"):
        kind = element.get("type", "")
        if kind == "category":
            continue
        number += 1
        label = text_at(element, "name/text").strip()[:80] or str(_("question %(number)d") % {"number": number})
        try:
            item = _READERS[kind](label, element) if kind in _READERS else _unknown(kind)
        except Unsupported as fault:
            reading.skipped.append(Skipped(label, str(fault)))
            continue
        _common(item, element)
        reading.items.append(notes.apply(_note(element), item))
    return reading


def _unknown(kind: str) -> Item:
    if kind == "description":
        raise Unsupported(_("It is a text without a question."))
    raise Unsupported(_("We have no such type of question: %(type)s.") % {"type": kind[:40] or "?"})


def _note(element: Element) -> dict | None:
    tags = (text_at(tag, "text") for tag in element.findall("tags/tag"))
    return next((note for tag in tags if (note := notes.read_note(tag))), None)


def _common(item: Item, element: Element) -> None:
    """Explanation, points, and the pictures of the question's text."""
    item.explanation = words(element.find("generalfeedback"))
    item.points = number_of(text_at(element, "defaultgrade"), default=Decimal(1))
    if item.picture is None:
        item.pictures = pictures_of(element.find("questiontext"))


def words(element: Element | None) -> str:
    """The plain text of an element that holds `<text>` in one of Moodle's formats."""
    if element is None:
        return ""
    raw = text_at(element, "text")
    plain = element.get("format", "html") in {"plain_text", "moodle_auto_format", "markdown"} and "<" not in raw
    return tidy(raw) if plain else from_html(raw)[0]


def pictures_of(element: Element | None) -> list[Attachment]:
    """The pictures that a text shows and the file brings along."""
    found: list[Attachment] = []
    if element is None:
        return found
    shown = from_html(text_at(element, "text"))[1]
    files = {file.get("name", ""): file for file in element.findall("file")}
    for source, alt in shown:
        file = files.get(source.rpartition("/")[2].replace("%20", " "))
        if file is None or not (file.get("name") or "").lower().endswith(PICTURES):
            continue
        try:
            data = base64.b64decode(file.text or "", validate=False)
        except binascii.Error:
            continue
        found.append(Attachment(file.get("name") or "", data, alt))
    return found


def number_of(text: str, *, default: Decimal) -> Decimal:
    try:
        return Decimal(text.strip())
    except InvalidOperation:
        return default


def _stem(element: Element) -> str:
    return words(element.find("questiontext"))


def _options(element: Element) -> list[OptionItem]:
    options = []
    for answer in element.findall("answer"):
        share = number_of(answer.get("fraction", "0"), default=Decimal(0)) / HUNDRED
        if not -1 <= share <= 1:
            raise Unsupported(_("A weight is outside -100% to 100%."))
        options.append(
            OptionItem(
                text=words(answer),
                correct=share > 0,
                why=words(answer.find("feedback")),
                fraction=None if share in (0, 1) else share.quantize(Decimal("0.000001")),
            )
        )
        options[-1].pictures = pictures_of(answer)
    return options


def _multichoice(label: str, element: Element) -> Item:
    options = _options(element)
    for option in options:
        if option.picture and not option.text:
            option.text = option.picture.alt or option.picture.name
    single = text_at(element, "single").strip().lower() != "false"
    if not single:
        return Item(label, "multiple", _stem(element), options)
    if sum(option.correct and option.fraction is None for option in options) > 1:
        raise Unsupported(_("Two answers of a single choice are marked as right."))
    for option in options:
        # Part of the marks for a near miss is kept, but only one option is the right one.
        option.correct = option.correct and option.fraction is None
        if option.fraction is not None and option.fraction < 0:
            option.fraction = None
    return Item(label, "single", _stem(element), options)


def _true_false(label: str, element: Element) -> Item:
    answers = {text_at(answer, "text").strip().lower(): answer for answer in element.findall("answer")}
    if set(answers) != {"true", "false"}:
        raise Unsupported(_("A true-or-false question has exactly two options."))
    options = [
        OptionItem(
            said,
            correct=number_of(answers[key].get("fraction", "0"), default=Decimal(0)) > 0,
            why=words(answers[key].find("feedback")),
        )
        for key, said in (("true", notes.TRUE), ("false", notes.FALSE))
    ]
    return Item(label, "true_false", _stem(element), options)


def _short(label: str, element: Element) -> Item:
    scoring = {"case": True} if text_at(element, "usecase").strip() == "1" else {}
    return Item(label, "short", _stem(element), _options(element), scoring=scoring)


def _numerical(label: str, element: Element) -> Item:
    options = _options(element)
    for option, answer in zip(options, element.findall("answer"), strict=True):
        option.tolerance = number_of(text_at(answer, "tolerance"), default=Decimal(0))
    return Item(label, "numeric", _stem(element), options)


def _matching(label: str, element: Element) -> Item:
    item = Item(label, "matching", _stem(element))
    places: dict[str, int] = {}
    for pair in element.findall("subquestion"):
        right = tidy(text_at(pair, "answer/text"))
        if not right:
            raise Unsupported(_("A pair has no right side."))
        if right not in places:
            places[right] = len(item.targets)
            item.targets.append(TargetItem(right))
        left = words(pair)
        if left:
            item.options.append(OptionItem(left, target=places[right]))
    return item


def _essay(label: str, element: Element) -> Item:
    return Item(label, "long", _stem(element))


def _ordering(label: str, element: Element) -> Item:
    answers = sorted(element.findall("answer"), key=lambda one: number_of(one.get("fraction", "0"), default=Decimal(0)))
    graded = text_at(element, "gradingtype").strip() not in {"", "ALL_OR_NOTHING", "-1"}
    return Item(
        label,
        "ordering",
        _stem(element),
        [OptionItem(words(answer)) for answer in answers],
        scoring={"partial": True} if graded else {},
    )


def _cloze(label: str, element: Element) -> Item:
    markup = text_at(element, "questiontext/text")
    try:
        item = read_cloze(label, markup)
    except ValueError as fault:
        raise Unsupported(str(fault)) from None
    item.pictures = pictures_of(element.find("questiontext"))
    return item


def _select_words(label: str, element: Element) -> Item:
    """Missing words: gap n is filled from the group of choice n; each gap offers its whole group."""
    stem = _stem(element)
    choices = [
        (tidy(text_at(one, "text")), (one.findtext("group") or one.findtext("draggroup") or "1").strip())
        for one in [*element.findall("selectoption"), *element.findall("dragbox")]
    ]
    item = Item(label, "gaps", stem)
    numbers = [int(one) for one in dict.fromkeys(GAP.findall(stem))]
    for place, number in enumerate(numbers):
        if not 1 <= number <= len(choices):
            raise Unsupported(_("A gap names a choice that is not there."))
        item.targets.append(TargetItem(str(_("gap %(number)d") % {"number": place + 1}), kind="select"))
        _text, group = choices[number - 1]
        item.options += [
            OptionItem(text, correct=position == number - 1, target=place)
            for position, (text, other) in enumerate(choices)
            if other == group
        ]
        item.stem = item.stem.replace(f"[[{number}]]", f"[[\x00{place + 1}]]")
    item.stem = item.stem.replace("\x00", "")
    return item


_READERS: dict[str, Callable[[str, Element], Item]] = {
    "multichoice": _multichoice,
    "truefalse": _true_false,
    "shortanswer": _short,
    "numerical": _numerical,
    "matching": _matching,
    "match": _matching,
    "essay": _essay,
    "ordering": _ordering,
    "cloze": _cloze,
    "multianswer": _cloze,
    "gapselect": _select_words,
    "ddwtos": _select_words,
}

"""Moodle XML out. A tag of our own beside each question holds what Moodle has no place for (`quizzes.exchange.notes`)."""

import base64
import html
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext_lazy as _

from quizzes.checking import GAP
from quizzes.exchange import notes
from quizzes.exchange.items import Attachment, Item, OptionItem, Skipped, Written

HUNDRED = Decimal(100)
EIGHT = Decimal("0.00001")


def write(items: list[Item], *, title: str) -> Written:
    """Questions that point in a picture are left out: Moodle's markers mark by other rules."""
    root = Element("quiz")
    category = SubElement(root, "question", type="category")
    SubElement(SubElement(category, "category"), "text").text = f"$course$/{title.replace('/', '-')}"
    left_out = []
    for item in items:
        if item.type not in _WRITERS:
            left_out.append(Skipped(item.label, _("Moodle XML has no such type of question.")))
            continue
        moodle_type, fill = _WRITERS[item.type]
        question = SubElement(root, "question", type=moodle_type)
        SubElement(SubElement(question, "name"), "text").text = " ".join(item.stem.split())[:80] or "–"
        stem = item.stem if item.type != "gaps" else _cloze(item)
        _html(question, "questiontext", stem, item.pictures, raw=item.type == "gaps")
        _html(question, "generalfeedback", item.explanation)
        SubElement(question, "defaultgrade").text = f"{item.points.normalize():f}"
        fill(question, item)
        plain = item.type == "multiple" and all(option.fraction is None for option in item.options)
        tag = SubElement(SubElement(question, "tags"), "tag")
        SubElement(tag, "text").text = notes.note_of(item, plain_weights=plain)
    indent(root, space=" ")
    data = tostring(root, encoding="utf-8", xml_declaration=True)
    return Written(data, "questions.moodle.xml", "application/xml", left_out)


def _html(parent: Element, tag: str, text: str, pictures: Iterable[Attachment] = (), *, raw: bool = False) -> Element:
    element = SubElement(parent, tag, format="html")
    markup = text if raw else html.escape(text, quote=False)
    markup = "<p>" + markup.replace("\n", "<br>") + "</p>" if markup else ""
    named: dict[str, Attachment] = {}
    for picture in pictures:
        # Two pictures of one name are two files.
        name = picture.name if picture.name not in named else f"{len(named) + 1}-{picture.name}"
        named[name] = picture
        markup += f'<p><img src="@@PLUGINFILE@@/{html.escape(name)}" alt="{html.escape(picture.alt)}"></p>'
    SubElement(element, "text").text = markup
    for name, picture in named.items():
        file = SubElement(element, "file", name=name, path="/", encoding="base64")
        file.text = base64.b64encode(picture.data).decode()
    return element


def _answer(question: Element, option: OptionItem, share: Decimal, *, plain: bool = False) -> Element:
    percent = (share * HUNDRED).quantize(EIGHT).normalize()
    if plain:
        answer = SubElement(question, "answer", fraction=f"{percent:f}", format="moodle_auto_format")
        SubElement(answer, "text").text = option.text
    else:
        answer = _html(question, "answer", option.text, option.pictures)
        answer.set("fraction", f"{percent:f}")
    _html(answer, "feedback", option.why)
    return answer


def _share(option: OptionItem) -> Decimal:
    return option.fraction if option.fraction is not None else Decimal(int(option.correct))


def _single(question: Element, item: Item) -> None:
    SubElement(question, "single").text = "true"
    for option in item.options:
        _answer(question, option, _share(option))


def _multiple(question: Element, item: Item) -> None:
    SubElement(question, "single").text = "false"
    right = sum(option.correct for option in item.options)
    plain = all(option.fraction is None for option in item.options)
    for option in item.options:
        share = (Decimal(1) / right if option.correct else Decimal(-1)) if plain else _share(option)
        _answer(question, option, share)


def _true_false(question: Element, item: Item) -> None:
    for option, said in zip(item.options, ("true", "false"), strict=True):
        answer = SubElement(question, "answer", fraction=str(100 * option.correct), format="moodle_auto_format")
        SubElement(answer, "text").text = said
        _html(answer, "feedback", option.why)


def _short(question: Element, item: Item) -> None:
    SubElement(question, "usecase").text = "1" if item.scoring.get("case") else "0"
    for option in item.options:
        _answer(question, option, _share(option), plain=True)


def _numerical(question: Element, item: Item) -> None:
    for option in item.options:
        written = OptionItem(option.text.strip().replace(",", "."), option.correct, option.why)
        answer = _answer(question, written, _share(option), plain=True)
        SubElement(answer, "tolerance").text = f"{(option.tolerance or Decimal(0)).normalize():f}"


def _pairs(question: Element, item: Item) -> None:
    _subquestions(
        question,
        [(one.text, notes.NOWHERE if one.target is None else item.targets[one.target].text) for one in item.options],
    )
    used = {option.target for option in item.options}
    _subquestions(question, [("", one.text) for place, one in enumerate(item.targets) if place not in used])


def _statements(question: Element, item: Item) -> None:
    _subquestions(question, [(one.text, notes.TRUE if one.correct else notes.FALSE) for one in item.options])
    used = {one.correct for one in item.options}
    _subquestions(
        question, [("", word) for word, value in ((notes.TRUE, True), (notes.FALSE, False)) if value not in used]
    )


def _subquestions(question: Element, pairs: list[tuple[str, str]]) -> None:
    for left, right in pairs:
        element = _html(question, "subquestion", left)
        SubElement(SubElement(element, "answer"), "text").text = right


def _ordering(question: Element, item: Item) -> None:
    SubElement(question, "layouttype").text = "VERTICAL"
    SubElement(question, "selecttype").text = "ALL"
    SubElement(question, "gradingtype").text = (
        "RELATIVE_NEXT_EXCLUDE_LAST" if item.scoring.get("partial") else "ALL_OR_NOTHING"
    )
    for place, option in enumerate(item.options, start=1):
        answer = _html(question, "answer", option.text)
        answer.set("fraction", str(place))


def _cloze(item: Item) -> str:
    """The stem with each gap as Moodle's cloze writes it; what is around the gaps is escaped for HTML."""
    pieces = GAP.split(item.stem)
    # split() gives text, number, text, number …
    return "".join(
        _field(item, int(piece) - 1) if position % 2 else html.escape(piece, quote=False)
        for position, piece in enumerate(pieces)
    )


def _field(item: Item, place: int) -> str:
    case = bool(item.scoring.get("case"))
    name = {
        "select": "MULTICHOICE",
        "text": "SHORTANSWER_C" if case else "SHORTANSWER",
        "number": "NUMERICAL",
    }[item.targets[place].kind]
    answers = []
    for option in item.options:
        if option.target != place:
            continue
        share = _share(option)
        weight = "=" if share == 1 else f"%{(share * HUNDRED).quantize(EIGHT).normalize():f}%" if share else ""
        text = option.text
        if name == "NUMERICAL":
            text = f"{text.strip().replace(',', '.')}:{(option.tolerance or Decimal(0)).normalize():f}"
        why = f"#{_escape(option.why)}" if option.why else ""
        answers.append(f"{weight}{text if name == 'NUMERICAL' else _escape(text)}{why}")
    return f"{{1:{name}:{'~'.join(answers)}}}"


def _escape(text: str) -> str:
    return re.sub(r"([}#~\\\"])", r"\\\1", html.escape(text, quote=False))


_WRITERS: dict[str, tuple[str, Callable[[Element, Item], None]]] = {
    "single": ("multichoice", _single),
    "picture_choice": ("multichoice", _single),
    "multiple": ("multichoice", _multiple),
    "true_false": ("truefalse", _true_false),
    "short": ("shortanswer", _short),
    "numeric": ("numerical", _numerical),
    "matching": ("matching", _pairs),
    "zones": ("matching", _pairs),
    "statements": ("matching", _statements),
    "ordering": ("ordering", _ordering),
    "gaps": ("cloze", lambda question, item: None),
    "long": ("essay", lambda question, item: None),
}

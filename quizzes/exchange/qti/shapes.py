"""What the readers of all QTI versions share: names made alike, markup as text, refusals."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from quizzes.exchange.items import Attachment
from quizzes.exchange.texts import tidy

_BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre",
           "prompt", "choiceInteraction", "orderInteraction", "matchInteraction", "extendedTextInteraction"}  # fmt: skip


class Refusal(ValueError):
    """Why an item is not taken, in a sentence."""


def renamed(root: Element) -> Element:
    """Names of QTI 3.0 (`qti-choice-interaction`, `response-identifier`) as those of 2.x."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag.startswith("qti-"):
            element.tag = _camel(element.tag[4:])
        for name in [one for one in element.attrib if "-" in one and not one.startswith(("data-", "aria-"))]:
            element.attrib[_camel(name)] = element.attrib.pop(name)
    return root


def _camel(name: str) -> str:
    return re.sub(r"-(\w)", lambda match: match.group(1).upper(), name)


def number_of(text: str | None) -> Decimal | None:
    try:
        found = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


class Text:
    """Plain text of QTI's markup. `special` gives the text of elements that are more than markup, or None."""

    def __init__(
        self,
        picture: Callable[[str, str], Attachment],
        special: Callable[[Element], str | None] = lambda element: None,
    ) -> None:
        self._picture, self._special = picture, special
        self.pictures: list[Attachment] = []

    def of(self, element: Element | None) -> str:
        return "" if element is None else tidy(_collapsed(self._inner(element)))

    def _inner(self, element: Element) -> str:
        return (element.text or "") + "".join(self._child(child) + (child.tail or "") for child in element)

    def _child(self, element: Element) -> str:
        if not isinstance(element.tag, str):
            return ""
        if (said := self._special(element)) is not None:
            return said
        tag = element.tag
        if tag == "img":
            self.pictures.append(self._picture(element.get("src", ""), element.get("alt", "")))
            return ""
        if tag == "object" and (element.get("type") or "").startswith("image/"):
            inner = Text(self._picture).of(element)
            self.pictures.append(self._picture(element.get("data", ""), inner))
            return ""
        if tag in {"audio", "video", "object", "mediaInteraction"}:
            raise Refusal(_("It contains a sound, a film or another object that cannot be taken."))
        if tag == "math":
            return f"\\({_tex(element)}\\)"
        if tag in {
            "script",
            "style",
            "feedbackInline",
            "feedbackBlock",
            "rubricBlock",
            "templateInline",
            "templateBlock",
        }:
            return ""
        inner = self._inner(element)
        if tag in {"sup", "sub"}:
            return ("^" if tag == "sup" else "_") + inner
        return f"\x00{inner}\x00" if tag in _BLOCKS else inner


def _collapsed(text: str) -> str:
    """Blanks as a browser shows them; NULs were put where blocks begin and end."""
    lines = [" ".join(line.split()) for line in text.split("\x00")]
    return "\n".join(line for line in lines if line)


def _tex(element: Element) -> str:
    for note in element.iter("annotation"):
        if "tex" in (note.get("encoding") or "").lower() and (note.text or "").strip():
            return (note.text or "").strip()
    if element.get("alttext"):
        return element.get("alttext", "")
    raise Refusal(_("It contains a formula in MathML without its TeX."))

"""Items of QTI 2.1, 2.2 and 3.0."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from cms.text.folding import fold
from quizzes.exchange import notes
from quizzes.exchange.items import Item, OptionItem, TargetItem
from quizzes.exchange.qti.package import Pictures
from quizzes.exchange.qti.shapes import Refusal, Text, number_of
from quizzes.exchange.texts import tidy

NOTE, AREA = "data-hdvc-note", "data-hdvc-area"
_TRUE, _FALSE = {"dung", "true", "đung"}, {"sai", "false"}
SIX = Decimal("0.000001")


@dataclass
class Declared:
    """A response declaration: what is right, and what each answer earns."""

    cardinality: str
    base: str
    correct: list[str]
    mapping: dict[str, Decimal] = field(default_factory=dict)
    default: Decimal = Decimal(0)
    case: bool = False


def read_item(label: str, element: Element, pictures: Pictures) -> Item:
    body = element.find("itemBody")
    if body is None:
        raise Refusal(_("It has no text."))
    reader = _Reader(element, body, pictures)
    item = reader.item(label)
    item.explanation = _explanation(element, pictures)
    maximum = next(
        (one.get("normalMaximum") for one in element.iter("outcomeDeclaration") if one.get("normalMaximum")), None
    )
    if (points := number_of(maximum)) and 0 < points <= 100:
        item.points = points
    note = notes.read_note(body.get(NOTE, ""))
    if item.type == "single" and (note or {}).get("type", "true_false") == "true_false" and _is_true_false(item):
        item.type = "true_false"
    whys = (note or {}).get("whys")
    if isinstance(whys, list) and len(whys) == len(item.options):
        for option, why in zip(item.options, whys, strict=True):
            option.why = str(why)
    return notes.apply(note, item)


def _is_true_false(item: Item) -> bool:
    said = [fold(option.text) for option in item.options]
    return len(said) == 2 and said[0] in _TRUE | _FALSE and said[1] in _TRUE | _FALSE and said[0] != said[1]


def _explanation(element: Element, pictures: Pictures) -> str:
    """Feedback on the whole item. What only one answer is told is not an explanation."""
    for feedback in element.iter("modalFeedback"):
        if fold(feedback.get("identifier", "")) in {
            "explanation",
            "general",
            "general_fb",
            "generalfeedback",
            "solution",
        }:
            return Text(pictures).of(feedback)
    return ""


class _Reader:
    def __init__(self, element: Element, body: Element, pictures: Pictures) -> None:
        self.body, self.pictures, self.root = body, pictures, element
        self.declared = {one.get("identifier", ""): _declared(one) for one in element.iter("responseDeclaration")}
        self.interactions = [one for one in body.iter() if isinstance(one.tag, str) and one.tag.endswith("Interaction")]

    def item(self, label: str) -> Item:
        if not self.interactions:
            raise Refusal(_("It is a text without a question."))
        kinds = {one.tag for one in self.interactions}
        if kinds <= {"textEntryInteraction", "inlineChoiceInteraction"}:
            return self._entries(label)
        if len(self.interactions) > 1:
            raise Refusal(_("It asks several things at once; here each question asks one."))
        found = self.interactions[0]
        read = _READERS.get(found.tag)
        if read is None:
            raise Refusal(_("We have no such type of question: %(type)s.") % {"type": found.tag[:40]})
        text = Text(self.pictures, self._special)
        item = Item(label, "", text.of(self.body))
        read(self, item, found, text)
        item.pictures = text.pictures
        return item

    def _special(self, element: Element) -> str | None:
        """Choices are not part of the question's text."""
        if element.tag in {
            "simpleChoice",
            "simpleMatchSet",
            "simpleAssociableChoice",
            "gapText",
            "gapImg",
            "hotspotChoice",
        }:
            return ""
        if element.tag in {"object", "img"} and any(
            element in list(one) for one in self.interactions if one.tag == "hotspotInteraction"
        ):
            return ""
        return None

    def answer(self, interaction: Element) -> Declared:
        found = self.declared.get(interaction.get("responseIdentifier", ""))
        if found is None or not (found.correct or found.mapping):
            raise Refusal(_("It does not tell the right answer."))
        return found

    # --- Choosing ---

    def choice(self, item: Item, interaction: Element, text: Text) -> None:
        told = self.answer(interaction)
        item.type = "single" if told.cardinality == "single" or interaction.get("maxChoices") == "1" else "multiple"
        right = set(told.correct)
        if not right:
            best = max(told.mapping.values(), default=Decimal(0))
            right = {
                key for key, value in told.mapping.items() if value > 0 and (item.type == "multiple" or value == best)
            }
        if item.type == "single" and len(right) > 1:
            raise Refusal(_("Two answers of a single choice are marked as right."))
        shares = _shares(told, item.type, self._maps())
        for choice in interaction.findall("simpleChoice"):
            key = choice.get("identifier", "")
            inner = Text(self.pictures)
            words = inner.of(choice)
            picture = inner.pictures[0] if inner.pictures else None
            why = " ".join(filter(None, (_feedback(one, self.pictures) for one in choice.iter("feedbackInline"))))
            share = shares.get(key)
            item.options.append(
                OptionItem(
                    words or (picture.alt or picture.name if picture else ""),
                    key in right,
                    why,
                    share,
                    picture=picture,
                    more_pictures=inner.pictures[1:],
                )
            )
        if item.type == "single" and item.options and all(one.picture for one in item.options):
            item.type = "picture_choice"

    def _maps(self) -> bool:
        """Whether the mapping gives the marks: by the standard's template, or by its own expression."""
        processing = self.root.find("responseProcessing")
        if processing is None:
            return False
        return "map_response" in (processing.get("template") or "") or processing.find(".//mapResponse") is not None

    def order(self, item: Item, interaction: Element, text: Text) -> None:
        item.type = "ordering"
        told = self.answer(interaction)
        words = {one.get("identifier", ""): Text(self.pictures).of(one) for one in interaction.findall("simpleChoice")}
        if sorted(told.correct) != sorted(words):
            raise Refusal(_("The right order does not name each thing once."))
        item.options = [OptionItem(words[key]) for key in told.correct]

    def match(self, item: Item, interaction: Element, text: Text) -> None:
        sets = interaction.findall("simpleMatchSet")
        if len(sets) != 2:
            raise Refusal(_("A pair has no right side."))
        left, right = ({one.get("identifier", ""): Text(self.pictures).of(one) for one in side} for side in sets)
        self._pairs(item, self.answer(interaction), left, right)

    def associate(self, item: Item, interaction: Element, text: Text) -> None:
        told = self.answer(interaction)
        words = {
            one.get("identifier", ""): Text(self.pictures).of(one)
            for one in interaction.findall("simpleAssociableChoice")
        }
        pairs = [pair.split() for pair in told.correct]
        used = [key for pair in pairs for key in pair]
        if any(len(pair) != 2 for pair in pairs) or len(set(used)) != len(used):
            raise Refusal(_("One thing belongs to several others; here each has one place."))
        left = {key: words.get(key, "") for key, _right in pairs}
        right = {key: text for key, text in words.items() if key not in left}
        self._pairs(item, told, left, right)

    def _pairs(self, item: Item, told: Declared, left: dict[str, str], right: dict[str, str]) -> None:
        places = {key: place for place, key in enumerate(right)}
        goes: dict[str, int] = {}
        for pair in told.correct or [key for key, value in told.mapping.items() if value > 0]:
            one, _blank, other = pair.partition(" ")
            if one not in left or other not in places or one in goes:
                raise Refusal(_("One thing belongs to several others; here each has one place."))
            goes[one] = places[other]
        item.type = "matching" if len(goes) == len(left) else "zones"
        item.targets = [TargetItem(words) for words in right.values()]
        item.options = [OptionItem(words, target=goes.get(key)) for key, words in left.items()]

    def hotspot(self, item: Item, interaction: Element, text: Text) -> None:
        item.type = "hotspot"
        told = self.answer(interaction)
        image = next((one for one in interaction if one.tag in {"object", "img"}), None)
        if image is None or len(told.correct) != 1:
            raise Refusal(_("It needs a picture, and one right place in it."))
        text.pictures.append(
            self.pictures(
                image.get("data") or image.get("src") or "", image.get("alt") or tidy("".join(image.itertext()))
            )
        )
        width, height = number_of(image.get("width")), number_of(image.get("height"))
        for choice in interaction.findall("hotspotChoice"):
            area = _area(choice, width, height)
            name = choice.get("hotspotLabel") or choice.get("identifier", "")
            item.targets.append(TargetItem(name, area=area, correct=choice.get("identifier") in told.correct))

    def long(self, item: Item, interaction: Element, text: Text) -> None:
        item.type = "long"

    # --- Gaps ---

    def gap_match(self, item: Item, interaction: Element, text: Text) -> None:
        item.type = "gaps"
        told = self.answer(interaction)
        words = {one.get("identifier", ""): Text(self.pictures).of(one) for one in interaction.iter("gapText")}
        if interaction.find(".//gapImg") is not None:
            raise Refusal(_("Pictures cannot be put into gaps here."))
        gaps = [one.get("identifier", "") for one in interaction.iter("gap")]
        rights: dict[str, str] = {}
        for pair in told.correct or [key for key, value in told.mapping.items() if value > 0]:
            word, _blank, gap = pair.partition(" ")
            if gap in rights:
                raise Refusal(_("A gap has several right answers to choose from; here it has one."))
            rights[gap] = word
        item.stem = Text(self.pictures, lambda one: _gap(one, gaps) or self._special(one)).of(self.body)
        for place, gap in enumerate(gaps):
            item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, "select"))
            item.options += [OptionItem(text, key == rights.get(gap), target=place) for key, text in words.items()]

    def _entries(self, label: str) -> Item:
        """Texts with things to type or to choose in them; one to type below the text is a short answer."""
        order = {id(one): place for place, one in enumerate(self.interactions)}
        text = Text(self.pictures, lambda one: f"[[{order[id(one)] + 1}]]" if id(one) in order else None)
        stem = text.of(self.body)
        item = Item(label, "gaps", stem)
        for place, interaction in enumerate(self.interactions):
            told = self.declared.get(interaction.get("responseIdentifier", ""))
            if told is None:
                raise Refusal(_("It does not tell the right answer."))
            if interaction.tag == "inlineChoiceInteraction":
                kind, options = "select", self._inline(interaction, told)
            else:
                kind = "number" if told.base in {"float", "integer"} else "text"
                options = self._typed(interaction, told, kind)
                if told.case:
                    item.scoring = {"case": True}
            for option in options:
                option.target = place
            item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, kind))
            item.options += options
        item.pictures = text.pictures
        if len(self.interactions) == 1 and item.targets[0].kind != "select" and re.search(r"\n\[\[1\]\]$", stem):
            item.type = "numeric" if item.targets[0].kind == "number" else "short"
            item.stem, item.targets = stem.rpartition("\n")[0], []
            for option in item.options:
                option.target = None
        return item

    def _inline(self, interaction: Element, told: Declared) -> list[OptionItem]:
        shares = _shares(told, "single", bool(told.mapping))
        options = []
        for choice in interaction.findall("inlineChoice"):
            key = choice.get("identifier", "")
            share = shares.get(key)
            right = key in told.correct or (share is not None and share > 0)
            options.append(OptionItem(Text(self.pictures).of(choice), right, fraction=share))
        return options

    def _typed(self, interaction: Element, told: Declared, kind: str) -> list[OptionItem]:
        name = interaction.get("responseIdentifier", "")
        found = _compared(self.root, name) if kind == "number" else []
        if found:
            return found
        best = max([*told.mapping.values(), Decimal(0)])
        options = []
        for key, value in told.mapping.items():
            share = None if value == best else (value / best).quantize(SIX).normalize() if best else Decimal(0)
            if value > 0:
                options.append(OptionItem(key, True, fraction=share))
        known = {option.text for option in options}
        options += [OptionItem(one, True) for one in dict.fromkeys(told.correct) if one not in known]
        if not options:
            raise Refusal(_("It does not tell the right answer."))
        return options


def _gap(element: Element, gaps: list[str]) -> str | None:
    return f"[[{gaps.index(element.get('identifier', '')) + 1}]]" if element.tag == "gap" else None


def _feedback(element: Element, pictures: Pictures) -> str:
    return Text(pictures).of(element)


def _declared(element: Element) -> Declared:
    correct = [tidy("".join(one.itertext())) for one in element.findall("correctResponse/value")]
    found = Declared(element.get("cardinality", "single"), element.get("baseType", "identifier"), correct)
    mapping = element.find("mapping")
    if mapping is not None:
        found.default = number_of(mapping.get("defaultValue")) or Decimal(0)
        for entry in mapping.findall("mapEntry"):
            value = number_of(entry.get("mappedValue"))
            if value is not None:
                found.mapping[tidy(entry.get("mapKey", ""))] = value
            found.case = found.case or entry.get("caseSensitive") == "true"
    return found


def _shares(told: Declared, kind: str, maps: bool) -> dict[str, Decimal]:
    """What choices earn where that is not all or nothing."""
    if not maps or not told.mapping:
        return {}
    positive = [value for value in told.mapping.values() if value > 0]
    whole = (max(positive) if kind == "single" else sum(positive, Decimal(0))) if positive else Decimal(0)
    if not whole:
        return {}
    shares = {
        key: max(Decimal(-1), min(Decimal(1), value / whole)).quantize(SIX).normalize()
        for key, value in told.mapping.items()
    }
    if kind == "single":
        # Here a wrong choice takes nothing away.
        return {key: share for key, share in shares.items() if 0 < share < 1}
    return {key: share for key, share in shares.items() if share}


def _compared(root: Element, name: str) -> list[OptionItem]:
    """Numbers that the response processing accepts: `equal` with its tolerance, and the score it gives."""
    options = []
    for branch in [*root.iter("responseIf"), *root.iter("responseElseIf")]:
        equal = next((one for one in branch.iter("equal")), None)
        if equal is None or name not in {one.get("identifier") for one in equal.iter("variable")}:
            continue
        value = next((one.text or "" for one in equal.iter("baseValue")), "")
        score = next(
            (number_of(one.text) for outcome in branch.iter("setOutcomeValue") for one in outcome.iter("baseValue")),
            None,
        )
        margin = number_of((equal.get("tolerance") or "0").split()[0])
        if equal.get("toleranceMode", "exact") == "relative":
            raise Refusal(_("Its tolerance is a percentage; here it is an amount."))
        share = None if score is None or score == 1 else score
        if share is not None and not 0 < share < 1:
            share = None
        options.append(
            OptionItem(tidy(value), True, fraction=share, tolerance=margin if margin is not None else Decimal(0))
        )
    return options


def _area(choice: Element, width: Decimal | None, height: Decimal | None) -> list[int]:
    kept = [int(one) for one in re.findall(r"\d{1,4}", choice.get(AREA, ""))]
    if len(kept) == 4:
        return kept
    corners = [number_of(one) for one in (choice.get("coords") or "").split(",")]
    numbers = [one for one in corners if one is not None]
    if choice.get("shape") != "rect" or len(numbers) != 4 or not width or not height:
        raise Refusal(_("Its areas are not rectangles."))
    left, top, right, bottom = (
        int(min(Decimal(1000), max(Decimal(0), value * 1000 / size)))
        for value, size in zip(numbers, (width, height, width, height), strict=True)
    )
    if right <= left or bottom <= top:
        raise Refusal(_("Its areas are not rectangles."))
    return [left, top, right - left, bottom - top]


_READERS: dict[str, Callable[[_Reader, Item, Element, Text], None]] = {
    "choiceInteraction": _Reader.choice, "orderInteraction": _Reader.order, "matchInteraction": _Reader.match,
    "associateInteraction": _Reader.associate, "gapMatchInteraction": _Reader.gap_match,
    "extendedTextInteraction": _Reader.long, "hotspotInteraction": _Reader.hotspot,
}  # fmt: skip

"""Items of QTI 1.2 as the standard and Canvas write them."""

from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element, tostring

from django.utils.translation import gettext as _

from cms.text.folding import fold
from quizzes.exchange.items import Attachment, Item, OptionItem, TargetItem
from quizzes.exchange.qti.package import Pictures
from quizzes.exchange.qti.shapes import Refusal, number_of
from quizzes.exchange.texts import from_html

_NOT_OURS = {
    "file_upload_question", "calculated_question", "hot_spot_question",
}  # fmt: skip
SIX = Decimal("0.000001")


@dataclass
class Condition:
    """One `respcondition`: what must be answered, what it sets, and which feedback it shows."""

    equal: list[tuple[str, str]] = field(default_factory=list)
    unequal: list[tuple[str, str]] = field(default_factory=list)
    ranges: list[tuple[Decimal, Decimal]] = field(default_factory=list)
    score: Decimal | None = None
    shows: list[str] = field(default_factory=list)
    case: bool = False


class _Material:
    """Texts and pictures of `material` elements."""

    def __init__(self, pictures: Pictures) -> None:
        self._find = pictures
        self.pictures: list[Attachment] = []

    def of(self, element: Element | None) -> str:
        if element is None:
            return ""
        parts = []
        for one in element.iter():
            if one.tag == "mattext":
                markup = (one.text or "") + "".join(tostring(child, encoding="unicode") for child in one)
                text, shown, sounds = from_html(markup)
                if sounds:
                    raise Refusal(_("It contains a sound, a film or another object that cannot be taken."))
                self.pictures += [self._find(source, alt) for source, alt in shown]
                parts.append(text)
            elif one.tag == "matimage":
                self.pictures.append(self._find(one.get("uri", ""), one.get("label", "")))
            elif one.tag in {"mataudio", "matvideo", "matapplet", "matapplication"}:
                raise Refusal(_("It contains a sound, a film or another object that cannot be taken."))
        return "\n".join(part for part in parts if part)


def read_item(label: str, element: Element, pictures: Pictures) -> Item:
    if element.tag == "bankentry_item":
        raise Refusal(_("It only names a question of a bank that is not in the file."))
    kind = _field(element, "question_type")
    presentation = element.find("presentation")
    if presentation is None:
        raise Refusal(_("It has no text."))
    lids = list(presentation.iter("response_lid"))
    strings = [*presentation.iter("response_str"), *presentation.iter("response_num")]
    if kind in {"text_only_question"} or not (lids or strings or list(presentation.iter("response_xy"))):
        raise Refusal(_("It is a text without a question."))
    if kind in _NOT_OURS or list(presentation.iter("response_xy")) or list(presentation.iter("response_grp")):
        raise Refusal(_("We have no such type of question: %(type)s.") % {"type": kind or "response_xy"})
    reader = _Reader(element, presentation, lids, strings, pictures)
    item = reader.item(label, kind)
    if not item.stem:
        item.stem = " ".join((element.get("title") or "").split())
    item.explanation = reader.feedback("general_fb")
    if (points := number_of(_field(element, "points_possible"))) and 0 < points <= 100:
        item.points = points
    return item


def _field(element: Element, name: str) -> str:
    for one in element.iter("qtimetadatafield"):
        if (one.findtext("fieldlabel") or "").strip() == name:
            return (one.findtext("fieldentry") or "").strip()
    return ""


class _Reader:
    def __init__(self, element: Element, presentation: Element, lids, strings, pictures: Pictures) -> None:
        self.element, self.presentation = element, presentation
        self.lids, self.strings = lids, strings
        self.pictures = pictures
        self.conditions = [_condition(one) for one in element.iter("respcondition")]
        self.giving = [one for one in self.conditions if one.score is not None and one.score > 0]

    def item(self, label: str, kind: str) -> Item:
        material = _Material(self.pictures)
        item = Item(label, "", self._stem(material))
        if self.lids and self.strings:
            raise Refusal(_("It asks several things at once; here each question asks one."))
        if self.lids:
            self._choices(item, kind)
        elif kind == "numerical_question":
            self._numbers(item)
        elif kind == "essay_question" or not any(one.equal or one.ranges for one in self.giving):
            if len(self.strings) > 1 or kind not in {"essay_question", ""}:
                raise Refusal(_("It does not tell the right answer."))
            item.type = "long"
        else:
            self._words(item, kind)
        item.pictures = material.pictures
        return item

    def _stem(self, material: _Material) -> str:
        """The text before and between what is answered; several things to type in it become gaps."""
        parts: list[str] = []
        inside = len(self.strings) > 1 and not self.lids

        def walk(element: Element) -> None:
            for child in element:
                if child.tag == "material":
                    parts.append(material.of(child))
                elif child.tag in {"response_lid", "response_str", "response_num"}:
                    first = child.find("material")
                    if inside:
                        parts.append(f"[[{self.strings.index(child) + 1}]]")
                    elif len(self.lids) + len(self.strings) == 1 and first is not None:
                        words = material.of(first)
                        # Canvas names the gap of the text here.
                        if not any(f"[{words}]" in part for part in parts):
                            parts.append(words)
                elif child.tag in {"flow", "flow_mat"}:
                    walk(child)

        walk(self.presentation)
        return (" " if inside else "\n").join(part for part in parts if part)

    def feedback(self, name: str) -> str:
        for one in self.element.iter("itemfeedback"):
            if one.get("ident") == name:
                return _Material(self.pictures).of(one)
        return ""

    def _labels(self, response: Element) -> dict[str, tuple[str, list[Attachment]]]:
        found = {}
        for one in response.iter("response_label"):
            material = _Material(self.pictures)
            text = material.of(one)
            picture = material.pictures[0] if material.pictures else None
            found[one.get("ident", "")] = (text or (picture.alt or picture.name if picture else ""), material.pictures)
        return found

    # --- Choosing ---

    def _choices(self, item: Item, kind: str) -> None:
        if any(one.get("rcardinality", "").lower() == "ordered" for one in self.lids):
            self._order(item)
        elif kind == "categorization_question":
            self._groups(item)
        elif kind in {"multiple_dropdowns_question", "fill_in_multiple_blanks_question"} or self._named_gaps(item):
            self._named(item, kind)
        elif len(self.lids) > 1:
            self._pairs(item)
        else:
            self._choice(item, kind)

    def _named_gaps(self, item: Item) -> bool:
        names = [_Material(self.pictures).of(one.find("material")) for one in self.lids]
        return all(name and f"[{name}]" in item.stem for name in names)

    def _choice(self, item: Item, kind: str) -> None:
        response = self.lids[0]
        labels = self._labels(response)
        multiple = response.get("rcardinality", "").lower() == "multiple" or kind == "multiple_answers_question"
        item.type = "multiple" if multiple else "single"
        best = max((one.score for one in self.giving if one.score), default=None)
        if best is None:
            raise Refusal(_("It does not tell the right answer."))
        right: set[str] = set()
        shares: dict[str, Decimal] = {}
        for condition in self.giving:
            keys = {key for _response, key in condition.equal}
            if multiple or condition.score == best:
                right |= keys
            elif condition.score:
                shares |= dict.fromkeys(keys, (condition.score / best).quantize(SIX).normalize())
        right &= set(labels)
        if not multiple and len(right) > 1:
            raise Refusal(_("Two answers of a single choice are marked as right."))
        for key, (text, pictures) in labels.items():
            share = shares.get(key) if key not in right else None
            item.options.append(OptionItem(text, key in right, self._why(key), share))
            item.options[-1].pictures = pictures
        said = [fold(option.text) for option in item.options]
        if not multiple and (kind == "true_false_question" or said in (["true", "false"], ["dung", "sai"])):
            item.type = "true_false"

    def _why(self, key: str) -> str:
        for condition in self.conditions:
            if [one for _response, one in condition.equal] == [key]:
                said = [self.feedback(name) for name in condition.shows if name not in {"correct_fb", "general_fb"}]
                if any(said):
                    return "\n".join(filter(None, said))[:500]
        return ""

    def _order(self, item: Item) -> None:
        item.type = "ordering"
        labels = self._labels(self.lids[0])
        order = next(([key for _response, key in one.equal] for one in self.giving or self.conditions if one.equal), [])
        if sorted(order) != sorted(labels):
            raise Refusal(_("The right order does not name each thing once."))
        item.options = [OptionItem(labels[key][0]) for key in order]

    def _right_of(self, response: str) -> list[str]:
        return list(dict.fromkeys(key for one in self.giving for name, key in one.equal if name == response))

    def _pairs(self, item: Item) -> None:
        item.type = "matching"
        places: dict[str, int] = {}
        for response in self.lids:
            for key, (text, _picture) in self._labels(response).items():
                if key not in places:
                    places[key] = len(item.targets)
                    item.targets.append(TargetItem(text))
        for response in self.lids:
            right = self._right_of(response.get("ident", ""))
            if len(right) != 1 or right[0] not in places:
                raise Refusal(_("It does not tell the right answer."))
            left = _Material(self.pictures).of(response.find("material"))
            item.options.append(OptionItem(left, target=places[right[0]]))

    def _groups(self, item: Item) -> None:
        item.type = "zones"
        things: dict[str, str] = {}
        goes: dict[str, int] = {}
        for place, response in enumerate(self.lids):
            item.targets.append(TargetItem(_Material(self.pictures).of(response.find("material"))))
            things |= {key: text for key, (text, _picture) in self._labels(response).items()}
            for key in self._right_of(response.get("ident", "")):
                if key in goes:
                    raise Refusal(_("One thing belongs to several others; here each has one place."))
                goes[key] = place
        item.options = [OptionItem(text, target=goes.get(key)) for key, text in things.items()]

    def _named(self, item: Item, kind: str) -> None:
        """Canvas: `[color1]` in the text is the gap of the response whose material says so."""
        item.type = "gaps"
        for place, response in enumerate(self.lids):
            name = _Material(self.pictures).of(response.find("material"))
            mark = f"[{name}]"
            if not name or item.stem.count(mark) != 1:
                raise Refusal(_("Its gap “%(name)s” does not stand in the text once.") % {"name": name[:40]})
            item.stem = item.stem.replace(mark, f"[[{place + 1}]]")
            right = self._right_of(response.get("ident", ""))
            labels = self._labels(response)
            # Canvas lists every accepted spelling and scores by the first one's ident: its own reader takes them all.
            typed = kind == "fill_in_multiple_blanks_question"
            item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, "text" if typed else "select"))
            item.options += [
                OptionItem(text, typed or key in right, target=place) for key, (text, _picture) in labels.items()
            ]

    # --- Typing ---

    def _words(self, item: Item, kind: str) -> None:
        names = [one.get("ident", "") for one in self.strings]
        if any(one.case for one in self.giving):
            item.scoring = {"case": True}
        numeric = [
            (one.find(".//render_fib").get("fibtype", "") if one.find(".//render_fib") is not None else "").lower()
            in {"decimal", "integer", "scientific"}
            for one in self.strings
        ]
        item.type = "short" if len(names) == 1 else "gaps"
        for place, name in enumerate(names):
            accepted = self._right_of(name)
            if not accepted:
                raise Refusal(_("It does not tell the right answer."))
            if item.type == "gaps":
                kind_of_gap = "number" if numeric[place] else "text"
                item.targets.append(TargetItem(_("gap %(number)d") % {"number": place + 1}, kind_of_gap))
            elif numeric[place]:
                item.type = "numeric"
            item.options += [OptionItem(one, True, target=place if item.type == "gaps" else None) for one in accepted]

    def _numbers(self, item: Item) -> None:
        item.type = "numeric"
        for condition in self.giving:
            exact = [number for _name, text in condition.equal if (number := number_of(text)) is not None]
            if condition.ranges:
                low, high = condition.ranges[0]
                middle = exact[0] if exact and exact[0] - low == high - exact[0] else (low + high) / 2
                item.options.append(OptionItem(f"{middle.normalize():f}", True, tolerance=(high - low) / 2))
            elif exact:
                item.options.append(OptionItem(f"{exact[0].normalize():f}", True, tolerance=Decimal(0)))
        if not item.options:
            raise Refusal(_("It does not tell the right answer."))


def _condition(element: Element) -> Condition:
    found = Condition()
    for one in element.findall("setvar"):
        score = number_of(one.text)
        if score is not None and (found.score is None or score > found.score):
            found.score = score
    found.shows = [one.get("linkrefid", "") for one in element.findall("displayfeedback")]
    low: Decimal | None = None
    high: Decimal | None = None

    def walk(node: Element, negated: bool) -> None:
        nonlocal low, high
        for child in node:
            if child.tag == "varequal":
                pair = (child.get("respident", ""), " ".join((child.text or "").split()))
                (found.unequal if negated else found.equal).append(pair)
                found.case = found.case or child.get("case", "").lower() == "yes"
            elif child.tag in {"vargte", "vargt"}:
                low = number_of(child.text)
            elif child.tag in {"varlte", "varlt"}:
                high = number_of(child.text)
            elif child.tag == "not":
                walk(child, not negated)
            elif child.tag in {"and", "or", "unanswered"}:
                walk(child, negated)

    for variables in element.findall("conditionvar"):
        walk(variables, False)
    if low is not None and high is not None and low <= high:
        found.ranges.append((low, high))
    return found

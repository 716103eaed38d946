"""Types whose answer is typed: a number, a few words, the gaps of a text, a page."""

import re
from decimal import Decimal, InvalidOperation

from cms.text.folding import fold, normalize
from quizzes.kinds.base import ZERO, Kind, NotAnAnswer, clamp, ids, share, targets, text_of, weight

SHORT, LONG = 300, 20_000
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*(?:[eE][+-]?\d{1,2})?")
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,]\d{3})+")


def numbers_in(text: str) -> list[Decimal]:
    """What `text` may mean as a number, [] when it is none: "3,14", "1.000", "1 000,5", "−2".

    A comma is the decimal sign here and a point abroad; "1.000" may be one or a thousand, so both come back.
    """
    compact = "".join(text.replace("−", "-").replace("–", "-").split())
    if not _NUMBER.fullmatch(compact):
        return []
    forms = set()
    last = max(compact.rfind(","), compact.rfind("."))
    if last != -1:
        whole, rest = compact[:last], compact[last + 1 :]
        if not (set(whole) & {",", "."}) or compact[last] not in whole:
            forms.add(f"{whole.replace(',', '').replace('.', '')}.{rest}")
        if _GROUPED.fullmatch(compact) and len(set(compact) & {",", "."}) == 1:
            forms.add(compact.replace(",", "").replace(".", ""))
    else:
        forms.add(compact)
    try:
        return sorted(Decimal(form) for form in forms)
    except InvalidOperation:
        return []


def same_text(given: str, accepted: str, scoring: dict) -> bool:
    """Whether a typed answer is an accepted one. `*` in the accepted stands for anything; case counts with
    {"case": true}, and accents do not with {"accents": false}."""

    def form(text: str) -> str:
        text = normalize(text)
        if scoring.get("accents") is False:
            return fold(text)
        return text if scoring.get("case") else text.casefold()

    if "*" not in accepted:
        return form(given) == form(accepted)
    pattern = ".*".join(re.escape(form(part)) for part in accepted.split("*"))
    return re.fullmatch(pattern, form(given), re.DOTALL) is not None


def within(given: str, accepted: str, tolerance: Decimal) -> bool:
    """Whether a typed number is the accepted one, give or take `tolerance`. "*" takes any number."""
    found = numbers_in(given)
    if accepted.strip() == "*":
        return bool(found)
    return any(abs(number - wanted) <= tolerance for number in found for wanted in numbers_in(accepted)[:1])


def accepted_texts(option) -> list[str]:
    """An option's texts in all languages: an answer in any of them is right."""
    return [text for text in option["text"].values() if text]


def best(given: str, options, scoring: dict) -> Decimal:
    """What a short text earns: the most that an accepted answer like it gives."""
    return clamp(
        max(
            (
                weight(option)
                for option in options
                if any(same_text(given, text, scoring) for text in accepted_texts(option))
            ),
            default=ZERO,
        )
    )


class ShortText(Kind):
    shows_options = False

    def clean(self, question, value):
        return text_of(value, longest=SHORT)

    def fraction(self, question, value):
        return best(value, question["options"], question.get("scoring", {}))

    def right(self, question):
        return next(iter(accepted_texts(max(question["options"], key=weight))), None)

    def shown(self, question, chance, *, shuffle):
        return []


class Number(ShortText):
    """A number; each accepted one has its tolerance. What is no number is an answer too, a wrong one."""

    def fraction(self, question, value):
        return clamp(
            max(
                (
                    weight(option)
                    for option in question["options"]
                    if any(
                        within(value, text, Decimal(option.get("tolerance") or 0)) for text in accepted_texts(option)
                    )
                ),
                default=ZERO,
            )
        )


class Gaps(Kind):
    """The gaps of a text, [[1]] the first target: {target id: text, or the id of an option of that gap}.

    Each gap earns its share. A gap of kind "select" shows its options; one of kind "text" or "number" does not.
    """

    shows_options = True

    def clean(self, question, value):
        if value is None or value == {}:
            return None
        gaps = {gap["id"]: gap for gap in targets(question)}
        if not isinstance(value, dict) or not gaps.keys() >= value.keys():
            raise NotAnAnswer
        filled = {}
        for gap, given in value.items():
            if gaps[gap].get("kind") == "select":
                if given and given not in ids(self._options(question, gap)):
                    raise NotAnAnswer
                text = given or None
            else:
                text = text_of(given, longest=SHORT)
            if text is not None:
                filled[gap] = text
        return dict(sorted(filled.items())) or None

    def fraction(self, question, value):
        earned = sum((self.gap_fraction(question, gap, value.get(gap["id"])) for gap in targets(question)), ZERO)
        return share(earned, len(targets(question)))

    def gap_fraction(self, question, gap, given) -> Decimal:
        """What one gap earns, 0…1."""
        if given is None:
            return ZERO
        options = self._options(question, gap["id"])
        if gap.get("kind") == "select":
            return clamp(next((weight(option) for option in options if option["id"] == given), ZERO))
        if gap.get("kind") == "number":
            return Number().fraction({"options": options}, given)
        return best(given, options, question.get("scoring", {}))

    def right(self, question):
        answers = {}
        for gap in targets(question):
            option = max(self._options(question, gap["id"]), key=weight)
            answers[gap["id"]] = option["id"] if gap.get("kind") == "select" else accepted_texts(option)[0]
        return dict(sorted(answers.items()))

    def shown(self, question, chance, *, shuffle):
        order = []
        for gap in targets(question):
            order.append(gap["id"])
            if gap.get("kind") == "select":
                order += self._mixed(self._options(question, gap["id"]), chance, shuffle)
        return order

    @staticmethod
    def _options(question, gap: str) -> list:
        return [option for option in question["options"] if option.get("target") == gap]


class Written(Kind):
    """A text that a person marks."""

    shows_options = False

    def clean(self, question, value):
        return text_of(value, longest=LONG)

    def fraction(self, question, value):
        return None

    def right(self, question):
        return None

    def shown(self, question, chance, *, shuffle):
        return []

"""Types whose answer is chosen among what is shown: options, statements, areas of a picture."""

from decimal import Decimal

from quizzes.kinds.base import ONE, ZERO, Kind, NotAnAnswer, clamp, ids, share, targets, weight


class OneOf(Kind):
    """One option. Its own fraction, where it has one, is what it earns."""

    def __init__(self, *, fixed_order: bool = False):
        # The two options of a true-or-false question read "Đúng / Sai" in this order everywhere.
        self.fixed_order = fixed_order

    def clean(self, question, value):
        if value is None:
            return None
        if not isinstance(value, str) or all(value != option["id"] for option in question["options"]):
            raise NotAnAnswer
        return value

    def fraction(self, question, value):
        return clamp(next(weight(option) for option in question["options"] if option["id"] == value))

    def right(self, question):
        return max(question["options"], key=weight)["id"]

    def shown(self, question, chance, *, shuffle):
        return super().shown(question, chance, shuffle=shuffle and not self.fixed_order)


class SeveralOf(Kind):
    """All or nothing; with {"partial": true} each right choice earns its share and each wrong one costs as much.

    Where the options have fractions of their own, these are added up instead.
    """

    def clean(self, question, value):
        chosen = [value] if isinstance(value, str) else value
        if chosen is None or chosen == []:
            return None
        if not isinstance(chosen, list) or not all(isinstance(one, str) for one in chosen):
            raise NotAnAnswer
        if not ids(question["options"]).issuperset(chosen):
            raise NotAnAnswer
        return sorted(set(chosen))

    def fraction(self, question, value):
        chosen = set(value)
        if any(option.get("fraction") is not None for option in question["options"]):
            return clamp(sum((weight(one) for one in question["options"] if one["id"] in chosen), ZERO))
        right = {option["id"] for option in question["options"] if option["correct"]}
        if not question.get("scoring", {}).get("partial"):
            return ONE if chosen == right else ZERO
        return share(len(chosen & right) - len(chosen - right), len(right))

    def right(self, question):
        return sorted(option["id"] for option in question["options"] if weight(option) > 0)


class Statements(Kind):
    """Statements to call true or false, one by one: {option id: true or false}.

    {"credit": ["0.1", "0.25", "0.5", "1"]} in `scoring` says what so many right ones earn (the four-statement question
    of the 2025 examination); without it each earns its share.
    """

    def clean(self, question, value):
        if value is None or value == {}:
            return None
        if not isinstance(value, dict) or not ids(question["options"]).issuperset(value):
            raise NotAnAnswer
        if not all(isinstance(said, bool) for said in value.values()):
            raise NotAnAnswer
        return dict(sorted(value.items()))

    def fraction(self, question, value):
        right = sum(value.get(option["id"]) is option["correct"] for option in question["options"])
        credit = question.get("scoring", {}).get("credit")
        if credit and len(credit) == len(question["options"]):
            return clamp(Decimal(str(credit[right - 1]))) if right else ZERO
        return share(right, len(question["options"]))

    def right(self, question):
        return {option["id"]: option["correct"] for option in sorted(question["options"], key=lambda one: one["id"])}


class AreaOf(Kind):
    """One area of the picture, chosen by touch or from the list of their names."""

    shows_options = False

    def clean(self, question, value):
        if value is None:
            return None
        if not isinstance(value, str) or value not in ids(targets(question)):
            raise NotAnAnswer
        return value

    def fraction(self, question, value):
        return ONE if any(area["id"] == value and area["correct"] for area in targets(question)) else ZERO

    def right(self, question):
        return next((area["id"] for area in targets(question) if area["correct"]), None)

    def shown(self, question, chance, *, shuffle):
        # The picture keeps its places; the order of their names must not give one away.
        return self._mixed(targets(question), chance, shuffle)

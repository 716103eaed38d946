"""Types whose answer is where things go: pairs, groups, an order."""

import itertools

from quizzes.kinds.base import ONE, ZERO, Kind, NotAnAnswer, ids, share, targets


class Placing(Kind):
    """Each option to its target: {option id: target id}. Options without a target of their own belong nowhere.

    Each one in its place earns its share, and one that belongs nowhere costs a share where it is put somewhere; with
    {"all_or_nothing": true} only a flawless answer earns.
    """

    def clean(self, question, value):
        if value is None or value == {}:
            return None
        if not isinstance(value, dict) or not ids(question["options"]).issuperset(value):
            raise NotAnAnswer
        known = ids(targets(question))
        placed = {option: target for option, target in value.items() if target is not None}
        if not all(isinstance(target, str) and target in known for target in placed.values()):
            raise NotAnAnswer
        return dict(sorted(placed.items())) or None

    def fraction(self, question, value):
        right = self.right(question)
        hits = sum(value.get(option) == target for option, target in right.items())
        strays = sum(option not in right for option in value)
        if question.get("scoring", {}).get("all_or_nothing"):
            return ONE if hits == len(right) and not strays else ZERO
        return share(hits - strays, len(right))

    def right(self, question):
        pairs = {option["id"]: option["target"] for option in question["options"] if option.get("target")}
        return dict(sorted(pairs.items()))

    def shown(self, question, chance, *, shuffle):
        # Two columns in the editor's order would be the answer.
        options = self._mixed(question["options"], chance, shuffle)
        mixed = question["type"] == "matching"
        return [*options, *self._mixed(targets(question), chance, mixed)]


class Ordering(Kind):
    """All options, first to last. The paper's order is the right one, so an attempt never shows it.

    All or nothing; with {"partial": true} each one that directly follows its right neighbour earns its share.
    """

    def clean(self, question, value):
        if value is None or value == []:
            return None
        known = ids(question["options"])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise NotAnAnswer
        if len(value) != len(known) or set(value) != known:
            raise NotAnAnswer
        return value

    def fraction(self, question, value):
        right = self.right(question)
        if value == right:
            return ONE
        if not question.get("scoring", {}).get("partial"):
            return ZERO
        neighbours = set(itertools.pairwise(right))
        kept = sum(pair in neighbours for pair in itertools.pairwise(value))
        return share(kept, len(neighbours))

    def right(self, question):
        return [option["id"] for option in question["options"]]

    def shown(self, question, chance, *, shuffle):
        order = self.right(question)
        mixed = self._mixed(question["options"], chance, True)
        return mixed if mixed != order else [*order[1:], order[0]]

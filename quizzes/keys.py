"""The key of a question, apart from its words: whether two papers have another one, and a question with a later key. Pure.

A paper is what somebody was asked and never changes. Where its key was wrong, its answers are marked by the key of a
later paper: the same question under the same id, offering the same things to choose.
"""

from collections.abc import Mapping

from quizzes.kinds import kind_of
from quizzes.kinds.base import ids, targets

KEY_OF_AN_OPTION = ("correct", "fraction", "tolerance", "target", "why")


def offered(question: Mapping) -> list[Mapping]:
    """The options a pupil saw; what counts as a typed answer was never shown and may grow."""
    if question["type"] == "gaps":
        chosen = {gap["id"] for gap in targets(question) if gap.get("kind") == "select"}
        return [option for option in question["options"] if option.get("target") in chosen]
    return question["options"] if kind_of(question).shows_options else []


def key_of(question: Mapping) -> dict:
    """All that decides what an answer earns."""
    shown = ids(offered(question))
    options = [
        {
            "id": option["id"],
            "correct": option["correct"],
            "fraction": option.get("fraction"),
            "tolerance": option.get("tolerance"),
            "target": option.get("target"),
            # Words to choose from may be put better; words that are accepted are the key itself.
            "text": None if option["id"] in shown else option["text"],
        }
        for option in question["options"]
    ]
    if question["type"] != "ordering":
        options.sort(key=lambda option: option["id"])
    return {
        "options": options,
        "targets": sorted((target["id"], bool(target.get("correct"))) for target in targets(question)),
        # What a person marks by is not a key.
        "scoring": {name: rule for name, rule in question.get("scoring", {}).items() if name != "rubric"},
    }


def comparable(question: Mapping, later: Mapping) -> bool:
    """Whether an answer to `question` can be marked by the key of `later`."""
    return (
        question["type"] == later["type"]
        and ids(targets(question)) == ids(targets(later))
        and ids(offered(question)) == ids(offered(later))
    )


def with_key_of(question: dict, later: dict) -> dict:
    """`question` in its own words with the key of `later`; itself where the key is the same or cannot be compared."""
    if not comparable(question, later) or key_of(question) == key_of(later):
        return question
    mine = {option["id"]: option for option in offered(question)}
    options = []
    for option in later["options"]:
        if option["id"] in mine:
            words = {name: value for name, value in mine[option["id"]].items() if name not in KEY_OF_AN_OPTION}
            option = words | {name: option[name] for name in KEY_OF_AN_OPTION if name in option}
        options.append(option)
    right = {target["id"]: target.get("correct") for target in targets(later)}
    scoring = {name: rule for name, rule in later.get("scoring", {}).items() if name != "rubric"}
    if "rubric" in question.get("scoring", {}):
        scoring["rubric"] = question["scoring"]["rubric"]
    return {
        **question,
        "options": options,
        "targets": [{**target, "correct": right[target["id"]]} for target in targets(question)],
        "scoring": scoring,
        "explanation": later["explanation"],
    }

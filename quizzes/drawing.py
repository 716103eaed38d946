"""Which questions an attempt asks and in which order. Pure: the same seed always draws the same."""

import random
from collections.abc import Mapping

# Their two options read as "Đúng / Sai" in this order everywhere.
FIXED_ORDER = {"true_false"}


def draw(document: Mapping, *, seed: str) -> list[list]:
    """[[question id, [option id, …]], …] for one attempt at the paper `document`.

    Fixed questions come first in the editor's order, then the drawn ones, unless the quiz shuffles its questions.
    """
    # The draw must be repeatable, not secret: it is stored with the attempt before anyone sees it.
    chance = random.Random(seed)  # noqa: S311
    settings = document["settings"]
    pooled = {one for pool in document.get("draws", ()) for one in pool["ids"]}
    chosen = [question["id"] for question in document["questions"] if question["id"] not in pooled]
    taken = set(chosen)
    for pool in document.get("draws", ()):
        left = [one for one in pool["ids"] if one not in taken]
        drawn = chance.sample(left, min(pool["count"], len(left)))
        taken.update(drawn)
        chosen += drawn
    if settings["shuffle_questions"]:
        chance.shuffle(chosen)
    by_id = {question["id"]: question for question in document["questions"]}
    asked = []
    for one in chosen:
        question = by_id[one]
        options = [option["id"] for option in question["options"]]
        if settings["shuffle_options"] and question["type"] not in FIXED_ORDER:
            chance.shuffle(options)
        asked.append([one, options])
    return asked

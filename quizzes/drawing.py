"""Which questions an attempt asks and in which order. Pure: the same seed always draws the same."""

import random
from collections.abc import Mapping

from quizzes.kinds import kind_of


def draw(document: Mapping, *, seed: str) -> list[list]:
    """[[question id, [id of an option or target, …]], …] for one attempt at the paper `document`.

    Section by section; in each the fixed questions come first in the editor's order, then the drawn ones, unless the
    quiz shuffles its questions.
    """
    # The draw must be repeatable, not secret: it is stored with the attempt before anyone sees it.
    chance = random.Random(seed)  # noqa: S311  (repeatable on purpose, no secret)
    settings = document["settings"]
    by_id = {question["id"]: question for question in document["questions"]}
    pooled = {one for pool in document.get("draws", ()) for one in pool["ids"]}
    chosen = [(one.get("section", 0), one["id"]) for one in document["questions"] if one["id"] not in pooled]
    taken = {one for _section, one in chosen}
    for pool in document.get("draws", ()):
        left = [one for one in pool["ids"] if one not in taken]
        drawn = chance.sample(left, min(pool["count"], len(left)))
        taken.update(drawn)
        chosen += [(pool.get("section", 0), one) for one in drawn]
    if settings["shuffle_questions"]:
        chance.shuffle(chosen)
    chosen.sort(key=lambda one: one[0])
    return [
        [one, kind_of(by_id[one]).shown(by_id[one], chance, shuffle=settings["shuffle_options"])]
        for _section, one in chosen
    ]

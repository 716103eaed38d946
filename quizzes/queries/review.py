"""The page of «Ôn lại câu sai»: which cards are due, and a question as controls that work without a script."""

from collections.abc import Mapping
from random import Random
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.kinds import kind_of
from quizzes.models import ReviewCard
from quizzes.papers import paper

PLACED = {"matching", "zones"}
SECONDS = 600


def cards_due(user) -> QuerySet[ReviewCard]:
    """The user's cards for today, the longest due first."""
    return ReviewCard.objects.filter(user_id=user.pk, due_on__lte=timezone.localdate()).order_by("due_on", "pk")


def due_count(user) -> int:
    """How many are due. Kept for a while, because a pupil's first page asks each time; changes are told by `forget_due`."""
    return cache.get_or_set(_kept(user.pk), lambda: cards_due(user).count(), SECONDS)


def forget_due(user_id: int) -> None:
    cache.delete(_kept(user_id))


def _kept(user_id: int) -> str:
    return f"review-due:{user_id}:{timezone.localdate()}"


def shown(card: ReviewCard, language: str) -> dict:
    """A card's question as a browser may see it, in an order that stays the same for a day. No key in it."""
    frozen = paper(card.paper_id)
    full = frozen.by_id[str(card.question_key)]
    order = kind_of(full).shown(full, Random(f"{card.pk}-{card.due_on}"), shuffle=True)  # noqa: S311 (an order, no secret)
    return frozen.public([[full["id"], order]], language)[0]


def controls(question: Mapping, given: Any = None) -> list[dict]:
    """The form controls of a question: [{"name", "label", "kind": radio | checkbox | select | text, "choices"}].

    A choice is {"value", "text", "picture"?, "chosen"}. `given` is the cleaned value to show again.
    """
    type, options, targets = question["type"], question["options"], question.get("targets", [])
    if type in {"numeric", "short"}:
        return [_control("value", "", "text", given or "")]
    if type == "gaps":
        filled = given or {}
        return [
            _control(
                gap["id"],
                _("Gap %(number)s") % {"number": number},
                "select" if gap.get("kind") == "select" else "text",
                filled.get(gap["id"], ""),
                [option for option in options if option.get("target") == gap["id"]],
            )
            for number, gap in enumerate(sorted(targets, key=lambda gap: _gap_place(question, gap)), start=1)
        ]
    if type in PLACED:
        placed = given or {}
        return [_control(one["id"], one["text"], "select", placed.get(one["id"], ""), targets) for one in options]
    if type == "ordering":
        places = [{"id": str(number), "text": str(number)} for number in range(1, len(options) + 1)]
        at = {one: str(place) for place, one in enumerate(given or (), start=1)}
        return [_control(one["id"], one["text"], "select", at.get(one["id"], ""), places) for one in options]
    if type == "statements":
        said = {one: "1" if value else "0" for one, value in (given or {}).items()}
        words = [{"id": "1", "text": _("True")}, {"id": "0", "text": _("False")}]
        return [_control(one["id"], one["text"], "radio", said.get(one["id"], ""), words) for one in options]
    kind = "checkbox" if type == "multiple" else "radio"
    return [_control("value", "", kind, given or "", targets if type == "hotspot" else options)]


def _gap_place(question: Mapping, gap: Mapping) -> int:
    return next(place for place, one in enumerate(question["targets"]) if one["id"] == gap["id"])


def _control(name: str, label: str, kind: str, given: Any, choices=()) -> dict:
    chosen = set(given) if isinstance(given, list) else {given}
    return {
        "name": name,
        "label": label,
        "kind": kind,
        "given": given if kind == "text" else "",
        "choices": [
            {
                "value": one["id"],
                "text": one["text"],
                "picture": one.get("picture"),
                "more_pictures": one.get("more_pictures"),
                "chosen": one["id"] in chosen,
            }
            for one in choices
        ],
    }


def value_of(question: Mapping, post) -> Any:
    """The answer that a posted form says, not cleaned yet; None where nothing was answered."""
    type = question["type"]
    if type == "multiple":
        return post.getlist("value") or None
    if type == "ordering":
        placed = {post.get(one["id"], ""): one["id"] for one in question["options"]}
        order = [placed.get(str(place)) for place in range(1, len(question["options"]) + 1)]
        # A place left open or given twice is no answer yet.
        return None if None in order else order
    if type == "statements":
        return {one["id"]: post[one["id"]] == "1" for one in question["options"] if post.get(one["id"])} or None
    if type in PLACED:
        return {one["id"]: post[one["id"]] for one in question["options"] if post.get(one["id"])} or None
    if type == "gaps":
        return {one["id"]: post[one["id"]] for one in question["targets"] if post.get(one["id"])} or None
    return post.get("value") or None

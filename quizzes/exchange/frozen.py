"""A quiz's current paper as items: what a class is asked today, with the key by which it is marked today."""

import io
from collections.abc import Mapping
from decimal import Decimal

from django.core.files.storage import storages
from PIL import Image

from quizzes.drawing import draw
from quizzes.exchange.items import Attachment, Item, OptionItem, TargetItem
from quizzes.papers import words


def items_of_paper(document: Mapping, *, language: str, seed: str) -> list[Item]:
    """The questions in the editor's order, drawn ones by `seed`; texts in `language` or the nearest one.

    Drawings (SVG), which Word shows on few machines, are told in the words of their alternative text.
    """
    still = {**document, "settings": {**document["settings"], "shuffle_questions": False, "shuffle_options": False}}
    by_id = {question["id"]: question for question in document["questions"]}
    return [_item(by_id[one], language) for one, _order in draw(still, seed=seed)]


def _item(question: Mapping, language: str) -> Item:
    places = {target["id"]: place for place, target in enumerate(question.get("targets", []))}
    stem = words(question["stem"], language)
    picture = _attachment(question.get("picture"), language)
    if question.get("picture") and picture is None and (alt := words(question["picture"]["alt"], language)):
        stem = f"{stem}\n(Hình: {alt})"
    return Item(
        label=question["id"],
        type=question["type"],
        stem=stem,
        explanation=words(question["explanation"], language),
        points=Decimal(question["points"]),
        picture=picture,
        more_pictures=_attachments(question.get("more_pictures"), language),
        scoring=question.get("scoring", {}),
        targets=[
            TargetItem(words(one["text"], language), one.get("kind", ""), one.get("area"), bool(one.get("correct")))
            for one in question.get("targets", [])
        ],
        options=[
            OptionItem(
                text=words(one["text"], language),
                correct=one["correct"],
                fraction=Decimal(one["fraction"]) if "fraction" in one else None,
                tolerance=Decimal(one["tolerance"]) if "tolerance" in one else None,
                target=places[one["target"]] if one.get("target") in places else None,
                picture=_attachment(one.get("picture"), language),
                more_pictures=_attachments(one.get("more_pictures"), language),
            )
            for one in question["options"]
        ],
    )


def _attachments(pictures: list[Mapping] | None, language: str) -> list[Attachment]:
    return [found for one in pictures or [] if (found := _attachment(one, language))]


def _attachment(picture: Mapping | None, language: str) -> Attachment | None:
    """The largest rendition as PNG or JPEG; None for a drawing."""
    if picture is None or picture["sources"][-1]["file"].endswith(".svg"):
        return None
    name = picture["sources"][-1]["file"]
    with storages["public"].open(name) as file, Image.open(file) as shown:
        data = io.BytesIO()
        if "A" in shown.getbands():
            shown.save(data, "PNG")
        else:
            shown.convert("RGB").save(data, "JPEG", quality=85)
    return Attachment(name.rsplit("/", 1)[-1], data.getvalue(), words(picture["alt"], language))

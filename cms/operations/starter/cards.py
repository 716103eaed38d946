"""Cards of handbooks as the starter files write them → what a handbook's stream stores, the same ids in every language."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from cms.operations.starter.blocks import block_id
from cms.operations.starter.pictures import PictureFile, find_picture
from cms.starter.reading import Entry
from cms.text.lengths import length_of


@dataclass
class Cards:
    """`raw` makes what the stream stores, once the pictures have been stored."""

    parts: list[tuple[str, str, Callable[[str, Callable[[object], int]], object]]] = field(default_factory=list)
    pictures: list[PictureFile] = field(default_factory=list)

    def raw(self, language: str, stored: Callable[[object], int]) -> list[dict]:
        return [{"type": kind, "id": id, "value": value(language, stored)} for kind, id, value in self.parts]


def read_cards(entry: Entry, key: str, *, page_key: str, procedures: set[str]) -> Cards:
    """Read the list `key` of chapters and cards. `procedures` are the codes there are. Faults are noted at their line."""
    found, seen = Cards(), set()
    for number, part in enumerate(entry.entries(key)):
        if part.has("chapter"):
            found.parts.append(("chapter", block_id(page_key, "chapter", number), _chapter(part)))
        else:
            name = part.text("id")
            if name in seen:
                part.fault("id", _("“%(key)s” is there twice") % {"key": name})
            seen.add(name)
            found.parts.append(("card", block_id(page_key, name), _card(part, page_key, name, procedures, found)))
        part.known()
    return found


def _chapter(part: Entry):
    words = part.words("chapter")
    return lambda language, stored: words[language]


def _card(part: Entry, page_key: str, name: str, procedures: set[str], found: Cards):
    title, alt, action = part.words("title"), part.words("alt"), part.words("action")
    paragraphs = part.words_list("paragraphs")
    script = part.words("script", required=False)
    code = part.text("procedure", required=False)
    part.one_of("procedure", [code] if code else [], procedures)
    picture = find_picture(part, "image", alt=alt["vi"])
    if picture is not None:
        found.pictures.append(picture)
    length = length_of(" ".join([*(words["vi"] for words in paragraphs), action["vi"]]))
    if length.is_over:
        part.fault("paragraphs", _("%(length)s, at most %(most)d") % {"length": length, "most": length.most})

    def value(language: str, stored: Callable[[object], int]) -> dict:
        return {
            "title": title[language],
            "image": stored(picture),
            "alt": alt[language],
            "paragraphs": [
                {
                    "type": "item",
                    "id": block_id(page_key, name, place),
                    "value": {"text": words[language], "audio": None},
                }
                for place, words in enumerate(paragraphs)
            ],
            "action": action[language],
            "procedure": code,
            "script": script[language],
            "recording": None,
            "voices": [],
        }

    return value

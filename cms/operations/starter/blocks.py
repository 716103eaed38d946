"""Blocks as the starter files write them → what a page's body stores, the same ids in every language."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from cms.blocks import is_made_up
from cms.operations.starter.pictures import PictureFile, find_picture
from cms.practice import PARTS
from cms.starter.markdown import rich_text
from cms.starter.reading import Entry

_IDENTITY = uuid.UUID("1d1a5c5e-7f2b-5a0e-9a53-6f0f5f1f7a10")
KINDS = (
    *("text", "image", "video", "audio", "steps", "callout", "procedure", "self_check", "mockup", "family_task"),
    *("download", "message", "simulation"),
)
CALLOUTS = ("tip", "warning", "remember", "case")
MOCKUPS = ("message", "call", "site", "notice")


def block_id(page_key: str, block: str, *inside: int | str) -> str:
    """The lasting id of a block (or of a part of it) of the page called `page_key`."""
    return str(uuid.uuid5(_IDENTITY, "/".join([page_key, block, *map(str, inside)])))


@dataclass
class Body:
    """A page's blocks, read and checked. `raw` makes what StreamField stores, once the files have been stored."""

    blocks: list["Block"] = field(default_factory=list)

    def raw(self, language: str, stored: Callable[[object], int]) -> list[dict]:
        """`stored(file)` returns the id of the picture, recording or document of a PictureFile or Path."""
        return [{"type": block.kind, "id": block.id, "value": block.value(language, stored)} for block in self.blocks]

    def files(self) -> list[object]:
        """PictureFiles and Paths the blocks show, each once."""
        found: list[object] = []

        def note(file: object) -> int:
            found.append(file)
            return 0

        for block in self.blocks:
            block.value("vi", note)
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Block:
    id: str
    kind: str
    name: str
    value: Callable[[str, Callable[[object], int]], object]


def read_blocks(entry: Entry, key: str, *, page_key: str, procedures: set[str]) -> Body:
    """Read the list `key` of blocks. `procedures` are the codes there are. Faults are noted at the block's line."""
    body, seen = Body(), set()
    for block in entry.entries(key):
        name, kind = block.text("id"), block.choice("type", KINDS)
        if name in seen:
            block.fault("id", _("“%(key)s” is there twice") % {"key": name})
        seen.add(name)
        reader = _READERS.get(kind)
        if reader is None:
            continue
        value = reader(block, page_key, name, procedures)
        block.known()
        body.blocks.append(Block(block_id(page_key, name), kind, name, value))
    return body


def _item(page_key: str, name: str, *inside_and_value):
    *inside, value = inside_and_value
    return {"type": "item", "id": block_id(page_key, name, *inside), "value": value}


def _text(block: Entry, page_key, name, procedures):
    words = block.words("text")
    return lambda language, stored: rich_text(words[language])


def _image(block: Entry, page_key, name, procedures):
    alt, caption = block.words("alt", required=False), block.words("caption", required=False)
    file = find_picture(block, "file", alt=alt["vi"])
    return lambda language, stored: {"image": stored(file), "alt": alt[language], "caption": caption[language]}


def _recording(block: Entry, page_key, name, procedures):
    title = block.words("title", required=False)
    path = _clip(block) or _file(block, "file")
    for extra in ("captions", "transcript", "poster", "seconds", "alt", "own_page"):
        block._asked.add(extra)
    return lambda language, stored: {"recording": stored(path), "title": title[language]}


def _clip(block: Entry) -> Path | None:
    """A recording named without an ending is drawn by a script when the content is loaded; its captions are here."""
    name = block.text("file")
    path = block.folder / name
    return path if name and not path.suffix and list(block.folder.glob(f"{name}.*.vtt")) else None


def _download(block: Entry, page_key, name, procedures):
    title = block.words("title")
    path = _file(block, "file")
    return lambda language, stored: {"document": stored(path), "title": title[language]}


def _file(block: Entry, key: str) -> Path | None:
    name = block.text(key)
    path = (block.folder / name).resolve()
    if name and not (path.is_file() and path.is_relative_to(block.folder)):
        block.fault(key, _("the file “%(name)s” is not there") % {"name": name})
        return None
    return path


def _steps(block: Entry, page_key, name, procedures):
    title = block.words("title", required=False)
    steps: list[tuple[dict, dict, PictureFile | None, dict]] = []
    for step in block.entries("steps"):
        alt = step.words("alt", required=step.has("image"))
        picture = find_picture(step, "image", alt=alt["vi"]) if step.has("image") else None
        steps.append((step.words("title"), step.words("text", required=False), picture, alt))
        step.known("image", "alt")
    return lambda language, stored: {
        "title": title[language],
        "steps": [
            _item(
                page_key,
                name,
                number,
                {
                    "title": words[language],
                    "text": rich_text(text[language]),
                    "image": stored(picture) if picture else None,
                    "alt": alt[language],
                },
            )
            for number, (words, text, picture, alt) in enumerate(steps)
        ],
    }


def _callout(block: Entry, page_key, name, procedures):
    kind, title, text = block.choice("kind", CALLOUTS), block.words("title", required=False), block.words("text")
    return lambda language, stored: {"kind": kind, "title": title[language], "text": rich_text(text[language])}


def _procedure(block: Entry, page_key, name, procedures):
    code = block.text("code")
    block.one_of("code", [code], procedures)
    return lambda language, stored: {"code": code}


def _self_check(block: Entry, page_key, name, procedures):
    question = block.words("question")
    options = []
    for option in block.entries("options"):
        options.append((option.words("text"), option.flag("correct"), option.words("feedback", required=False)))
        option.known()
    if options and not any(correct for _text, correct, _feedback in options):
        block.fault("options", _("no option is marked as right"))
    return lambda language, stored: {
        "question": question[language],
        "options": [
            _item(
                page_key,
                name,
                number,
                {"text": text[language], "correct": correct, "feedback": feedback[language]},
            )
            for number, (text, correct, feedback) in enumerate(options)
        ],
    }


def _mockup(block: Entry, page_key, name, procedures):
    kind, sender = block.choice("kind", MOCKUPS), block.words("sender")
    lines, signs = block.words_list("lines"), block.words_list("signs")
    address = block.text("address", required=False)
    if not is_made_up(address):
        block.fault("address", _("a made-up address ends in .example"))
    return lambda language, stored: {
        "kind": kind,
        "sender": sender[language],
        "lines": [_item(page_key, name, "lines", number, line[language]) for number, line in enumerate(lines)],
        "address": address,
        "signs": [_item(page_key, name, "signs", number, sign[language]) for number, sign in enumerate(signs)],
    }


def _simulation(block: Entry, page_key, name, procedures):
    title, case, after = block.words("title"), block.words("case"), block.words("after", required=False)
    person = []
    for fact in block.entries("person"):
        person.append((fact.words("label"), fact.words("value")))
        fact.known()
    steps = [_step(step) for step in block.entries("steps")]
    return lambda language, stored: {
        "title": title[language],
        "case": case[language],
        "person": [
            _item(page_key, name, "person", number, {"label": label[language], "value": value[language]})
            for number, (label, value) in enumerate(person)
        ],
        "steps": [
            {
                "type": kind,
                "id": block_id(page_key, name, "steps", number),
                "value": value(language, lambda *inside, at=number: _item(page_key, name, "steps", at, *inside)),
            }
            for number, (kind, value) in enumerate(steps)
        ],
        "after": after[language],
    }


def _step(step: Entry):
    """(kind, value) of a step of a simulated portal; `value(language, item)` makes what is stored."""
    part = step.choice("part", tuple(part for part, _label, _icon in PARTS))
    task, criterion, points = step.words("task"), step.words("criterion"), step.number("points", required=False) or 2

    def common(language):
        return {"part": part, "task": task[language], "criterion": criterion[language], "points": points}

    if step.has("fields"):
        fields = []
        for field_ in step.entries("fields"):
            fields.append((field_.words("label"), field_.words("accepted"), field_.words("hint", required=False)))
            field_.known()
        step.known()
        return (
            "fill",
            lambda language, item: (
                common(language)
                | {
                    "fields": [
                        item(number, {"label": label[language], "accepted": right[language], "hint": hint[language]})
                        for number, (label, right, hint) in enumerate(fields)
                    ]
                }
            ),
        )
    options = []
    for option in step.entries("options"):
        options.append((option.words("text"), option.flag("correct"), option.words("feedback", required=False)))
        option.known()
    if options and not any(correct for _text, correct, _feedback in options):
        step.fault("options", _("no option is marked as right"))
    step.known()
    return (
        "choose",
        lambda language, item: (
            common(language)
            | {
                "options": [
                    item(number, {"text": text[language], "correct": correct, "feedback": feedback[language]})
                    for number, (text, correct, feedback) in enumerate(options)
                ]
            }
        ),
    )


def _message(block: Entry, page_key, name, procedures):
    title, text = block.words("title"), block.words("text")
    return lambda language, stored: {"title": title[language], "text": text[language]}


def _family_task(block: Entry, page_key, name, procedures):
    title, text = block.words("title"), block.words("text", required=False)
    steps = block.words_list("steps")
    return lambda language, stored: {
        "title": title[language],
        "text": rich_text(text[language]),
        "steps": [_item(page_key, name, number, step[language]) for number, step in enumerate(steps)],
    }


_READERS = {
    "text": _text,
    "image": _image,
    "video": _recording,
    "audio": _recording,
    "steps": _steps,
    "callout": _callout,
    "procedure": _procedure,
    "self_check": _self_check,
    "mockup": _mockup,
    "family_task": _family_task,
    "download": _download,
    "message": _message,
    "simulation": _simulation,
}

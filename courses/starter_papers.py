"""plan.yaml of a starter lesson → the lesson's `plan` and `worksheet` (courses.blocks). It is in Vietnamese only.

equipment: [text]                     what to bring beside the usual
moves:                                phase, teacher, pupils; optional product, from (15, 30 or 45)
discussion:                           question; optional listen_for, from
evidence: [text]
notes: [text]
worksheet:                            type write (task, lines), choose (task, options), table (task, columns, rows);
                                      each with an optional answer, which only the teacher's plan shows
"""

from pathlib import Path

from django.utils.translation import gettext as _

from cms.operations.starter.blocks import block_id
from cms.starter import Run
from cms.starter.reading import Entry, read_entry
from courses.blocks import MOST_LINES, PHASES
from courses.models.pages import CUTS

LANGUAGE = "vi"
_PHASES = tuple(name for name, _label in PHASES)


def read_papers(run: Run, file: Path) -> dict[str, dict[str, list]]:
    """Raw stream data by language; nothing where there is no such file. Faults are noted at their line."""
    if not file.is_file():
        return {}
    entry = read_entry(run, file)
    if entry is None:
        return {}
    plan = [
        *(_move(move) for move in entry.entries("moves", required=False)),
        *(_discussion(one) for one in entry.entries("discussion", required=False)),
        *_texts(entry, "equipment", "equipment"),
        *_texts(entry, "evidence", "evidence"),
        *_texts(entry, "notes", "note"),
    ]
    key = "/".join(["worksheet", *file.parent.parts[-2:]])
    worksheet = [_task(task, key, str(n)) for n, task in enumerate(entry.entries("worksheet", required=False))]
    entry.known()
    return {LANGUAGE: {"plan": plan, "worksheet": [task for task in worksheet if task]}}


def _texts(entry: Entry, key: str, kind: str) -> list[dict]:
    return [{"type": kind, "value": text} for text in entry.texts(key, required=False)]


def _least(entry: Entry) -> str:
    found = entry.number("from", required=False) or CUTS[0]
    if found not in CUTS:
        entry.fault("from", _("a lesson is cut to 15, 30 or 45 minutes, not %(minutes)s") % {"minutes": found})
    return str(found)


def _move(entry: Entry) -> dict:
    value = {
        "phase": entry.choice("phase", _PHASES),
        "least": _least(entry),
        "teacher": entry.text("teacher"),
        "pupils": entry.text("pupils"),
        "product": entry.text("product", required=False),
    }
    entry.known()
    return {"type": "move", "value": value}


def _discussion(entry: Entry) -> dict:
    value = {
        "question": entry.text("question"),
        "listen_for": entry.text("listen_for", required=False),
        "least": _least(entry),
    }
    entry.known()
    return {"type": "discussion", "value": value}


def _task(entry: Entry, key: str, number: str) -> dict | None:
    kind = entry.choice("type", ("write", "choose", "table"))
    value: dict = {"task": entry.text("task"), "answer": entry.text("answer", required=False)}
    if kind == "write":
        value["lines"] = entry.number("lines") or 0
        if value["lines"] > MOST_LINES:
            entry.fault("lines", _("a task has at most %(most)s lines") % {"most": MOST_LINES})
    elif kind == "choose":
        value["options"] = _items(entry.texts("options"), key, number, "options")
    elif kind == "table":
        value |= {name: _items(entry.texts(name), key, number, name) for name in ("columns", "rows")}
    entry.known()
    return {"type": kind, "value": value} if kind else None


def _items(texts: list[str], key: str, *inside: str) -> list[dict]:
    """Items of a list with ids of their own: without one Wagtail takes the whole mapping for the value."""
    return [{"type": "item", "id": block_id(key, *inside, place), "value": text} for place, text in enumerate(texts)]

"""What the acts in the audit log mean in words: each room names its own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.apps import apps
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

Words = object  # a lazy string

# key of a thing → how people know it, for the keys of one page at once
Names = Callable[[Iterable[str]], Mapping[str, str]]


@dataclass
class Area:
    """One room's part of the log: `title` heads its acts in the list to choose from."""

    title: Words
    acts: dict[str, Words]
    kinds: dict[str, Words] = field(default_factory=dict)


_areas: dict[str, Area] = {}
_details: dict[str, tuple[Words, Mapping]] = {}
_names: dict[str, Names] = {}
# `school_changed`: what the admin's generic screens do, told by its ending.
_endings: dict[str, Words] = {}


def register_acts(
    key: str,
    title: Words,
    acts: dict[str, Words],
    *,
    kinds: Mapping[str, Words] | None = None,
    details: Mapping[str, tuple[Words, Mapping]] | None = None,
    names: Mapping[str, Names] | None = None,
    endings: Mapping[str, Words] | None = None,
) -> None:
    """Called by a room in its `AppConfig.ready()`.

    `acts` and `kinds` give the words of each `action` and `target_kind` that the room records; `details` the words of
    what an event keeps beside, with those of its values where they are codes; `names` finds for the keys of one kind of
    thing how people know it today, in one statement; `endings` the words of acts that are told by their last word.
    """
    _areas[key] = Area(title, acts, dict(kinds or {}))
    _details.update(details or {})
    _names.update(names or {})
    _endings.update(endings or {})


def areas() -> dict[str, Area]:
    """{key: area} in the order in which the rooms were loaded."""
    return _areas


def endings() -> dict[str, Words]:
    return _endings


def act_in_words(action: str) -> str:
    """What was done. An act that no room names any more stays as it was written."""
    for area in _areas.values():
        if action in area.acts:
            return str(area.acts[action])
    found = next((ending for ending in _endings if action.endswith(f"_{ending}")), None)
    return str(_endings[found]) if found else action


def kind_in_words(kind: str) -> str:
    """What sort of thing it was done to."""
    told = next((area.kinds[kind] for area in _areas.values() if kind in area.kinds), None)
    if told is None:
        # What the admin's generic screens change is kept under the name of its model.
        told = next((model._meta.verbose_name for model in apps.get_models() if model._meta.model_name == kind), kind)
    return str(told)


def names_of(kind: str, keys: Iterable[str]) -> Mapping[str, str]:
    """How the things with these keys are known today; those that are gone, or have no names, are missing."""
    find = _names.get(kind)
    return find(keys) if find else {}


def details_in_words(detail: Mapping) -> list[tuple[str, str]]:
    """What an event keeps beside, as (words, value); keys of machines and what is empty are left out."""
    told = []
    for key, (words, values) in _details.items():
        value = _value(detail.get(key), values)
        if value:
            told.append((str(words), value))
    return told


def _value(value, values: Mapping) -> str:
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ", ".join(part for one in value if (part := _value(one, values)))
    if value in (None, "", 0):
        return ""
    if value in values:
        return str(values[value])
    if isinstance(value, str) and (when := _moment(value)):
        return when
    return str(value)


def _moment(text: str) -> str:
    """A day or a moment as people write it; "" for anything else."""
    try:
        moment: datetime | None = parse_datetime(text) if "T" in text else None
        day: date | None = parse_date(text) if len(text) == 10 else None
    except ValueError:
        return ""
    if moment:
        return formats.date_format(timezone.localtime(moment) if moment.tzinfo else moment, "H:i d/m/Y")
    return formats.date_format(day, "d/m/Y") if day else ""

"""What each room knows of a person: how it is given to them, erased, and forgotten by time (docs/data-map.md).

A room registers its part in `AppConfig.ready()`; this one knows no other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from schools.models import User


@dataclass(frozen=True)
class Part:
    """`export` gives plain values for JSON; `erase` blanks or deletes what names or tells of the person and returns how
    many rows it touched; `forget` does what time asks for and returns the same."""

    export: Callable[[User], dict]
    erase: Callable[[User], int]
    forget: Callable[[datetime], int]


parts: dict[str, Part] = {}


def register(room: str, part: Part) -> None:
    parts[room] = part


def nothing_to_forget(now: datetime) -> int:
    return 0

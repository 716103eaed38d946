"""What uses a procedure? A registry: this room asks, the rooms above it answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Use:
    """One thing that tells the facts of the procedure `code`. `edit_url` is empty where nobody may edit it."""

    code: str
    kind: str
    title: str
    language: str
    edit_url: str = ""
    is_live: bool = True


Finder = Callable[[list[str]], Iterable[Use]]
_finders: dict[str, Finder] = {}


def register_uses(name: str, find: Finder) -> None:
    """Called in a room's `AppConfig.ready()`. `find(codes)` returns the room's uses of these procedures in one go."""
    _finders[name] = find


def uses_of(codes: Iterable[str]) -> list[Use]:
    """Everything in any room and language that uses one of the procedures `codes`."""
    wanted = list(codes)
    if not wanted:
        return []
    return [use for _name, find in sorted(_finders.items()) for use in find(wanted)]

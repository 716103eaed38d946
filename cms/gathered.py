"""What the rooms above have to show on editors' pages: contests to link, figures to tell, honours given elsewhere.

This room asks, the rooms above answer: they register in `AppConfig.ready()`. A key is "<name>:<key of the room>".
"""

from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple


class Link(NamedTuple):
    """A way to something that is no page. `kind` in words: «Contest»."""

    title: str
    url: str
    kind: str = ""
    text: str = ""


class Counted(NamedTuple):
    """A figure of an upper room and the day it was taken; `whole` is None for a plain number."""

    part: int
    whole: int | None
    taken_on: date


class Source(NamedTuple):
    """`choices()` for the editor's list, `find(keys)` for what may be shown now; what may not is left out."""

    choices: Callable[[], list[tuple[str, str]]]
    find: Callable[[Iterable[str]], dict]


_links: dict[str, Source] = {}
_figures: dict[str, Source] = {}
_honours: dict[str, Callable[[], list[Link]]] = {}


def register_links(name: str, choices: Callable, find: Callable[[Iterable[str]], dict[str, Link]]) -> None:
    _links[name] = Source(choices, find)


def register_figures(name: str, choices: Callable, find: Callable[[Iterable[str]], dict[str, Counted]]) -> None:
    _figures[name] = Source(choices, find)


def register_honours(name: str, find: Callable[[], list[Link]]) -> None:
    """`find()` says where this room honours people itself, the newest first."""
    _honours[name] = find


def _choices(sources: dict[str, Source]) -> list[tuple[str, str]]:
    return [(f"{name}:{key}", label) for name, source in sorted(sources.items()) for key, label in source.choices()]


def _found(sources: dict[str, Source], keys: Iterable[str]) -> dict:
    wanted: dict[str, list[str]] = {}
    for whole in keys:
        name, _colon, key = whole.partition(":")
        wanted.setdefault(name, []).append(key)
    return {
        f"{name}:{key}": found
        for name, asked in wanted.items()
        if name in sources
        for key, found in sources[name].find(asked).items()
    }


def link_choices() -> list[tuple[str, str]]:
    return _choices(_links)


def links_of(keys: Iterable[str]) -> dict[str, Link]:
    """{key: link} of those that may be shown to everybody now."""
    return _found(_links, keys)


def figure_choices() -> list[tuple[str, str]]:
    return _choices(_figures)


def figures_of(keys: Iterable[str]) -> dict[str, Counted]:
    """{key: figure} of those that are public; one that is not signed or too small is not."""
    return _found(_figures, keys)


def honours_elsewhere() -> list[Link]:
    return [link for _name, find in sorted(_honours.items()) for link in find()]

"""A question as files hold it: plain values, no database. What a reader gives and a writer takes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise


@dataclass
class Attachment:
    """A picture or a sound that came in the file. `alt` says in words what it shows or says."""

    name: str
    data: bytes = field(repr=False)
    alt: str = ""


class Pictured:
    """What shows pictures: `picture` first, then `more_pictures` in their order."""

    picture: Attachment | None
    more_pictures: list[Attachment]

    @property
    def pictures(self) -> list[Attachment]:
        return ([self.picture] if self.picture else []) + self.more_pictures

    @pictures.setter
    def pictures(self, shown: list[Attachment]) -> None:
        self.picture, self.more_pictures = (shown[0] if shown else None), shown[1:]


@dataclass
class OptionItem(Pictured):
    """`fraction` (-1…1) where choosing it earns a part; `target` is the index of its place in `Item.targets`."""

    text: str
    correct: bool = False
    why: str = ""
    fraction: Decimal | None = None
    tolerance: Decimal | None = None
    target: int | None = None
    picture: Attachment | None = None
    audio: Attachment | None = None
    more_pictures: list[Attachment] = field(default_factory=list)


@dataclass
class TargetItem:
    """A place: right side of a pair, group, gap (`kind` select, text or number), area in ‰ of the picture."""

    text: str
    kind: str = ""
    area: list[int] | None = None
    correct: bool = False


@dataclass
class Item(Pictured):
    """`label` names it as the file's reader knows it: "Câu 12", "line 40", an ident. `type` is a Question.Type.

    `stem` and the options' texts are plain text, formulas in TeX between backslash-parentheses, gaps [[1]], [[2]] …
    """

    label: str
    type: str
    stem: str
    options: list[OptionItem] = field(default_factory=list)
    targets: list[TargetItem] = field(default_factory=list)
    explanation: str = ""
    picture: Attachment | None = None
    audio: Attachment | None = None
    points: Decimal = Decimal(1)
    difficulty: int | None = None
    topic: str = ""
    source: str = ""
    scoring: dict[str, Any] = field(default_factory=dict)
    # For statements: what one, two, three … right ones earn.
    credit: list[str] | None = None
    # Shown after the first one, in this order.
    more_pictures: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Skipped:
    """An item that is not taken, and why, in a sentence of the reader's language."""

    label: str
    reason: str | Promise


@dataclass
class Reading:
    """What a file held. `before_after` are samples of text turned from a legacy encoding, for the preview."""

    format: str
    items: list[Item] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    warnings: list[str | Promise] = field(default_factory=list)
    before_after: list[tuple[str, str]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)


@dataclass
class Written:
    """A file made from questions. `left_out` lists what the format cannot hold."""

    data: bytes = field(repr=False)
    name: str
    content_type: str
    left_out: list[Skipped] = field(default_factory=list)


class Unreadable(ValueError):
    """The whole file cannot be read; its text says why and what to do, in the reader's language."""


class Impossible(ValueError):
    """No file can be made now; its text says why and what to do, in the reader's language."""

"""The starter content: who loads what, and what a run did.

Rooms register in `AppConfig.ready()`. Everything is read and checked before anything is written, and written in one
transaction: a wrong file loads nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from cms.problems import Problem

# In what its files are written, and what of that this site speaks.
WRITTEN = ("vi", "en")
LANGUAGES = tuple(code for code in WRITTEN if code in dict(settings.LANGUAGES))


class StarterRefused(Problem):
    """`faults` names the file and line of everything that is wrong."""

    code = "starter_content_refused"

    def __init__(self, faults: list[str]):
        self.faults = faults
        super().__init__(_("The starter content has faults; nothing was loaded:") + "\n" + "\n".join(faults))


@dataclass
class Run:
    """One loading. Loaders count what they do and report what is wrong; later ones may ask what earlier ones read."""

    created: int = 0
    changed: int = 0
    kept: int = 0
    # What an editor has changed since it was loaded, and is therefore left alone.
    edited: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    # What `read` of each loader returned, by the loader's name.
    read: dict[str, Any] = field(default_factory=dict)

    def fault(self, file, line: int | None, message: str) -> None:
        """Note that `file` is wrong at `line`; the run goes on reading, to name all faults at once."""
        self.faults.append(f"{file}:{line}: {message}" if line else f"{file}: {message}")

    def count(self, outcome: str, label: str = "") -> None:
        """`outcome` is created, changed, kept or edited; an edited thing is kept and named."""
        if outcome == "edited":
            self.edited.append(label)
            outcome = "kept"
        setattr(self, outcome, getattr(self, outcome) + 1)


@dataclass(frozen=True)
class Loader:
    name: str
    order: int
    read: Callable[[Run], Any]
    load: Callable[[Run, Any], None]


_loaders: dict[str, Loader] = {}


def register(
    name: str, order: int, load: Callable[[Run, Any], None], read: Callable[[Run], Any] = lambda run: None
) -> None:
    """Add a loader. `read(run)` parses and checks files, noting faults; `load(run, what_read_returned)` writes.

    Lower `order` goes first: vocabulary 10, pictures and pages' tree 20, guides 30, quizzes 40, courses 50.
    """
    _loaders[name] = Loader(name, order, read, load)


def load_everything(*, doing: Callable[[str, int, int], None] = lambda name, done, total: None) -> Run:
    """Run all loaders in order. `doing(name, done, total)` is told of progress. Raises StarterRefused."""
    run = Run()
    ordered = sorted(_loaders.values(), key=lambda loader: (loader.order, loader.name))
    for loader in ordered:
        run.read[loader.name] = loader.read(run)
    if run.faults:
        raise StarterRefused(run.faults)
    with transaction.atomic():
        for number, loader in enumerate(ordered):
            doing(loader.name, number, len(ordered))
            loader.load(run, run.read[loader.name])
            if run.faults:
                raise StarterRefused(run.faults)
    return run

"""Everything that `rebuild_progress` works out again: progress itself, and what rooms above make of it."""

from collections.abc import Callable, Iterator

from courses.operations.rebuilding import Step, rebuild_everything

Rebuild = Callable[..., Iterator[Step]]
"""Called with `check=True` to compare only; yields a `Step` a batch, with the differences found."""

_rebuilds: list[Rebuild] = [rebuild_everything]


def register_projection(rebuild: Rebuild) -> None:
    """Called by a room above in its `AppConfig.ready()`; what was registered first is rebuilt first."""
    if rebuild not in _rebuilds:
        _rebuilds.append(rebuild)


def rebuild_all(*, check: bool = False) -> Iterator[Step]:
    """Rebuild, or with `check` only compare, every projection in turn."""
    for rebuild in _rebuilds:
        yield from rebuild(check=check)

"""Which numbers may be told, so that nobody of a small group is made out: not by one number, and not by subtracting.

Under FEWEST people nothing is told. A bar that would stand for fewer is joined with another, a group that is smaller is left
out, and with it as many others as it takes to hide it in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

FEWEST = 5


@dataclass(frozen=True)
class Bar:
    """`count` None: more than none and fewer than FEWEST, which is all that is told. `keys`: the values it stands for."""

    keys: tuple[str, ...]
    label: str
    count: int | None
    percent: int | None = None


def joined_steps(counts: Sequence[tuple[str, int]]) -> list[Bar]:
    """The steps of a scale; one that few chose is joined with the smaller of its neighbours until it is no longer small."""
    bands = [([key], count) for key, count in counts]
    while len(bands) > 1 and (small := _smallest(bands)) is not None:
        beside = [place for place in (small - 1, small + 1) if 0 <= place < len(bands)]
        other = min(beside, key=lambda place: bands[place][1])
        first, second = sorted((small, other))
        bands[first : second + 1] = [(bands[first][0] + bands[second][0], bands[first][1] + bands[second][1])]
    return [Bar(tuple(keys), keys[0] if len(keys) == 1 else f"{keys[0]}–{keys[-1]}", count) for keys, count in bands]


def _smallest(bands) -> int | None:
    small = [place for place, (_keys, count) in enumerate(bands) if 0 < count < FEWEST]
    return min(small, key=lambda place: bands[place][1], default=None)


def joined_choices(counts: Sequence[tuple[str, str, int]], others: str) -> list[Bar]:
    """Answers of which one was chosen, the most chosen first; those of few people stand together as `others`."""
    told = sorted(counts, key=lambda one: -one[2])
    small = [one for one in told if 0 < one[2] < FEWEST]
    told = [one for one in told if one not in small]
    while small and told and (len(small) < 2 or sum(one[2] for one in small) < FEWEST):
        with_any = [one for one in told if one[2]] or told
        nearest = min(with_any, key=lambda one: one[2])
        told.remove(nearest)
        small.append(nearest)
    bars = [Bar((key,), label, count) for key, label, count in told]
    if small:
        bars.append(Bar(tuple(one[0] for one in small), others, sum(one[2] for one in small)))
    return bars


def veiled(counts: Iterable[tuple[str, str, int]]) -> list[Bar]:
    """Answers of which any number was chosen: there is no sum to subtract from, so a small one is only veiled."""
    bars = [Bar((key,), label, None if 0 < count < FEWEST else count) for key, label, count in counts]
    return sorted(bars, key=lambda bar: -(bar.count if bar.count is not None else 0.5))


def with_percent(bars: list[Bar], whole: int) -> list[Bar]:
    """The bars with their shares; none where all had to be joined in one, which tells nothing."""
    if any(len(bar.keys) > 1 and bar.count == whole for bar in bars):
        return []
    return [
        bar if bar.count is None else replace(bar, percent=round(100 * bar.count / whole) if whole else 0)
        for bar in bars
    ]


def hidden_groups(sizes: dict[str, int]) -> set[str]:
    """The groups that are not told: those of fewer than FEWEST people, and with them the smallest others until at least two
    are hidden that together are not small, so that the whole minus the others tells nothing."""
    hidden = {name for name, size in sizes.items() if 0 < size < FEWEST}
    while hidden and (len(hidden) < 2 or sum(sizes[name] for name in hidden) < FEWEST):
        others = [name for name in sizes if name not in hidden and sizes[name]]
        if not others:
            break
        hidden.add(min(others, key=lambda name: sizes[name]))
    return hidden

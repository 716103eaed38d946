"""Ranking: a pure function of stored rows and a version of the rules. Nothing here reads a database or a clock.

Anybody can compute it again from what is published (`contests.publishing`): docs/recompute_ranking.py does so with none
of this code.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from itertools import groupby

from contests.rules import ALL_CORRECT, BEST, FIRST, NAMED

# After every number: who made no guess stands behind whoever made the worst.
_NONE = (1, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """One valid attempt: ended, of an entry in the running, complete where the rules ask for all answers."""

    attempt: str
    entrant: str
    unit: str
    score: Decimal
    prediction: int | None
    duration_ms: int
    submitted_at: datetime
    round: int = 1
    # Where works were judged in several categories and stand in one table: each category is ranked by itself.
    category: str = ""
    is_full: bool = False
    # Of a work: the mean of all jurors, and the points in the weightiest criterion.
    mean: Decimal | None = None
    criterion: Decimal | None = None
    # And the points in each criterion by its key, for tie-breaks that name one.
    criteria: Mapping[str, Decimal | None] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Ranked:
    rank: int
    row: Row
    prediction_error: int | None
    draw: int


def draw_of(seed: str, attempt: str) -> int:
    """The lot of an attempt: the first twelve hexadecimal digits of SHA-256 of `seed:attempt`, as a number."""
    return int(sha256(f"{seed}:{attempt}".encode()).hexdigest()[:12], 16)


def digest_of(seed: str) -> str:
    """What is shown of a seed before its round has closed, so that nobody can choose it afterwards."""
    return sha256(seed.encode()).hexdigest()


def valid_entrants(rows: Iterable[Row]) -> int:
    """How many different entrants have a valid attempt."""
    return len({row.entrant for row in rows})


def actual_of(rows: Sequence[Row], prediction: str) -> int | None:
    """The number that was to be guessed; None where nothing was."""
    if not prediction:
        return None
    return valid_entrants(row for row in rows if row.is_full) if prediction == ALL_CORRECT else valid_entrants(rows)


def rank(
    rows: Iterable[Row],
    *,
    order: Sequence[tuple[str, str]],
    keep: str = BEST,
    seed: str = "",
    actual: int | None = None,
) -> list[Ranked]:
    """The ranking: one row an entrant, sorted by `order`; equal keys share a rank, and the next rank counts them.

    Rows of several categories follow one another by category, and each begins with rank 1.

    Which attempt of an entrant counts is decided by the whole of `order` (`best`), or by when it was submitted (`first`,
    `last`). The order in which rows are given changes nothing.
    """
    keyed = []
    for row in rows:
        error = None if actual is None or row.prediction is None else abs(row.prediction - actual)
        lot = draw_of(seed, row.attempt)
        keyed.append((_key(row, error, lot, order), row, error, lot))
    counting: dict[tuple[str, str], tuple] = {}
    for one in keyed:
        held = counting.get(own := (one[1].category, one[1].entrant))
        if held is None or _precedes(one, held, keep):
            counting[own] = one
    # The attempt's id decides only where rows stand that share a rank.
    ordered = sorted(counting.values(), key=lambda one: (one[1].category, one[0], one[1].attempt))
    ranked: list[Ranked] = []
    for _category, group in groupby(ordered, key=lambda one: one[1].category):
        number, before = 0, None
        for place, (key, row, error, lot) in enumerate(group, 1):
            number = number if key == before else place
            ranked.append(Ranked(number, row, error, lot))
            before = key
    return ranked


def _precedes(one: tuple, held: tuple, keep: str) -> bool:
    if keep == BEST:
        return (one[0], one[1].attempt) < (held[0], held[1].attempt)
    earlier = (one[1].submitted_at, one[1].attempt) < (held[1].submitted_at, held[1].attempt)
    return earlier if keep == FIRST else not earlier


def _key(row: Row, error: int | None, lot: int, order: Sequence[tuple[str, str]]) -> tuple:
    return tuple(_part(key, direction, row, error, lot) for key, direction in order)


def value_of(row: Row, key: str):
    """What a row has under a key of the order: a field, or a criterion that the rules name."""
    named = NAMED.fullmatch(key)
    return row.criteria.get(named[1]) if named else getattr(row, key)


def _part(key: str, direction: str, row: Row, error: int | None, lot: int):
    """A value that sorts upwards. What is missing stands last in either direction."""
    if key == "prediction_error":
        value = error
    elif key == "draw":
        value = lot
    elif key == "submitted_at":
        # Milliseconds, as it is published: what nobody can see must not decide.
        value = milliseconds(row.submitted_at)
    else:
        value = value_of(row, key)
    if value is None:
        return _NONE
    return (0, -value if direction == "desc" else value)


def milliseconds(moment: datetime) -> int:
    """Whole milliseconds since 1970."""
    seconds = int(moment.timestamp() // 1)
    return seconds * 1000 + moment.microsecond // 1000

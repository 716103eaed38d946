"""Arithmetic of a stage: the order by lot, points of a sheet, points off for overrunning, the result. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from contests.jury.scoring import MEDIAN, combine, rounded


@dataclass(frozen=True)
class Limit:
    """How long a part may take, and what each begun `step` seconds beyond it and the grace costs."""

    seconds: int | None
    grace: int = 0
    step: int = 60
    points: Decimal = Decimal(0)
    most: Decimal | None = None


def penalty_of(seconds: int | None, limit: Limit) -> Decimal:
    """Points off. A part that was not timed, or has no limit, costs nothing. Once over the grace, every second over the
    limit counts: the grace forgives a little, it does not make the limit longer.
    """
    if seconds is None or limit.seconds is None or seconds <= limit.seconds + limit.grace:
        return Decimal(0)
    begun = -(-(seconds - limit.seconds) // limit.step)
    off = begun * limit.points
    return off if limit.most is None else min(off, limit.most)


def total_of(points: Mapping[int, Decimal], marks: Iterable[int]) -> Decimal | None:
    """What one judge gave in all; None while a criterion has no points."""
    found = [points.get(one) for one in marks]
    given = [one for one in found if one is not None]
    return rounded(sum(given, Decimal(0))) if found and len(given) == len(found) else None


def result_of(totals: Sequence[Decimal], penalties: Iterable[Decimal], how: str = MEDIAN) -> Decimal | None:
    """One number of what the judges gave and what was taken off, never below zero; None where nobody gave anything."""
    found = combine(totals, how)
    return None if found is None else rounded(max(Decimal(0), found - sum(penalties, Decimal(0))))


def drawn(codes: Iterable[str], seed: str) -> list[str]:
    """The order by lot: by SHA-256 of `seed:code`. Anybody who knows the seed finds the same."""
    return sorted(codes, key=lambda code: (sha256(f"{seed}:{code}".encode()).hexdigest(), code))

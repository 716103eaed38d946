"""One question: how hard it is, and whether those who know more do better in it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import fsum, sqrt
from typing import NamedTuple

# Below this a variance is nothing but rounding.
NOTHING = 1e-12


class Observation(NamedTuple):
    """What an attempt earned in the question and in all others together, and how many attempts did just that."""

    mark: float
    rest: float
    times: int = 1


@dataclass(frozen=True)
class ItemFigures:
    """A question in figures. All but `attempts` and `variance` are shares: 0.7 is what Moodle writes as 70 %.

    - `facility`: mean mark by the greatest possible one (facility index).
    - `deviation`: standard deviation of the mark by the greatest possible one; None below two attempts.
    - `variance`: of the mark itself, with n − 1; None below two attempts.
    - `discrimination`: correlation of the mark with what the rest of the quiz earned (discrimination index), −1…1; None
      where all earned the same in the question or in the rest.
    - `efficiency`: the covariance of mark and rest by the greatest one that these marks and these rests could have, each
      sorted (discriminative efficiency); None where that is nothing.
    - `covariance_with_score`: of the mark with the whole score, from which effective weights come.
    """

    attempts: int
    facility: float | None = None
    deviation: float | None = None
    variance: float | None = None
    discrimination: float | None = None
    efficiency: float | None = None
    covariance_with_score: float | None = None


def item_figures(observations: Iterable[Observation], *, worth: float = 1.0) -> ItemFigures:
    """The figures of a question worth `worth` points, from who earned what in it. Without observations all are None.

    Raises ValueError for a worth that is not above zero.
    """
    if worth <= 0:
        raise ValueError("A question is worth something.")
    seen = [one for one in observations if one.times]
    count = sum(one.times for one in seen)
    if not count:
        return ItemFigures(0)
    mean = fsum(one.mark * one.times for one in seen) / count
    if count < 2:
        return ItemFigures(count, mean / worth)
    rest_mean = fsum(one.rest * one.times for one in seen) / count
    variance = fsum((one.mark - mean) ** 2 * one.times for one in seen) / (count - 1)
    rest_variance = fsum((one.rest - rest_mean) ** 2 * one.times for one in seen) / (count - 1)
    covariance = fsum((one.mark - mean) * (one.rest - rest_mean) * one.times for one in seen) / (count - 1)
    most = fsum(
        (mark - mean) * (rest - rest_mean) * times
        for mark, rest, times in _side_by_side(
            sorted((one.mark, one.times) for one in seen), sorted((one.rest, one.times) for one in seen)
        )
    ) / (count - 1)
    spread = variance * rest_variance
    varies = variance > NOTHING and rest_variance > NOTHING
    return ItemFigures(
        attempts=count,
        facility=mean / worth,
        deviation=sqrt(variance) / worth,
        variance=variance,
        discrimination=max(-1.0, min(1.0, covariance / sqrt(spread))) if varies else None,
        efficiency=min(1.0, covariance / most) if varies and most > NOTHING else None,
        covariance_with_score=covariance + variance,
    )


def _side_by_side(marks: list[tuple[float, int]], rests: list[tuple[float, int]]) -> Iterator[tuple[float, float, int]]:
    """Two sorted lists of counted values as pairs: the lowest mark beside the lowest rest, and so on."""
    others = iter(rests)
    rest, left = next(others)
    for mark, times in marks:
        while times:
            taken = min(times, left)
            yield mark, rest, taken
            times, left = times - taken, left - taken
            if not left:
                rest, left = next(others, (0.0, 0))


def effective_weights(figures: Iterable[ItemFigures]) -> list[float | None]:
    """How much each question moves the score in truth, as shares of one (effective question weight).

    The square root of its covariance with the score, by the sum of all such roots. None where the covariance is below
    zero, which has no root and counts as nothing in the sum.
    """
    found = [one.covariance_with_score for one in figures]
    roots = [sqrt(one) if one is not None and one >= 0 else None for one in found]
    whole = fsum(root or 0.0 for root in roots)
    return [root / whole if root is not None and whole > NOTHING else None for root in roots]

"""From the points jurors give to one result for each entry, and to the list of those to talk about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from django.utils.translation import gettext_lazy

MEDIAN, MEAN, TRIMMED = "median", "mean", "trimmed"
COMBINE_LABELS = {
    MEDIAN: gettext_lazy("the median of the jurors"),
    MEAN: gettext_lazy("the mean of the jurors"),
    TRIMMED: gettext_lazy("the mean without the highest and the lowest"),
}
# Fewer jurors than this leave nothing when the highest and the lowest are dropped.
TRIM_FROM = 3
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Criterion:
    """A line of a rubric: `weight` in percent of the whole, `top` the most points."""

    key: str
    weight: Decimal
    top: Decimal


def rounded(number: Decimal) -> Decimal:
    """To hundredths, halves upwards, as one does on paper."""
    return number.quantize(HUNDREDTH, rounding=ROUND_HALF_UP)


def total_of(points: Mapping[str, Decimal], criteria: Sequence[Criterion]) -> Decimal | None:
    """What one juror gave, from 0 to 100 by the weights; None while a criterion has no points."""
    if any(one.key not in points for one in criteria) or not criteria:
        return None
    whole = sum((one.weight for one in criteria), Decimal(0))
    return rounded(sum((one.weight * points[one.key] / one.top for one in criteria), Decimal(0)) * 100 / whole)


def combine(totals: Sequence[Decimal], how: str = MEDIAN) -> Decimal | None:
    """One number of the totals of several jurors; None of none. `trimmed` drops one at each end from three jurors on."""
    if not totals:
        return None
    if how == MEDIAN:
        return rounded(Decimal(median(totals)))
    counted = sorted(totals)
    if how == TRIMMED and len(counted) >= TRIM_FROM:
        counted = counted[1:-1]
    return rounded(sum(counted, Decimal(0)) / len(counted))


def spread_of(totals: Sequence[Decimal]) -> Decimal:
    """How far the highest and the lowest juror are apart, in points of a hundred."""
    return max(totals) - min(totals) if totals else Decimal(0)


def at_the_line(results: Sequence[tuple[str, Decimal]], places: Sequence[int]) -> set[str]:
    """Entries that have the same result on both sides of a prize's line, so that somebody must say who is first.

    `places` are how many prizes of each kind there are, in their order.
    """
    ordered = sorted(results, key=lambda one: -one[1])
    found: set[str] = set()
    line = 0
    for count in places:
        line += count
        if 0 < line < len(ordered) and ordered[line - 1][1] == ordered[line][1]:
            found |= {key for key, result in ordered if result == ordered[line][1]}
    return found

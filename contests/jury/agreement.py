"""How far jurors agree: Krippendorff's alpha for points (interval data), which bears jurors who saw only some entries.

Krippendorff, «Computing Krippendorff's Alpha-Reliability», 2011, D. Interval data.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext_lazy

# Krippendorff's own limits: below the lower one no conclusion holds, from the upper one it may be relied on.
TENTATIVE, RELIABLE = 0.667, 0.8
WORDS = {
    "": gettext_lazy("not enough scores yet"),
    "low": gettext_lazy("low: talk about the rubric before the results are fixed"),
    "fair": gettext_lazy("fair: look at the works on the list of disputes"),
    "good": gettext_lazy("good"),
}


def alpha(entries: Iterable[Sequence[Decimal | float]]) -> float | None:
    """1: all agree; 0: as by chance; below: worse. Each item holds what the jurors of one entry gave.

    None where fewer than two entries have two scores, or where nothing differs, so that there is nothing to agree on.
    """
    units = [[float(value) for value in one] for one in entries]
    units = [one for one in units if len(one) > 1]
    values = [value for one in units for value in one]
    if len(units) < 2:
        return None
    expected = _squares(values) / (len(values) - 1)
    if not expected:
        return None
    observed = sum(_squares(one) / (len(one) - 1) for one in units)
    return 1 - observed / expected


def _squares(values: Sequence[float]) -> float:
    """The sum of the squared differences of all pairs, each pair both ways, in one pass around the mean."""
    mean = sum(values) / len(values)
    return 2 * len(values) * sum((value - mean) ** 2 for value in values)


def verdict(figure: float | None) -> str:
    """A key of WORDS."""
    if figure is None:
        return ""
    return "low" if figure < TENTATIVE else "fair" if figure < RELIABLE else "good"


def lean_of(given: Iterable[tuple[str, str, Decimal]]) -> dict[str, Decimal]:
    """{juror: by how much they gave more or less than the others on the same entries}, of (entry, juror, total).

    Only entries with a second juror count. A figure for people to look at: nothing is corrected by it.
    """
    by_entry: dict[str, list[tuple[str, Decimal]]] = {}
    for entry, juror, total in given:
        by_entry.setdefault(entry, []).append((juror, total))
    apart: dict[str, list[Decimal]] = {}
    for rows in by_entry.values():
        if len(rows) < 2:
            continue
        whole = sum((total for _juror, total in rows), Decimal(0))
        for juror, total in rows:
            apart.setdefault(juror, []).append(total - (whole - total) / (len(rows) - 1))
    return {juror: sum(values, Decimal(0)) / len(values) for juror, values in apart.items()}

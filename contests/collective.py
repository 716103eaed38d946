"""Ranking of schools: participation against the frozen roll, and points converted from what their pupils won. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal

from contests.rules import Collective

CENT = Decimal("0.01")


@dataclass(frozen=True)
class SchoolFigures:
    """What is known of one school. `roll` is None where nobody has frozen one: then there is no rate."""

    key: str
    name: str
    entrants: int
    roll: int | None
    points: int
    score_sum: Decimal = Decimal(0)

    @property
    def rate(self) -> Decimal | None:
        """Participation in percent, at most 100: a roll is of one day, pupils come later."""
        if not self.roll:
            return None
        return min(Decimal(100), (Decimal(self.entrants * 100) / self.roll)).quantize(CENT, ROUND_HALF_UP)

    @property
    def average(self) -> Decimal:
        return (self.score_sum / self.entrants).quantize(CENT, ROUND_HALF_UP) if self.entrants else Decimal(0)

    @property
    def total(self) -> Decimal | None:
        return None if self.rate is None else self.rate + self.points


def rank_schools(figures: Iterable[SchoolFigures], rules: Collective) -> list[dict]:
    """Schools with their rank, equal ones sharing it; `rank` is None and `why` says so where data is missing or too few
    entered. Needs a roll only where the rules rank by rate or total.
    """
    needs_roll = bool({"rate", "total"} & set(rules.order))
    ranked, left = [], []
    for one in figures:
        if one.entrants < rules.min_entrants:
            left.append((one, "few"))
        elif needs_roll and one.rate is None:
            left.append((one, "no_roll"))
        else:
            ranked.append(one)
    ranked.sort(key=lambda one: ([-getattr(one, key) for key in rules.order], one.name, one.key))
    rows: list[dict] = []
    for place, one in enumerate(ranked, 1):
        same = place > 1 and all(getattr(one, key) == getattr(ranked[place - 2], key) for key in rules.order)
        rows.append(_row(one, rows[-1]["rank"] if same else place, ""))
    return rows + [_row(one, None, why) for one, why in sorted(left, key=lambda pair: (pair[0].name, pair[0].key))]


def _row(one: SchoolFigures, rank: int | None, why: str) -> dict:
    values: Mapping = asdict(one)
    return {
        "rank": rank,
        "why": why,
        "key": values["key"],
        "name": values["name"],
        "entrants": one.entrants,
        "roll": one.roll,
        "points": one.points,
        "rate": None if one.rate is None else str(one.rate),
        "average": str(one.average),
        "total": None if one.total is None else str(one.total),
    }

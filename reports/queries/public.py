"""What anybody may see of the coverage: the province, by commune and by level, with nobody to be picked out.

A group of one to four people is not shown: neither the reached nor those still missing, who are the roll less the reached. A
group that could be worked out from the shown ones is not shown either (complementary suppression), whichever way: as the rest
of a sum, by the narrow range a sum leaves, or by putting the two tables side by side. Which of the hidden groups are the
small ones is not told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from reports.queries.coverage import FEWEST_SHOWN, Figures, Ledger, Line
from reports.queries.tables import Column, Row, Table

Cell = tuple[str, str]
# Any large prime: whether a sum follows from others is asked in whole numbers modulo this one.
PRIME = (1 << 61) - 1


@dataclass(frozen=True)
class Group:
    """People of one line of a public table: the cells (commune, level) they are of."""

    table: str
    key: str
    cells: frozenset[Cell]
    roll: int
    reached: int

    @property
    def missing(self) -> int:
        return self.roll - self.reached

    @property
    def is_small(self) -> bool:
        """Few enough to be picked out; nobody at all is no group."""
        return any(0 < number < FEWEST_SHOWN for number in (self.roll, self.reached, self.missing))

    @property
    def is_told(self) -> bool:
        """Whether nobody or everybody was reached: then so it is for every cell of the group."""
        return self.reached in {0, self.roll}


@dataclass(frozen=True)
class PublicCoverage:
    school_year: str
    roll_on: object
    taken_at: datetime
    total: Figures | None
    """None where there is no roll, or too few people to tell anything."""
    lines: list[Line]
    tables: list[Table]
    hidden: int


def public_coverage(ledger: Ledger) -> PublicCoverage:
    """The public part of the ledger of the province; no query of its own."""
    whole = _group("total", "", ledger.cells, ledger.cells)
    groups = [
        _group(table, one.key, ledger.cells, [cell for cell in ledger.cells if cell[place] == one.key])
        for table, place, figures in (("units", 0, ledger.units), ("levels", 1, ledger.levels))
        for one in figures
    ]
    hidden = set(groups) if not _may_show(whole) else withheld(groups, whole)
    shown_total = ledger.total if _may_show(whole) else None
    tables = []
    for key, title, first, note, figures in (
        ("units", _("By commune"), _("Commune or ward"), _("Share of the pupils of each commune who were reached."),
         ledger.units),
        ("levels", _("By level"), _("Level"), _("Share of the pupils of each level who were reached."), ledger.levels),
    ):  # fmt: skip
        away = {group.key for group in hidden if group.table == key}
        if figures and shown_total and len(away) < len(figures):
            tables.append(_table(key, title, first, note, figures, away))
    return PublicCoverage(
        school_year=ledger.school_year.code,
        roll_on=ledger.roll_on,
        taken_at=ledger.taken_at,
        total=shown_total,
        lines=[line for line in ledger.lines if shown_total],
        tables=tables,
        hidden=len(hidden),
    )


def _group(table: str, key: str, cells: dict[Cell, tuple[int, int]], of: Iterable[Cell]) -> Group:
    of = frozenset(of)
    return Group(table, key, of, sum(cells[one][0] for one in of), sum(cells[one][1] for one in of))


def _may_show(whole: Group) -> bool:
    return bool(whole.roll) and not whole.is_small and whole.reached <= whole.roll


def _table(key: str, title: str, first: str, note: str, figures: list[Figures], away: set[str]) -> Table:
    columns = [
        Column("name", first, "text"),
        Column("roll", _("Roll")),
        Column("reached", _("Reached")),
        Column("share", _("Share of the roll"), "percent"),
    ]
    rows = []
    for one in figures:
        if one.key in away:
            rows.append(Row(one.key, [one.label, None, None, None]))
        else:
            rows.append(Row(one.key, [one.label, one.roll, one.reached, one.share()], one.share(), one.is_over))
    return Table(key, title, note, columns, rows)


def withheld(groups: list[Group], whole: Group) -> set[Group]:
    """Which groups are not shown beside the shown total: the small ones, and as many more as it takes to keep them hidden.

    The smallest possible is hidden more, one at a time; in the end it may be all of a table.
    """
    small = {group for group in groups if group.is_small or group.reached > group.roll}
    hidden = set(small)
    while exposed := _exposed(groups, whole, small, hidden):
        more = [group for group in groups if group not in hidden and group.table == exposed.table] or [
            group for group in groups if group not in hidden
        ]
        if not more:
            break
        # A group of nobody hides nothing: its figure is plain from outside.
        hidden.add(min(more, key=lambda group: (group.is_told, group.reached, group.key)))
    return hidden


def _exposed(groups: list[Group], whole: Group, small: set[Group], hidden: set[Group]) -> Group | None:
    """A small group that can be worked out from what is shown, or nearly."""
    for table in ("units", "levels"):
        away = [group for group in groups if group.table == table and group in hidden]
        for group in away:
            if group in small and _is_narrow(group, away):
                return group
    seen = [group for group in groups if group not in hidden]
    known = frozenset().union(*(group.cells for group in seen if group.is_told)) if seen else frozenset()
    span = _Span([group.cells - known for group in [*seen, whole]])
    return next((group for group in groups if group in small and span.holds(group.cells - known)), None)


def _is_narrow(group: Group, away: list[Group]) -> bool:
    """Whether the sum of the hidden lines of a table leaves a hidden one only a few values.

    The reader is taken to know every roll, and that where somebody was reached it is one at least.
    """
    rest = sum(one.reached for one in away)
    others = [one for one in away if one is not group]
    least = max(0, rest - sum(one.roll for one in others))
    most = min(group.roll, rest - sum(min(1, one.reached) for one in others))
    return most - least < min(FEWEST_SHOWN, group.roll) - 1 or not others


class _Span:
    """All sums that follow from the shown ones: by elimination over the cells, in sparse rows."""

    def __init__(self, sums: Iterable[frozenset[Cell]]):
        self.rows: dict[Cell, dict[Cell, int]] = {}
        for one in sums:
            row = self._reduced(dict.fromkeys(one, 1))
            if row:
                lead = min(row)
                inverse = pow(row[lead], -1, PRIME)
                self.rows[lead] = {cell: value * inverse % PRIME for cell, value in row.items()}

    def _reduced(self, row: dict[Cell, int]) -> dict[Cell, int]:
        while lead := next((cell for cell in sorted(row) if cell in self.rows), None):
            factor = row[lead]
            for cell, value in self.rows[lead].items():
                left = (row.get(cell, 0) - factor * value) % PRIME
                if left:
                    row[cell] = left
                else:
                    row.pop(cell, None)
        return row

    def holds(self, cells: frozenset[Cell]) -> bool:
        return not self._reduced(dict.fromkeys(cells, 1))

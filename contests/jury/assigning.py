"""Who scores what: so many jurors for each entry, nobody with a conflict of interest, the load as even as can be.

Each place is filled along a path of exchanges that ends at the least loaded juror it can reach. For a load that is counted
per juror this is the cheapest augmenting path of a flow with convex costs, so after every step no other assignment of the
same entries has a smaller sum of squared loads (Harvey, Ladner, Lovász and Tamir, «Semi-matchings for bipartite graphs and
load balancing», 2006). Where no conflict stands in the way the loads therefore differ by one at most.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass
class Assigned:
    """`new` are the pairs (entry, juror) to add; `short` says of how many jurors an entry is short."""

    new: list[tuple[Hashable, Hashable]] = field(default_factory=list)
    short: dict[Hashable, int] = field(default_factory=dict)
    loads: dict[Hashable, int] = field(default_factory=dict)


def _lot(seed: str, *names: Hashable) -> str:
    return sha256(":".join([seed, *map(str, names)]).encode()).hexdigest()


def assign(
    *,
    entries: Sequence[Hashable],
    jurors: Sequence[Hashable],
    barred: Iterable[tuple[Hashable, Hashable]] = (),
    wanted: int | None = 3,
    held: Iterable[tuple[Hashable, Hashable]] = (),
    most: Mapping[Hashable, int] | None = None,
    seed: str = "",
) -> Assigned:
    """Pairs to add so that every entry has `wanted` jurors (None: every juror who may).

    `barred` pairs are never made. `held` pairs stand: they count as load and are not taken back. `most` caps the load of a
    juror. `seed` decides among equals, so that who drew up the lists cannot be said to have chosen.
    """
    work = _Board(entries, jurors, set(barred), set(held), most or {}, seed)
    for entry in sorted(entries, key=lambda one: (len(work.allowed[one]), _lot(seed, one))):
        places = len(work.allowed[entry]) if wanted is None else wanted - work.standing[entry]
        for place in range(places):
            if not work.fill(entry):
                work.found.short[entry] = places - place
                break
    work.found.new = [(entry, juror) for entry in entries for juror in jurors if juror in work.chosen[entry]]
    work.found.loads = work.loads
    return work.found


class _Board:
    def __init__(self, entries, jurors, barred, held, most, seed):
        self.seed, self.most, self.found = seed, most, Assigned()
        self.loads = dict.fromkeys(jurors, 0)
        self.standing = dict.fromkeys(entries, 0)
        for entry, juror in held:
            if juror in self.loads:
                self.loads[juror] += 1
            if entry in self.standing:
                self.standing[entry] += 1
        # In an order of its own for each entry: equals are told apart by lot, not by the alphabet.
        self.allowed = {
            entry: sorted(
                (one for one in jurors if (entry, one) not in barred and (entry, one) not in held),
                key=lambda one: _lot(seed, entry, one),
            )
            for entry in entries
        }
        self.chosen: dict[Hashable, set] = {entry: set() for entry in entries}
        self.of: dict[Hashable, set] = {juror: set() for juror in jurors}

    def fill(self, entry) -> bool:
        """One more juror for `entry`, by exchanges where that is fairer; False where nobody can be found."""
        end, came_from = self._cheapest(entry)
        if end is None:
            return False
        self.loads[end] += 1
        juror = end
        while True:
            before, via = came_from[juror]
            self.chosen[via].add(juror)
            self.of[juror].add(via)
            if before is None:
                return True
            self.chosen[via].discard(before)
            self.of[before].discard(via)
            juror = before

    def _cheapest(self, entry):
        """The least loaded juror that can be reached, and for each juror seen (whom it relieves, of which entry)."""
        came_from = {one: (None, entry) for one in self.allowed[entry] if one not in self.chosen[entry]}
        waiting, best = deque(came_from), None
        floor = min((load for one, load in self.loads.items() if load < self.most.get(one, load + 1)), default=None)
        while waiting:
            juror = waiting.popleft()
            has_room = self.loads[juror] < self.most.get(juror, self.loads[juror] + 1)
            if has_room and (best is None or self.loads[juror] < self.loads[best]):
                best = juror
                if self.loads[best] == floor:
                    break
            for other in sorted(self.of[juror], key=lambda one: _lot(self.seed, one)) if self.of[juror] else ():
                for one in self.allowed[other]:
                    if one not in came_from and one not in self.chosen[other]:
                        came_from[one] = (juror, other)
                        waiting.append(one)
        return best, came_from

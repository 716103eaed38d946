"""What has been found, counted by what it is and for whom, and narrowed by that."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cms.search.shelf import AUDIO, Shelf

FACETS = ("format", "audience", "topic", "level", "audio", "voice")


@dataclass(frozen=True)
class Counted:
    """`counts` of a facet are those of what the other choices leave: each is what a reader gets who chooses it.

    `without` says how many there would be if a facet's choice were given up; facets whose choice costs nothing are not
    in it.
    """

    total: int
    counts: Mapping[str, Counter[str]]
    without: Mapping[str, int]


def narrowed(known: Shelf, found: int, chosen: Mapping[str, str]) -> int:
    """The bits of `found` that have all that is chosen; an empty code asks for nothing."""
    for facet, code in chosen.items():
        if code:
            found &= known.having(facet, AUDIO if facet == "audio" else code)
    return found


def count(known: Shelf, found: int, chosen: Mapping[str, str]) -> tuple[int, Counted]:
    """Those of `found` that have all that is chosen, and the counts."""
    kept = narrowed(known, found, chosen)
    total = kept.bit_count()
    counts, without = {}, {}
    for facet in FACETS:
        others = narrowed(known, found, {**chosen, facet: ""}) if chosen.get(facet) else kept
        if (number := others.bit_count()) > total:
            without[facet] = number
        counted = Counter({code: (others & bits).bit_count() for code, bits in known.codes(facet)})
        counts[facet] = +counted
    return kept, Counted(total, counts, without)

"""What has been found, counted by what it is and for whom, and narrowed by that."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from cms.models import SearchEntry

# What an address says for "can be listened to".
AUDIO = "1"


# Columns of an entry that are counted; codes stand between blanks.
FACTS = ("format", "audiences", "topics", "levels", "voices", "has_audio")
# (id, *FACTS) of an entry: plain, for there are thousands of them.
Row = tuple[int, str, str, str, str, str, bool]


# Facet → where its codes stand in a row.
_PLACES = {"format": 1, "audience": 2, "topic": 3, "level": 4, "audio": 6, "voice": 5}
FACETS = tuple(_PLACES)


@dataclass(frozen=True)
class Counted:
    """`counts` of a facet are those of what the other choices leave: each is what a reader gets who chooses it.

    `without` says how many there would be if a facet's choice were given up; facets whose choice costs nothing are not
    in it.
    """

    total: int
    counts: Mapping[str, Counter[str]]
    without: Mapping[str, int]


def rows_of(found: QuerySet[SearchEntry]) -> list[Row]:
    return list(found.values_list("pk", *FACTS))


def narrow(found: QuerySet[SearchEntry], chosen: Mapping[str, str]) -> QuerySet[SearchEntry]:
    """`found` narrowed in the database; `chosen` maps a facet to a code, an empty one asks for nothing."""
    for facet, code in chosen.items():
        if not code:
            continue
        if facet == "format":
            found = found.filter(format=code)
        elif facet == "audio":
            found = found.filter(has_audio=True)
        else:
            found = found.filter(**{f"{FACTS[_PLACES[facet] - 1]}__contains": f" {code} "})
    return found


def count(rows: list[Row], chosen: Mapping[str, str]) -> tuple[list[Row], Counted]:
    """Those of `rows` that have all that is chosen, in their order, and the counts."""
    asked = [(facet, _PLACES[facet], code) for facet, code in chosen.items() if code]
    kept: list[Row] = []
    lacking: dict[str, list[Row]] = {}
    for row in rows:
        missed = [facet for facet, place, code in asked if not _has(row[place], facet, code)]
        if not missed:
            kept.append(row)
        elif len(missed) == 1:
            lacking.setdefault(missed[0], []).append(row)
    counts = {facet: _counted(facet, kept + lacking.get(facet, [])) for facet in FACETS}
    return kept, Counted(len(kept), counts, {facet: len(kept) + len(more) for facet, more in lacking.items()})


def _has(value: int | str, facet: str, code: str) -> bool:
    if not isinstance(value, str):
        return bool(value)
    return value == code if facet == "format" else f" {code} " in value


def _counted(facet: str, rows: list[Row]) -> Counter[str]:
    """Code → in how many rows it stands. The same list of codes stands in many: it is taken apart once."""
    place = _PLACES[facet]
    found: Counter[str] = Counter()
    for value, number in Counter([row[place] for row in rows]).items():
        codes = value.split() if isinstance(value, str) else [AUDIO] * bool(value)
        for code in codes:
            found[code] += number
    return found

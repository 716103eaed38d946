"""What has been found, counted by what it is and for whom, and narrowed by that."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import QuerySet

from cms.models import SearchEntry

# What an address says for "can be listened to".
AUDIO = "1"


class Facts(NamedTuple):
    """Columns of a SearchEntry; codes stand between blanks."""

    format: str
    audiences: str
    topics: str
    levels: str
    voices: str
    has_audio: bool

    def codes(self) -> dict[str, list[str]]:
        """Facet → the codes this counts under."""
        return {
            "format": [self.format],
            "audience": self.audiences.split(),
            "topic": self.topics.split(),
            "level": self.levels.split(),
            "audio": [AUDIO] if self.has_audio else [],
            "voice": self.voices.split(),
        }


class Row(NamedTuple):
    pk: int
    facts: Facts


FACETS = tuple(Facts("", "", "", "", "", False).codes())
_COLUMNS = {"audience": "audiences", "topic": "topics", "level": "levels", "voice": "voices"}


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
    return [Row(pk, Facts(*facts)) for pk, *facts in found.values_list("pk", *Facts._fields)]


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
            found = found.filter(**{f"{_COLUMNS[facet]}__contains": f" {code} "})
    return found


def count(rows: Iterable[Row], chosen: Mapping[str, str]) -> tuple[list[Row], Counted]:
    """Those of `rows` that have all that is chosen, in their order, and the counts."""
    rows = list(rows)
    alike = Counter(row.facts for row in rows)
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    without: Counter[str] = Counter()
    kept, total = set(), 0
    for facts, number in alike.items():
        codes = facts.codes()
        lacking = [facet for facet, code in chosen.items() if code and code not in codes[facet]]
        if len(lacking) > 1:
            continue
        if lacking:
            without[lacking[0]] += number
        else:
            kept.add(facts)
            total += number
        for facet in lacking or FACETS:
            for code in codes[facet]:
                counts[facet][code] += number
    gained = {facet: total + number for facet, number in without.items()}
    return [row for row in rows if row.facts in kept], Counted(total, counts, gained)

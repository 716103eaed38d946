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


def _codes(facts: tuple) -> dict[str, list[str]]:
    """Facet → the codes something with these facts counts under."""
    format, audiences, topics, levels, voices, has_audio = facts
    return {
        "format": [format],
        "audience": audiences.split(),
        "topic": topics.split(),
        "level": levels.split(),
        "audio": [AUDIO] if has_audio else [],
        "voice": voices.split(),
    }


FACETS = ("format", "audience", "topic", "level", "audio", "voice")
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
            found = found.filter(**{f"{_COLUMNS[facet]}__contains": f" {code} "})
    return found


def count(rows: list[Row], chosen: Mapping[str, str]) -> tuple[list[Row], Counted]:
    """Those of `rows` that have all that is chosen, in their order, and the counts."""
    alike = Counter(row[1:] for row in rows)
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    without: Counter[str] = Counter()
    kept, total = set(), 0
    for facts, number in alike.items():
        codes = _codes(facts)
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
    return [row for row in rows if row[1:] in kept], Counted(total, counts, gained)

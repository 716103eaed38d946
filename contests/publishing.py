"""What is published of a ranking: a table and the rules it was made by, from which anybody can compute it again."""

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from cms.text.cells import safe
from contests.ranking import Ranked, value_of
from contests.rules import NAMED, Rules

COLUMNS = (
    "rank",
    "entrant",
    "unit",
    "score",
    "prediction",
    "prediction_error",
    "duration_ms",
    "submitted_at",
    "draw",
    "attempt",
)

MORE = ("round", "mean", "criterion")
# Only in a table of several categories, each of which is ranked by itself.
CATEGORY = "category"


def stamp(moment: datetime) -> str:
    """UTC with milliseconds: sorts as text as it does as time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(number: Decimal) -> str:
    """7 or 7.25, without noughts at the end."""
    return f"{number.normalize():f}" if number else "0"


def table_of(ranked: Sequence[Ranked], rules: Rules) -> bytes:
    """`ranking.csv`, UTF-8 with BOM; one row a ranked attempt. Columns of `MORE`, and of criteria by
    name, at the end only where they rank; `category` where the ranks begin anew with each.
    """
    ranked_by = [key for key, _direction in rules.order]
    more = [one for one in MORE if one in ranked_by] + [key for key in ranked_by if NAMED.fullmatch(key)]
    if any(one.row.category for one in ranked):
        more.append(CATEGORY)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *more])
    for one in ranked:
        row = one.row
        cells = [
            one.rank,
            safe(row.entrant),
            safe(row.unit),
            plain(row.score),
            "" if row.prediction is None else row.prediction,
            "" if one.prediction_error is None else one.prediction_error,
            row.duration_ms,
            stamp(row.submitted_at),
            one.draw,
            row.attempt,
        ]
        writer.writerow([*cells, *("" if (value := value_of(row, one)) is None else value for one in more)])
    return stream.getvalue().encode("utf-8-sig")


def rules_document(*, version: int, rules: Rules, valid_entrants: int, actual: int | None, seed: str) -> bytes:
    """`rules.json`: all that decided besides the rows."""
    document = {
        "version": version,
        "valid_entrants": valid_entrants,
        "actual": actual,
        "seed": seed,
        "order": [list(pair) for pair in rules.order],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()

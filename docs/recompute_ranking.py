#!/usr/bin/env python3
"""Check a published ranking with nothing but Python: recompute_ranking.py ranking.csv rules.json

Sorts the rows by the order in rules.json (what is missing stands last), gives equal rows the same rank and compares.
Each "category" is ranked by itself. Checks each guess against the actual number, and each lot: the first 12 hex digits of SHA-256 of "seed:attempt".
"""

import csv
import hashlib
import json
import sys
from decimal import Decimal
from pathlib import Path


def value(row, column):
    if row[column] == "":
        return None
    return row[column] if column == "submitted_at" else Decimal(row[column])


def key(row, order):
    found = [(value(row, column), direction) for column, direction in order]
    # A moment is text that sorts as time does; its digits are a number.
    found = [(Decimal("".join(filter(str.isdigit, one))) if isinstance(one, str) else one, way) for one, way in found]
    found = [(one is None, 0 if one is None else -one if way == "desc" else one) for one, way in found]
    return [row.get("category", ""), *found]


def main(table, rules):
    rows = list(csv.DictReader(Path(table).read_text(encoding="utf-8-sig").splitlines()))
    rules = json.loads(Path(rules).read_text(encoding="utf-8"))
    entrants = {(row.get("category"), row["entrant"]) for row in rows}
    wrong = [] if len(entrants) == len(rows) else ["an entrant stands twice in the table"]
    place, rank, before = 0, 0, [None]
    for this, row in sorted(((key(row, rules["order"]), row) for row in rows), key=lambda pair: pair[0]):
        place = place + 1 if this[0] == before[0] else 1
        rank, before = rank if this == before else place, this
        guess, actual = value(row, "prediction"), rules["actual"]
        error = "" if guess is None or actual is None else str(abs(guess - actual))
        lot = int(hashlib.sha256(f"{rules['seed']}:{row['attempt']}".encode()).hexdigest()[:12], 16)
        for name, right in (("rank", str(rank)), ("prediction_error", error), ("draw", str(lot))):
            if row[name] != right:
                wrong.append(f"{row['entrant']}: {name} is {right}, not {row[name]}")
    print("\n".join(wrong) or f"OK: {len(rows)} rows ranked as published")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))

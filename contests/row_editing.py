"""Rows of a form that are added, moved and taken out by pressing, without a script: what was typed comes back in the new
order, and nothing is saved before the form is.
"""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

ACTIONS = {"up", "down", "remove", "add", "load", "copy", "anchor"}
# No form of the desk has more rows.
MOST = 40


def pressed(data: QueryDict | None) -> tuple[str, str] | None:
    """The action that was pressed and what it is about (`do=up:2`); None for the button that saves."""
    name, _colon, about = (data.get("do", "") if data is not None else "").partition(":")
    return (name, about) if name in ACTIONS else None


def typed_rows(data: QueryDict, prefix: str) -> list[dict[str, Any]]:
    """What was typed into each row of a formset, as it was sent."""
    total = data.get(f"{prefix}-TOTAL_FORMS", "0")
    count = min(int(total), MOST) if total.isascii() and total.isdigit() and len(total) < 4 else 0
    rows = []
    for place in range(count):
        lead = f"{prefix}-{place}-"
        rows.append({key[len(lead) :]: data[key] for key in data if key.startswith(lead)})
    return rows


def rearranged(rows: list[dict[str, Any]], action: str, about: str) -> tuple[list[dict[str, Any]], int]:
    """The rows after `up`, `down` or `remove` of the row with this number, and the number of the row to go on at."""
    place = int(about) if about.isascii() and about.isdigit() and len(about) < 4 else -1
    if not 0 <= place < len(rows):
        return rows, 0
    found = list(rows)
    if action == "remove":
        del found[place]
        return found, min(place, len(found) - 1)
    other = place + (1 if action == "down" else -1)
    if 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
        return found, other
    return found, place


def numbered(values: Mapping[str, Any], name: str) -> list[str]:
    """What was typed under name_0, name_1 … in one row."""
    found, place = [], 0
    while f"{name}_{place}" in values and place < MOST:
        found.append(str(values[f"{name}_{place}"]))
        place += 1
    return found

"""Letters of an address. Pure."""

import re
from collections.abc import Collection

from cms.text.folding import fold


def plain_slug(title: str) -> str:
    """Letters of an address for a title; may be empty."""
    return re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")


def free_key(title: str, taken: Collection[str], *, otherwise: str) -> str:
    """A key of at most 40 letters for a title, with a number behind it where it is taken."""
    plain = plain_slug(title)[:36].strip("-") or otherwise
    free, number = plain, 1
    while free in taken:
        number += 1
        free = f"{plain}-{number}"
    return free

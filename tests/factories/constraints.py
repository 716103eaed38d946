"""For tests of what a table refuses, whoever writes to it."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction


@contextmanager
def refused(constraint: str):
    """What is done inside must break the constraint of this name, and nothing else.

    SQLite names the columns of a broken uniqueness instead: then the test says them, as `table.column`.
    """
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


def once(name: str, *columns: str) -> str:
    """What either engine says of a uniqueness: its name, or its columns in order."""
    return rf"{name}|{', '.join(columns)}"

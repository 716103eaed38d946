"""A process remembers what may be quoted; each test begins with its own database."""

import pytest

from support.assistant import library


@pytest.fixture(autouse=True)
def _nothing_read():
    library.forget()

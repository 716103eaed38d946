"""Text that may stand in a cell of a table, without the library that writes tables: that one is large and rarely needed."""

import re

# How a spreadsheet tells that a text is a formula (contract.md: such cells are prefixed).
RUN = re.compile(r"^\s*[=+\-@\t\r]")
# Signs that .xlsx cannot hold.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe(value):
    """The value as it may stand in a cell: text that would be run begins with an apostrophe, and has no control signs."""
    if not isinstance(value, str):
        return value
    value = CONTROL.sub("", value)
    return f"'{value}" if RUN.match(value) else value

"""Pages that are not in the page tree."""

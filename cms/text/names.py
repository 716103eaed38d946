"""Vietnamese names: one field on the form, họ / đệm / tên derived, sorted by tên."""

from cms.text.folding import fold, normalize


def normalize_name(full_name: str) -> str:
    return normalize(full_name)


def sort_key(full_name: str) -> str:
    """A string whose plain order is the order of a Vietnamese class list."""
    words = fold(full_name).split()
    return " ".join(words[-1:] + words[:-1])

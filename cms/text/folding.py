"""Text as it is compared and searched: without accents, with đ as d (product.md §2.2)."""

import unicodedata


def normalize(text: str) -> str:
    """NFC, with runs of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Lower case without accents and with đ as d, for comparing and searching."""
    lowered = normalize(text).lower().replace("đ", "d")
    return "".join(c for c in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(c))

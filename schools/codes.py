"""Codes that people type: on cards and for joining a class. No 0, O, 1, I or L, which look alike on paper."""

from django.conf import settings
from django.utils.crypto import get_random_string, salted_hmac

ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CARD_LENGTH = 8
JOIN_LENGTH = 6


def new_card_code() -> str:
    return get_random_string(CARD_LENGTH, ALPHABET)


def new_join_code() -> str:
    return get_random_string(JOIN_LENGTH, ALPHABET)


def tidy_code(text: str) -> str:
    """What was meant by what was typed: upper case, without spaces and dashes."""
    return "".join(c for c in text.upper() if c.isalnum())


def show_code(code: str) -> str:
    """The code in groups of four (cards) or three (class codes), as it is printed."""
    size = 4 if len(code) == CARD_LENGTH else 3
    return " ".join(code[i : i + size] for i in range(0, len(code), size))


def card_hash(code: str, secret: str | None = None) -> str:
    """The keyed hash under which a card is stored; 64 hexadecimal digits."""
    return salted_hmac("schools.card", code, secret=secret, algorithm="sha256").hexdigest()


def card_hashes(code: str) -> list[str]:
    """The hashes of `code` under the present key and the former ones, so that a new SECRET_KEY keeps printed cards."""
    return [card_hash(code, secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


# Sign-in names that no school may give: whoever reads one must be able to trust that it is the site's own.
RESERVED_USERNAMES = frozenset(
    [
        "admin",
        "administrator",
        "anonymous",
        "guest",
        "ho.tro",
        "hotro",
        "postmaster",
        "quan.tri",
        "quantri",
        "quantrivien",
        "root",
        "security",
        "superuser",
        "support",
        "sysadmin",
        "system",
        "test",
        "webmaster",
    ]
)

"""Uploaded lists and files of refused rows in the private storage, and the choices made for them."""

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from schools.rosters.records import Choices
from schools.rosters.values import Order

FOLDER = "rosters"


def keep(raw: bytes, name: str) -> str:
    """Store bytes and return their key."""
    return storages["private"].save(f"{FOLDER}/{name}", ContentFile(raw))


def fetch(key: str) -> bytes:
    with storages["private"].open(key) as stored:
        return stored.read()


def erase(key: str) -> None:
    if key:
        storages["private"].delete(key)


def choices_from_json(options: dict) -> Choices:
    order = options.get("order")
    return Choices(
        century=options.get("century"),
        order=Order(order) if order else None,
        columns=options.get("columns", {}),
    )

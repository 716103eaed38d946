"""Short addresses: one for a page and one for each part of it that is printed, given once and kept for good."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string

from cms.models import HandbookPage, ShortAddress
from schools.codes import ALPHABET

TRIES = 6


def give_short_address(*, page_key: UUID, part: str = "") -> ShortAddress:
    """The short address of a page or of a part of it; made when there is none yet, so that asking twice is harmless."""
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                code = get_random_string(ShortAddress.LENGTH, ALPHABET)
                return ShortAddress.objects.get_or_create(page_key=page_key, part=part, defaults={"code": code})[0]
        except IntegrityError:
            # The code is taken; 28 million others are not.
            if not left:
                raise
    raise AssertionError


@transaction.atomic
def give_addresses_of_handbook(*, page: HandbookPage) -> dict[str, ShortAddress]:
    """Addresses of the handbook ("") and of each of its cards, by the card's id."""
    parts = ["", *(card.id for card in page.read())]
    found = {row.part: row for row in ShortAddress.objects.filter(page_key=page.translation_key, part__in=parts)}
    for part in parts:
        if part not in found:
            found[part] = give_short_address(page_key=page.translation_key, part=part)
    return found

"""What stands in a handbook, gathered once for every kind of file that is made of it."""

import base64
import io
from dataclasses import dataclass
from datetime import date, datetime

import segno
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail.images.models import Filter

from cms.cards import Card
from cms.models import HandbookPage
from cms.operations.short_addresses import give_addresses_of_handbook
from cms.pictures import spec
from cms.vocabulary.models import Procedure
from media.models import Picture
from media.problems import unavailable_as_problem
from schools.queries.addresses import absolute, qr_svg

# A card's picture on paper: 1080 pixels on 12 cm are 230 to the inch.
WIDTH = 1080
# Letters on a card that leave no room for a large picture, and none for large letters either.
FULL, CROWDED = 290, 380
SVG, JPEG = "image/svg+xml", "image/jpeg"


@dataclass(frozen=True)
class Drawing:
    """A picture in a form that e-books and print know."""

    data: bytes
    kind: str

    @property
    def ending(self) -> str:
        return "svg" if self.kind == SVG else "jpg"

    @property
    def in_place(self) -> str:
        """An address that holds the picture itself."""
        return f"data:{self.kind};base64,{base64.b64encode(self.data).decode()}"


def qr_file(address: str) -> bytes:
    """A QR code as a picture of its own."""
    stream = io.BytesIO()
    segno.make(address, error="m", micro=False).save(stream, kind="svg", border=2, omitsize=True)
    return stream.getvalue()


@dataclass(frozen=True)
class Leaf:
    """A card with what paper needs besides: its picture, its short address and the QR code that leads there."""

    card: Card
    drawing: Drawing | None
    address: str
    procedure: Procedure | None

    @property
    def room(self) -> str:
        """How much its text takes: the more, the smaller the picture (cms/static/books/paper.css)."""
        letters = len(self.card.words) + len(self.card.title)
        return (
            "crowded" if letters > CROWDED else "full" if letters > FULL or len(self.card.paragraphs) > 2 else "ample"
        )

    @property
    def shown_address(self) -> str:
        """As it is printed and typed: without «https://»."""
        return self.address.split("://", 1)[-1]

    @property
    def qr(self) -> SafeString:
        return qr_svg(self.address)


@dataclass(frozen=True)
class Book:
    page: HandbookPage
    language: str
    leaves: list[Leaf]
    cover: Drawing | None
    address: str
    modified: datetime

    @property
    def shown_address(self) -> str:
        return self.address.split("://", 1)[-1]

    @property
    def qr(self) -> SafeString:
        return qr_svg(self.address)

    @property
    def checked_on(self) -> date | None:
        return self.page.checked_on

    @property
    def sources(self) -> list[dict]:
        return [dict(one.value) for one in self.page.sources]


def book_of(page: HandbookPage) -> Book:
    """The published handbook as a book. Raises StorageUnavailable where its pictures cannot be fetched."""
    addresses = give_addresses_of_handbook(page=page)
    cards = page.read()
    codes = {card.procedure for card in cards if card.procedure}
    procedures = {p.code: p for p in Procedure.objects.filter(code__in=codes, locale_id=page.locale_id)}
    with unavailable_as_problem():
        return Book(
            page=page,
            language=page.language,
            leaves=[
                Leaf(
                    card,
                    drawing_of(card.picture),
                    absolute(addresses[card.id].path),
                    procedures.get(card.procedure),
                )
                for card in cards
            ],
            cover=drawing_of(page.cover),
            address=absolute(addresses[""].path),
            modified=page.last_published_at or timezone.now(),
        )


def drawing_of(picture: Picture | None) -> Drawing | None:
    """A vector as it is, anything else as a JPEG that is no wider than paper needs and knows nothing of the camera."""
    if picture is None:
        return None
    if picture.is_svg():
        with picture.file.open("rb") as file:
            return Drawing(file.read(), SVG)
    rendition = picture.get_rendition(Filter(spec=spec(WIDTH, "jpeg")))
    with rendition.file.open("rb") as file:
        return Drawing(file.read(), JPEG)

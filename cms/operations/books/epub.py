"""A handbook as an e-book: EPUB 3.3, one document a card, with what a screen reader is told of it.

What the parts must be: https://www.w3.org/TR/epub-33/ and https://www.w3.org/TR/epub-a11y-11/. `epubcheck` looks at the
result in tests/cms/books/test_epub.py.
"""

import io
import uuid
from datetime import UTC
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from cms.operations.books.content import Book, qr_file

CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
FOLDER = "cms/books/epub"


def make_epub(book: Book) -> bytes:
    """The bytes of the file. The same book gives the same bytes but for the moment kept inside."""
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as packed, override(book.language):
        # First and not compressed: readers tell the kind of file by it (OCF 4.3).
        packed.writestr("mimetype", "application/epub+zip", ZIP_STORED)
        packed.writestr("META-INF/container.xml", CONTAINER)
        packed.writestr("EPUB/style.css", Path(finders.find("books/epub.css")).read_text(encoding="utf-8"))
        pages = _pages(book)
        shown = {"book": book, "pages": pages, "identifier": identifier_of(book), "modified": _moment(book)}
        packed.writestr("EPUB/package.opf", render_to_string(f"{FOLDER}/package.html", shown))
        packed.writestr("EPUB/nav.xhtml", render_to_string(f"{FOLDER}/nav.html", shown))
        packed.writestr("EPUB/cover.xhtml", render_to_string(f"{FOLDER}/cover.html", shown))
        packed.writestr("EPUB/about.xhtml", render_to_string(f"{FOLDER}/about.html", shown))
        if book.cover:
            packed.writestr(f"EPUB/cover.{book.cover.ending}", book.cover.data)
        for page in pages:
            packed.writestr(f"EPUB/{page['name']}.xhtml", render_to_string(f"{FOLDER}/card.html", shown | page))
            packed.writestr(f"EPUB/{page['name']}-qr.svg", qr_file(page["leaf"].address))
            if drawing := page["leaf"].drawing:
                packed.writestr(f"EPUB/{page['name']}.{drawing.ending}", drawing.data)
    return stream.getvalue()


def identifier_of(book: Book) -> str:
    """One for the handbook in one language, the same in every edition (EPUB 3.3, release identifier)."""
    return f"urn:uuid:{uuid.uuid5(book.page.translation_key, book.language)}"


def _pages(book: Book) -> list[dict]:
    chapter = ""
    found = []
    for leaf in book.leaves:
        starts = leaf.card.chapter if leaf.card.chapter != chapter else ""
        chapter = leaf.card.chapter
        found.append({"leaf": leaf, "name": f"card-{leaf.card.number:02}", "chapter": starts})
    return found


def _moment(book: Book) -> str:
    """When this edition was published, in UTC and to the second, as the format wants it."""
    return book.modified.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""A handbook on paper: A5 to fold and hand out, A4 in large type to hang up or for weak eyes. One card a page.

Nothing reaches the edge of the sheet, so that any printer prints all of it; letters are embedded, and what a screen
reader needs is in the file (PDF/UA).
"""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.translation import override

from cms.operations.books.content import Book
from cms.pdf import EVERY_LETTER, laid_out

# Every measure of the sheet is in rem: A4 is A5 times the root of two.
SIZES = {"A5": 10.0, "A4": 14.14}
# Sheets are folded once: a booklet has a multiple of so many pages.
FOLD = 4


@dataclass(frozen=True)
class Paper:
    data: bytes
    pages: int


def make_pdf(book: Book, size: str) -> Paper:
    """The handbook as a PDF; `size` is A5 or A4. Raises NoPdf where Pango is missing."""
    style = f"@page{{size:{size}}}html{{font-size:{SIZES[size]}pt}}"
    with override(book.language):
        html = render_to_string("cms/books/paper.html", {"book": book})
        notes = render_to_string("cms/books/notes.html", {"book": book})
    document = laid_out(html, "books/paper.css", style=style, families=EVERY_LETTER)
    pages = list(document.pages)
    if size == "A5" and (lacking := -len(pages) % FOLD):
        blank = laid_out(notes, "books/paper.css", style=style, families=EVERY_LETTER).pages[0]
        # Before the last page, which is the back of the booklet.
        pages[-1:-1] = [blank] * lacking
    return Paper(document.copy(pages).write_pdf(pdf_variant="pdf/ua-1"), len(pages))

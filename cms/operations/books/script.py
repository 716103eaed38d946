"""The loudspeaker script of a handbook in Word: large, one card a page, with room to note when it was on air."""

import io

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from cms.operations.books.content import Book
from cms.text.lengths import length_of

# Syllables a calm reader speaks in a second; a card of 150 to 220 of them is on air for 60 to 90 seconds.
A_SECOND = 2.45
TYPE = 16


def make_script(book: Book) -> bytes:
    """The script as a .docx. A card without one is given with its own words."""
    # What makes Word files is large: no web process holds it before somebody asks.
    from docx.enum.text import WD_BREAK

    from cms.word import add_heading, add_line, new_document

    with override(book.language):
        document = new_document(title=book.page.title, language=book.language, margin=2.2)
        add_heading(document, book.page.title, 1, centred=True)
        add_line(document, _("Script for the loudspeaker"), centred=True, italic=True)
        add_line(document, f"{_('Newest version:')} {book.shown_address}", centred=True)
        for rule in (
            _("Read slowly. Stop for two seconds after each paragraph."),
            _("Say numbers one figure at a time. Read each card twice on one day."),
            _("Add nothing of your own. If you are asked about something else, name the help point of the commune."),
        ):
            add_line(document, f"– {rule}", size=13)
        for leaf in book.leaves:
            card = leaf.card
            lines = card.script_lines or [*(said.text for said in card.paragraphs), card.action]
            heading = add_heading(document, f"{card.number}. {card.title}", 2)
            if card.number > 1:
                heading.paragraph_format.page_break_before = True
            add_line(document, _length("\n".join(lines)), italic=True, size=12, keep=True)
            for line in lines:
                add_line(document, line, size=TYPE).paragraph_format.line_spacing = 1.3
            add_line(document, _("On air: day ……/……/………… at ……… · read by …………………………"), size=12)
        add_line(document).add_run().add_break(WD_BREAK.PAGE)
        add_heading(document, _("About this handbook"), 2)
        if book.checked_on:
            add_line(document, _("The facts were checked on %(day)s.") % {"day": f"{book.checked_on:%d/%m/%Y}"})
        if book.page.license:
            add_line(document, _("Licence: %(license)s") % {"license": book.page.license})
        for source in book.sources:
            add_line(document, f"– {source['title']}", size=11)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def seconds_of(text: str) -> int:
    """How long a calm reader takes, in seconds."""
    return round(length_of(text).count / A_SECOND)


def _length(text: str) -> str:
    seconds = seconds_of(text)
    return ngettext("About %(count)d second", "About %(count)d seconds", seconds) % {"count": seconds}

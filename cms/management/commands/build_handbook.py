"""`manage.py build_handbook`: one file of a published handbook, made here and now, into a file or another program."""

import hashlib
import time
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.jobs.console import Refused, ReportingCommand
from cms.models import HandbookFile, HandbookPage, SectionPage
from cms.operations.books.content import book_of
from cms.operations.books.making import make_file

Kind = HandbookFile.Kind
FORMATS = {"epub": Kind.EPUB, "pdf-a5": Kind.PDF_A5, "pdf-a4": Kind.PDF_A4, "audio-pack": Kind.AUDIO}


def _named(slug: str, language: str) -> HandbookPage | None:
    handbooks = HandbookPage.objects.live().filter(locale__language_code=language).select_related("locale")
    if page := handbooks.filter(slug=slug).first():
        return page
    section = SectionPage.objects.live().filter(slug=slug, locale__language_code=language).first()
    return handbooks.child_of(section).order_by("path").first() if section else None


class Command(ReportingCommand):
    help = "Make an e-book, a PDF or an audio pack of a published handbook."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("slug", help="the last part of the handbook's address, or of its section's: its first")
        parser.add_argument("--language", default="vi", help="language of the handbook (default: vi)")
        parser.add_argument("--format", required=True, choices=list(FORMATS), dest="kind")
        parser.add_argument("--output", required=True, type=Path, help="the file to write")

    def work(self, options):
        page = _named(options["slug"], options["language"].lower())
        if page is None:
            raise Refused(_("There is no published handbook “%(slug)s” in this language.") % {"slug": options["slug"]})
        started = time.monotonic()
        with override(page.language):
            data, facts = make_file(
                book_of(page), FORMATS[options["kind"]], told=lambda title: self.progress(0, 0, title)
            )
        try:
            options["output"].write_bytes(data)
        except OSError as error:
            raise Refused(str(error)) from error
        return {
            "output": str(options["output"]),
            "format": options["kind"],
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "seconds": round(time.monotonic() - started, 2),
            **facts,
        }

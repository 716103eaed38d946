"""Making a handbook's files: begun when it is published, carried out by a worker, offered when all are there."""

import hashlib
import time
from collections.abc import Callable
from functools import partial

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms.jobs.models import Job
from cms.jobs.operations import Progress, start_job
from cms.keeping import drop_kept_pages
from cms.models import HandbookFile, HandbookPage
from cms.operations.books.content import Book, book_of
from cms.text.folding import fold

BOOKS_JOB = "cms.handbook"
Kind = HandbookFile.Kind
ENDINGS = {Kind.EPUB: ".epub", Kind.PDF_A5: "-a5.pdf", Kind.PDF_A4: "-a4.pdf", Kind.AUDIO: "-phat-loa.zip"}


def make_file(book: Book, kind: str, *, told: Callable[[str], None] = lambda title: None) -> tuple[bytes, dict]:
    """One file of a handbook and what is said of it. Raises NoPdf, FileRefused, StorageUnavailable."""
    # Each of these brings a large library along, which only whoever makes the file should load.
    if kind == Kind.EPUB:
        from cms.operations.books.epub import make_epub

        return make_epub(book), {}
    if kind == Kind.AUDIO:
        from cms.operations.books.sound import make_pack

        pack = make_pack(book, told=told)
        return pack.data, {"tracks": pack.tracks, "missing": len(pack.missing)}
    from cms.operations.books.paper import make_pdf

    paper = make_pdf(book, "A5" if kind == Kind.PDF_A5 else "A4")
    return paper.data, {"pages": paper.pages}


@transaction.atomic
def request_files(*, page: HandbookPage, owner=None) -> Job | None:
    """Have the files of the published text made; None where nobody may read it without a key."""
    if not page.live or page.get_view_restrictions().exists():
        return None
    return start_job(kind=BOOKS_JOB, owner=owner, params={"page": page.pk, "revision": page.live_revision_id})


def make_files(progress: Progress) -> None:
    """The work of the job. Parameters: `page`, `revision`; where a newer text has been published, its own job does it."""
    job = progress.job
    page = HandbookPage.objects.filter(pk=job.params["page"]).select_related("locale").first()
    if page is None or not page.live or page.live_revision_id != job.params["revision"]:
        job.result = {"made": 0, "outdated": True}
        return
    total = len(Kind)
    made: dict[str, tuple[bytes, dict, float]] = {}
    with override(page.language):
        progress.say(done=0, total=total, doing=_("Gathering texts and pictures"))
        book = book_of(page)
        for number, kind in enumerate(Kind):
            tell = partial(_tell, progress, number, total, str(kind.label))
            tell()
            started = time.monotonic()
            data, facts = make_file(book, kind, told=tell)
            made[kind] = (data, facts, time.monotonic() - started)
    offer_files(page=page, revision_id=job.params["revision"], made=made)
    progress.say(done=total, total=total)
    job.result = {"made": len(made)}


def _tell(progress: Progress, done: int, total: int, label: str, title: str = "") -> None:
    progress.say(done=done, total=total, doing=f"{label}: {title}" if title else label)


def offer_files(*, page: HandbookPage, revision_id: int, made: dict[str, tuple[bytes, dict, float]]) -> None:
    """Store what was made and put it in the place of older files. Doing it again replaces them by the same."""
    store, name = storages["public"], slugify(fold(page.title))[:60] or "handbook"
    stored = {
        kind: store.save(f"handbooks/{page.pk}-{revision_id}/{name}{ENDINGS[Kind(kind)]}", ContentFile(data))
        for kind, (data, _facts, _seconds) in made.items()
    }
    with transaction.atomic():
        for kind, (data, facts, seconds) in made.items():
            older = HandbookFile.objects.select_for_update().filter(page=page, kind=kind).first()
            if older:
                _delete_later(older.name)
            HandbookFile.objects.update_or_create(
                page=page,
                kind=kind,
                defaults={
                    "revision_id": revision_id,
                    "name": stored[kind],
                    "size": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "facts": facts,
                    "seconds": round(seconds, 2),
                },
            )
        drop_kept_pages()


@transaction.atomic
def drop_files(*, page: HandbookPage) -> None:
    """Take a handbook's files away: what is not published is not to be had by an old address either."""
    for file in page.files.select_for_update():
        _delete_later(file.name)
    page.files.all().delete()
    drop_kept_pages()


def _delete_later(name: str) -> None:
    transaction.on_commit(lambda: storages["public"].delete(name), robust=True)

"""A handbook for the loudspeaker: one zip with the recordings as MP3, a play list, and the script in Word to be read out.

What has not been recorded is named, never made up: the script is there for whoever reads it live.
"""

import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from django.core.files.storage import storages
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from cms.cards import Card
from cms.operations.books.content import Book
from cms.operations.books.script import make_script
from cms.text.folding import fold
from cms.vocabulary.models import ContentLanguage
from media.models import Recording
from media.operations.sounds import write_mp3
from media.problems import unavailable_as_problem


@dataclass
class Pack:
    data: bytes = b""
    tracks: int = 0
    # Titles of cards that nobody has read aloud yet in the language of the handbook.
    missing: list[str] = field(default_factory=list)


def make_pack(book: Book, *, told: Callable[[str], None] = lambda title: None) -> Pack:
    """The pack as a zip. `told` hears the title of each card at which it is. Raises FileRefused, StorageUnavailable."""
    pack, stream = Pack(), io.BytesIO()
    with (
        ZipFile(stream, "w", ZIP_DEFLATED) as packed,
        tempfile.TemporaryDirectory() as folder,
        override(book.language),
    ):
        packed.writestr(pgettext("name of a file", "script") + ".docx", make_script(book))
        for tag in _languages(book):
            _add_language(packed, Path(folder), book, tag, pack, told)
        packed.writestr(pgettext("name of a file", "read-me-first") + ".txt", _read_me(book, pack))
    pack.data = stream.getvalue()
    return pack


def _languages(book: Book) -> list[str]:
    """That of the handbook first, then those its cards have something in."""
    return [book.language, *(tag for tag in book.page.wanted_languages if tag != book.language)]


def _add_language(packed: ZipFile, folder: Path, book: Book, tag: str, pack: Pack, told: Callable[[str], None]) -> None:
    own = tag == book.language
    cards = [leaf.card for leaf in book.leaves] if own else book.page.read(tag)
    listed = []
    for card in cards:
        # Its own language stands in for a voice where a card has none: there is a recording of that one already.
        if not card.is_asked or not card.sounds:
            if own:
                pack.missing.append(card.title)
            continue
        told(card.title)
        name = f"{card.number:02}-{slugify(fold(card.title))[:50]}.mp3"
        target = folder / f"{tag}-{name}"
        _record(card, target, folder, {**_tags(book, card, len(cards)), "language": tag})
        packed.write(target, f"{tag}/{name}", ZIP_STORED)
        listed.append((name, card))
    if listed:
        packed.writestr(f"{tag}/{slugify(fold(book.page.title))[:50]}.m3u8", _play_list(listed))
        pack.tracks += len(listed)


def _tags(book: Book, card: Card, count: int) -> dict[str, str]:
    return {
        "title": card.title,
        "album": book.page.title,
        "artist": "Học Dịch vụ công",
        "album_artist": "Học Dịch vụ công",
        "track": f"{card.number}/{count}",
        "date": str(book.modified.year),
        "genre": "Speech",
        "copyright": book.page.license,
        "comment": book.address,
    }


def _record(card: Card, target: Path, folder: Path, tags: dict[str, str]) -> None:
    """One MP3 of a card: its recording, or those of its paragraphs one after another."""
    sources = [_fetch(recording, folder, number) for number, recording in enumerate(card.sounds)]
    write_mp3(sources=sources, target=target, tags=tags)


def _fetch(recording: Recording, folder: Path, number: int) -> Path:
    """The MP3 made for readers where there is one, else the original."""
    copies = recording.copies or {}
    if (sound := copies.get("download")) and copies["prefix"].startswith("public/"):
        store, name = storages["public"], f"{copies['prefix'].removeprefix('public/')}/{sound['name']}"
    else:
        store, name = storages["private"], recording.file.name
    path = folder / f"source-{number}{Path(name).suffix}"
    with unavailable_as_problem(), store.open(name) as source, path.open("wb") as target:
        for piece in source.chunks():
            target.write(piece)
    return path


def _play_list(listed: list[tuple[str, Card]]) -> str:
    lines = ["#EXTM3U"]
    for name, card in listed:
        seconds = round(sum(recording.duration or 0 for recording in card.sounds)) or -1
        lines += [f"#EXTINF:{seconds},{card.number}. {card.title}", name]
    return "\n".join([*lines, ""])


def _read_me(book: Book, pack: Pack) -> str:
    """What is in the pack, what is missing, how to use it and under what licence; with Windows' line ends."""
    names = {row.tag: row.name_vi for row in ContentLanguage.objects.filter(tag__in=book.page.wanted_languages)}
    lines = [
        book.page.title,
        book.address,
        "",
        _("The script is the Word file: read it live, or play the recordings in the order of the list (.m3u8)."),
        _("Recordings in this pack: %(count)d") % {"count": pack.tracks},
    ]
    if pack.missing:
        lines += ["", _("Nobody has read these aloud yet. Read them live from the script:")]
        lines += [f"- {title}" for title in pack.missing]
    for slot in book.page.slots():
        if slot["needs"]:
            lines.append(f"- {names.get(slot['tag'], slot['autonym'])}: {', '.join(slot['needs'])}")
    if book.checked_on:
        lines += ["", _("The facts were checked on %(day)s.") % {"day": f"{book.checked_on:%d/%m/%Y}"}]
    if book.page.license:
        lines.append(_("Licence: %(license)s") % {"license": book.page.license})
    return "\ufeff" + "\r\n".join([*lines, ""])

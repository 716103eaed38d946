"""What goes into the pack of a page besides its words: documents, recordings with their captions, a handbook's files."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

from django.utils.text import slugify

from cms.models import ContentPage, HandbookFile, HandbookPage
from cms.pictures import VECTOR_SPEC, make_renditions, pictures_of, renditions_of, spec
from cms.text.folding import fold
from media import storage
from media.models import DocumentFile, Picture, Recording
from media.storage import Sink

# Of a picture's copies the one that comes along: the largest that every program opens.
BEST = (VECTOR_SPEC, spec(1080, "jpeg"), spec(720, "jpeg"), spec(360, "jpeg"))


@dataclass(frozen=True)
class Part:
    """One file of the pack. `mark` changes when its content does; `write` puts its bytes into an open file."""

    name: str
    mark: str
    write: Callable[[Sink], None]
    title: str = ""
    author: str = ""
    source: str = ""
    license: str = ""


def plain_name(name: str) -> str:
    """A file name that every system unpacks: the Vietnamese marks of a zip are a lottery on older phones."""
    path = PurePosixPath(name)
    return f"{slugify(fold(path.stem))[:60] or 'file'}{path.suffix.lower()}"


def parts_of(page: ContentPage) -> list[Part]:
    """The files of a page in the order of its text; a recording that has no checked copies yet stays out."""
    found = []
    for paper in getattr(page, "papers", []):
        found.append(_document(paper["document"], "-".join(filter(None, [paper["title"], paper["paper"]]))))
    for recording in _recordings(page):
        found += _recording(recording)
    if isinstance(page, HandbookPage):
        found += [_handbook_file(file) for file in HandbookFile.objects.current(page)]
    for block in page.body:
        if block.block_type == "download" and (document := block.value["document"]):
            found.append(_document(document, block.value["title"]))
    return _named_apart(found)


def _recordings(page: ContentPage) -> Iterator[Recording]:
    if recording := getattr(page, "recording", None):
        yield recording
    for block in page.body:
        if block.block_type in {"video", "audio"} and (recording := block.value["recording"]):
            yield recording


def _stored(key: str) -> Callable[[Sink], None]:
    return partial(_fetch, key)


def _fetch(key: str, file: Sink) -> None:
    storage.download(key=key, file=file)


def _text(text: str) -> Callable[[Sink], None]:
    return partial(_put, text.encode())


def _put(data: bytes, file: Sink) -> None:
    file.write(data)


def _credits(asset: DocumentFile | Recording | Picture) -> dict[str, str]:
    return {
        "title": asset.title,
        "author": asset.author,
        "source": asset.source,
        "license": asset.license,
    }


def _document(document: DocumentFile, title: str) -> Part:
    name = plain_name(f"{title}.{document.file_extension}" if title else document.filename)
    mark = f"{document.pk}:{document.file.name}"
    return Part(f"files/{name}", mark, _stored(f"private/{document.file.name}"), **_credits(document))


def _recording(recording: Recording) -> list[Part]:
    copies = recording.copies or {}
    held = copies.get("download") or copies.get("sound")
    if not held:
        return []
    key = f"{copies['prefix']}/{held['name']}"
    stem = PurePosixPath(plain_name(recording.title)).stem
    ending = PurePosixPath(held["name"]).suffix
    found = [Part(f"media/{stem}{ending}", key, _stored(key), **_credits(recording))]
    for language, text in sorted(recording.captions.items()):
        if text:
            found.append(Part(f"media/{stem}.{language}.vtt", text, _text(text)))
    for language, text in sorted((recording.transcripts or {}).items()):
        if text:
            found.append(Part(f"media/{stem}.{language}.txt", text, _text(text)))
    return found


def _handbook_file(file: HandbookFile) -> Part:
    return Part(
        f"files/{PurePosixPath(file.name).name}",
        file.sha256,
        _stored(f"public/{file.name}"),
        title=str(file.get_kind_display()),
    )


def _named_apart(parts: list[Part]) -> list[Part]:
    """The same asset once; two different ones with one name get a number."""
    found: dict[str, Part] = {}
    marks: set[str] = set()
    for part in parts:
        if part.mark in marks:
            continue
        marks.add(part.mark)
        name, number = part.name, 1
        while name in found:
            number += 1
            path = PurePosixPath(part.name)
            name = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
        found[name] = Part(name, part.mark, part.write, part.title, part.author, part.source, part.license)
    return list(found.values())


def pictures_along(page: ContentPage) -> tuple[list[Part], dict[str, str]]:
    """The published copies of a page's pictures, and {address on the site: name in the pack} of every size of them.

    A drawing comes as it is, a photo as its largest JPEG, which knows nothing of the camera. Those that have no copies
    yet are made now.
    """
    found, names = [], {}
    pictures = pictures_of(page)
    for picture in pictures:
        make_renditions(picture)
    renditions = renditions_of(pictures)
    for number, picture in enumerate(sorted(pictures, key=lambda one: one.pk), 1):
        made = renditions[picture.pk]
        best = next((made[name] for name in BEST if name in made), None)
        if best is None:
            continue
        path = PurePosixPath(plain_name(picture.title or picture.filename))
        ending = PurePosixPath(best.file.name).suffix
        part = Part(
            f"pictures/{number:02}-{path.stem[:40]}{ending}",
            best.file.name,
            _stored(f"public/{best.file.name}"),
            **_credits(picture),
        )
        found.append(part)
        names |= {rendition.url: part.name for rendition in made.values()}
    return found, names

"""What must be on a device for a page to be read, heard and answered there without a line.

The page is drawn as one who is nobody sees it, so that nothing of a person stays on a shared phone, and what it links is
gathered from what was drawn: this holds for every type of page, also those of upper rooms. Of several copies of a picture
or a recording the one every browser knows is taken; `also` names the others, in whose place it is given.

What is heavy is an *extra* that the reader takes or leaves: films in one of three sizes, files to print, exercises.
"""

import gzip
import hashlib
import json
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.http import HttpRequest
from django.utils import translation
from django_h5p import playing as h5p
from django_h5p.models import Content, ContentVersion
from wagtail.documents import get_document_model
from wagtail.models import Page

from cms import shells
from cms.keeping import kept
from cms.models import ContentPage, SectionPage
from media.models import Recording

# Text travels packed, letters and pictures are packed already.
PACKED = (".css", ".js", ".svg", ".html")
# A collection may not be larger than a phone has patience for.
MOST_PAGES = 60
# Sizes of a film that are offered, the lightest first; larger ones are for the line.
FILM_SIZES = ("sound", "144p", "360p")
# What people open or print; archives hold the same once more.
PAPERS = (".pdf", ".epub", ".docx", ".xlsx", ".pptx", ".svg", ".png", ".jpg")
# What a script fetches only when it is wanted, by `import("…")`, is for pages that have a line.
_IMPORTS = re.compile(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""")
_URLS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


@dataclass(frozen=True)
class File:
    """`frame` is where the device shows this document instead, in an origin of its own (docs/decisions/0107)."""

    url: str
    size: int
    also: tuple[str, ...] = ()
    frame: str = ""


@dataclass
class Extra:
    """Something heavy that can be taken too: `name` is one of FILM_SIZES (of which one is taken), "papers", "exercises"."""

    name: str
    files: list[File]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass
class Bundle:
    """All of one thing to take along: a lesson, a handbook, a guide, or a list with the pages in it."""

    key: str
    language: str
    title: str
    url: str
    kind: str
    pages: list[dict] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    extras: list[Extra] = field(default_factory=list)
    # How many films stay behind whatever is chosen: their light copies are not made yet.
    left_out: int = 0
    version: str = ""

    @property
    def size(self) -> int:
        return sum(page["size"] for page in self.pages) + sum(file.size for file in self.files)


def bundle_of(key, language: str, request: HttpRequest) -> Bundle | None:
    """What to take along of the open page with this identity; None where there is none, or a list without pages.

    Raises StorageUnavailable. Kept until any content changes.
    """
    site = f"{request.scheme}://{request.get_host()}"
    return kept(
        f"offline:{site}:{language}:{key}",
        lambda: _gather(key, language, request),
        keep_if=lambda found: found is not None,
    )


def _gather(key, language: str, request: HttpRequest) -> Bundle | None:
    page = Page.objects.live().public().filter(translation_key=key, locale__language_code=language).first()
    page = page.specific if page else None
    if not isinstance(page, ContentPage):
        return None
    shown = [page]
    if isinstance(page, SectionPage):
        below = Page.objects.child_of(page).live().public().order_by("path")[:MOST_PAGES]
        shown += [one for one in below.specific() if isinstance(one, ContentPage) and one.is_material]
        if len(shown) == 1:
            return None
    bundle = Bundle(str(key), language, page.title, page.url, page.content_format)
    files: dict[str, File] = {}
    seen = _Reader()
    digest = hashlib.sha256()
    for one in shown:
        with translation.override(language):
            html = shells.as_nobody(one, request)
        if html is None:
            continue
        data = html.encode()
        digest.update(data)
        bundle.pages.append({"url": one.url, "title": one.title, "size": _packed(data)})
        seen.feed(html)
    for file in _files(seen):
        files.setdefault(file.url, file)
    bundle.files = list(files.values())
    bundle.extras, bundle.left_out = _films(seen)
    papers = [paper for paper in map(_paper, sorted(seen.papers)) if paper and paper.url not in files]
    exercises = _exercises(seen, language)
    bundle.extras += [Extra(name, held) for name, held in (("papers", papers), ("exercises", exercises)) if held]
    for file in sorted(
        {*bundle.files, *(one for extra in bundle.extras for one in extra.files)}, key=lambda one: one.url
    ):
        digest.update(f"{file.url} {file.size}".encode())
    bundle.version = digest.hexdigest()[:16]
    return bundle if bundle.pages else None


# --- What a drawn page links --------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Notes what a page shows: `static` addresses, `shown` lists of interchangeable ones (the plainest first)."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.static: set[str] = set()
        self.shown: list[list[str]] = []
        self.films: list[str] = []
        self.tracks: list[str] = []
        self.papers: set[str] = set()
        self.exercises: list[str] = []
        self._open: list[list[str]] = []
        self._sounds: list[str] | None = None

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        if script := given.get("data-offline-script"):
            self.static.add(script)
        if tag == "link" and given.get("rel") in {"stylesheet", "preload", "icon"}:
            self.static.add(given.get("href", ""))
        elif tag == "script" and given.get("src"):
            self.static.add(given["src"])
        elif tag == "use":
            self.static.add(given.get("href", "").partition("#")[0])
        elif tag == "picture":
            self._open.append([])
        elif tag == "img":
            found = [given.get("src", ""), *_sources(given.get("srcset", ""))]
            self.shown.append(found + (self._open.pop() if self._open else []))
        elif tag == "source" and self._open and not given.get("src"):
            self._open[-1] += _sources(given.get("srcset", ""))
        elif tag == "audio":
            self._sounds = [given["src"]] if given.get("src") else []
        elif tag == "source" and self._sounds is not None:
            self._sounds.append(given.get("src", ""))
        elif tag == "track":
            self.tracks.append(given.get("src", ""))
        elif tag == "a" and "download" in given:
            self.papers.add(given.get("href", ""))
        if poster := given.get("poster"):
            self.shown.append([poster])
        if film := given.get("data-player"):
            self.films.append(film)
        if "data-h5p-player" in given:
            self.exercises.append(given.get("data-content", ""))

    def handle_endtag(self, tag):
        if tag == "audio" and self._sounds is not None:
            # The last source is the one every browser plays.
            self.shown.append(self._sounds[::-1])
            self._sounds = None


def _sources(srcset: str) -> list[str]:
    return [part.split()[0] for part in srcset.split(",") if part.split()]


def _files(reader: _Reader) -> Iterable[File]:
    names: set[str] = set()
    for address in reader.static:
        _add_static(address, names)
    for name in sorted(names):
        yield File(settings.STATIC_URL + name, _size_of_static(name))
    for addresses in reader.shown:
        chosen, *others = list(dict.fromkeys(address for address in addresses if address)) or [""]
        if chosen.startswith(settings.STATIC_URL):
            yield File(chosen, _size_of_static(chosen.removeprefix(settings.STATIC_URL)))
        elif (size := _size_of_shown(chosen)) is not None:
            yield File(chosen, size, tuple(others))


def _films(reader: _Reader) -> tuple[list[Extra], int]:
    """The films of the pages in each size in which there is one of them, with their captions; how many have no copies."""
    recordings = list(Recording.objects.filter(uuid__in=set(reader.films), type="video"))
    ready = [one for one in recordings if (one.copies or {}).get("video")]
    named = {track["url"]: one.captions[track["language"]] for one in ready for track in one.caption_tracks()}
    captions = [File(url, _packed(named[url].encode())) for url in dict.fromkeys(reader.tracks) if url in named]
    sizes = {name: [_copy(one, name) for one in ready] for name in FILM_SIZES}
    extras = [
        Extra(name, [file for file, _name in found] + captions)
        for name, found in sizes.items()
        if any(given == name for _file, given in found)
    ]
    return extras, len(recordings) - len(ready)


def _copy(recording: Recording, wanted: str) -> tuple[File, str]:
    """The copy of a film in the size `wanted` or the nearest there is, in place of all others; and which size it is.

    Of 360p the plain MP4 is taken, which every program opens.
    """
    copies = recording.copies
    found = {copy["label"]: copy for copy in copies["video"] if copy["label"] in FILM_SIZES}
    if "360p" in found and copies.get("download"):
        found["360p"] = copies["download"]
    found = found or {copies["video"][0]["label"]: copies["video"][0]}
    if copies.get("sound"):
        found["sound"] = copies["sound"]
    name = wanted if wanted in found else next(reversed([one for one in found if one != "sound"]))
    every = [*copies["video"], *(copies[one] for one in ("sound", "download") if copies.get(one))]
    others = [recording.copy_url(one["name"]) for one in every if one["name"] != found[name]["name"]]
    return File(recording.copy_url(found[name]["name"]), found[name]["bytes"], tuple(others)), name


def _exercises(reader: _Reader, language: str) -> list[File]:
    """The H5P exercises of the pages: their documents, and every file those can ask for."""
    keys = {UUID(key) for key in reader.exercises if key}
    files: dict[str, File] = {}
    for content in (
        Content.objects.filter(uuid__in=keys).exclude(current_version=None).select_related("current_version")
    ):
        version = cast(ContentVersion, content.current_version)
        address = h5p.embed_url(version, language)
        files[address] = File(address, _packed(json.dumps(version.params).encode()), frame=h5p.kept_frame(content))
        for url, size in h5p.files_to_keep(version).items():
            files.setdefault(url, File(url, size))
    return list(files.values())


def _paper(address: str) -> File | None:
    """A file to print or to open elsewhere; None for what is made on request, closed, or an archive."""
    if not urlsplit(address).path.lower().endswith(PAPERS):
        return None
    if found := re.fullmatch(r"/documents/(\d+)/[^/]+", address):
        document = get_document_model().objects.filter(pk=int(found[1])).first()
        if document is None or not document.file_size or document.collection.get_view_restrictions().exists():
            return None
        return File(address, document.file_size)
    return File(address, size) if (size := _size_of_stored(address)) else None


def _packed(data: bytes) -> int:
    return len(gzip.compress(data, 6, mtime=0))


def _add_static(address: str, names: set[str]) -> None:
    """Note a static file and what it names in turn: the modules a script imports, the letters of a stylesheet."""
    path = urlsplit(address).path
    if not path.startswith(settings.STATIC_URL):
        return
    name = unquote(path.removeprefix(settings.STATIC_URL))
    if name in names or (data := _read_static(name)) is None:
        return
    names.add(name)
    pattern = _IMPORTS if name.endswith(".js") else _URLS if name.endswith(".css") else None
    for found in pattern.findall(data.decode()) if pattern else ():
        if not found.startswith("data:"):
            inner = posixpath.normpath(urljoin(f"/{name}", found.partition("#")[0])).lstrip("/")
            # Letters of other orthographies are fetched when one appears; a page without a line does without them.
            if "noto" not in inner:
                _add_static(settings.STATIC_URL + inner, names)


def _read_static(name: str) -> bytes | None:
    try:
        with staticfiles_storage.open(name) as file:
            return file.read()
    except OSError:
        found = finders.find(name)
        return Path(found).read_bytes() if found else None


def _size_of_static(name: str) -> int:
    data = _read_static(name) or b""
    return _packed(data) if name.endswith(PACKED) else len(data)


def _size_of_shown(address: str) -> int | None:
    """The size of a file in the public store, or of a drawing made by this site; None for what cannot be taken along."""
    # QR codes of short addresses; a recording without copies is read by a link that runs out.
    return 1500 if address.startswith("/t/") else _size_of_stored(address)


def _size_of_stored(address: str) -> int | None:
    public = f"{settings.S3_PUBLIC_URL}/{settings.S3_BUCKET}/public/"
    if not address.startswith(public):
        return None
    try:
        return storages["public"].size(unquote(address.removeprefix(public)))
    except FileNotFoundError:
        return None

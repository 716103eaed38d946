"""What must be on a device for a page to be read, heard and answered there without a line.

The page is drawn as one who is nobody sees it, so that nothing of a person stays on a shared phone, and what it links is
gathered from what was drawn: this holds for every type of page, also those of upper rooms. Of several copies of a picture
or a recording the one every browser knows is taken; `also` names the others, in whose place it is given.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.http import HttpRequest
from django.utils import translation
from wagtail.models import Page

from cms import shells
from cms.keeping import kept
from cms.models import ContentPage, SectionPage

# Text travels packed, letters and pictures are packed already.
PACKED = (".css", ".js", ".svg", ".html")
# A collection may not be larger than a phone has patience for.
MOST_PAGES = 60
_IMPORTS = re.compile(r"""(?:from|import)\s*\(?["'](\.{1,2}/[^"']+)["']""")
_URLS = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")


@dataclass(frozen=True)
class File:
    url: str
    size: int
    also: tuple[str, ...] = ()


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
    # How many films and exercises stay behind: they are heavy, or need the server.
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
    digest = hashlib.sha256()
    for one in shown:
        with translation.override(language):
            html = shells.as_nobody(one, request)
        if html is None:
            continue
        data = html.encode()
        digest.update(data)
        bundle.pages.append({"url": one.url, "title": one.title, "size": len(gzip.compress(data, 6, mtime=0))})
        reader = _Reader()
        reader.feed(html)
        bundle.left_out += reader.left_out
        for file in _files(reader):
            files.setdefault(file.url, file)
    for name in sorted(files):
        digest.update(name.encode())
    bundle.files = list(files.values())
    bundle.version = digest.hexdigest()[:16]
    return bundle if bundle.pages else None


# --- What a drawn page links --------------------------------------------------------------------------------------------


class _Reader(HTMLParser):
    """Notes what a page shows: `static` addresses, `shown` lists of interchangeable ones (the plainest first)."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.static: set[str] = set()
        self.shown: list[list[str]] = []
        self.left_out = 0
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
        elif tag == "video" or "data-h5p-place" in given:
            self.left_out += 1

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
    return len(gzip.compress(data, 6, mtime=0)) if name.endswith(PACKED) else len(data)


def _size_of_shown(address: str) -> int | None:
    """The size of a file in the public store, or of a drawing made by this site; None for what cannot be taken along."""
    public = f"{settings.S3_PUBLIC_URL}/{settings.S3_BUCKET}/public/"
    if address.startswith(public):
        try:
            return storages["public"].size(unquote(address.removeprefix(public)))
        except FileNotFoundError:
            return None
    # QR codes of short addresses; a recording without copies is read by a link that runs out.
    return 1500 if address.startswith("/t/") else None

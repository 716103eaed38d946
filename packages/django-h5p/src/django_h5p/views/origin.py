"""What the H5P origin serves: the document of a version, the files of packages, and the player. No session, no cookie."""

import mimetypes
import re
from collections.abc import Iterator
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_http_methods

from django_h5p import conf, playing, storing
from django_h5p.models import Content, ContentVersion, Library

FOR_EVER = "public, max-age=31536000, immutable"
SHORTLY = "public, max-age=300"
PIECE = 256 * 1024
SMALL = 64 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
# Named here because what a machine's own tables say differs.
TYPES = {
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "svg": "image/svg+xml",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "eot": "application/vnd.ms-fontobject",
    "mp4": "video/mp4",
    "webm": "video/webm",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "wav": "audio/wav",
    "ogg": "audio/ogg",
    "vtt": "text/vtt; charset=utf-8",
    "webvtt": "text/vtt; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "htm": "text/html; charset=utf-8",
    "xml": "application/xml",
    "md": "text/plain; charset=utf-8",
}
_FILE_METHODS = ["GET", "HEAD", "OPTIONS"]


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("lang", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@require_http_methods(["GET", "HEAD"])
def play(request: HttpRequest, content_id: UUID) -> HttpResponse:
    """On to the present version: pages may be older than it."""
    content = get_object_or_404(Content.objects.select_related("current_version"), uuid=content_id)
    if content.current_version is None:
        raise Http404
    response = HttpResponseRedirect(playing.embed_url(content.current_version, _language(request)))
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD"])
def embed(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The document in which a version plays, in an origin of its own even when opened by itself."""
    version = get_object_or_404(ContentVersion.objects.select_related("content", "main_library"), uuid=version_id)
    with translation.override(_language(request)):
        response = render(request, "django_h5p/embed.html", {"document": playing.document(version)})
    response["Content-Security-Policy"] = playing.document_policy()
    response["Cache-Control"] = SHORTLY
    # The same for everyone: a page may keep it, with its policy, for when there is no line.
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "Content-Security-Policy"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    # Read by Django's clickjacking middleware, where a site puts it before ours: the policy says who may frame this.
    response.xframe_options_exempt = True
    return response


@lru_cache(maxsize=2000)
def _files_of(kind: str, prefix: str) -> dict[str, list]:
    """{path: [size, sha256]} of a folder that never changes."""
    if kind == "libs":
        library = get_object_or_404(Library.objects.only("files", "machine_name", "major", "minor"), prefix=prefix)
        return {f"{library.line}/{path}": facts for path, facts in library.files.items()}
    return get_object_or_404(ContentVersion.objects.only("files"), prefix=prefix).files


@require_http_methods(_FILE_METHODS)
def package_file(request: HttpRequest, kind: str, prefix: str, path: str) -> HttpResponseBase:
    """A file of a library or a content. Its address never gets other bytes, so it may be kept for ever."""
    if request.method == "OPTIONS":
        return preflight()
    facts = _files_of(kind, prefix).get(path)
    if facts is None:
        raise Http404
    size, sha256 = facts
    response = _answer(request, size, quote_etag(sha256[:32]), lambda a, b: _read(f"{kind}/{prefix}/{path}", a, b))
    return _finished(response, path)


@require_http_methods(_FILE_METHODS)
def core_file(request: HttpRequest, digest: str, path: str) -> HttpResponseBase:
    """A file of the player: H5P core, fetched by the site when it was built."""
    if request.method == "OPTIONS":
        return preflight()
    folder = conf.core_dir()
    place = (folder / path).resolve()
    if digest != playing.core_digest() or not place.is_relative_to(folder.resolve()) or not place.is_file():
        raise Http404
    data = place.read_bytes()
    response = _answer(request, len(data), quote_etag(f"{digest}-{len(data)}"), lambda a, b: iter([data[a : b + 1]]))
    return _finished(response, path)


def preflight() -> HttpResponse:
    """A frame in an opaque origin is a stranger even to its own files: some content types ask first."""
    response = HttpResponse(status=204)
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "*"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _answer(request: HttpRequest, size: int, etag: str, read) -> HttpResponseBase:
    response: HttpResponseBase
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    elif (asked := _asked_range(request, size)) is None:
        response = StreamingHttpResponse(read(0, size - 1) if size else iter([b""]))
        response["Content-Length"] = str(size)
    elif not asked:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        first, last = asked
        response = StreamingHttpResponse(read(first, last), status=206)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = str(last - first + 1)
    response["ETag"] = etag
    return response


def _asked_range(request: HttpRequest, size: int) -> tuple[int, int] | tuple[()] | None:
    """First and last byte; nothing for a range the file does not have; None when all of it is asked for."""
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        first, last = max(0, size - int(match[2])), size - 1
    else:
        first, last = int(match[1]), min(int(match[2]) if match[2] else size - 1, size - 1)
    return (first, last) if first <= last else ()


@lru_cache(maxsize=400)
def _small(name: str) -> bytes:
    """A small file, kept in this process: a class that opens one exercise asks for the same fifty files forty times."""
    with storing.storage().open(name) as stream:
        return stream.read(SMALL + 1)


def _read(name: str, first: int, last: int) -> Iterator[bytes]:
    """Bytes `first` to `last` of a stored file. A storage that can fetch a part (`open_range`) is asked for just that."""
    if last - first < SMALL:
        whole = _small(name) if first == 0 else None
        if whole is not None and len(whole) == last + 1:
            yield whole
            return
    store = storing.storage()
    if hasattr(store, "open_range"):
        yield from store.open_range(name, first, last)
        return
    with store.open(name) as stream:
        stream.seek(first)
        left = last - first + 1
        while left > 0 and (piece := stream.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


def _finished(response: HttpResponseBase, path: str) -> HttpResponseBase:
    ending = path.rsplit(".", 1)[-1].lower()
    response["Content-Type"] = TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    response["Cache-Control"] = FOR_EVER
    response["Access-Control-Allow-Origin"] = "*"
    response["Accept-Ranges"] = "bytes"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = playing.file_policy(path)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

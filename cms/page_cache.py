"""Whole responses of open pages, kept compressed for readers who are not signed in.

A hit costs one round trip to the cache and no query. A response is kept only when its view says that it is the same for
everyone (`response.same_for_everyone = True`, or the decorator `same_for_everyone`), and only if it sets no cookie and
holds no nonce. Forms need a token: they live on pages that are not kept. What is true only for a while says how many
seconds (`response.kept_seconds`).
"""

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import wraps
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

from cms.keeping import KEPT_SECONDS, VERSION_KEY, content_version

# Only these make another page of the same address; with any other parameter the response is not kept.
MEANINGFUL = {
    "page": r"\d{1,4}",
    "minutes": r"15|30|45",
    "untranslated": r"[a-z-]{2,12}",
    "audience": r"[\w-]{0,60}",
    "topic": r"[\w-]{0,60}",
    "view": r"large",
    "unit": r"[\w.-]{1,20}",
    "kind": r"[a-z]{0,12}",
    "open": r"1",
    "voice": r"[A-Za-z-]{2,20}",
}
# Readers who want large letters have this cookie (js/browser.js): a page is drawn for them as if its address asked for it.
LETTERS, LARGE = "letters", "large"
# What links from elsewhere add changes nothing.
IGNORED = re.compile(r"(utm_\w+|fbclid|gclid|zarsrc|zalo_\w+)")
KEPT_HEADERS = (
    "Content-Type",
    "Content-Language",
    "Content-Security-Policy",
    "Cross-Origin-Opener-Policy",
    "Link",
    "Permissions-Policy",
    "Referrer-Policy",
    "Vary",
    "X-Content-Type-Options",
    "X-Frame-Options",
)
COOKIES_OF_A_PERSON = (settings.SESSION_COOKIE_NAME, "messages")


def same_for_everyone(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark what a view answers to a GET as the same for every reader who is not signed in."""

    @wraps(view)
    def marked(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.same_for_everyone = request.method in {"GET", "HEAD"}
        return response

    return marked


class PageCacheMiddleware:
    """Stands before the session: what it answers needs none of the middleware below it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = cache_key(request)
        if key is None:
            return self.get_response(request)
        found = cache.get_many([VERSION_KEY, key])
        version, entry = found.get(VERSION_KEY), found.get(key)
        if entry is not None and entry["version"] == version:
            return answer(request, entry)
        version = version or content_version()
        response = self.get_response(request)
        if not may_keep(response):
            return response
        entry = {
            "version": version,
            "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
            "etag": quote_etag(hashlib.sha256(response.content).hexdigest()[:32]),
            "gzip": gzip.compress(response.content, compresslevel=6, mtime=0),
        }
        cache.set(key, entry, min(KEPT_SECONDS, getattr(response, "kept_seconds", KEPT_SECONDS)))
        return answer(request, entry)


def cache_key(request: HttpRequest) -> str | None:
    """The key of what `request` asks for, or None when it must not be answered from the cache."""
    if any(name in request.COOKIES for name in COOKIES_OF_A_PERSON):
        return None
    place = place_of(request)
    return place and f"content:response:{place}"


def place_of(request: HttpRequest) -> str | None:
    """A name for the page that `request` asks for, whoever asks; None when it is not a page that may be kept."""
    if request.method not in {"GET", "HEAD"} or "HTTP_AUTHORIZATION" in request.META:
        return None
    if "HTTP_HX_REQUEST" in request.META or "HTTP_X_REQUESTED_WITH" in request.META:
        return None
    query = meaningful_query(request)
    if query is None:
        return None
    place = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}{request.path}?{query}"
    return hashlib.sha256(place.encode()).hexdigest()


def meaningful_query(request: HttpRequest) -> str | None:
    """The part of the query that makes another page, in a settled order; None where a parameter is unknown.

    A cookie for large letters counts as a parameter.
    """
    large = request.COOKIES.get(LETTERS) == LARGE
    if not request.META.get("QUERY_STRING"):
        return f"view={LARGE}" if large else ""
    pairs = []
    for name, value in parse_qsl(request.META["QUERY_STRING"], keep_blank_values=True):
        if IGNORED.fullmatch(name):
            continue
        if name not in MEANINGFUL or not re.fullmatch(MEANINGFUL[name], value):
            return None
        pairs.append((name, value))
    if large and ("view", LARGE) not in pairs:
        pairs.append(("view", LARGE))
    return urlencode(sorted(pairs))


def may_keep(response: HttpResponse) -> bool:
    return (
        getattr(response, "same_for_everyone", False)
        and response.status_code == 200
        and not response.streaming
        and getattr(response, "kept_seconds", 1) > 0
        and not response.cookies
        and "Content-Encoding" not in response
        and "'nonce-" not in response.get("Content-Security-Policy", "")
    )


def answer(request: HttpRequest, entry: dict) -> HttpResponse:
    """The response kept in `entry`, or 304 when the reader holds it already."""
    wanted = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    # A proxy that compresses makes an ETag weak; the content is the same.
    if any(etag.removeprefix("W/") == entry["etag"] for etag in wanted):
        response: HttpResponse = HttpResponseNotModified(headers={"ETag": entry["etag"]})
    elif "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        response = HttpResponse(entry["gzip"], headers=entry["headers"])
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(gzip.decompress(entry["gzip"]), headers=entry["headers"])
    if response.status_code == 200:
        response["Content-Length"] = str(len(response.content))
        response["ETag"] = entry["etag"]
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return response

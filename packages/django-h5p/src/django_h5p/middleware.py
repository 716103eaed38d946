"""Keeps the H5P origin apart: it serves packages and nothing of the site, and the site serves nothing of them."""

import logging
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404, resolve

from django_h5p import conf

log = logging.getLogger(__name__)
URLS = "django_h5p.origin_urls"


class H5POriginMiddleware:
    """Answers every request whose host is that of `H5P_ORIGIN`. Stands first: no session is read, no cookie set.

    Other addresses of that host lead to the site's first origin where one is named (`H5P_SITE_ORIGINS`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.META.get("HTTP_HOST", "").lower() != conf.origin_host() or not conf.origin_host():
            return self.get_response(request)
        try:
            match = resolve(request.path_info, URLS)
        except Resolver404:
            return _elsewhere(request)
        request.resolver_match = match
        try:
            return match.func(request, *match.args, **match.kwargs)
        except Http404:
            return _plain(404)
        except Exception:
            log.exception("the H5P origin failed at %s", request.path)
            return _plain(500)


def _elsewhere(request: HttpRequest) -> HttpResponse:
    sites = conf.site_origins()
    if not sites or request.path_info.startswith("/h5p/") or request.method not in {"GET", "HEAD"}:
        return _plain(404)
    response = HttpResponse(status=302)
    response["Location"] = f"{sites[0]}{request.get_full_path()}"
    return response


def _plain(status: int) -> HttpResponse:
    response = HttpResponse(f"{status}\n", status=status, content_type="text/plain")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response

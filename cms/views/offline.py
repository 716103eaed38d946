"""The service worker and the page that stands in when there is no line."""

from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.page_cache import same_for_everyone


@cache
def _script() -> bytes:
    return Path(finders.find("js/service-worker.js")).read_bytes()


@require_safe
@cache_control(public=True, no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, for a worker may answer only below the place it comes from; asked for anew at each visit."""
    return HttpResponse(_script(), content_type="text/javascript; charset=utf-8")


@require_safe
@same_for_everyone
def kept_here(request: HttpRequest) -> HttpResponse:
    """What is kept on this device: the browser fills it in, for the server does not know. Holds nothing of a person."""
    return render(request, "offline.html")

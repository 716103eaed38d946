"""Addresses of recordings that stay the same while the links behind them expire."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from media.models import Recording

# Shorter than the signature behind it, so that a kept redirect never leads to an expired link.
KEEP_SECONDS = 1800


@require_safe
@cache_control(private=True, max_age=KEEP_SECONDS)
def recording_file(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Send a player to the object store, which answers range requests itself."""
    return redirect(get_object_or_404(Recording, uuid=recording_id).file.url)


@require_safe
@cache_control(private=True, max_age=KEEP_SECONDS)
def recording_poster(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Send a browser to the picture an editor gave a video."""
    recording = get_object_or_404(Recording.objects.only("thumbnail"), uuid=recording_id)
    if not recording.thumbnail:
        raise Http404
    return redirect(recording.thumbnail.url)


@require_safe
@cache_control(public=True, max_age=KEEP_SECONDS)
def recording_captions(request: HttpRequest, recording_id: UUID, language: str) -> HttpResponse:
    captions = get_object_or_404(Recording.objects.only("captions"), uuid=recording_id).captions
    if language not in captions:
        raise Http404
    return HttpResponse(captions[language], content_type="text/vtt; charset=utf-8")

"""What an editor sees and does about the copies of a recording."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from cms.audit.operations import record
from media.models import Recording
from media.operations import request_conversion
from media.queries import panel_context


def editable_recording(request: HttpRequest, recording_id: int) -> Recording:
    """The recording; 404 where there is none, refused to who may not change it."""
    found = get_object_or_404(Recording, pk=recording_id)
    if not found.is_editable_by_user(request.user):
        raise PermissionDenied
    return found


@require_safe
def panel(request: HttpRequest, recording_id: int) -> HttpResponse:
    """The panel again, while copies are being made."""
    recording = editable_recording(request, recording_id)
    return render(request, "media/admin/conversion_panel.html", panel_context(recording))


@require_POST
def make_again(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Have the copies made, also when they are there: what is served stays until the new ones are whole."""
    recording = editable_recording(request, recording_id)
    request_conversion(recording=recording, again=True)
    record(actor=request.user, action="convert", target_kind="recording", target_key=str(recording.uuid))
    return redirect("wagtailmedia:edit", recording.pk)


@require_POST
def choose_poster(request: HttpRequest, recording_id: int) -> HttpResponse:
    """Show another moment of the video before it plays."""
    recording = editable_recording(request, recording_id)
    number = request.POST.get("poster", "")
    posters = recording.copies.get("posters") or []
    if number.isdigit() and int(number) < len(posters):
        recording.poster_choice = int(number)
        recording.save(update_fields=["poster_choice"])
    return redirect("wagtailmedia:edit", recording.pk)

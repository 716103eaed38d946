"""Captions and chapters of a recording, row by row beside the player, in one language at a time."""

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cms.audit.operations import record
from cms.text.legacy import Repair
from media.captions import MOST_ROWS, Row, check_chapters, check_rows, clock, parse, read_file, write
from media.models import Recording
from media.problems import FileRefused
from media.views.conversions import editable_recording

SPARE_ROWS = 3


@require_http_methods(["GET", "HEAD", "POST"])
def captions(request: HttpRequest, recording_id: int, language: str) -> HttpResponse:
    """The captions of one language: rows to type in, or a .srt or .vtt file whose rows are then shown to be checked."""
    recording, name = _what(request, recording_id, language)
    rows = [
        Row(clock(cue.start), clock(cue.end), cue.text, cue.settings)
        for cue in parse(recording.captions.get(language, ""))
    ]
    status, refused, is_imported, repairs = 200, "", False, []
    if request.method == "POST":
        if file := request.FILES.get("file"):
            try:
                rows, repairs = read_file(file.read(1024 * 1024 + 1), language=language)
                is_imported = True
                check_rows(rows, seconds=recording.duration)
            except FileRefused as refusal:
                refused, status = str(refusal), 422
        else:
            rows = posted_rows(request)
            cues = check_rows(rows, seconds=recording.duration)
            if not any(row.faults for row in rows):
                _keep(request, recording, "captions", language, write(cues) if cues else None)
                messages.success(
                    request,
                    ngettext("%(count)s caption is saved.", "%(count)s captions are saved.", len(cues))
                    % {"count": len(cues)},
                )
                return redirect("media_captions", recording.pk, language)
            status = 422
    return _page(
        request, recording, language, name, "captions", rows, status,
        refused=refused, is_imported=is_imported, repairs=repairs,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def chapters(request: HttpRequest, recording_id: int, language: str) -> HttpResponse:
    """The chapters of one language: where each begins and its title."""
    recording, name = _what(request, recording_id, language)
    rows = [Row(clock(one["at"]), "", one["title"]) for one in (recording.chapters or {}).get(language, [])]
    status = 200
    if request.method == "POST":
        rows = posted_rows(request)
        checked = check_chapters(rows, seconds=recording.duration)
        if not any(row.faults for row in rows):
            _keep(request, recording, "chapters", language, checked or None)
            messages.success(request, _("The chapters are saved."))
            return redirect("media_chapters", recording.pk, language)
        status = 422
    return _page(request, recording, language, name, "chapters", rows, status)


def posted_rows(request: HttpRequest) -> list[Row]:
    """The rows as they were typed, in the order they stand in the form."""
    columns = [request.POST.getlist(name) for name in ("start", "end", "text", "settings")]
    count = min(max((len(column) for column in columns), default=0), MOST_ROWS)
    filled = [column[:count] + [""] * (count - len(column)) for column in columns]
    return [row for row in (Row(*values) for values in zip(*filled, strict=True)) if not row.is_blank]


def _what(request: HttpRequest, recording_id: int, language: str) -> tuple[Recording, str]:
    recording = editable_recording(request, recording_id)
    name = dict(settings.LANGUAGES).get(language)
    if name is None:
        raise Http404
    return recording, name


def _keep(request, recording: Recording, field: str, language: str, value) -> None:
    held = {**(getattr(recording, field) or {})}
    if value is None:
        held.pop(language, None)
    else:
        held[language] = value
    setattr(recording, field, held)
    recording.save(update_fields=[field])
    record(actor=request.user, action=f"edit {field}", target_kind="recording", target_key=str(recording.uuid))


def _page(
    request, recording: Recording, language: str, name: str, kind: str, rows: list[Row], status: int,
    *, refused: str = "", is_imported: bool = False, repairs: Sequence[Repair] = (),
) -> HttpResponse:  # fmt: skip
    copies = (recording.copies or {}).get("video") or []
    context = {
        "recording": recording,
        "language": language,
        "language_name": name,
        "kind": kind,
        "refused": refused,
        "is_imported": is_imported,
        "repairs": repairs,
        "faults": sum(len(row.faults) for row in rows),
        "rows": [*rows, *(Row() for _number in range(SPARE_ROWS))],
        "languages": settings.LANGUAGES,
        # The lightest copy: an editor looks at the words.
        "source": recording.copy_url(copies[0]["name"]) if copies else recording.play_url,
        "poster": recording.poster_url,
    }
    return render(request, "media/admin/captions.html", context, status=status)

"""What the editors' pages show of recordings."""

from django.conf import settings
from django.utils.translation import gettext as _

from media.captions import parse, short_clock
from media.checking import readable_size
from media.models import Recording


def panel_context(recording: Recording) -> dict:
    """The copies of a recording with their sizes, how far new ones are, pictures to choose from, its captions and chapters."""
    copies = recording.copies or {}
    made = [{"label": copy["label"], "size": readable_size(copy["bytes"])} for copy in copies.get("video") or []]
    if sound := copies.get("sound"):
        made.append({"label": _("Sound only"), "size": readable_size(sound["bytes"])})
    if download := copies.get("download"):
        label = _("To download (%(kind)s)") % {"kind": download.get("label") or "MP3"}
        made.append({"label": label, "size": readable_size(download["bytes"])})
    posters = [
        {"number": number, "url": recording.copy_url(poster["name"]), "clock": short_clock(poster["at"])}
        for number, poster in enumerate(copies.get("posters") or [])
    ]
    languages = [
        {
            "code": code,
            "name": name,
            "captions": len(parse(recording.captions.get(code, ""))),
            "chapters": len((recording.chapters or {}).get(code, [])),
        }
        for code, name in settings.LANGUAGES
    ]
    chosen = recording.poster_choice if recording.poster_choice is not None else len(posters) // 2
    return {
        "recording": recording,
        "conversion": recording.conversions.order_by("-created_at", "-pk").first(),
        "made": made,
        "original_size": readable_size(recording.size) if recording.size else "",
        "posters": posters,
        "chosen": chosen,
        "has_own_poster": bool(recording.thumbnail),
        "languages": languages,
    }

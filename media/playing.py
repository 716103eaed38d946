"""What a player is told of a recording: its copies with their sizes, captions, what is said, chapters."""

import json

from django.conf import settings
from django.utils.translation import get_language

from media.captions import parse, plain, short_clock
from media.checking import readable_size
from media.models import Recording


def player(recording: Recording | None, *, title: str = "", transcript: str = "", chapters: list | None = None) -> dict:
    """What `cms/blocks/player_*.html` draws, in the language of now; empty without a recording.

    `chapters` of a page count where the recording has none in this language.
    """
    if recording is None:
        return {}
    language = (get_language() or settings.LANGUAGE_CODE).lower()
    copies = recording.copies or {}
    names = dict(settings.LANGUAGES)
    spoken = language if language in recording.captions else next(iter(recording.captions), "")
    sign = recording.sign_language if recording.sign_language_id else None
    held = recording.chapters or {}
    listed = held.get(language) or chapters or held.get(settings.LANGUAGE_CODE)
    download = copies.get("download")
    return {
        "recording": recording,
        "title": title or recording.title,
        "language": language,
        "tracks": [
            track | {"name": names.get(track["language"], track["language"])} for track in recording.caption_tracks()
        ],
        "poster": recording.poster_url if recording.type == "video" else "",
        "choices": _choices(recording),
        "sign": json.dumps([choice["src"] for choice in _choices(sign)]) if sign and sign.copies else "",
        "plain": recording.copy_url(download["name"]) if download else recording.play_url,
        "plain_size": readable_size(download["bytes"] if download else recording.size) if recording.size else "",
        "sound": recording.copy_url(copies["sound"]["name"]) if copies.get("sound") else "",
        "sound_size": readable_size(copies["sound"]["bytes"]) if copies.get("sound") else "",
        "wave": _wave(copies.get("waves") or []),
        "transcript": transcript or (recording.transcripts or {}).get(language, ""),
        "cues": [
            {"at": cue.start, "clock": short_clock(cue.start), "text": plain(cue.text)}
            for cue in parse(recording.captions.get(spoken, ""))
        ],
        "cues_language": spoken,
        "chapters": [
            {"at": chapter["at"], "clock": short_clock(chapter["at"]), "title": str(chapter.get("title", ""))}
            for chapter in listed or []
            if isinstance(chapter, dict) and isinstance(chapter.get("at"), int | float)
        ],
    }


def recording_facts(recording: Recording) -> dict:
    """What programs are told of a recording: its file, how long it is, its picture; addresses may lack the host."""
    copies = recording.copies or {}
    download = copies.get("download")
    return {
        "url": recording.copy_url(download["name"]) if download else recording.play_url,
        "type": "video/mp4" if download else "",
        "bytes": download["bytes"] if download else recording.size,
        "seconds": round(recording.duration or 0),
        "poster": recording.poster_url if recording.type == "video" else "",
        "captions": sorted(recording.captions),
    }


def _choices(recording: Recording) -> list[dict]:
    """The sizes to choose from, the lightest first, each with where it lies and what it costs to see all of it."""
    found = []
    for copy in (recording.copies or {}).get("video") or []:
        found.append(
            {
                "label": copy["label"],
                "size": readable_size(copy["bytes"]),
                "src": recording.copy_url(copy["name"]),
                "list": recording.copy_url(copy["list"]),
            }
        )
    return found


def _wave(heights: list[int]) -> str:
    """The sound as the path of an SVG, 4 units a bar and 100 high."""
    return "".join(f"M{4 * number + 2} {50 - max(h, 4) / 2:g}v{max(h, 4):g}" for number, h in enumerate(heights))

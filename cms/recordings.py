"""Videos and sound as readers get them: a public copy of the private original, at an address that never expires."""

from django.core.files.storage import storages

from media.models import Recording


def public_url(recording: Recording) -> str:
    """Address of the published copy (see `publish_recording`). It keeps the original's name, never reused."""
    return storages["public"].url(recording.file.name)


def caption_tracks(recording: Recording) -> list[dict[str, str]]:
    """Caption files: `recording.captions` is {language: name of a WebVTT file in the public storage}."""
    return [
        {"language": language, "url": storages["public"].url(name)}
        for language, name in (recording.captions or {}).items()
    ]


def publish_recording(recording: Recording) -> bool:
    """Copy the original to the public storage unless it is there. True when a copy was made."""
    public = storages["public"]
    if not recording.file or public.exists(recording.file.name):
        return False
    with recording.file.open("rb") as original:
        public.save(recording.file.name, original)
    return True

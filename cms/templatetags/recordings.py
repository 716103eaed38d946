from django import template
from django.utils.translation import get_language

from cms.recordings import caption_tracks, public_url

register = template.Library()


def player(recording, title, transcript=""):
    if recording is None:
        return {}
    transcripts = recording.transcripts or {}
    return {
        "recording": recording,
        "title": title or recording.title,
        "url": public_url(recording),
        "tracks": caption_tracks(recording),
        "language": get_language(),
        "transcript": transcript or transcripts.get(get_language(), ""),
    }


@register.inclusion_tag("cms/blocks/player_video.html")
def video(recording, title="", transcript=""):
    """A video with its captions and transcript. `transcript` takes the place of the recording's own."""
    return player(recording, title, transcript)


@register.inclusion_tag("cms/blocks/player_audio.html")
def audio(recording, title="", transcript=""):
    return player(recording, title, transcript)

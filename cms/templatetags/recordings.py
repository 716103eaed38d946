from django import template
from django.utils.translation import get_language

register = template.Library()


def player(recording, title, transcript):
    if recording is None:
        return {}
    language = get_language()
    return {
        "recording": recording,
        "title": title or recording.title,
        "tracks": recording.caption_tracks(),
        "language": language,
        "transcript": transcript or (recording.transcripts or {}).get(language, ""),
    }


@register.inclusion_tag("cms/blocks/player_video.html")
def video(recording, title="", transcript=""):
    """A video with its captions and transcript. `transcript` takes the place of the recording's own."""
    return player(recording, title, transcript)


@register.inclusion_tag("cms/blocks/player_audio.html")
def audio(recording, title="", transcript=""):
    return player(recording, title, transcript)

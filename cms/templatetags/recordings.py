from django import template

from media.playing import player

register = template.Library()


@register.inclusion_tag("cms/blocks/player_video.html")
def video(recording, title="", transcript="", chapters=None):
    """A video with its captions, chapters and transcript. `transcript` takes the place of the recording's own."""
    return player(recording, title=title, transcript=transcript, chapters=chapters)


@register.inclusion_tag("cms/blocks/player_audio.html")
def audio(recording, title="", transcript=""):
    return player(recording, title=title, transcript=transcript)

"""What a recording holds and whether it plays: read by ffmpeg's libraries, in the worker, never in a request."""

from collections.abc import Iterable
from dataclasses import dataclass

import av

from media.models import Upload
from media.problems import FileRefused

OPEN_SECONDS, READ_SECONDS = 15.0, 30.0
# Endings by the name ffmpeg gives a kind of file.
_ENDINGS = {
    "mp4": (".mp4", ".m4v", ".mov", ".m4a"),
    "webm": (".webm",),
    "mp3": (".mp3",),
    "ogg": (".ogg", ".opus"),
    "wav": (".wav",),
}
_NONE = {"video": "no_picture", "audio": "no_sound"}
_DAMAGED = {"video": "damaged_video", "audio": "damaged_sound"}


@dataclass(frozen=True)
class Probe:
    """A sound recording: its length in seconds, and for a video its size in pixels."""

    duration: float
    width: int | None
    height: int | None
    codecs: tuple[str, ...]


def probe(source, *, purpose: str, ending: str) -> Probe:
    """Open a recording (an address or a file), read its first and last moments and say what it is.

    Raises FileRefused when it is not what `ending` says, has no picture or sound, or cannot be played.
    """
    kind = "video" if purpose == Upload.Purpose.VIDEO else "audio"
    try:
        with av.open(source, timeout=(OPEN_SECONDS, READ_SECONDS)) as container:
            if ending not in _endings_of(container.format.name.split(",")):
                raise FileRefused("other_content")
            stream = next((one for one in container.streams if one.type == kind), None)
            if stream is None:
                raise FileRefused(_NONE[kind])
            if next(container.decode(stream), None) is None:
                raise FileRefused(_DAMAGED[kind])
            width, height = (stream.width, stream.height) if kind == "video" else (None, None)
            codecs = tuple(one.codec_context.name for one in container.streams if one.type in {"video", "audio"})
            duration = _duration(container, stream)
    except FileRefused:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise FileRefused(_DAMAGED[kind]) from error
    if duration <= 0 or (kind == "video" and not (width and height)):
        raise FileRefused(_DAMAGED[kind])
    return Probe(duration=duration, width=width, height=height, codecs=codecs)


def _endings_of(names: Iterable[str]) -> set[str]:
    return {ending for name in names for ending in _ENDINGS.get(name, ())}


def _duration(container, stream) -> float:
    """The length, after the last part was read too: a file cut off in the middle still promises its whole length."""
    told = container.duration / av.time_base if container.duration else 0.0
    if told:
        container.seek(int(told * 0.9 * av.time_base))
    last = 0.0
    for packet in container.demux(stream):
        if packet.pts is not None and packet.size:
            last = float((packet.pts + (packet.duration or 0)) * stream.time_base)
    if told and last < told * 0.8:
        return 0.0
    return told or last

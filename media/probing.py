"""What a recording holds and whether it plays: read by ffmpeg's libraries, in the worker, never in a request."""

from collections.abc import Iterable
from dataclasses import dataclass

import av
from django.conf import settings

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
    """A sound recording: its length in seconds, and for a video its size in pixels as it is shown, turned upright."""

    duration: float
    width: int | None
    height: int | None
    codecs: tuple[str, ...]
    has_sound: bool = True


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
            frame = next(container.decode(stream), None)
            if frame is None:
                raise FileRefused(_DAMAGED[kind])
            width, height = _upright(stream, frame) if kind == "video" else (None, None)
            has_sound = any(one.type == "audio" for one in container.streams)
            codecs = tuple(one.codec_context.name for one in container.streams if one.type in {"video", "audio"})
            duration = _duration(container, stream)
    except FileRefused:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise FileRefused(_DAMAGED[kind]) from error
    if duration <= 0 or (kind == "video" and not (width and height)):
        raise FileRefused(_DAMAGED[kind])
    check_extent(kind=kind, duration=duration, width=width, height=height)
    return Probe(duration=duration, width=width, height=height, codecs=codecs, has_sound=has_sound)


def check_extent(*, kind: str, duration: float, width: int | None = None, height: int | None = None) -> None:
    """Refuse what takes too long to convert, or too much memory. Raises FileRefused, with what it is and what may be."""
    most = settings.VIDEO_MAX_MINUTES if kind == "video" else settings.AUDIO_MAX_MINUTES
    # A minute too much is not worth a refusal: cameras round.
    if duration > (most + 1) * 60:
        raise FileRefused("too_long", minutes=round(duration / 60), most=most)
    if width and height and width * height > settings.VIDEO_MAX_PIXELS:
        raise FileRefused("too_many_pixels", width=width, height=height)


def _upright(stream, frame) -> tuple[int, int]:
    """Width and height as shown: phones film lying on their side and note by how much the picture is to be turned."""
    width, height = stream.width, stream.height
    shape = stream.sample_aspect_ratio
    if shape and shape > 0:
        width = round(width * shape)
    turned = int(frame.rotation or 0)
    if turned % 90:
        raise FileRefused("turned_askew", degrees=turned)
    return (height, width) if turned % 180 else (width, height)


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

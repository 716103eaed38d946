"""The copies of one recording, made on this machine from one file; nothing here talks to the store or the database.

For the worker alone: ffmpeg's libraries are no weight for a web process.
"""

import json
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from media import ffmpeg, recipes
from media.models import Upload
from media.probing import probe
from media.problems import FileRefused

Told = Callable[[float], None]
# Moments offered as the picture before the video plays, as parts of its length.
POSTERS = (0.03, 0.2, 0.35, 0.5, 0.65, 0.8)


def copy_video(original: Path, folder: Path, *, told: Told) -> dict:
    """Every size, the sound alone, a plain MP4 and pictures of `original`, as files in `folder`.

    `told` hears a part from 0 to 1. Returns what readers are told of them. Raises FileRefused.
    """
    seen = probe(str(original), purpose=Upload.Purpose.VIDEO, ending=original.suffix)
    wanted = recipes.copies_of(seen.width, seen.height)
    arguments = recipes.video_arguments(
        original, folder, wanted, has_sound=seen.has_sound, threads=settings.CONVERSION_THREADS
    )
    ffmpeg.run(arguments, told=lambda seconds: told(min(seconds / seen.duration, 1) * 0.94))
    video = [
        _streamed(folder / f"{copy.label}.mp4")
        | {"label": copy.label, "width": copy.width, "height": copy.height, "short": min(copy.width, copy.height)}
        for copy in wanted
    ]
    sound = _streamed(folder / "sound.m4a") if seen.has_sound else None
    middle = wanted[min(1, len(wanted) - 1)]
    download = folder / "download.mp4"
    ffmpeg.run(recipes.download_arguments(folder / f"{middle.label}.mp4", download))
    told(0.96)
    posters = _posters(folder / f"{wanted[-1].label}.mp4", folder, seen.duration, told)
    master = recipes.master_list(video)
    (folder / "all.m3u8").write_text(master, encoding="utf-8")
    return {
        "list": "all.m3u8",
        "video": [_told_of(entry) for entry in video],
        "sound": _told_of(sound) if sound else None,
        "download": {"name": download.name, "bytes": download.stat().st_size, "label": middle.label},
        "posters": posters,
        "seconds": round(seen.duration, 3),
    }


def _streamed(path: Path) -> dict:
    try:
        index = recipes.read_index(path)
    except recipes.NoIndex as error:
        raise FileRefused("damaged_video") from error
    listed = path.with_suffix(".m3u8")
    listed.write_text(recipes.play_list(path.name, index), encoding="utf-8")
    return {
        "name": path.name,
        "list": listed.name,
        "bytes": path.stat().st_size,
        "peak": index.peak,
        "mean": index.mean,
        "codecs": index.codecs,
    }


def _told_of(entry: dict) -> dict:
    """What a page needs of a copy; the rest is in the play lists."""
    return {key: entry[key] for key in ("name", "list", "bytes", "label", "width", "height") if key in entry}


def _posters(source: Path, folder: Path, seconds: float, told: Told) -> list[dict]:
    found = []
    for number, part in enumerate(POSTERS):
        target = folder / f"poster-{number}.jpg"
        ffmpeg.run(recipes.poster_arguments(source, target, at=seconds * part))
        told(0.96 + 0.04 * (number + 1) / len(POSTERS))
        if target.exists():
            found.append({"name": target.name, "at": round(seconds * part, 1), "bytes": target.stat().st_size})
    return found


def copy_sound(original: Path, folder: Path, *, told: Told) -> dict:
    """Opus and MP3 of one loudness (EBU R 128) and the heights of a drawing of the sound. As `copy_video`."""
    seen = probe(str(original), purpose=Upload.Purpose.AUDIO, ending=original.suffix)
    broken = {"broken": "damaged_sound"}

    def of(first: float, share: float) -> Callable[[float], None]:
        return lambda seconds: told(first + min(seconds / seen.duration, 1) * share)

    measured = _measured(_loudness(original, told=of(0, 0.3), **broken))
    ffmpeg.run(recipes.sound_arguments(original, folder, measured=measured), told=of(0.3, 0.6), **broken)
    raw = folder.parent / "waves.raw"
    ffmpeg.run(recipes.wave_arguments(original, raw), told=of(0.9, 0.1), **broken)
    opus, mp3 = folder / "sound.opus", folder / "sound.mp3"
    return {
        "sound": {"name": opus.name, "bytes": opus.stat().st_size},
        "download": {"name": mp3.name, "bytes": mp3.stat().st_size},
        "waves": recipes.waves(raw.read_bytes()),
        "seconds": round(seen.duration, 3),
    }


def _loudness(original: Path, *, told, broken: str) -> str:
    # The figures come with what ffmpeg says at the level "info".
    return ffmpeg.run(["-loglevel", "info", *recipes.measure_arguments(original)], told=told, broken=broken)


def _measured(said: str) -> dict[str, str] | None:
    """What loudnorm found, from the JSON at the end of what ffmpeg said; None for silence, which has no loudness."""
    at = said.rfind("{")
    try:
        found = json.loads(said[at : said.rfind("}") + 1]) if at >= 0 else {}
        return found if float(found["input_i"]) > -70 else None
    except (KeyError, ValueError):
        return None

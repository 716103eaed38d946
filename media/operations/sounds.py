"""Putting sound together for what leaves the house as a file: an MP3 that old players know by name and order."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from media import ffmpeg

# As media/recipes.py makes the sound that readers get: what a radio, a phone and a loudspeaker of the village all play.
MP3 = ("-ac", "1", "-ar", "44100", "-c:a", "libmp3lame", "-b:a", "64k")


def write_mp3(*, sources: Sequence[Path], target: Path, tags: Mapping[str, str]) -> None:
    """One MP3 of several recordings one after another; a single MP3 is taken over as it is.

    Args: `tags` as ffmpeg names them (title, album, artist, track …); empty ones are left out.
    Raises: FileRefused where one of them cannot be read.
    """
    given = [part for source in sources for part in (*ffmpeg.INPUT, "-i", str(source))]
    named = [part for name, value in tags.items() if value for part in ("-metadata", f"{name}={value}")]
    if len(sources) == 1 and sources[0].suffix == ".mp3":
        made = ["-map", "0:a:0", "-c:a", "copy"]
    else:
        inputs = "".join(f"[{number}:a:0]" for number in range(len(sources)))
        made = ["-filter_complex", f"{inputs}concat=n={len(sources)}:v=0:a=1[all]", "-map", "[all]", *MP3]
    # Version 3 of the tags: what old players and car radios read.
    ffmpeg.run(
        [*given, *made, "-map_metadata", "-1", *named, "-id3v2_version", "3", "-f", "mp3", str(target)],
        broken="damaged_sound",
    )

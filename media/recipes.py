"""How copies of a recording are made: sizes, ffmpeg's arguments, play lists. Pure: nothing here runs or stores.

Each size of a video is one fragmented MP4 with its index in front. A player of HLS reads it by the byte ranges of its play
list; any other browser plays the same file directly and skips in it by the index, so that no player library is needed
and nothing is stored twice (docs/decisions/0080).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media.ffmpeg import INPUT

# Raised when the arguments below change in a way that old copies should be made again for.
RECIPE = 1
SEGMENT_SECONDS = 4
# A second each at first: a player shows nothing before it has the whole of the first part. Then four.
_PARTS = f"expr:if(lt(t,{SEGMENT_SECONDS}),gte(t,n_forced),gte(t,(n_forced-{SEGMENT_SECONDS - 1})*{SEGMENT_SECONDS}))"
WAVES = 240


@dataclass(frozen=True)
class Size:
    """One size of a video: its name, the shorter side of the picture, and what it may cost on the line."""

    height: int
    frames: int
    quality: int
    video_kbit: int
    sound_kbit: int
    channels: int

    @property
    def name(self) -> str:
        return f"{self.height}p"


SIZES = (
    Size(144, frames=15, quality=28, video_kbit=110, sound_kbit=40, channels=1),
    Size(360, frames=30, quality=26, video_kbit=500, sound_kbit=64, channels=2),
    Size(720, frames=30, quality=25, video_kbit=1600, sound_kbit=96, channels=2),
)


@dataclass(frozen=True)
class Copy:
    """One video copy to be made: its size and the picture's width and height in pixels."""

    size: Size
    width: int
    height: int
    label: str


def copies_of(width: int, height: int) -> list[Copy]:
    """The sizes a picture of `width` × `height` is given, smallest first; none is larger than the picture itself."""
    short = min(width, height)
    wanted = [size for size in SIZES if size.height <= short]
    if not wanted:
        # Smaller than the smallest: as it is.
        return [Copy(SIZES[0], _even(width), _even(height), f"{_even(short)}p")]
    made = []
    for size in wanted:
        part = size.height / short
        long = _even(max(width, height) * part)
        across, up = (long, size.height) if width >= height else (size.height, long)
        made.append(Copy(size, across, up, size.name))
    return made


def _even(length: float) -> int:
    """H.264 halves each side for the colours."""
    return max(2, round(length / 2) * 2)


def video_arguments(source: Path, folder: Path, copies: list[Copy], *, has_sound: bool, threads: int) -> list[str]:
    """One run of ffmpeg that reads `source` once and writes every size and the sound alone into `folder`."""
    largest = copies[-1]
    splits = "".join(f"[s{number}]" for number in range(len(copies)))
    graph = [
        # Turned as the camera says by ffmpeg itself; square pixels; no more pictures a second than the largest takes.
        f"[0:v:0]scale=w={largest.width}:h={largest.height}:flags=bicubic,setsar=1,format=yuv420p,split={len(copies)}{splits}"
    ]
    for number, copy in enumerate(copies):
        graph.append(f"[s{number}]scale=w={copy.width}:h={copy.height}:flags=bicubic[v{number}]")
    arguments = [*INPUT, "-threads", str(threads), "-i", str(source), "-filter_complex", ";".join(graph)]
    for number, copy in enumerate(copies):
        size = copy.size
        arguments += ["-map", f"[v{number}]"]
        if has_sound:
            arguments += ["-map", "0:a:0", *_aac(size.sound_kbit, size.channels)]
        arguments += [
            *("-fpsmax", str(size.frames), "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main"),
            *("-crf", str(size.quality), "-maxrate", f"{size.video_kbit}k", "-bufsize", f"{size.video_kbit * 2}k"),
            *("-force_key_frames", _PARTS, "-sc_threshold", "0", "-g", "600"),
            *("-threads", str(threads)),
            *_bare("+frag_keyframe+empty_moov+default_base_moof+global_sidx"),
            str(folder / f"{copy.label}.mp4"),
        ]
    if has_sound:
        arguments += ["-map", "0:a:0", *_aac(64, 2), "-frag_duration", str(SEGMENT_SECONDS * 1_000_000)]
        arguments += [*_bare("+empty_moov+default_base_moof+global_sidx"), str(folder / "sound.m4a")]
    return arguments


def _aac(kbit: int, channels: int) -> list[str]:
    return ["-c:a", "aac", "-b:a", f"{kbit}k", "-ac", str(channels), "-ar", "44100"]


def _bare(flags: str) -> list[str]:
    """An MP4 that says nothing of the camera, the place or the person."""
    return ["-map_metadata", "-1", "-map_chapters", "-1", "-movflags", flags, "-f", "mp4"]


def download_arguments(source: Path, target: Path) -> list[str]:
    """The same streams as a plain MP4, index first, which every program opens."""
    return [*INPUT, "-i", str(source), "-c", "copy", *_bare("+faststart"), str(target)]


def poster_arguments(source: Path, target: Path, *, at: float) -> list[str]:
    return [
        *(*INPUT, "-ss", f"{at:.3f}", "-i", str(source), "-frames:v", "1", "-update", "1"),
        *("-vf", "scale='min(640,iw)':-2", "-q:v", "5", str(target)),
    ]


# EBU R 128: as loud as other programmes, measured first and then raised evenly, so that speech keeps its shape.
_LOUDNESS = "loudnorm=I=-16:TP=-1.5:LRA=11"


def measure_arguments(source: Path) -> list[str]:
    return [*INPUT, "-i", str(source), "-map", "0:a:0", "-af", f"{_LOUDNESS}:print_format=json", "-f", "null", "-"]


def sound_arguments(source: Path, folder: Path, *, measured: dict[str, str] | None) -> list[str]:
    """Opus for browsers and MP3 for everything else, of one loudness; `measured` is what the first run found."""
    loudness = _LOUDNESS
    if measured:
        loudness += (
            f":linear=true:measured_I={measured['input_i']}:measured_TP={measured['input_tp']}"
            f":measured_LRA={measured['input_lra']}:measured_thresh={measured['input_thresh']}"
            f":offset={measured['target_offset']}"
        )
    heard = ["-map", "[a0]", "-map_metadata", "-1", "-ac", "1"]
    return [
        *(*INPUT, "-i", str(source), "-filter_complex", f"[0:a:0]{loudness},asplit=2[a0][a1]"),
        *(*heard, "-ar", "48000", "-c:a", "libopus", "-b:a", "32k", "-application", "voip", "-f", "ogg"),
        str(folder / "sound.opus"),
        *("-map", "[a1]", "-map_metadata", "-1", "-ac", "1", "-ar", "44100", "-c:a", "libmp3lame", "-b:a", "64k"),
        *("-f", "mp3", str(folder / "sound.mp3")),
    ]


def wave_arguments(source: Path, target: Path) -> list[str]:
    """The sound as coarse numbers, from which a drawing of it is made."""
    return [*INPUT, "-i", str(source), "-map", "0:a:0", "-ac", "1", "-ar", "1000", "-f", "s8", str(target)]


def waves(samples: bytes) -> list[int]:
    """`WAVES` heights from 0 to 100 of 8-bit samples: what a player draws."""
    if not samples:
        return []
    step = max(1, len(samples) // WAVES)
    heights = []
    for start in range(0, min(len(samples), step * WAVES), step):
        piece = samples[start : start + step]
        heights.append(max(min(byte, 256 - byte) for byte in piece))
    most = max(heights) or 1
    return [round(height * 100 / most) for height in heights]


# --- Play lists -------------------------------------------------------------------------------------------------------


class NoIndex(Exception):
    """The file is not a fragmented MP4 with an index in front."""


def boxes(file, *, end: int) -> Iterator[tuple[str, int, int]]:
    """The top boxes of an MP4: kind, where it begins, its length."""
    at = 0
    while at + 8 <= end:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
        if length < 8:
            raise NoIndex
        yield kind.decode("latin-1"), at, length
        at += length


@dataclass(frozen=True)
class Index:
    """Where the parts of a fragmented MP4 lie."""

    head: int
    parts: list[tuple[int, int, float]]  # where, how long in bytes, in seconds
    codecs: str

    @property
    def peak(self) -> int:
        """Bits a second of the heaviest part."""
        return max(int(length * 8 / max(seconds, 0.5)) for _at, length, seconds in self.parts)

    @property
    def mean(self) -> int:
        return int(sum(part[1] for part in self.parts) * 8 / max(sum(part[2] for part in self.parts), 0.1))


def read_index(path: Path) -> Index:
    """Raises NoIndex."""
    size = path.stat().st_size
    with path.open("rb") as file:
        found = list(boxes(file, end=size))
        head = next((at + length for kind, at, length in found if kind == "moov"), None)
        first = next(((at, length) for kind, at, length in found if kind == "sidx"), None)
        if head is None or first is None:
            raise NoIndex
        file.seek(0)
        codecs = _codecs(file.read(head))
        file.seek(first[0])
        return Index(head, list(_parts(file.read(first[1]), first[0])), codecs)


def _parts(box: bytes, at: int) -> Iterator[tuple[int, int, float]]:
    version = box[8]
    (scale,) = struct.unpack_from(">I", box, 16)
    place = 20
    (_earliest, skip) = struct.unpack_from(">QQ" if version else ">II", box, place)
    place += 16 if version else 8
    (count,) = struct.unpack_from(">H", box, place + 2)
    place += 4
    where = at + len(box) + skip
    for _number in range(count):
        size, duration, _access = struct.unpack_from(">III", box, place)
        yield where, size & 0x7FFFFFFF, duration / scale
        where += size & 0x7FFFFFFF
        place += 12


def _codecs(head: bytes) -> str:
    found = []
    if (at := head.find(b"avcC")) >= 0:
        found.append("avc1." + head[at + 5 : at + 8].hex())
    if b"mp4a" in head:
        found.append("mp4a.40.2")
    return ",".join(found)


def play_list(name: str, index: Index) -> str:
    """The HLS play list of one copy: byte ranges of the one file `name` beside it."""
    longest = max(seconds for _at, _length, seconds in index.parts)
    lines = [
        *("#EXTM3U", "#EXT-X-VERSION:7", f"#EXT-X-TARGETDURATION:{max(1, round(longest + 0.499))}"),
        *("#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"),
        f'#EXT-X-MAP:URI="{name}",BYTERANGE="{index.head}@0"',
    ]
    for at, length, seconds in index.parts:
        lines += [f"#EXTINF:{seconds:.3f},", f"#EXT-X-BYTERANGE:{length}@{at}", name]
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def master_list(entries: list[dict]) -> str:
    """The HLS list of all copies, the lightest first: a player begins with the first it is told."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for entry in entries:
        facts = f'BANDWIDTH={entry["peak"]},AVERAGE-BANDWIDTH={entry["mean"]},CODECS="{entry["codecs"]}"'
        if entry.get("width"):
            facts += f",RESOLUTION={entry['width']}x{entry['height']}"
        lines += [f"#EXT-X-STREAM-INF:{facts}", entry["list"]]
    return "\n".join([*lines, ""])

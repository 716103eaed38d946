"""People and files for the tests of media."""

import functools
import io
import struct
import tempfile
import uuid
import zipfile
from pathlib import Path

import av
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission

from media import ffmpeg
from schools.models import User

# The first box of an MP4 file: its type is recognised, but there is nothing in it to play.
MP4_HEAD = struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"isom", 512, b"isom", b"mp42") + b"\0" * 64


def UploaderFactory() -> User:  # noqa: N802
    """An account that may add pictures, documents and recordings to the root collection, as an editor may."""
    group, made = Group.objects.get_or_create(name="Uploaders (tests)")
    if made:
        root = Collection.get_first_root_node() or Collection.add_root(name="Root")
        for codename in ("add_picture", "add_documentfile", "add_recording"):
            permission = Permission.objects.get(codename=codename, content_type__app_label="media")
            GroupCollectionPermission.objects.create(group=group, collection=root, permission=permission)
    user = User.objects.create(username=f"uploader-{uuid.uuid4().hex[:12]}")
    user.groups.add(group)
    return user


@functools.cache
def clip(*, seconds: int = 2, padding: int = 0, container: str = "mp4") -> bytes:
    """A real, silent video of 64 × 48 pixels; `padding` adds that many bytes to an MP4 that a player skips."""
    held = io.BytesIO()
    with av.open(held, "w", format=container) as output:
        stream = output.add_stream("libvpx-vp9" if container == "webm" else "mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(seconds * 10):
            frame = av.VideoFrame(64, 48, "rgb24")
            for plane in frame.planes:
                plane.update(bytes([number * 5 % 256]) * plane.buffer_size)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    data = held.getvalue()
    return data + struct.pack(">I4s", padding, b"free") + b"\0" * (padding - 8) if padding else data


def sound(*, seconds: int = 1) -> bytes:
    """A real WAV of silence."""
    held = io.BytesIO()
    with av.open(held, "w", format="wav") as output:
        stream = output.add_stream("pcm_s16le", rate=8000, layout="mono")
        for _ in range(seconds * 8):
            frame = av.AudioFrame(format="s16", layout="mono", samples=1000)
            frame.sample_rate = 8000
            frame.planes[0].update(bytes(frame.planes[0].buffer_size))
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return held.getvalue()


def zipped(**files: str) -> bytes:
    """A zip of `files`, {name with / as __: text}."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        for name, text in files.items():
            package.writestr(name.replace("__", "/"), text)
    return held.getvalue()


@functools.cache
def filmed(
    *, seconds: int = 6, size: str = "640x360", with_sound: bool = True, turned: int = 0, container: str = "mp4"
) -> bytes:
    """A real video with a moving picture and a tone, made by ffmpeg; `turned` notes a rotation as a phone would."""
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / f"plain.{container}"
        sound_in = ["-f", "lavfi", "-i", f"sine=f=440:d={seconds}"] if with_sound else []
        video = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
        picture = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}"]
        place = ["-metadata", "location=+10.9574+106.8426/", "-movflags", "use_metadata_tags"]
        ffmpeg.run([*picture, *sound_in, *video, "-c:a", "aac", *place, str(plain)])
        if not turned:
            return plain.read_bytes()
        result = Path(folder) / f"turned.{container}"
        ffmpeg.run(["-display_rotation", str(turned), "-i", str(plain), "-c", "copy", str(result)])
        return result.read_bytes()


def spoken(*, seconds: int = 5, loudness: str = "-40dB") -> bytes:
    """A real WAV of a quiet, wavering tone."""
    with tempfile.TemporaryDirectory() as folder:
        result = Path(folder) / "spoken.wav"
        tone = f"sine=f=300:d={seconds},tremolo=f=3:d=0.9,volume={loudness}"
        ffmpeg.run(["-f", "lavfi", "-i", tone, "-ar", "16000", str(result)])
        return result.read_bytes()


def RecordingFactory(data: bytes, *, name: str = "phim.mp4", kind: str = "video", **values):  # noqa: N802
    """A recording whose original is in the store."""
    from django.core.files.base import ContentFile
    from django.core.files.storage import storages

    from media.models import Recording

    stored = storages["private"].save(f"recordings/{name}", ContentFile(data))
    return Recording.objects.create(title="Đọc tên trang", file=stored, type=kind, size=len(data), **values)

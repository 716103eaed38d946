"""People and files for the tests of media."""

import functools
import io
import struct
import uuid
import zipfile

import av
from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission

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

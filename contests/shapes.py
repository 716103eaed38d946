"""Copies of 3D models without what tells who made them. Only what draws the model is written anew.

glTF 2.0 (Khronos 2.0.1, 4.4 GLB): `asset` names the program and the copyright, `extras` and `name` hold anything, a view may
be a photograph with its own EXIF, and a file may carry chunks no viewer reads. STL: the head of 80 bytes and two bytes beside
each triangle are free, and so is every name in the written form.
"""

import base64
import json
import math
import re
import struct
from collections.abc import Callable

from contests.problems import CopyImpossible

GLB, STL = "model/gltf-binary", "model/stl"
# What of the extensions is taken along: how a surface looks and how triangles are packed. KHR_xmp holds nothing else than names.
_EXTENSIONS = re.compile(
    r"^KHR_(?:materials_\w+|texture_\w+|mesh_quantization|draco_mesh_compression|lights_punctual)$"
)
_PICTURES = {"image/jpeg", "image/png"}
_DATA = re.compile(r"^data:([\w./+-]*)(?:;[\w=.-]+)*;base64,", re.ASCII)
# More triangles than this no slot of a contest can hold.
MOST_TRIANGLES = 20_000_000
_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_THREE = rb"\s+(" + _NUMBER + rb")\s+(" + _NUMBER + rb")\s+(" + _NUMBER + rb")"
_FACET = re.compile(
    rb"\s*facet\s+normal" + _THREE + rb"\s+outer\s+loop" + (rb"\s+vertex" + _THREE) * 3 + rb"\s+endloop\s+endfacet",
    re.IGNORECASE,
)


def bare_glb(content: bytes, strip_picture: Callable[[bytes, str], bytes]) -> bytes:
    """A GLB of its drawing alone; `strip_picture(content, kind)` is asked for each texture. Raises CopyImpossible."""
    scene, data = _chunks(content)
    if any(not _EXTENSIONS.match(one) for one in scene.get("extensionsRequired", [])):
        raise CopyImpossible()
    views, buffers = scene.get("bufferViews", []), scene.get("buffers", [])
    held = [_buffer(one, data if place == 0 else b"") for place, one in enumerate(buffers)]
    pieces = [_piece(one, held) for one in views]
    for image in scene.get("images", []):
        if "bufferView" in image:
            kind = image.get("mimeType")
            if kind not in _PICTURES:
                raise CopyImpossible()
            pieces[image["bufferView"]] = strip_picture(pieces[image["bufferView"]], kind)
        else:
            found = _DATA.match(image.get("uri", ""))
            if not found or found[1] not in _PICTURES:
                raise CopyImpossible()
            bare = strip_picture(base64.b64decode(image["uri"][found.end() :], validate=True), found[1])
            image["uri"] = f"data:{found[1]};base64,{base64.b64encode(bare).decode()}"
    packed = bytearray()
    for view, piece in zip(views, pieces, strict=True):
        packed += b"\0" * (-len(packed) % 4)
        view.update(buffer=0, byteOffset=len(packed), byteLength=len(piece))
        packed += piece
    scene = _plain(scene)
    scene["asset"] = {"version": "2.0"}
    scene.pop("buffers", None)
    if packed:
        packed += b"\0" * (-len(packed) % 4)
        scene["buffers"] = [{"byteLength": len(packed)}]
    text = json.dumps(scene, separators=(",", ":"), ensure_ascii=True).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if packed:
        chunks += struct.pack("<I4s", len(packed), b"BIN\0") + bytes(packed)
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def drawable(content: bytes, kind: str) -> bool:
    """Whether a copy could be made: what is handed in and no jury could be shown is said at once."""
    try:
        bare_stl(content) if kind == STL else bare_glb(content, lambda picture, _kind: picture)
    except Exception:
        # A file made to mislead fails in any of many ways, each of which means the same to who hands it in.
        return False
    return True


def _chunks(content: bytes) -> tuple[dict, bytes]:
    """The scene and the first binary chunk; whatever else a file carries stays behind."""
    magic, version, length, size, kind = struct.unpack_from("<4sII I4s", content)
    if (magic, version, length, kind) != (b"glTF", 2, len(content), b"JSON"):
        raise CopyImpossible()
    scene, rest = json.loads(content[20 : 20 + size]), 20 + size
    if not isinstance(scene, dict) or not scene.get("meshes"):
        raise CopyImpossible()
    if rest + 8 > len(content):
        return scene, b""
    size, kind = struct.unpack_from("<I4s", content, rest)
    if rest + 8 + size > len(content):
        raise CopyImpossible()
    return scene, content[rest + 8 : rest + 8 + size] if kind == b"BIN\0" else b""


def _buffer(buffer: dict, data: bytes) -> bytes:
    """What a buffer holds. One that lies elsewhere was refused when it was handed in; here it is refused again."""
    uri = buffer.get("uri")
    if uri is not None:
        found = _DATA.match(uri)
        if not found:
            raise CopyImpossible()
        data = base64.b64decode(uri[found.end() :], validate=True)
    if len(data) < buffer["byteLength"]:
        raise CopyImpossible()
    return data[: buffer["byteLength"]]


def _piece(view: dict, held: list[bytes]) -> bytes:
    begin, size = view.get("byteOffset", 0), view["byteLength"]
    of = held[view["buffer"]]
    if begin < 0 or size < 1 or begin + size > len(of):
        raise CopyImpossible()
    return of[begin : begin + size]


def _plain(value, depth: int = 0):
    """Without names, extras and foreign extensions, however deep. Everything in a scene is found by its number."""
    if depth > 40:
        raise CopyImpossible()
    if isinstance(value, list):
        return [_plain(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    found = {}
    for key, one in value.items():
        if key in {"name", "extras"}:
            continue
        if key == "extensions":
            one = {name: inside for name, inside in one.items() if _EXTENSIONS.match(name)}
        elif key in {"extensionsUsed", "extensionsRequired"}:
            one = [name for name in one if _EXTENSIONS.match(name)]
        if one or key not in {"extensions", "extensionsUsed", "extensionsRequired"}:
            found[key] = _plain(one, depth + 1)
    return found


def bare_stl(content: bytes) -> bytes:
    """A binary STL of the triangles alone, whichever form it was handed in. Raises CopyImpossible."""
    count = int.from_bytes(content[80:84], "little") if len(content) >= 84 else 0
    if count and len(content) == 84 + 50 * count:
        triangles = bytearray(content[84:])
        triangles[48::50] = triangles[49::50] = bytes(count)
    else:
        triangles = bytearray(b"".join(_written(content)))
        count = len(triangles) // 50
    if not 0 < count <= MOST_TRIANGLES:
        raise CopyImpossible()
    return bytes(80) + struct.pack("<I", count) + bytes(triangles)


def _written(content: bytes):
    """The triangles of the form in words. Between the first and the last line there is nothing but triangles."""
    begin = re.match(rb"\s*solid[^\r\n]*", content)
    if not begin:
        raise CopyImpossible()
    place = begin.end()
    while found := _FACET.match(content, place):
        numbers = [float(one) for one in found.groups()]
        if not all(math.isfinite(one) and abs(one) < 1e30 for one in numbers):
            raise CopyImpossible()
        yield struct.pack("<12fH", *numbers, 0)
        place = found.end()
    if not re.match(rb"\s*endsolid[^\r\n]*\s*$", content[place:]):
        raise CopyImpossible()

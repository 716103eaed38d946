"""Copies of 3D models: the drawing comes along, names, programs, photographs' cameras and stowaways do not."""

import base64
import io
import json
import struct

import pytest
from PIL import Image

from contests.problems import CopyImpossible
from contests.stripping import strip
from tests.factories import jury

GLB, STL = "model/gltf-binary", "model/stl"
TELLING = (b"Tran Thi Buoi", b"Blender", b"10A1", b"PK\x03\x04")
FACETS = b"\n".join(
    b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1.5e0 0\nendloop\nendfacet"
    for _one in range(2)
)


def glb(scene: dict, data: bytes = b"", more: bytes = b"") -> bytes:
    text = json.dumps(scene).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if data:
        data += b"\0" * (-len(data) % 4)
        chunks += struct.pack("<I4s", len(data), b"BIN\0") + data
    chunks += more
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def read(content: bytes) -> tuple[dict, bytes]:
    size = struct.unpack_from("<I", content, 12)[0]
    return json.loads(content[20 : 20 + size]), content[28 + size :]


def scene(photo: bytes, triangle: bytes) -> dict:
    return {
        "asset": {"version": "2.0", "generator": "Blender", "copyright": "Tran Thi Buoi", "extras": {"class": "10A1"}},
        "extensionsUsed": ["KHR_materials_unlit", "KHR_xmp_json_ld"],
        "extensions": {"KHR_xmp_json_ld": {"packets": [{"dc:creator": "Tran Thi Buoi"}]}},
        "extras": {"who": "Tran Thi Buoi"},
        "nodes": [{"mesh": 0, "name": "Tran Thi Buoi"}],
        "meshes": [{"name": "10A1", "primitives": [{"attributes": {"POSITION": 0}, "extras": {"a": "Blender"}}]}],
        "accessors": [{"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC3"}],
        "materials": [{"name": "10A1", "extensions": {"KHR_materials_unlit": {}}}],
        "images": [
            {"bufferView": 0, "mimeType": "image/jpeg", "name": "Tran Thi Buoi"},
            {"uri": "data:image/jpeg;base64," + base64.b64encode(photo).decode()},
        ],
        "bufferViews": [
            {"buffer": 0, "byteLength": len(photo)},
            {"buffer": 0, "byteOffset": len(photo), "byteLength": len(triangle)},
        ],
        "buffers": [{"byteLength": len(photo) + len(triangle)}],
    }


def test_a_glb_keeps_its_drawing_and_loses_who_made_it():
    photo, triangle = jury.poster(), struct.pack("<9f", 0, 0, 0, 1, 0, 0, 0, 1.5, 0)
    stowaway = struct.pack("<I4s", 8, b"ZIP\0") + b"PK\x03\x04abcd"
    whole = glb(scene(photo, triangle), photo + triangle, stowaway)
    assert all(one in whole for one in TELLING)
    copy = strip(whole, GLB)
    assert not any(one in copy for one in TELLING)
    found, data = read(copy)
    assert found["asset"] == {"version": "2.0"} and found["extensionsUsed"] == ["KHR_materials_unlit"]
    view = found["bufferViews"][1]
    assert data[view["byteOffset"] :][: view["byteLength"]] == triangle and view["byteOffset"] % 4 == 0
    pictures = [
        data[found["bufferViews"][0]["byteOffset"] :][: found["bufferViews"][0]["byteLength"]],
        base64.b64decode(found["images"][1]["uri"].split(",")[1]),
    ]
    for picture in pictures:
        with Image.open(io.BytesIO(picture)) as opened:
            assert opened.size == (60, 40) and not opened.getexif()
    # What has been made anew once is made anew again, to the same drawing.
    again, twice = read(strip(copy, GLB))
    assert again["meshes"] == found["meshes"] and twice[again["bufferViews"][1]["byteOffset"] :][:36] == triangle


def test_an_stl_keeps_its_triangles_and_nothing_else_in_either_form():
    triangle = struct.pack("<12f", 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1.5, 0)
    binary = b"Tran Thi Buoi 10A1 Blender".ljust(80, b"\0") + struct.pack("<I", 2) + (triangle + b"PK") * 2
    written = b"solid Tran Thi Buoi\n" + FACETS + b"\nendsolid Tran Thi Buoi\n"
    wanted = bytes(80) + struct.pack("<I", 2) + (triangle + b"\0\0") * 2
    assert strip(binary, STL) == strip(written, STL) == wanted == strip(wanted, STL)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", GLB),
        (b"glTF" + bytes(40), GLB),
        (glb({"asset": {}, "meshes": []}), GLB),
        (glb({"meshes": [{}], "buffers": [{"byteLength": 8, "uri": "http://noi-khac.vn/a.bin"}]}), GLB),
        (glb({"meshes": [{}], "buffers": [{"byteLength": 99}]}, b"abcd"), GLB),
        (glb({"meshes": [{}], "buffers": [{"byteLength": 4}], "bufferViews": [{"buffer": 0, "byteLength": 9}]}, b"abcd"), GLB),
        (glb({"meshes": [{}], "extensionsRequired": ["EXT_meshopt_compression"]}), GLB),
        (glb({"meshes": [{}], "images": [{"uri": "data:image/svg+xml;base64,PHN2Zz4="}]}), GLB),
        (glb({"meshes": [{}]}) + b"<script>", GLB),
        (b"", STL),
        (bytes(84), STL),
        (b"solid x\n" + FACETS + b"\n<script>alert(1)</script>\nendsolid x", STL),
        (b"solid x\n" + FACETS + b"\nendsolid x\nPK\x03\x04", STL),
        (b"solid x\n" + FACETS.replace(b"1.5e0", b"nan") + b"\nendsolid", STL),
        (b"solid x\n" + FACETS.replace(b"1.5e0", b"1e99") + b"\nendsolid", STL),
    ],
)  # fmt: skip
def test_a_broken_or_double_faced_model_has_no_copy(content, kind):
    with pytest.raises(CopyImpossible):
        strip(content, kind)

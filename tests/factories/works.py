"""Contests for works, their teams, and files as entrants make them."""

import io
import json
import struct
from datetime import timedelta

import av
import requests
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from contests import operations
from contests.models import Category, Contest, Slot, TeamMember, Work, WorkFile
from contests.operations import Agreed, Declared
from contests.operations.states import name_of
from media.operations import check_upload, complete_upload, sign_upload_part
from tests.factories.contests import ORDER, secretary
from tests.factories.schools import province

AGREED = Agreed(rules=True, pledge=True, guardian="Trần Văn Cha", used_ai=False)
DECLARED = Declared(pledge=True, used_ai=False)
# Small, so that tests are quick: 50 × 70 mm at 150 dpi is 295 × 413 pixels.
SLOTS = [
    {
        "key": "ap-phich",
        "kind": "poster",
        "title": "Áp phích",
        "max_megabytes": 20,
        "print_short_mm": 50,
        "print_long_mm": 70,
        "min_dpi": 150,
    },
    {"key": "loi-binh", "kind": "text", "title": "Lời bình", "max_words": 10, "is_required": False},
    {"key": "lien-ket", "kind": "link", "title": "Liên kết", "is_required": False},
]


def poster_contest(*, by=None, days: float = 7, slots=SLOTS, **category) -> Contest:
    """A poster contest that is open now, for teams of up to three."""
    by, now = by or secretary(), timezone.now()
    document = {
        "title": "Áp phích dịch vụ công",
        "kind": "works",
        "text": "Điều 1. Bài do chính các em làm.",
        "order": ORDER,
        "rules": {"guardian_under": 16, "ai_declaration": True, "pledge": "Bài do chính chúng em làm."},
        "rounds": [
            {"level": "province", "opens_at": now - timedelta(hours=2), "closes_at": now + timedelta(days=days)}
        ],
        "categories": [{"slug": "ap-phich", "title": "Áp phích", "team_max": 3, "slots": slots} | category],
    }
    contest = operations.set_up_contest(document=document, organiser=province(), by=by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()
    return contest


def begun(contest: Contest, user, title: str = "Một cửa, một lần") -> Work:
    category = Category.objects.filter(contest=contest).order_by("pk").first()
    return operations.make_team(contest=contest, category=category, user=user, agreed=AGREED, title=title)


def leader_of(work: Work) -> TeamMember:
    return work.team.members.get(role="leader")


def send(work: Work, user, data: bytes, *, name: str = "áp phích.png", slot: str = "ap-phich") -> WorkFile:
    """A file on its whole way: begun, sent in parts, joined and checked."""
    place = Slot.objects.get(category=work.category, key=slot)
    file, _new = operations.begin_file(
        work=work, slot=place, user=user, file_name=name, content_type="", size=len(data)
    )
    upload = file.upload
    for number in range(1, upload.part_count + 1):
        piece = data[(number - 1) * upload.part_size : number * upload.part_size]
        assert requests.put(sign_upload_part(upload=upload, number=number), data=piece, timeout=20).ok
    complete_upload(upload=upload)
    check_upload(upload_id=upload.pk)
    file.refresh_from_db()
    return file


def png(width: int = 300, height: int = 420) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (30, 90, 160)).save(out, "PNG")
    return out.getvalue()


def pdf(
    width_mm: float = 50, height_mm: float = 70, *, pages: int = 1, script: bool = False, password: str = ""
) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _page in range(pages):
        writer.add_blank_page(width_mm / 25.4 * 72, height_mm / 25.4 * 72)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def glb(uri: str = "") -> bytes:
    buffer = {"byteLength": 4} | ({"uri": uri} if uri else {})
    scene = json.dumps({"asset": {"version": "2.0"}, "meshes": [{}], "buffers": [buffer]}).encode()
    scene += b" " * (-len(scene) % 4)
    data = struct.pack("<I4s4s", 4, b"BIN\0", b"mesh")
    head = struct.pack("<4sIII4s", b"glTF", 2, 20 + len(scene) + len(data), len(scene), b"JSON")
    return head + scene + data


def stl(triangles: int = 2) -> bytes:
    return b"khoi".ljust(80, b"\0") + triangles.to_bytes(4, "little") + b"\0" * 50 * triangles


def film(seconds: int = 2) -> bytes:
    """A real H.264 video of 64 × 48 pixels."""
    held = io.BytesIO()
    with av.open(held, "w", format="mp4") as output:
        stream = output.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _number in range(seconds * 10):
            output.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
        output.mux(stream.encode())
    return held.getvalue()


def handed_in(work: Work) -> WorkFile:
    """A version that is complete, with a file as the check leaves it; the object itself is not in the store."""
    now, leader = timezone.now(), leader_of(work)
    version = work.versions.get(submitted_at=None)
    file = WorkFile.objects.create(
        version=version,
        slot=work.category.slots.get(key="ap-phich"),
        file_name="áp phích.png",
        size=9,
        state=WorkFile.State.ACCEPTED,
        key=f"private/contests/works/{work.uuid}/1.png",
        content_type="image/png",
        sha256="0" * 64,
        checked_at=now,
    )
    operations.submit_work(work=work, member=leader, declared=DECLARED)
    return WorkFile.objects.select_related("version").get(pk=file.pk)

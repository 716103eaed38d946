"""Files brought in through Wagtail's own forms meet the same checks as those of the upload API."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from cms.pictures import make_renditions
from media.checking import check_drawing
from media.models import DocumentFile, Picture, Recording, Rendition
from media.problems import FileRefused
from tests.factories.cms import SVG, HomePageFactory, SectionPageFactory, picture_bytes
from tests.factories.media import MP4_HEAD

pytestmark = [pytest.mark.django_db, pytest.mark.s3]
PAGE = b"<!doctype html><script>alert(1)</script>"
PROGRAM = b"MZ" + b"\0" * 200
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def admin(editor, as_user):
    return as_user(editor)


def zipped(*names: str, kind: str = "") -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name in names:
            file.writestr(name, f'<x ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/>')
    return held.getvalue()


def drawing(inside: str, root: str = "") -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {root}>{inside}</svg>'.encode()


def add(client, kind: str, name: str, data: bytes) -> dict:
    answer = client.post(
        f"/admin/{kind}/multiple/add/",
        {"title": name, "files[]": SimpleUploadedFile(name, data)},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("evil.html", PAGE),
        ("evil.exe", PROGRAM),
        ("evil.svg", SVG),
        ("evil.pdf", PAGE),
        ("evil.pdf", zipped("word/document.xml")),
        ("evil.docx", PROGRAM),
        ("evil.docx", zipped("evil.exe")),
        ("evil.xlsx", zipped("word/document.xml")),
        ("evil.docx", zipped("word/document.xml")[:40]),
        ("evil.docx", zipped("[Content_Types].xml", "word/document.xml", kind="spreadsheetml.sheet")),
    ],
)
def test_a_document_that_is_none_is_refused(admin, name, data):
    answer = add(admin, "documents", name, data)
    assert answer["success"] is False
    assert answer["error_message"]
    assert "“”" not in answer["error_message"], "one reason, and it is about the file"
    alone = admin.post("/admin/documents/add/", {"title": "Tệp", "file": SimpleUploadedFile(name, data)})
    assert alone.status_code == 200
    assert not DocumentFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("van-ban.pdf", PDF),
        ("van-ban.DOCX", zipped("[Content_Types].xml", "word/document.xml", kind="wordprocessingml.document")),
        ("bang.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml", kind="spreadsheetml.sheet")),
    ],
)
def test_a_document_is_taken_whole(admin, name, data):
    assert add(admin, "documents", name, data)["success"] is True
    assert DocumentFile.objects.get().file.read() == data


def test_a_document_may_not_become_a_program_later(admin):
    add(admin, "documents", "van-ban.pdf", PDF)
    document = DocumentFile.objects.get()
    form = {"title": "Tệp", "file": SimpleUploadedFile("evil.pdf", PAGE), "collection": document.collection_id}
    changed = admin.post(f"/admin/documents/edit/{document.pk}/", form)
    assert "trang web" in changed.content.decode()
    assert DocumentFile.objects.get().file.read() == PDF


def test_a_document_that_is_too_large_is_refused(admin, monkeypatch):
    from media import checking
    from media.models import Upload

    rules = checking.RULES | {Upload.Purpose.DOCUMENT: checking.Rule(20, checking.RULES[Upload.Purpose.DOCUMENT].types)}
    monkeypatch.setattr(checking, "RULES", rules)
    assert "nhiều nhất" in add(admin, "documents", "van-ban.pdf", PDF)["error_message"]


ACTIVE = {
    "script": "<script>alert(1)</script>",
    "handler": '<rect width="9" height="9" onclick="alert(1)"/>',
    "page inside": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
    "page without a frame": '<g><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://x.example"/></g>',
    "link": '<a href="javascript:alert(1)"><text>x</text></a>',
    "outside picture": '<image href="https://x.example/a.png"/>',
    "old outside picture": '<image xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="//x.example/a.png"/>',
    "drawing in a picture": '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    "outside style": "<style>@import url(https://x.example/a.css);</style>",
    "outside fill": '<rect style="fill: url(https://x.example/a.svg#b)"/>',
    "spelt fill": '<rect style="fill: \\75rl(https://x.example/a.svg#b)"/>',
    "animated link": '<set attributeName="href" to="javascript:alert(1)"/>',
}


@pytest.mark.parametrize("what", ACTIVE)
def test_a_drawing_that_acts_is_refused(admin, what):
    answer = add(admin, "images", "hinh.svg", drawing(ACTIVE[what]))
    assert answer["success"] is False
    assert "SVG" in answer["error_message"]
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        drawing("", root='onload="alert(1)"'),
        b'<?xml-stylesheet href="https://x.example/a.css"?>' + SVG,
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + drawing("<text>&x;</text>"),
        b"<svg",
        PAGE,
    ],
)
def test_other_ways_to_hide_something_in_a_drawing(data):
    with pytest.raises(FileRefused):
        check_drawing(data)


def test_plain_drawings_are_taken(admin):
    assert add(admin, "images", "hinh.svg", SVG)["success"] is True
    assert Picture.objects.get().is_svg()
    check_drawing(drawing('<style>.a{fill:url(#b)}</style><use href="#c"/><image href="data:image/png;base64,AA=="/>'))
    own = [*ROOT.glob("cms/starter/**/*.svg"), *ROOT.glob("courses/starter/**/*.svg")]
    assert len(own) > 10
    for file in own:
        check_drawing(file.read_bytes())


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("anh.png", PAGE, ""),
        ("anh.jpg", PROGRAM, ""),
        ("anh.gif", picture_bytes(kind="GIF"), ""),
        ("anh.png", picture_bytes()[:200], ""),
    ],
)
def test_a_picture_that_is_none_is_refused(admin, name, data, said):
    assert add(admin, "images", name, data)["success"] is False
    assert not Picture.objects.exists()


def test_a_pixel_bomb_is_refused(admin):
    held = io.BytesIO()
    PillowImage.new("1", (10_000, 7_000)).save(held, "PNG")
    assert len(held.getvalue()) < 100_000
    assert "10000 × 7000" in add(admin, "images", "bom.png", held.getvalue())["error_message"]


@pytest.mark.parametrize(("kind", "name"), [("video", "phim.mp4"), ("audio", "tieng.mp3")])
def test_a_recording_never_comes_by_a_form(admin, kind, name):
    form = {"title": "Phim", "duration": "0", "captions": "{}", "transcripts": "{}", "tags": ""}
    page = admin.post(f"/admin/media/{kind}/add/", form | {"file": SimpleUploadedFile(name, MP4_HEAD)})
    assert "file" not in page.context["form"].fields
    assert not Recording.objects.exists()


def photo(kind: str) -> bytes:
    """A photograph lying on its side, with the place where it was taken and the name of who took it."""
    picture = PillowImage.new("RGB", (640, 400), "#0b6b74")
    exif = PillowImage.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Nguyen Van Chup"
    exif.get_ifd(0x8825)[2] = (10.0, 46.0, 30.0)
    held = io.BytesIO()
    picture.save(held, kind, exif=exif, xmp=b"<x:xmpmeta>Nguyen Van Chup</x:xmpmeta>")
    return held.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "name"), [("JPEG", "anh.jpg"), ("WEBP", "anh.webp"), ("AVIF", "anh.avif")])
def test_published_copies_tell_nothing_of_the_place_and_stand_upright(admin, kind, name):
    assert b"Nguyen Van Chup" in photo(kind)
    assert add(admin, "images", name, photo(kind))["success"] is True
    picture = Picture.objects.get()
    make_renditions(picture)
    picture.get_rendition("max-165x165")  # as the back end shows it
    picture.get_rendition("format-png")
    copies = Rendition.objects.all()
    assert len({copy.filter_spec for copy in copies}) >= 5
    for copy in copies:
        data = copy.file.read()
        with PillowImage.open(io.BytesIO(data)) as opened:
            assert not dict(opened.getexif()), copy.filter_spec
            assert opened.height > opened.width
        assert b"Nguyen Van Chup" not in data, copy.filter_spec


@pytest.mark.parametrize(
    ("address", "purposes", "chosen"),
    [
        ("/admin/images/multiple/add/", ["image"], ""),
        ("/admin/documents/multiple/add/", ["document"], ""),
        ("/admin/media/video/add/", ["video"], ""),
        ("/admin/media/audio/add/", ["audio"], ""),
        ("/admin/images/chooser/", ["image"], "/admin/images/chooser/chosen/0/"),
        ("/admin/images/chooser/?select_format=true", ["image"], "/admin/images/chooser/0/select_format/"),
        ("/admin/documents/chooser/", ["document"], "/admin/documents/chooser/chosen/0/"),
        ("/admin/media/chooser/audio/", ["audio"], "/admin/media/chooser/0/"),
        ("/admin/media/chooser/", ["audio", "video"], "/admin/media/chooser/0/"),
    ],
)
def test_new_files_are_sent_in_parts_from_every_place(admin, address, purposes, chosen):
    answer = admin.get(address)
    text = json.loads(answer.content)["html"] if "chooser" in address else answer.content.decode()
    assert re.findall(r'<file-sending data-purpose="(\w+)"', text) == purposes
    assert 'type="file" name=' not in text and 'enctype="multipart' not in text, "no way through the web process"
    assert ("<sound-recorder" in text) == ("audio" in purposes)
    assert [found.partition("?")[0] for found in re.findall(r'<a href="([^"]+)" class="media-choice"', text)] == [
        chosen for _purpose in purposes if chosen
    ]


def test_pages_choose_recordings_as_they_choose_pictures(admin):
    """Not from a list of the names of all there are."""
    section = SectionPageFactory(HomePageFactory(), kind="videos")
    for kind in ("videopage", "materialpage"):
        text = admin.get(f"/admin/pages/add/cms/{kind}/{section.pk}/").content.decode()
        assert 'id="id_recording-chooser"' in text
        assert not re.search(r"<select[^>]*recording", text)

"""The pack of a material: its files, its words, its licence, and who took it away."""

import io
import zipfile

import pytest
from django.core.files.storage import storages
from wagtail.models import PageViewRestriction

from cms.sharing.models import Agency, MaterialUse, SharedMaterial, SharedPack
from cms.sharing.packs.making import make_pack
from cms.sharing.packs.words import plain_html, plain_text
from media import storage
from tests.factories.cms import (
    DocumentFactory,
    GuidePageFactory,
    HandbookPageFactory,
    HomePageFactory,
    MaterialPageFactory,
    PictureFactory,
    ProcedureFactory,
    SectionPageFactory,
)
from tests.factories.media import RecordingFactory

pytestmark = pytest.mark.django_db
PORTAL = "https://thixa.example.gov.vn"


def row_of(page) -> SharedMaterial:
    return SharedMaterial.objects.get(key=page.translation_key, language="vi")


def opened(pack: SharedPack) -> dict[str, bytes]:
    """{name: bytes} of what is in the stored file."""
    data = storage.read(key=f"public/{pack.name}")
    assert len(data) == pack.size
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        assert files.testzip() is None
        return {name: files.read(name) for name in files.namelist()}


def test_words_stand_without_the_site_around_them():
    drawn = """<section class="block"><h2>Cách làm &amp; lưu ý</h2><ol class="steps"><li><h3>Mở máy</h3><p>Bấm <b>nút</b>.</p></li>
    <li>Xem <a href="/vi/khac/">trang khác</a></li></ol><picture><source srcset="/x.avif"><img src="/public/a.jpg" alt="Một cái máy">
    </picture><img src="/static/qr.svg" alt="Mã"><button>Nghe</button><svg><path d="M0 0"/></svg><script>alert(1)</script>
    <table><tr><th>Tuổi</th><td>14</td></tr></table></section>"""
    html = plain_html(
        drawn,
        link=lambda value: f"https://hoc.example{value}",
        picture=lambda value: {"/public/a.jpg": "pictures/01.jpg"}.get(value, ""),
    )
    assert '<img src="pictures/01.jpg" alt="Một cái máy">' in html and "/static/" not in html
    assert '<a href="https://hoc.example/vi/khac/">' in html
    for machinery in ("<script", "<svg", "<button", "<picture", "class=", "Nghe", "alert"):
        assert machinery not in html
    text = plain_text(html)
    assert "Cách làm & lưu ý" in text and "1. Mở máy" in text and "Bấm nút." in text
    assert "2. Xem trang khác (https://hoc.example/vi/khac/)" in text
    assert "Mã" not in text and "[Một cái máy]" in text and "Tuổi | 14" in text and "<" not in text


def test_a_published_material_has_a_pack_and_a_withdrawn_one_has_none(client, django_capture_on_commit_callbacks):
    cover = PictureFactory(title="Bìa áp phích", author="Họa sĩ A")
    with django_capture_on_commit_callbacks(execute=True):
        page = MaterialPageFactory(
            document=DocumentFactory(license="CC BY-SA 4.0", source="Sở Nội vụ"),
            title="Bốn bước <nhanh>", slug="bon-buoc", cover=cover, cover_alt="Bốn ô có hình.", credit="Tổ biên tập",
        )  # fmt: skip
    row, pack = row_of(page), SharedPack.objects.get()
    assert (pack.material, pack.revision_id, pack.files) == (row, page.live_revision_id, 2)
    files = opened(pack)
    assert list(files) == [
        "index.html", "text.txt", "LICENSE.txt", "files/ap-phich-de-dan-a3.pdf", "pictures/01-bia-ap-phich.jpg",
    ]  # fmt: skip
    assert files["files/ap-phich-de-dan-a3.pdf"] == b"%PDF-1.7\n%%EOF"
    html = files["index.html"].decode()
    assert "Bốn bước &lt;nhanh&gt;" in html and "giữ mã hồ sơ" in html
    assert '<img src="pictures/01-bia-ap-phich.jpg" alt="Bốn ô có hình.">' in html
    assert 'href="files/ap-phich-de-dan-a3.pdf"' in html and "https://creativecommons.org/licenses/by/4.0/" in html
    text = files["text.txt"].decode("utf-8-sig")
    assert text.startswith("BỐN BƯỚC <NHANH>") and "giữ mã hồ sơ" in text and "\r\n" in text
    license = files["LICENSE.txt"].decode("utf-8-sig")
    for said in (
        f"/s/{row.code}", page.url, f"Phiên bản {page.live_revision_id}", "CC BY 4.0", "Tổ biên tập",
        "Sở Nội vụ; CC BY-SA 4.0", "Họa sĩ A",
    ):  # fmt: skip
        assert said in license, said

    # Asked again nothing is made; another licence of a file is another pack, in the place of the older one.
    assert make_pack(row=row).pk == pack.pk and make_pack(row=row).name == pack.name
    with django_capture_on_commit_callbacks(execute=True):
        document = page.papers[0]["document"]
        document.license = "CC0 1.0"
        document.save()
        fresh = make_pack(row=row_of(page))
    assert fresh.name != pack.name and SharedPack.objects.count() == 1
    assert "CC0 1.0" in opened(fresh)["LICENSE.txt"].decode()
    assert not storages["public"].exists(pack.name), "the older file is gone"

    assert f"/s/{row.code}/pack.zip" in client.get(page.url).content.decode()
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert not SharedPack.objects.exists()
    assert client.get(f"/s/{row.code}/pack.zip").status_code == 410
    PageViewRestriction.objects.all().delete()
    page.unpublish()
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert SharedPack.objects.get().material == row
    page.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        page.unpublish()
    assert not SharedPack.objects.exists()


def test_who_takes_a_pack_away_is_in_the_register_by_version(client, django_capture_on_commit_callbacks):
    agency = Agency.objects.create(name="UBND thị xã", origins=[PORTAL])
    closed = Agency.objects.create(name="Đã thôi", origins=["https://cu.example"], is_active=False)
    page = MaterialPageFactory(document=DocumentFactory())
    row = row_of(page)
    address = f"/s/{row.code}/pack.zip"
    assert client.get(address).status_code == 404, "not made yet"
    assert "pack.zip" not in client.get(f"/s/{row.code}/share/").content.decode()
    pack = make_pack(row=row)
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, pack.url) and answer["Cache-Control"] == "no-store"
    client.get(address, headers={"referer": f"{PORTAL}/tai-lieu"})
    client.get(f"{address}?for={agency.pk}")
    client.head(f"{address}?for={agency.pk}")
    for nobody in ("0", str(closed.pk), "-1", "x", "9" * 40):
        assert client.get(f"{address}?for={nobody}").status_code == 302
    use = MaterialUse.objects.get()
    assert (use.agency, use.kind, use.count, use.revision_id) == (agency, "pack", 2, row.revision_id)
    share = client.get(f"/s/{row.code}/share/").content.decode()
    assert f'<option value="{agency.pk}">UBND thị xã</option>' in share and "Đã thôi" not in share
    # A newer text: what is there tells what is no longer so, and is not given away.
    page.title = "Tên mới"
    page.save_revision().publish()
    assert client.get(address).status_code == 404


def test_guides_handbooks_and_recordings_have_their_own_words_and_files():
    HomePageFactory()
    section = SectionPageFactory()
    ProcedureFactory("dang-ky-tam-tru", name="Đăng ký tạm trú", fee="15.000 đồng")
    recording = RecordingFactory(b"a", kind="audio", captions={"vi": "WEBVTT\n"})
    recording.copies = {"prefix": "public/copies/thu/1", "download": {"name": "sound.mp3", "bytes": 3}}
    recording.save()
    storages["public"].save("copies/thu/1/sound.mp3", io.BytesIO(b"mp3"))
    guide = GuidePageFactory(
        section,
        procedure_codes=["dang-ky-tam-tru"],
        body=[("text", "<p>Mở VNeID.</p>"), ("audio", {"recording": recording, "title": "Nghe"})],
    )
    files = opened(make_pack(row=row_of(guide)))
    assert files["media/doc-ten-trang.mp3"] == b"mp3" and "media/doc-ten-trang.vi.vtt" in files
    text = files["text.txt"].decode()
    assert "15.000 đồng" in text and "Mở VNeID." in text
    handbook = HandbookPageFactory(section)
    files = opened(make_pack(row=row_of(handbook)))
    text = files["text.txt"].decode()
    assert "1. Việc thứ 1" in text and "Xin cảm ơn bà con." in text and "Đọc to tên người gọi" in text
    assert [name for name in files if name.startswith("pictures/")]

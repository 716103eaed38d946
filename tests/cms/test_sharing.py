"""Short links, posters, cards, embeds and oEmbed: they last, they carry the approved version, and only where they may."""

import io
from copy import deepcopy

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from PIL import Image, ImageFont
from pypdf import PdfReader
from wagtail.models import PageViewRestriction

from cms.sharing.drawing import wrapped
from cms.sharing.models import Agency, Broadcast, MaterialUse, SharedMaterial, Station, origin_of
from cms.sharing.operations import share_branch
from tests.factories.sharing import small_library

pytestmark = pytest.mark.django_db

PORTAL = "https://thixa.example.gov.vn"


@pytest.fixture(scope="module")
def _made(shared_database):
    return small_library()


@pytest.fixture
def library(_made, db):
    return deepcopy(_made)


def row_of(page) -> SharedMaterial:
    return SharedMaterial.objects.get(key=page.translation_key, language=page.locale.language_code)


def test_a_short_link_follows_its_page_and_says_when_it_is_gone(client, library):
    page = library["plain"]
    code = row_of(page).code
    assert client.get(f"/s/{code}")["Location"] == page.url
    assert client.get(f"/s/{code.upper()}")["Location"] == page.url  # typed from a poster
    page.slug = "khai-sinh-cho-be"
    page.save_revision().publish()
    assert client.get(f"/s/{code}")["Location"].endswith("/khai-sinh-cho-be/")
    page.unpublish()
    gone = client.get(f"/s/{code}")
    assert gone.status_code == 410 and "Khai sinh" not in gone.content.decode()
    assert client.get("/s/zzzzzz").status_code == 404
    for address in (f"/s/{code}/share/", f"/s/{code}/poster.svg", f"/s/{code}/card.png", f"/embed/{code}"):
        assert client.get(address).status_code == 410, address
    page.save_revision().publish()
    assert row_of(page).code == code


def test_the_screen_to_pass_a_material_on(client, library):
    code = row_of(library["full"]).code
    assert f"/s/{code}/share/" in client.get(library["full"].url).content.decode()
    answer = client.get(f"/s/{code}/share/")
    text = answer.content.decode()
    assert "Đăng ký tạm trú &amp; &lt;khai báo&gt;\nTừng bước, trên điện thoại.\nXem tại đây:" in text
    assert f"/s/{code}</textarea>" in text
    assert f"/embed/{code}&quot; title=&quot;Đăng ký tạm trú &amp;amp; &amp;lt;khai báo&amp;gt;&quot;" in text
    assert 'class="qr"' in text
    english = row_of(library["english"]).code
    assert f"/s/{english}/share/" in text, "the other language is one press away"
    assert "Read it here:" in client.get(f"/s/{english}/share/").content.decode()


def test_a_poster_says_its_title_and_address_in_letters_one_can_search(client, library):
    code = row_of(library["full"]).code
    drawing = client.get(f"/s/{code}/poster.svg")
    assert drawing["Content-Type"] == "image/svg+xml" and "attachment" in drawing["Content-Disposition"]
    text = drawing.content.decode()
    assert "<script" not in text and f"/s/{code}" in text
    assert "&lt;khai báo&gt;" in text
    paper = PdfReader(io.BytesIO(client.get(f"/s/{code}/poster.pdf").content))
    assert len(paper.pages) == 1
    width, height = (float(paper.pages[0].mediabox[place]) for place in (2, 3))
    assert (round(width), round(height)) == (595, 842)  # A4
    said = " ".join(paper.pages[0].extract_text().split())
    assert "Đăng ký tạm trú" in said and f"/s/{code}" in said
    card = Image.open(io.BytesIO(client.get(f"/s/{code}/card.png").content))
    assert card.size == (1200, 630)


def test_lines_are_never_wider_than_their_place():
    font = ImageFont.load_default(40)
    title = "Thủ tục liên thông đăng ký khai sinh, đăng ký thường trú và cấp thẻ bảo hiểm y tế cho trẻ dưới sáu tuổi"
    lines = wrapped(title, font, 500, 3)
    assert len(lines) == 3 and lines[-1].endswith("…")
    assert all(font.getlength(line) <= 500 for line in lines)
    assert "".join(wrapped("长" * 40, font, 300, 9)) == "长" * 40
    assert wrapped("", font, 300, 2) == []
    assert wrapped(title, font, 100_000, 2) == [title]


def test_an_embed_is_shown_by_the_sites_of_the_register_only(client, library):
    agency = Agency(name="UBND thị xã", origins=[f"{PORTAL}/trang-chu?a=1", PORTAL.upper()])
    agency.full_clean()
    agency.save()
    assert agency.origins == [PORTAL]
    code = row_of(library["full"]).code

    shown = client.get(f"/embed/{code}", headers={"referer": f"{PORTAL}/bai-viet"})
    assert shown.status_code == 200
    assert "X-Frame-Options" not in shown
    policy = dict(part.split(" ", 1) for part in shown["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"].split() == ["'self'", PORTAL]
    assert "unsafe-inline" not in shown["Content-Security-Policy"]
    assert "Đăng nhập" in shown.content.decode()

    other = client.get(f"/embed/{code}", headers={"referer": "https://quang-cao.example/x"})
    assert other.status_code == 403
    assert "https://quang-cao.example" in other.content.decode() and "Đăng nhập" not in other.content.decode()
    assert "frame-ancestors 'self' *" in other["Content-Security-Policy"]

    # Who tells nothing of itself is still held by the policy.
    silent = client.get(f"/embed/{code}")
    assert silent.status_code == 200 and PORTAL in silent["Content-Security-Policy"]
    assert "X-Frame-Options" in client.get(library["full"].url), "only embeds may be framed"
    assert MaterialUse.objects.count() == 1


def test_an_embed_always_shows_the_approved_version_and_counts_it(client, library, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        agency = Agency.objects.create(name="Sở Nội vụ", origins=[PORTAL])
    page, ask = library["plain"], {"headers": {"referer": PORTAL}}
    first = row_of(page).revision_id
    address = f"/embed/{page.translation_key}"
    assert "Khai sinh" in client.get(address, **ask).content.decode()
    page.title = "Bản nháp"
    page.save_revision()
    assert "Bản nháp" not in client.get(address, **ask).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page.get_latest_revision().publish()
    assert "Bản nháp" in client.get(address, **ask).content.decode()
    counted = dict(MaterialUse.objects.filter(agency=agency).values_list("revision_id", "count"))
    assert counted == {first: 2, row_of(page).revision_id: 1}
    with django_capture_on_commit_callbacks(execute=True):
        agency.is_active = False
        agency.save()
    assert client.get(address, **ask).status_code == 403
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert client.get(address, **ask).status_code == 410


def test_oembed_of_pages_short_links_and_nothing_else(client, library):
    row = row_of(library["full"])
    base = settings.SITE_URL
    for url in (base + row.url, base + row.url.rstrip("/"), f"{base}/s/{row.code}", f"{base}/embed/{row.code}"):
        answer = client.get("/oembed", {"url": url, "maxwidth": "400"})
        assert answer.status_code == 200, url
        told = answer.json()
        assert (told["version"], told["type"], told["width"]) == ("1.0", "rich", 400)
        assert told["title"] == library["full"].title and f"{base}/embed/{row.code}" in told["html"]
        assert told["thumbnail_url"].endswith("card.png")
    xml = client.get("/oembed", {"url": base + row.url, "format": "xml"})
    assert xml["Content-Type"].startswith("text/xml") and b"<oembed>" in xml.content
    assert client.get("/oembed", {"url": base + row.url, "format": "yaml"}).status_code == 501
    PageViewRestriction.objects.create(page=library["full"], restriction_type="login")
    for url in (
        "",
        "x",
        "https://elsewhere.example/vi/",
        f"{base}/vi/",
        base + row.url,
        "http://[",
        f"{base}/s/{row.code}",
    ):
        assert client.get("/oembed", {"url": url}).status_code == 404, url


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://A.example.vn/x?y#z", "https://a.example.vn"),
        ("http://localhost:81/", "http://localhost:81"),
        ("javascript:alert(1)", None),
        ("https://*.example.vn", None),
        ("https://a.vn; script-src *", None),
        ("a.example.vn", None),
        ("", None),
    ],
)
def test_an_origin_is_a_site_and_never_a_piece_of_a_policy(written, origin):
    if origin is None:
        with pytest.raises(ValueError):
            origin_of(written)
    else:
        assert origin_of(written) == origin


def test_editors_keep_the_register_and_read_its_report(client, library, editor, pupil):
    client.force_login(editor)
    answer = client.post(
        "/admin/snippets/sharing/agency/add/",
        {"name": "Đài phát thanh", "origins": f"{PORTAL}\nhttps://dai.example.vn/", "contact": "", "is_active": "on"},
    )
    assert answer.status_code == 302, answer.content.decode()[:3000]
    agency = Agency.objects.get()
    assert agency.origins == [PORTAL, "https://dai.example.vn"]
    bad = client.post("/admin/snippets/sharing/agency/add/", {"name": "Sai", "origins": "dai", "is_active": "on"})
    assert bad.status_code == 200 and "“dai”" in bad.content.decode()

    for page in (library["full"], library["plain"]):
        row = row_of(page)
        MaterialUse.objects.create(
            agency=agency, material=row, title=row.title, revision_id=row.revision_id, kind="embed",
            day="2026-11-02", count=3,
        )  # fmt: skip
    library["plain"].unpublish()
    address = "/admin/sharing/register/"
    period = {"since": "2026-11-01", "until": "2026-11-30"}

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(address, period)
        return len(captured)

    text = client.get(address, period).content.decode()
    assert "Đài phát thanh" in text and "Khai sinh" in text and "đã thu hồi" in text
    assert "Khai sinh" not in client.get(address, {"since": "2026-01-01", "until": "2026-01-02"}).content.decode()
    assert client.get(address, {"since": "2026-02-01", "until": "soon"}).status_code == 200
    two = cost()
    MaterialUse.objects.filter(title="Khai sinh").delete()
    assert cost() == two
    book = load_workbook(io.BytesIO(client.get(f"{address}list.xlsx", period).content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][:2] == ["Đài phát thanh", library["full"].title]
    assert sheet["F2"].value == 3
    client.force_login(pupil)
    assert client.get(address).status_code == 302


def test_what_a_station_airs_is_logged_with_the_version_it_read(client, library, editor):
    client.force_login(editor)
    station = Station.objects.create(name="Đài xã")
    row = row_of(library["plain"])
    add, line = "/admin/snippets/sharing/broadcast/add/", {"station": station.pk, "aired_on": "2026-11-02", "times": 2}
    assert "Không có tài liệu" in client.post(add, line | {"code": "zzzzzz"}).content.decode()
    assert client.post(add, line | {"code": ""}).status_code == 200
    assert "Ngày này chưa tới" in client.post(add, line | {"code": row.code, "aired_on": "2099-01-01"}).content.decode()
    assert client.post(add, line | {"code": f"{settings.SITE_URL}/s/{row.code.upper()}/"}).status_code == 302
    assert "đã có trong nhật ký" in client.post(add, line | {"code": row.code}).content.decode()
    logged = Broadcast.objects.get()
    assert (logged.title, logged.language, logged.revision_id) == ("Khai sinh", "vi", row.revision_id)
    library["plain"].unpublish()
    logged.refresh_from_db()
    logged.times = 3
    logged.full_clean()  # a line on what was taken back can still be mended
    logged.save()
    period = {"since": "2026-11-01", "until": "2026-11-30"}
    text = client.get("/admin/sharing/register/", period).content.decode()
    assert "Đài xã" in text and "Khai sinh" in text
    sheet = load_workbook(io.BytesIO(client.get("/admin/sharing/register/list.xlsx", period).content)).worksheets[1]
    assert [cell.value for cell in sheet[2]][:7:5] == ["Đài xã", 3]
    assert client.get("/admin/snippets/sharing/broadcast/").status_code == 200


def test_the_rules_hold_in_the_database(library):
    row = row_of(library["plain"])
    for wrong in ({"withdrawn": True}, {"title": ""}, {"url": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SharedMaterial.objects.filter(pk=row.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.create(name="")


def test_a_branch_that_moves_takes_its_addresses_along(client, library, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        library["section"].slug = "tai-lieu"
        library["section"].save_revision().publish()
    assert row_of(library["full"]).url.startswith("/vi/tai-lieu/")
    assert share_branch(page=library["section"]) == 3

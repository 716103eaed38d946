"""Where people are helped in person: hours as people write them, communes and mergers, the page, the amber, the assistant."""

import io
from copy import deepcopy
from datetime import date, datetime, time, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import Workbook

from cms import page_cache
from cms.operations.freshness import check_freshness, tell_owners_of_points
from cms.search.indexing import renew_kind
from cms.search.queries import entries, page_of, search
from cms.vocabulary.hours import (
    Stretch,
    UnclearHours,
    hours_in_words,
    hours_text,
    read_hours,
    standing_at,
    standing_in_words,
)
from cms.vocabulary.models import ContentLanguage, HelpPoint, OpeningHours
from cms.vocabulary.operations import set_hours
from cms.vocabulary.place_files import import_points
from cms.vocabulary.places import phones_of
from schools.models import FormerName, Notification, Unit, UnitSuccession
from schools.rosters.tables import UnreadableFile
from support.assistant.answering import answer
from support.assistant.library import forget
from support.assistant.places import index_places, index_point
from support.models import Quotable, Wording
from support.queries.asking import answered
from tests.factories.cms import GuidePageFactory, HandbookPageFactory, HelpPointFactory, HomePageFactory
from tests.factories.schools import make_unit, province

pytestmark = pytest.mark.django_db

OFFICE = [Stretch(day, *span) for day in range(5) for span in ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))]


# --- Hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Thứ Hai–Thứ Sáu 7:30–11:30, 13:30–17:00",
        "thu 2 - thu 6: 7h30-11h30, 13h30 - 17h",
        "T2, T3, T4, T5, T6: sáng 7h30 đến 11h30, chiều 13h30 đến 17h00",
        "T2-T6 từ 7.30-11.30 và 13.30-17.00",
        "Thứ Hai–Thứ Tư 7:30–11:30 13:30–17:00; Thứ Năm–Thứ Sáu 7:30–11:30, 13:30–17:00",
        "Monday to Friday 7:30–11:30 and 13:30–17:00",
        "thứ tư 7 giờ 30-11 giờ 30, 13:30-17:00\nT2-T3 7:30-11:30, 13:30-17:00\nT5-T6 7:30-11:30, 13:30-17:00",
    ],
)
def test_hours_are_read_as_people_write_them_and_said_in_one_way(text):
    assert read_hours(text) == OFFICE
    assert hours_text(OFFICE) == "Thứ Hai–Thứ Sáu 7:30–11:30, 13:30–17:00"
    with translation.override("en"):
        assert hours_text(read_hours(text)) == "Monday–Friday 7:30–11:30, 13:30–17:00"


def test_days_with_a_gap_are_said_apart_and_a_weekend_goes_over_the_end_of_the_week():
    found = read_hours("T7-T2 8h-10h; T5 8h-10h; hằng ngày 14h-15h")
    assert [line["days"] for line in hours_in_words(found)] == [
        "Thứ Hai",
        "Thứ Ba–Thứ Tư",
        "Thứ Năm",
        "Thứ Sáu",
        "Thứ Bảy–Chủ Nhật",
    ]
    assert hours_in_words([]) == [] and read_hours(" \n") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("khi nào rảnh", "khi nào rảnh"),
        ("T2 11:30–7:30", "11:30-7:30"),
        ("T2 25:00–26:00", "25:00-26:00"),
        ("T2 7:30", "7:30"),
        ("T2 7:30–11:30, 11:00–12:00", "Thứ Hai"),
    ],
)
def test_what_is_not_understood_is_named(text, said):
    with pytest.raises(UnclearHours, match=said):
        read_hours(text)


def test_telephones_are_dialled_without_blanks():
    assert phones_of("0254 385 0000 / (028) 3999-1234") == [
        {"shown": "0254 385 0000", "dialled": "02543850000"},
        {"shown": "(028) 3999-1234", "dialled": "02839991234"},
    ]


# --- The places of a province -----------------------------------------------------------------------------------------


COMMUNES = [("Xã Sông Trong", "90001"), ("Xã Bến Cũ", "90002"), ("Xã Núi Xa", "90003")]


def coded(unit: Unit, code: str) -> Unit:
    Unit.objects.filter(pk=unit.pk).update(code=code)
    unit.code = code
    return unit


@pytest.fixture(scope="module")
def made(shared_database):
    """Sông Trong is made of the former Bến Cũ, where a post office is still on the books; Núi Xa has nothing."""
    HomePageFactory()
    root = province()
    river, former, hill = (coded(make_unit(name), code) for name, code in COMMUNES)
    Unit.objects.filter(pk=former.pk).update(valid_to=date(2025, 6, 30))
    UnitSuccession.objects.create(predecessor=former, successor=river, on=date(2025, 7, 1))
    FormerName.objects.create(unit=river, name="Xã Sông Ngoài", used_until=date(2020, 1, 1))
    khmer = ContentLanguage.objects.create(
        tag="km", autonym="ខ្មែរ", name_vi="Khmer", name_en="Khmer", script="Khmr", fallbacks=["vi"]
    )
    office = HelpPointFactory(
        river,
        name="Trung tâm Phục vụ hành chính công xã Sông Trong",
        phone="0254 385 0000",
        access=["step_free", "seats"],
        languages=[khmer],
        hours="T2-T6 7:30-11:30, 13:30-17:00",
    )
    post = HelpPointFactory(former, kind="post", name="Bưu điện Bến Cũ", hours="T2-T7 7h-18h")
    HelpPointFactory(river, kind="team", name="Tổ đã giải tán", valid_to=date(2025, 12, 31))
    HelpPointFactory(root, name="Trung tâm Phục vụ hành chính công tỉnh Mẫu")
    guide = GuidePageFactory().url
    handbook = HandbookPageFactory(count=1).url
    cache.clear()
    return {"office": office, "post": post, "river": river, "hill": hill, "guide": guide, "handbook": handbook}


@pytest.fixture
def sites(db, made):
    return deepcopy(made)


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return " ".join(BeautifulSoup(answer.content, "html.parser").main.get_text(" ").split())


def names_in(client, address: str) -> list[str]:
    soup = BeautifulSoup(client.get(address).content, "html.parser")
    return [one.get_text() for one in soup.select(".help-point h3")]


def test_the_list_leads_to_each_commune_and_tells_what_a_visit_needs(sites, client):
    page = text_of(client, "/vi/help-points/")
    assert "Xã Sông Trong 2 nơi" in page and "Bến Cũ" not in page and "Núi Xa" not in page
    shown = BeautifulSoup(client.get("/vi/help-points/?unit=90001").content, "html.parser")
    text = " ".join(shown.main.get_text(" ").split())
    assert "Thứ Hai–Thứ Sáu : 7:30–11:30, 13:30–17:00" in text or "Thứ Hai–Thứ Sáu: 7:30–11:30, 13:30–17:00" in text
    assert "ខ្មែរ" in text and "Có ghế ngồi chờ" in text
    assert shown.select_one("a[href='tel:02543850000']") is not None
    # The office first, then the post office of the commune that went into this one; what is no more is not there.
    assert [one.get_text() for one in shown.select(".help-point h3")] == [
        "Trung tâm Phục vụ hành chính công xã Sông Trong",
        "Bưu điện Bến Cũ",
        "Trung tâm Phục vụ hành chính công tỉnh Mẫu",
    ]
    empty = text_of(client, "/vi/help-points/?unit=90003")
    assert "Xã Núi Xa" in empty and "tỉnh Mẫu" in empty
    assert client.get("/vi/help-points/?unit=nowhere").status_code == 404
    assert "One-stop office" in text_of(client, "/en/help-points/?unit=90001")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("song trong", ["Trung tâm Phục vụ hành chính công xã Sông Trong", "Bưu điện Bến Cũ"]),
        ("buu dien song trong", ["Bưu điện Bến Cũ"]),
        ("xa ben cu", ["Trung tâm Phục vụ hành chính công xã Sông Trong", "Bưu điện Bến Cũ"]),
        ("Sông Ngoài", ["Trung tâm Phục vụ hành chính công xã Sông Trong", "Bưu điện Bến Cũ"]),
        ("ong rong", []),
        ("nui xa", []),
    ],
)
def test_the_search_knows_no_accents_and_the_names_from_before_a_merger(sites, client, typed, found):
    assert names_in(client, f"/vi/help-points/?q={typed}") == found


def test_a_commune_without_a_place_says_so(sites, client):
    assert "Xã Núi Xa: chưa có nơi nào được nhập" in text_of(client, "/vi/help-points/?q=nui xa")


def test_who_is_overdue_is_amber_for_readers_editors_and_the_command(sites, client, editor):
    post = sites["post"]
    today = timezone.localdate()
    post.checked_on, post.review_by, post.owner = today - timedelta(days=400), today - timedelta(days=5), editor
    post.save()
    cache.clear()
    assert "gọi trước khi đi" in text_of(client, "/vi/help-points/?unit=90001")
    assert [one["name"] for one in check_freshness()["help_points"]] == ["Bưu điện Bến Cũ"]
    assert (tell_owners_of_points(), tell_owners_of_points()) == (1, 0)
    assert (
        Notification.objects.get(user=editor, kind="help_points_stale").context["names"]
        == "Bưu điện Bến Cũ (Xã Bến Cũ)"
    )
    client.force_login(editor)
    assert "Bưu điện Bến Cũ" in client.get("/admin/freshness/").content.decode()


def test_guides_and_handbooks_send_people_there_only_where_there_is_somewhere(sites, client):
    for name in ("guide", "handbook"):
        assert 'href="/vi/help-points/" data-help-link' in client.get(sites[name]).content.decode()
    HelpPoint.objects.update(valid_to=date(2026, 1, 1))
    cache.clear()
    assert "data-help-link" not in client.get(sites["guide"]).content.decode()
    assert "Chưa có nơi nào" in text_of(client, "/vi/help-points/")


def test_a_page_costs_the_same_with_one_point_and_with_three(sites, client):
    def statements(address: str) -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        return len([one for one in asked if "vocabulary_" in one["sql"] or "schools_" in one["sql"]])

    one = statements("/vi/help-points/?q=buu dien"), statements("/vi/help-points/?unit=90001")
    for number in (1, 2):
        point = HelpPointFactory(sites["river"], kind="post", name=f"Bưu điện số {number}", hours="T2 8h-9h")
        point.languages.set(ContentLanguage.objects.filter(tag="km"))
    # Units, successions, former names, the points and their hours; then the points, their hours and languages; the help line.
    assert one == (9, 9)
    assert (statements("/vi/help-points/?q=buu dien"), statements("/vi/help-points/?unit=90001")) == one


def test_rules_are_the_databases(sites):
    office = sites["office"]
    values = {"unit": office.unit, "kind": office.kind, "address": "x", "checked_on": date(2026, 1, 2)}
    wrong = [
        values | {"name": "A", "review_by": date(2026, 1, 1)},
        values | {"name": office.name, "review_by": date(2027, 1, 1)},
        values | {"name": "", "review_by": date(2027, 1, 1)},
        values
        | {"name": "B", "review_by": date(2027, 1, 1), "valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
    ]
    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            HelpPoint.objects.create(**one)
    for hours in ((7, time(8), time(9)), (0, time(9), time(8)), (0, time(7, 30), time(8))):
        with pytest.raises(IntegrityError), transaction.atomic():
            OpeningHours.objects.create(point=office, weekday=hours[0], opens=hours[1], closes=hours[2])
    assert set_hours(point=office, stretches=OFFICE) is False
    assert set_hours(point=office, stretches=OFFICE[:1]) is True
    assert office.opening.count() == 1


# --- Editing ----------------------------------------------------------------------------------------------------------


def test_an_editor_types_hours_as_words_and_a_wrong_line_is_said(sites, client, editor):
    client.force_login(editor)
    office = sites["office"]
    address = f"/admin/snippets/vocabulary/helppoint/edit/{office.pk}/"
    page = BeautifulSoup(client.get(address).content, "html.parser")
    assert page.select_one("textarea[name=hours]").get_text().strip() == "Thứ Hai–Thứ Sáu 7:30–11:30, 13:30–17:00"
    fields = {
        "kind": "one_stop",
        "name": office.name,
        "unit": office.unit_id,
        "address": "Đường số 1",
        "hours": "T7 8h-10h",
        "access": ["home"],
        "checked_on": "2026-11-20",
        "review_by": "2027-05-20",
    }
    said = client.post(address, fields | {"hours": "khi rảnh"}).content.decode()
    assert "khi rảnh" in said and "7:30–11:30, 13:30–17:00" in said
    assert client.post(address, fields).status_code == 302
    office.refresh_from_db()
    assert hours_text(office.stretches) == "Thứ Bảy 8:00–10:00" and office.access == ["home"]
    # Whom it belongs to is chosen among those who work here, not among all accounts.
    assert [one["value"] for one in page.select("select[name=owner] option")] == ["", str(editor.pk)]


def workbook(*rows: tuple) -> bytes:
    book = Workbook()
    book.active.append(("DANH SÁCH ĐIỂM HỖ TRỢ",))
    for row in rows:
        book.active.append(row)
    book.save(stream := io.BytesIO())
    return stream.getvalue()


HEADINGS = ("STT", "Tên xã", "Loại", "Tên điểm", "Địa chỉ", "Điện thoại", "Giờ mở cửa", "Ngôn ngữ", "Ngày kiểm tra")


def test_a_table_is_taken_row_by_row_and_the_same_again_changes_nothing(sites, client, editor):
    raw = workbook(
        HEADINGS,
        (1, "Bến Cũ", None, "x", "y", None, None, None, None),
        (
            2,
            "XÃ BẾN CŨ",
            "Bưu điện văn hóa xã",
            "Bưu điện Núi",
            "Chợ Núi",
            "0254 1",
            "T2-T6 7h-17h",
            "Khmer",
            date(2026, 11, 1),
        ),
        (3, "90003", "Tổ CNSCĐ", "Tổ ấp 1", "Ấp 1", None, "rảnh lúc nào", None, None),
        (4, "90003", "Tổ CNSCĐ", "Tổ ấp 2", "Ấp 2", None, None, None, "31/02/2026"),
        (5, "90003", "Tổ CNSCĐ", "Tổ ấp 3", "Ấp 3", None, None, "Sao Hỏa", None),
        (6, "90003", "Tổ CNSCĐ", "Tổ ấp 4", None, None, None, None, None),
        (7, "Xã Núi Xa", "Tổ CNSCĐ", "Tổ ấp 5", "Ấp 5", None, "CN 8h-10h", None, None),
    )
    before = HelpPoint.objects.count()
    assert vars(import_points(raw=raw, dry_run=True))["created"] == 2 and HelpPoint.objects.count() == before
    done = import_points(raw=raw)
    assert (done.created, done.changed, done.unchanged) == (2, 0, 0)
    assert [one["row"] for one in done.rejected] == [3, 5, 6, 7, 8]
    assert "rảnh lúc nào" in done.rejected[1]["reason"] and "31/02/2026" in done.rejected[2]["reason"]
    # Bến Cũ has become a part of Sông Trong: what is entered today stands there.
    post = HelpPoint.objects.get(name="Bưu điện Núi")
    assert (post.unit, post.kind, post.checked_on) == (sites["river"], "post", date(2026, 11, 1))
    assert hours_text(post.stretches) == "Thứ Hai–Thứ Sáu 7:00–17:00" and post.languages.get().tag == "km"
    again = import_points(raw=raw)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
    with pytest.raises(UnreadableFile):
        import_points(raw=workbook(("Họ tên", "Lớp")))
    client.force_login(editor)
    sent = {"file": SimpleUploadedFile("xa.xlsx", raw), "dry_run": "on"}
    assert "Dòng 5: " in client.post("/admin/help-points/import/", sent).content.decode()


# --- The assistant ----------------------------------------------------------------------------------------------------


def test_the_assistant_quotes_the_places_of_a_commune_and_offers_them_when_it_does_not_know(sites):
    Wording.objects.create(slug="a", kind="aside", said="ở\nlúc nào\nmở cửa", meant="")
    Wording.objects.create(slug="m", kind="means", said="đến đâu để được giúp", meant="nơi giúp bà con")
    forget()
    assert index_places() == 6
    found = answer("bưu điện ở xã Sông Trong mở cửa lúc nào", "vi")
    assert found.known and found.passages[0].url.startswith("/vi/help-points/?unit=90001")
    assert answer("đến đâu để được giúp ở sông trong", "vi").known
    offers = answered("cách nuôi tôm hùm bông", "vi")["offers"]
    assert {"kind": "place", "url": "/vi/help-points/"}.items() <= next(
        one for one in offers if one["kind"] == "place"
    ).items()
    # The point moves: the commune it left tells of it no more.
    office = sites["office"]
    office.unit = sites["hill"]
    office.save()
    index_point(office.uuid)
    told = {
        one.key: list(one.passages.values_list("heading", flat=True))
        for one in Quotable.objects.filter(kind="place", language="vi", is_live=True)
    }
    assert told["90001"] == ["Bưu điện Bến Cũ"] and told["90003"] == [office.name]
    HelpPoint.objects.update(valid_to=date(2026, 1, 1))
    assert index_places() == 0
    assert not Quotable.objects.filter(kind="place", is_live=True).exists()


# --- Open now ---------------------------------------------------------------------------------------------------------

DAYS_AND_NIGHTS = "hằng ngày 0:00–23:59"


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("hours", "moment", "said", "english"),
    [
        # 27 November 2026 is a Friday.
        ("T2-T6 7:30-11:30, 13:30-16:30", "2026-11-27T14:00", "Đang mở · đến 16:30", "Open now · until 16:30"),
        ("T2-T6 7:30-11:30, 13:30-16:30", "2026-11-27T12:00", "Đóng cửa · mở lại lúc 13:30", "Closed · opens again at 13:30"),
        ("T2-T6 7:30-11:30, 13:30-16:30", "2026-11-27T16:30", "Đóng cửa · mở lại thứ Hai 7:30", "Closed · opens again on Monday at 7:30"),
        ("T2-T6 7:30-11:30", "2026-11-26T20:00", "Đóng cửa · mở lại ngày mai 7:30", "Closed · opens again tomorrow at 7:30"),
        ("T2-T6 7:30-11:30", "2026-11-27T07:29", "Đóng cửa · mở lại lúc 7:30", "Closed · opens again at 7:30"),
        ("T6 7:30-11:30", "2026-11-27T11:31", "Đóng cửa · mở lại thứ Sáu 7:30", "Closed · opens again on Friday at 7:30"),
        # Stretches that touch, over noon and over midnight.
        ("T6 7:00-12:00; T6 12:00-17:00", "2026-11-27T11:00", "Đang mở · đến 17:00", "Open now · until 17:00"),
        ("T6 20:00-23:59; T7 0:00-6:00", "2026-11-28T01:00", "Đang mở · đến 6:00", "Open now · until 6:00"),
        ("T6 20:00-23:59", "2026-11-27T21:00", "Đang mở · đến 24:00", "Open now · until 24:00"),
        (DAYS_AND_NIGHTS, "2026-11-27T21:00", "Đang mở · suốt ngày đêm", "Open now · day and night"),
    ],
)  # fmt: skip
def test_open_or_closed_is_said_by_the_clock_of_the_place(hours, moment, said, english):
    standing = standing_at(read_hours(hours), at(moment))
    assert standing_in_words(standing, at(moment)) == said
    with translation.override("en"):
        assert standing_in_words(standing, at(moment)) == english


def test_where_no_hours_are_known_nothing_is_said():
    assert standing_at([], at("2026-11-27T08:00")) is None


def test_what_is_open_now_is_shown_and_can_be_chosen(sites, client, monkeypatch):
    def told(moment: str, address: str):
        monkeypatch.setattr(timezone, "now", lambda: at(moment))
        cache.clear()
        return client.get(address).content.decode()

    sites["post"].hours_note = "Gọi trước"
    sites["post"].save()
    friday, commune = "2026-11-27T12:00", "/vi/help-points/?unit=90001"
    page = told(friday, commune)
    assert "Đóng cửa · mở lại lúc 13:30" in page and "Đang mở · đến 18:00" in page
    # Nobody wrote down the hours of the centre of the province: nothing is said of it.
    assert page.count("data-until=") == 2
    assert BeautifulSoup(page, "html.parser").select(".chips b")[1].get_text() == "1"
    only = BeautifulSoup(told(friday, f"{commune}&open=1"), "html.parser")
    assert [one.get_text() for one in only.select(".help-point h3")] == ["Bưu điện Bến Cũ"]
    assert "1 đang mở" in told(friday, "/vi/help-points/")
    assert names_in(client, "/vi/help-points/?open=1") == ["Bưu điện Bến Cũ"]
    assert names_in(client, "/vi/help-points/?q=song trong&open=1") == ["Bưu điện Bến Cũ"]
    assert "Đang mở · đến 17:00" in told("2026-11-27T13:30:01", commune)
    night = told("2026-11-27T22:00", f"{commune}&open=1")
    assert "Không nơi nào đang mở" in night and f'href="{commune.split("/")[-1]}"' in night


def test_a_page_is_kept_until_the_first_of_them_opens_or_closes(sites, client, monkeypatch):
    kept = {}
    monkeypatch.setattr(timezone, "now", lambda: at("2026-11-27T13:20"))
    monkeypatch.setattr(page_cache.cache, "set", lambda key, value, seconds=None, **more: kept.update({key: seconds}))
    client.get("/vi/help-points/?unit=90001")
    assert [seconds for key, seconds in kept.items() if key.startswith("content:response:")] == [600]


def test_a_name_from_before_is_found_by_page_search_and_assistant_at_once(
    sites, client, django_capture_on_commit_callbacks
):
    index_places()
    renew_kind("help_point")
    office = sites["office"]

    def found() -> tuple[bool, bool, bool]:
        listed = office.name in names_in(client, "/vi/help-points/?q=cua lap")
        told = Quotable.objects.get(kind="place", key="90001", language="vi").about
        hits = search("cua lap", entries(language="vi", materials=True, format="help_point"))
        return listed, "cua lap" in told, bool(hits.ids) and not hits.loose

    assert found() == (False, False, False)
    with django_capture_on_commit_callbacks(execute=True):
        old = FormerName.objects.create(unit=sites["river"], name="Xã Cửa Lấp", used_until=date(2015, 1, 1))
    assert found() == (True, True, True)
    with django_capture_on_commit_callbacks(execute=True):
        old.delete()
    assert found() == (False, False, False)


# --- The site's search ------------------------------------------------------------------------------------------------


def test_the_one_search_box_finds_places_by_their_commune_and_kind(sites, client):
    def hits(query: str, language: str = "vi") -> list[tuple[str, str]]:
        found = search(query, entries(language=language, materials=True, format="help_point"))
        return [(one.title, one.url) for one in page_of(found.ids)]

    assert renew_kind("help_point") == 6 and renew_kind("help_point") == 0
    office, post = sites["office"], sites["post"]
    assert hits("sông trong bưu điện") == [
        (f"{post.name}, Xã Sông Trong", f"/vi/help-points/?unit=90001#point-{post.uuid}")
    ]
    assert {title for title, _url in hits("ben cu")} == {office.name, f"{post.name}, Xã Sông Trong"}, (
        "a name from before the merger"
    )
    assert [url for _title, url in hits("one-stop song trong", "en")] == [
        f"/en/help-points/?unit=90001#point-{office.uuid}"
    ]
    page = client.get("/vi/search/?q=buu dien").content.decode()
    assert "Nơi giúp bà con" in page and f"#point-{post.uuid}" in page
    # Pages are what other sites harvest; places are not among them.
    assert client.get("/api/v1/materials?q=buu dien").json()["count"] == 0
    # It closes for good: at midnight it is gone, and from the list at once.
    post.valid_to = timezone.localdate() - timedelta(days=1)
    post.save()
    assert renew_kind("help_point") == 2 and [title for title, _url in hits("ben cu")] == [office.name]

"""Accent-insensitive search over everything published."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from cms.models import SearchEntry, SearchSynonym
from cms.search.folding import folded, same_length_fold
from cms.search.indexing import Found, index, index_anew, index_everything, index_page
from cms.search.queries import entries, marked_title, page_of, search, snippet
from tests.factories.cms import AudienceFactory, GuidePageFactory, HomePageFactory, SectionPageFactory

pytestmark = pytest.mark.django_db


def found(key: str, title: str, text: str = "", **values) -> SearchEntry:
    return index(Found(**({"kind": "page", "key": key, "language": "vi", "format": "guide", "title": title,
                           "url": f"/vi/{key}/", "text": text} | values)))  # fmt: skip


def titles(query: str, language: str = "vi") -> list[str]:
    return [entry.title for entry in page_of(search(query, entries(language=language)).ids)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Đắk Lắk", "dak lak"),
        ("Lý lịch – kỹ năng", "li lich ki nang"),
        ("Lí lịch, kĩ năng!", "li lich ki nang"),
        ("HOÀ hòa", "hoa hoa"),
        ("thủy, quy, ngày", "thuy qui ngay"),
    ],
)
def test_folding(text, form):
    assert folded(text) == form


def test_folding_letter_by_letter_keeps_every_place():
    text = "Đăng ký KHAI SINH cho bé ở Krông Năng: lý do"
    assert len(same_length_fold(text)) == len(text)
    assert same_length_fold(text).startswith("dang ki khai sinh")


@pytest.mark.parametrize("query", ["đăng ký khai sinh", "dang ky khai sinh", "DANG KI", "Khai sinh", "dang k"])
def test_accents_case_and_the_last_letters_do_not_matter(query):
    found("a", "Đăng ký khai sinh")
    found("b", "Đổi giấy phép lái xe")
    assert titles(query) == ["Đăng ký khai sinh"]


def test_exact_accents_come_first_and_a_title_before_a_text():
    found("a", "Ca mau", "nói về bò")
    found("b", "Cà Mau", "nói về biển")
    found("c", "Chuyện khác", "ở Cà Mau")
    assert titles("Cà Mau") == ["Cà Mau", "Ca mau", "Chuyện khác"]


def test_synonyms_stand_in_for_each_other():
    SearchSynonym.objects.create(slug="can-cuoc", words="căn cước\nCCCD\ncăn cước công dân")
    found("a", "Cấp đổi thẻ căn cước")
    found("b", "Làm CCCD gắn chip")
    assert set(titles("cccd")) == {"Cấp đổi thẻ căn cước", "Làm CCCD gắn chip"}
    assert set(titles("doi can cuoc")) == {"Cấp đổi thẻ căn cước"}


def test_words_must_all_be_there_and_what_comes_near_is_offered():
    found("a", "Đăng ký tạm trú")
    found("b", "Đăng ký xe máy")
    assert titles("đăng ký tạm trú") == ["Đăng ký tạm trú"]
    near = search("đăng ký tạm trú voi", entries(language="vi"))
    assert near.loose
    assert next(entry.title for entry in page_of(near.ids)) == "Đăng ký tạm trú"
    assert search("voi bay", entries(language="vi")).ids == []


def test_snippet_marks_words_and_escapes_the_rest():
    entry = found("a", "Trang", "x " * 200 + "Nộp lệ phí tại xã & phường, dưới < 50 " + "y " * 200)
    piece = snippet(entry, "le phi", {})
    assert "<mark>lệ phí</mark>" in piece
    assert "&amp; phường" in piece
    assert len(piece) < 400


def test_marks_stand_on_what_was_asked_for_and_not_on_words_that_look_alike():
    title = marked_title(found("a", "Làm thẻ căn cước khi cần"), "căn cước", {})
    assert title == "Làm thẻ <mark>căn cước</mark> khi cần"
    assert marked_title(found("b", "Khi cần thì đổi căn hộ"), "căn cước", {}) == "Khi cần thì đổi <mark>căn</mark> hộ"
    assert marked_title(found("c", "Thẻ CĂN CƯỚC"), "can cuoc", {}) == "Thẻ <mark>CĂN CƯỚC</mark>"


def test_how_something_is_done_comes_before_a_lesson_about_it():
    found("a", "Bài 2. Căn cước và VNeID", format="lesson")
    found("b", "Làm thẻ căn cước")
    assert titles("căn cước") == ["Làm thẻ căn cước", "Bài 2. Căn cước và VNeID"]


def test_languages_do_not_mix():
    found("a", "Hướng dẫn")
    found("a", "Guide", language="en")
    assert titles("guide", "en") == ["Guide"]
    assert titles("guide") == []


@pytest.mark.slow
def test_published_page_is_found_and_an_unpublished_or_private_one_is_not(client, django_capture_on_commit_callbacks):
    section = SectionPageFactory()
    with django_capture_on_commit_callbacks(execute=True):
        guide = GuidePageFactory(section, title="Cấp hộ chiếu phổ thông")
    answer = client.get("/vi/search/", {"q": "ho chieu"})
    assert guide.url in answer.content.decode()
    restriction = PageViewRestriction.objects.create(page=section, restriction_type="login")
    assert titles("hộ chiếu") == []
    restriction.delete()
    assert titles("hộ chiếu") == ["Cấp hộ chiếu phổ thông"]
    guide.unpublish()
    assert titles("hộ chiếu") == []


@pytest.mark.slow
def test_deleted_page_is_not_found():
    guide = GuidePageFactory(title="Cấp hộ chiếu")
    index_page(guide.pk)
    assert titles("hộ chiếu") == ["Cấp hộ chiếu"]
    guide.delete()
    assert titles("hộ chiếu") == []


@pytest.mark.slow
def test_rebuilding_gives_the_same_entries():
    GuidePageFactory(title="Cấp hộ chiếu")
    index_everything()
    before = list(SearchEntry.objects.order_by("key").values_list("key", "title", "url"))
    SearchEntry.objects.all().delete()
    index_everything()
    assert list(SearchEntry.objects.order_by("key").values_list("key", "title", "url")) == before


@pytest.mark.parametrize("query", ["", "   ", "'; DROP TABLE x; --", "%", "_", "<script>", "a" * 500, "\x00"])
def test_odd_queries_are_answered(client, query):
    HomePageFactory()
    answer = client.get("/vi/search/", {"q": query})
    assert answer.status_code == 200
    assert b"<script>a" not in answer.content


def test_page_of_results_costs_the_same_whatever_their_number(client):
    HomePageFactory()
    found("a", "Đăng ký một")
    found("b", "Đăng ký hai")
    client.get("/vi/search/", {"q": "khác"})
    with CaptureQueriesContext(connection) as two:
        client.get("/vi/search/", {"q": "đăng ký"})
    found("c", "Đăng ký ba")
    found("d", "Đăng ký bốn")
    with CaptureQueriesContext(connection) as new:
        client.get("/vi/search/", {"q": "đăng ký"})
    with CaptureQueriesContext(connection) as four:
        client.get("/vi/search/", {"q": "đăng ký"})
    # Whether anything has changed, what the texts of the best say, this page's entries.
    assert len(two) == len(four) == 3, [query["sql"][:200] for query in four]
    # The first after a change reads which entries there are, the new ones and the synonyms.
    assert len(new) == 6, [query["sql"][:200] for query in new]


def test_materials_api_lists_narrows_and_searches(client):
    AudienceFactory("nguoi-cao-tuoi")
    found("1", "Cấp hộ chiếu", audiences=["nguoi-cao-tuoi"])
    found("2", "Xem video", format="video", text="hộ chiếu")
    found("3", "Mục lục", is_material=False)
    found("4", "Passport", language="en")

    def keys(**query):
        body = client.get("/api/v1/materials", query).json()
        assert body["count"] == len(body["results"])
        return [result["key"] for result in body["results"]]

    assert keys(language="vi") == ["1", "2"]
    assert keys(language="vi", format="video") == ["2"]
    assert keys(language="vi", audience="nguoi-cao-tuoi") == ["1"]
    assert keys(language="vi", q="ho chieu") == ["1", "2"]
    assert keys(language="en", q="passport") == ["4"]
    paged = client.get("/api/v1/materials", {"language": "vi", "per_page": 1, "page": 2}).json()
    assert (paged["count"], [result["key"] for result in paged["results"]]) == (2, ["2"])
    assert {"key", "title", "url", "format"} <= paged["results"][0].keys()


@pytest.mark.parametrize("query", [{"language": "xx"}, {"page": 0}, {"per_page": 5000}])
def test_materials_api_refuses_wrong_parameters_as_a_problem(client, query):
    answer = client.get("/api/v1/materials", query)
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("application/problem+json")


@pytest.mark.slow
def test_search_among_five_thousand_takes_a_tenth_of_a_second_of_cpu():
    syllables = [
        "đăng",
        "ký",
        "khai",
        "sinh",
        "cấp",
        "đổi",
        "thẻ",
        "căn",
        "cước",
        "tạm",
        "trú",
        "thường",
        "trú",
        "hộ",
        "chiếu",
        "xã",
        "phường",
        "nộp",
        "hồ",
        "sơ",
        "lệ",
        "phí",
    ]
    things = []
    for number in range(5000):
        words = [syllables[(number * 7 + step * step) % len(syllables)] for step in range(300)]
        things.append(Found(kind="page", key=str(number), language="vi", format="guide", title=" ".join(words[:6]),
                            url=f"/vi/{number}/", text=" ".join(words)))  # fmt: skip
    index_anew(things)
    search("khai sinh", entries(language="vi"))
    took = []
    for query in ("khai sinh", "đổi thẻ căn cước", "ho so xa"):
        began = time.process_time()
        page_of(search(query, entries(language="vi")).ids[:10])
        took.append(time.process_time() - began)
    assert min(took) < 0.1, took


@pytest.mark.slow
def test_a_slip_of_the_finger_finds_the_word_that_was_meant(client):
    guide = GuidePageFactory(title="Làm tài khoản VNeID", body=[("text", "<p>Câu đầu. VNeID là ứng dụng.</p>")])
    index_everything()
    for typed in ("vnied", "VNied", "vneidd", "vnid"):
        answer = client.get("/vi/search/", {"q": typed})
        assert answer.context["corrected"] == "vneid", typed
        assert [hit["entry"].url for hit in answer.context["hits"]] == [guide.url]
    assert client.get("/vi/search/", {"q": "vneid"}).context["corrected"] == ""


def test_lists_and_home_pages_are_no_answers(client):
    guide = GuidePageFactory(SectionPageFactory(title="Tra cứu"), title="Tra cứu hồ sơ")
    index_everything()
    hits = client.get("/vi/search/", {"q": "tra cứu"}).context["hits"]
    assert [hit["entry"].url for hit in hits] == [guide.url]


def test_only_whole_words_are_marked_and_a_piece_begins_with_its_sentence():
    entry = found("a", "Trang", f"{'Mở đầu dài. ' * 30}Em khai sinh ở xã. Khải hoàn không liên quan.")
    piece = snippet(entry, "khai", {})
    assert piece.startswith("Em <mark>khai</mark> sinh")
    assert "<mark>kha</mark>" not in snippet(entry, "kha", {})


def test_who_finds_nothing_is_shown_what_can_be_done_and_nothing_twice(client):
    found("tam-tru", "Đăng ký tạm trú")
    found("khoa", "Phục vụ người dân", format="course")
    found("bai", "Phục vụ người dân", format="lesson")
    offered = client.get("/vi/search/", {"q": "xyzzy"}).context["suggestions"]
    assert [one["title"] for one in offered] == ["Đăng ký tạm trú", "Phục vụ người dân"]

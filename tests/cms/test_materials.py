"""Materials to hand out and news of what has changed: their rules, and what readers, search and programs are told."""

import json
from copy import deepcopy
from datetime import timedelta

import feedparser
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.feeds.linked import linked_data
from cms.models import MaterialPage, NewsPage, SearchEntry
from cms.search.indexing import index_page
from media.models import DocumentFile
from tests.factories.cms import (
    DocumentFactory,
    GuidePageFactory,
    HomePageFactory,
    MaterialPageFactory,
    NewsPageFactory,
    ProcedureFactory,
    SectionPageFactory,
    TopicFactory,
)
from tests.factories.constraints import refused
from tests.factories.schools import make_staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def _made(shared_database):
    """A poster with a file, a decree in words, a guide and the news of its procedure."""
    materials = SectionPageFactory(kind="material", title="Tài liệu", slug="tai-lieu", show_in_menus=True)
    news = SectionPageFactory(kind="news", title="Có gì mới", slug="co-gi-moi", show_in_menus=True)
    document = DocumentFactory()
    ProcedureFactory("dang-ky-tam-tru", name="Đăng ký tạm trú")
    return {
        "materials": materials,
        "news": news,
        "document": document,
        "poster": MaterialPageFactory(
            materials, document=document, title="Bốn bước", slug="bon-buoc", issuer="Sở Nội vụ", topics=[TopicFactory()]
        ),
        "decree": MaterialPageFactory(
            materials, kind="law", title="Nghị định một cửa", slug="nghi-dinh", number="118/2025/NĐ-CP", license=""
        ),
        "guide": GuidePageFactory(procedure_codes=["dang-ky-tam-tru"], title="Làm tạm trú", slug="lam-tam-tru"),
        "change": NewsPageFactory(news, title="Không nhận giấy", slug="giay", procedure_codes=["dang-ky-tam-tru"]),
    }


@pytest.fixture
def shelf(_made, db):
    return deepcopy(_made)


def read(client, page) -> str:
    """The page as it is now: what a publish drops once it is committed is dropped here."""
    cache.clear()
    answer = client.get(page if isinstance(page, str) else page.url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_file_or_recording_is_also_told_in_words(shelf):
    poster, today = shelf["poster"], timezone.localdate()
    poster.full_clean()
    poster.body = [("text", "<p>Xem trong tệp.</p>")]
    with pytest.raises(ValidationError) as said:
        poster.full_clean()
    assert list(said.value.message_dict) == ["body"]
    poster = shelf["decree"]  # with nothing to open there is nothing to tell again
    poster.body = []
    poster.full_clean()
    poster.valid_from, poster.valid_until, poster.replaced_by = today, today - DAY, poster
    with pytest.raises(ValidationError) as said:
        poster.full_clean()
    assert set(said.value.message_dict) == {"valid_until", "replaced_by"}
    rows = MaterialPage.objects.filter(pk=poster.pk)
    with refused("material_ends_after_it_begins"):
        rows.update(valid_from=today, valid_until=today - DAY)
    with refused("material_is_not_its_own_successor"):
        rows.update(replaced_by=poster.pk)


def test_a_reader_sees_sizes_before_a_download_and_whether_it_still_holds(client, shelf):
    poster, decree, today = shelf["poster"], shelf["decree"], timezone.localdate()
    text = read(client, poster)
    assert f'href="{shelf["document"].url}" download' in text and "(PDF, 14" in text
    assert "A3 (297 × 420 mm)" in text and "in màu" in text and "Sở Nội vụ" in text
    assert "CC BY 4.0" in text and 'id="in-words"' in text and "giữ mã hồ sơ" in text
    assert "Số 118/2025/NĐ-CP" in read(client, decree)

    decree.valid_until = today - DAY
    decree.save_revision().publish()
    assert "Hết hiệu lực sau ngày" in read(client, decree)
    decree.valid_from, decree.valid_until = today + DAY, None
    decree.save_revision().publish()
    assert "Có hiệu lực từ ngày" in read(client, decree) and decree.standing == "coming"
    decree.replaced_by = poster
    decree.save_revision().publish()
    text = read(client, decree)
    assert "Đã có bản mới hơn" in text and f'<a href="{poster.url}">Bốn bước</a>' in text
    # What nobody may read is not named.
    poster.unpublish()
    assert "Bốn bước" not in read(client, decree)


def test_the_list_is_narrowed_by_kind_and_shows_what_is_over_last(client, shelf):
    section = shelf["materials"]
    text = read(client, section)
    assert '<a class="chip" href="?kind=law">Văn bản pháp luật<b>1</b></a>' in text
    assert text.index("Bốn bước") < text.index("Nghị định một cửa")
    only = read(client, f"{section.url}?kind=law")
    assert "Nghị định một cửa" in only and "Bốn bước" not in only
    assert "Bốn bước" in read(client, f"{section.url}?kind=nothing"), "an unknown kind narrows nothing"
    shelf["poster"].valid_until = timezone.localdate() - DAY
    shelf["poster"].save_revision().publish()
    text = read(client, section)
    assert text.index("Nghị định một cửa") < text.index("Bốn bước") and "Hết hiệu lực" in text

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            section.get_context(asking)
        return len(asked)

    asking = RequestFactory().get(section.url)
    asking.user = AnonymousUser()
    queries()
    few = queries()
    for number in range(3):
        MaterialPageFactory(section, document=shelf["document"], title=f"Tờ {number}")
    cache.clear()
    queries()  # what the new pages have changed is kept again
    assert queries() == few


def test_a_change_is_told_on_the_guides_of_its_procedure_for_its_time(client, shelf):
    guide, change, today = shelf["guide"], shelf["change"], timezone.localdate()
    assert f'<strong>Mới:</strong> <a href="{change.url}">Không nhận giấy</a>' in read(client, guide)
    text = read(client, change)
    assert "Phải nộp bản giấy." in text and "Nộp trên mạng là đủ." in text
    assert f'<a href="{guide.url}">Đăng ký tạm trú</a>' in text
    other = GuidePageFactory(guide.get_parent(), procedure_codes=["khac"], title="Khác", slug="khac")
    assert "Mới:" not in read(client, other)

    change.shown_until = change.takes_effect_on
    change.save_revision().publish()
    assert "Mới:" not in read(client, guide) and "Không nhận giấy" in read(client, shelf["news"])
    change.shown_until, change.takes_effect_on = None, today - timedelta(days=400)
    change.save_revision().publish()
    assert "Mới:" not in read(client, guide), "after a year it is new no longer"
    change.shown_until = change.takes_effect_on - DAY
    with pytest.raises(ValidationError) as said:
        change.full_clean()
    assert list(said.value.message_dict) == ["shown_until"]
    rows = NewsPage.objects.filter(pk=change.pk)
    with refused("news_is_shown_once_it_holds"):
        rows.update(shown_until=change.takes_effect_on - DAY)
    with refused("news_says_what_is_now"):
        rows.update(after="")
    # Sorted by the day of the change, whatever was published first.
    coming = NewsPageFactory(shelf["news"], title="Sắp tới", slug="sap-toi", takes_effect_on=today + DAY)
    NewsPageFactory(shelf["news"], title="Đã lâu", slug="da-lau", takes_effect_on=today - timedelta(days=90))
    text = read(client, shelf["news"])
    assert text.index("Sắp tới") < text.index("Đã lâu") < text.index("Không nhận giấy")
    assert coming.is_coming and "/vi/feeds/news.rss" in text


def test_search_feeds_and_programs_know_them(client, shelf):
    for page in (shelf["poster"], shelf["decree"], shelf["change"]):
        index_page(page.pk)
    assert {row.format for row in SearchEntry.objects.filter(is_material=True)} >= {"material", "news"}
    for query, title in (("118/2025", "Nghị định một cửa"), ("so noi vu", "Bốn bước"), ("ap phich de dan", "Bốn bước")):
        found = client.get("/api/v1/materials", {"format": "material", "q": query}).json()
        assert [one["title"] for one in found["results"]] == [title], query
    for collection, title in (("material", "Bốn bước"), ("news", "Không nhận giấy"), ("cu-tru", "Bốn bước")):
        feed = feedparser.parse(client.get(f"/vi/feeds/{collection}.rss").content)
        assert title in [entry.title for entry in feed.entries], collection
    assert shelf["poster"].url in client.get("/sitemap.xml").content.decode()
    harvest = client.get("/oai", {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "format:material"})
    assert "Nghị định một cửa" in harvest.content.decode()

    told = linked_data(shelf["poster"], pictures=[])
    assert (told["@type"], told["license"]) == ("DigitalDocument", "https://creativecommons.org/licenses/by/4.0/")
    file = told["associatedMedia"][0]
    assert file["contentUrl"].endswith(shelf["document"].url) and file["encodingFormat"] == "application/pdf"
    assert linked_data(shelf["decree"], pictures=[])["legislationIdentifier"] == "118/2025/NĐ-CP"
    assert linked_data(shelf["change"], pictures=[])["articleBody"] == "Nộp trên mạng là đủ."
    text = read(client, shelf["poster"])
    inside = text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(inside)["@type"] == "DigitalDocument"


def test_another_site_shows_the_files_and_the_change(client, shelf):
    assert shelf["document"].url in read(client, f"/embed/{shelf['poster'].translation_key}")
    assert "Nộp trên mạng là đủ." in read(client, f"/embed/{shelf['change'].translation_key}")


@pytest.mark.references
def test_a_file_in_use_is_not_deleted(client):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    HomePageFactory()
    document = DocumentFactory()
    MaterialPageFactory(document=document, title="Trang dùng tệp")
    answer = client.post(reverse("wagtaildocs:delete", args=[document.pk]))
    assert answer.status_code == 409 and "Trang dùng tệp" in answer.content.decode()
    assert DocumentFile.objects.filter(pk=document.pk).exists()


def test_an_editor_has_the_form_in_tabs_and_a_preview(client, shelf):
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    for page, words in ((shelf["poster"], "Nội dung bằng chữ"), (shelf["change"], "Khác trước chỗ nào")):
        form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
        assert form.status_code == 200 and words in form.content.decode()
        preview = page.make_preview_request(form.wsgi_request, "")
        assert preview.status_code == 200


def test_nothing_is_published_that_holds_nothing(client, shelf):
    """A draft is begun with its title alone; readers find a file, a recording or a text."""
    client.force_login(make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    address = reverse("wagtailadmin_pages:add", args=["cms", "materialpage", shelf["poster"].get_parent().pk])
    fields = nested_form_data(
        {
            "title": "Áp phích mới",
            "slug": "ap-phich-moi",
            "kind": "poster",
            "license": "CC BY 4.0",
            **{name: streamfield([]) for name in ("files", "body", "sources")},
        }
    )
    answer = client.post(address, fields | {"action-publish": "1"})
    assert "Hãy thêm tệp, bản thu hoặc bài viết" in str(answer.context["form"].errors["files"])
    assert client.post(address, fields).status_code == 302
    page = MaterialPage.objects.get(slug="ap-phich-moi")
    assert not page.live

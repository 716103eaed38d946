"""Feeds, sitemap and schema.org data: valid, complete, and silent about what is not open to everybody."""

import json
import re
from copy import deepcopy
from datetime import timedelta

import feedparser
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree
from wagtail.models import PageViewRestriction

from cms.feeds import sitemap
from cms.feeds.linked import linked_data
from cms.feeds.writing import clean
from cms.models import GuidePage
from cms.sharing.models import SharedMaterial
from cms.sharing.operations import renew
from media.models import Recording
from tests.factories import courses as make
from tests.factories.cms import GuidePageFactory, PictureFactory, VideoPageFactory
from tests.factories.sharing import small_library

pytestmark = pytest.mark.django_db

SITE = settings.SITE_URL


@pytest.fixture(scope="module")
def _made(shared_database):
    return small_library()


@pytest.fixture
def library(_made, db):
    return deepcopy(_made)


def read(client, path: str):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer


def linked_in(text: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[1])


def test_rss_and_atom_say_the_same_by_the_validators_rules(client, library):
    """The W3C validator's errors and warnings: full addresses, ids that last, dates, self link, one author, no HTML."""
    row = SharedMaterial.objects.get(page=library["full"])
    for form, kind in (("rss", "application/rss+xml"), ("atom", "application/atom+xml")):
        answer = read(client, f"/vi/feeds/all.{form}")
        assert answer["Content-Type"] == f"{kind}; charset=utf-8"
        feed = feedparser.parse(answer.content)
        assert not feed.bozo, feed.get("bozo_exception")
        assert feed.version == {"rss": "rss20", "atom": "atom10"}[form]
        assert feed.feed.language == "vi"
        own = [link.href for link in feed.feed.links if link.rel == "self"]
        assert own == [f"{SITE}/vi/feeds/all.{form}"]
        assert feed.feed.get("description") or feed.feed.get("subtitle")
        assert {entry.title for entry in feed.entries} == {"Đăng ký tạm trú & <khai báo>", "Khai sinh"}
        entry = next(entry for entry in feed.entries if "tạm trú" in entry.title)
        assert entry.link == SITE + library["full"].url
        assert entry.id == f"{SITE}/s/{row.code}"
        assert entry.summary == "Từng bước, trên điện thoại."
        assert {tag.term for tag in entry.tags} == {"Hướng dẫn", "Cư trú"}
        assert entry.published_parsed
        assert len({entry.id for entry in feed.entries}) == 2
    atom = etree.fromstring(answer.content)
    name = "{http://www.w3.org/2005/Atom}"
    assert atom.find(f"{name}author/{name}name").text == "Học Dịch vụ công"
    assert all(one.find(f"{name}updated").text for one in [atom, *atom.findall(f"{name}entry")])
    rss = etree.fromstring(read(client, "/vi/feeds/all.rss").content)
    assert rss.find("channel/lastBuildDate").text.endswith("+0000")
    assert {guid.get("isPermaLink") for guid in rss.iter("guid")} == {"true"}


def test_a_json_feed_is_version_1_1(client, library):
    answer = read(client, "/vi/feeds/all.json")
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{SITE}/vi/feeds/all.json"
    assert len(feed["items"]) == 2
    for item in feed["items"]:
        assert item["id"] and item["content_text"] and item["url"].startswith(SITE)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", item["date_published"])


def test_a_collection_is_a_kind_an_audience_or_a_topic_of_one_language(client, library):
    def titles(path):
        return [item["title"] for item in read(client, path).json()["items"]]

    assert titles("/vi/feeds/cu-tru.json") == titles("/vi/feeds/nguoi-dan.json") == ["Đăng ký tạm trú & <khai báo>"]
    assert len(titles("/vi/feeds/guide.json")) == 2
    assert titles("/vi/feeds/video.json") == []
    assert titles("/en/feeds/all.json") == ["Temporary residence"]
    assert client.get("/vi/feeds/khong-co.rss").status_code == 404
    assert not feedparser.parse(read(client, "/vi/feeds/video.rss").content).entries
    page = read(client, "/vi/feeds/").content.decode()
    assert "/vi/feeds/cu-tru.rss" in page and f"{SITE}/oai" in page


def test_a_feed_costs_as_many_queries_with_three_items_as_with_one(client, library):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(client, "/vi/feeds/all.rss")
        return len(captured)

    GuidePage.objects.filter(pk=library["plain"].pk).update(cover=PictureFactory(), cover_alt="Hình")
    library["plain"].refresh_from_db()
    library["plain"].save_revision().publish()
    cache.clear()
    assert cost() == 2  # the items with their covers; the covers' renditions
    assert cost() == 0  # warm
    for _number in range(2):
        GuidePageFactory(library["section"], cover=PictureFactory(), cover_alt="Hình")
    cache.clear()
    assert cost() == 2


def test_what_is_not_open_to_everybody_stands_nowhere(client, library, django_capture_on_commit_callbacks):
    """Restricted, taken back, deleted, and never published: not in feeds, sitemap, page heads, API or OAI-PMH."""
    with django_capture_on_commit_callbacks(execute=True):
        draft = GuidePageFactory(library["section"], title="Chưa công bố")
        draft.unpublish()
        PageViewRestriction.objects.create(page=library["full"], restriction_type="login")
        GuidePageFactory(library["section"], title="Bỏ đi").delete()
    for path in ("/vi/feeds/all.rss", "/vi/feeds/all.atom", "/vi/feeds/all.json", "/sitemap.xml"):
        text = read(client, path).content.decode()
        for words in ("Chưa công bố", "tam-tru", "tạm trú", "Bỏ đi"):
            assert words not in text, path
    assert "khai-sinh" in text and "/en/guides/residence/" in text
    held = SharedMaterial.objects.filter(withdrawn=True)
    assert held.count() == 3
    assert not any([row.title, row.summary, row.url, row.facts, row.page_id] != ["", "", "", {}, None] for row in held)
    # Opened again it has its old code, and a new time.
    code = held.get(key=library["full"].translation_key).code
    PageViewRestriction.objects.all().delete()
    again = SharedMaterial.objects.get(page=library["full"])
    assert (again.code, again.withdrawn, again.title) == (code, False, library["full"].title)


def test_the_register_is_put_right_by_itself(client, library):
    """What was published before there was a register, or went past the signals."""
    SharedMaterial.objects.filter(page=library["plain"]).delete()
    GuidePage.objects.filter(pk=library["english"].pk).update(live=False)
    before = SharedMaterial.objects.get(page=library["full"]).changed_at
    assert renew() == {"open": 2, "withdrawn": 1}
    assert renew() == {"open": 2, "withdrawn": 0}
    assert SharedMaterial.objects.get(page=library["full"]).changed_at == before
    assert not SharedMaterial.objects.get(key=library["english"].translation_key, language="en").title


def test_the_sitemap_names_every_page_and_its_translations(client, library, monkeypatch):
    top = etree.fromstring(read(client, "/sitemap.xml").content)
    name, link = "{http://www.sitemaps.org/schemas/sitemap/0.9}", "{http://www.w3.org/1999/xhtml}link"
    urls = {one.find(f"{name}loc").text: one for one in top}
    full, english = SITE + library["full"].url, SITE + "/en/guides/residence/"
    assert {full, english, f"{SITE}/vi/", f"{SITE}/en/"} <= urls.keys()
    alternates = {one.get("hreflang"): one.get("href") for one in urls[full].findall(link)}
    assert alternates == {"vi": full, "en": english, "x-default": full}
    assert not urls[SITE + library["plain"].url].findall(link)
    assert f"Sitemap: {SITE}/sitemap.xml" in read(client, "/robots.txt").content.decode()
    monkeypatch.setattr(sitemap, "PER_FILE", 2)
    assert sitemap.index_of(5).count("<sitemap>") == 3


def test_a_page_tells_schema_org_what_it_is(client, library):
    answer = read(client, library["full"].url)
    text = answer.content.decode()
    data = linked_in(text)
    assert data["@type"] == ["HowTo", "FAQPage"]
    assert data["url"] == SITE + library["full"].url
    assert data["name"] == "Đăng ký tạm trú & <khai báo>"
    assert "<khai báo>" not in text, "the name must not look like an element"
    assert data["step"] == [{"@type": "HowToStep", "position": 1, "name": "Đăng nhập", "text": "Mở VNeID ."}]
    assert [one["name"] for one in data["mainEntity"]] == ["Mất bao lâu?", "Có mất tiền không?"]
    assert data["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert data["timeRequired"] == "PT6M"
    assert data["inLanguage"] == "vi" and data["image"]
    policy = answer["Content-Security-Policy"]
    assert "unsafe-inline" not in policy and "default-src 'self'" in policy
    assert 'property="og:image"' in text and 'type="application/json+oembed"' in text
    assert 'href="/vi/feeds/all.atom"' in text


def test_a_video_and_a_course_tell_what_they_are(library):
    recording = Recording.objects.create(title="Nộp hồ sơ", type="video", duration=61.4, size=5_000)
    video = VideoPageFactory(title="Nộp hồ sơ", recording=recording, transcript="Xin chào.")
    data = linked_data(video, pictures=["https://hoc.example/a.jpg"])
    assert data["@type"] == ["VideoObject", "LearningResource"]
    assert data["duration"] == "PT61S" and data["transcript"] == "Xin chào."
    assert data["contentUrl"].startswith("http") and data["uploadDate"]

    course = make.course(2)
    lessons = make.lessons_of(course)
    data = linked_data(course, pictures=[])
    assert data["@type"] == ["Course", "LearningResource"]
    assert data["provider"]["name"] and len(data["hasPart"]) == len(lessons)
    lesson = linked_data(lessons[0], pictures=[])
    assert lesson["@type"] == "LearningResource" and lesson["isPartOf"]["name"] == course.title


def test_letters_that_xml_forbids_do_not_break_a_feed():
    assert clean("a\x0bb\x00c\ufffe") == "abc"


def test_a_change_shows_at_once_and_keeps_the_day_of_the_first_publication(
    client, library, django_capture_on_commit_callbacks
):
    read(client, "/vi/feeds/all.json")
    row = SharedMaterial.objects.get(page=library["plain"])
    SharedMaterial.objects.filter(pk=row.pk).update(changed_at=timezone.now() - timedelta(days=2))
    with django_capture_on_commit_callbacks(execute=True):
        library["plain"].title = "Khai sinh cho bé"
        library["plain"].save_revision().publish()
    items = read(client, "/vi/feeds/all.json").json()["items"]
    item = next(one for one in items if one["id"].endswith(row.code))
    assert item["title"] == "Khai sinh cho bé"
    renewed = SharedMaterial.objects.get(pk=row.pk)
    assert renewed.opened_at == row.opened_at
    assert timezone.now() - renewed.changed_at < timedelta(minutes=1)


def test_older_materials_follow_page_by_page(client, library, monkeypatch):
    """RFC 5005, section 3, in Atom and RSS; `next_url` in a JSON feed. Every material stands on one page."""
    monkeypatch.setattr("cms.feeds.gathering.ITEMS", 1)
    first, second = f"{SITE}/vi/feeds/all.", "?page=2"
    for form in ("rss", "atom"):
        told = [feedparser.parse(read(client, f"/vi/feeds/all.{form}{page}").content) for page in ("", second)]
        relations = [{link.rel: link.href for link in one.feed.links if link.rel != "alternate"} for one in told]
        assert relations[0] == {
            "self": f"{first}{form}", "first": f"{first}{form}", "next": f"{first}{form}{second}",
        }  # fmt: skip
        assert relations[1] == {
            "self": f"{first}{form}{second}", "first": f"{first}{form}", "previous": f"{first}{form}",
        }  # fmt: skip
        assert len({entry.id for one in told for entry in one.entries}) == 2
    pages = [json.loads(read(client, f"/vi/feeds/all.json{page}").content) for page in ("", second)]
    assert [one.get("next_url") for one in pages] == [f"{first}json{second}", None]
    assert [one["feed_url"] for one in pages] == [f"{first}json", f"{first}json{second}"]
    for odd in ("0", "3", "-1", "x", "99999999", "²"):
        assert client.get("/vi/feeds/all.rss", {"page": odd}).status_code == 404, odd

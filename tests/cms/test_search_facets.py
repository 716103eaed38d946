"""Narrowing what was found: every choice an address, its number what it gives, and a way out of an empty list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.models import SearchEntry
from cms.search.indexing import Found, index, index_everything, index_page
from cms.search.levels import levels_of
from cms.search.queries import entries, page_of, search
from cms.vocabulary.models import ContentLanguage
from contests.operations.states import move_contest, name_of
from tests.factories import contests as contest_room
from tests.factories import courses as make
from tests.factories.cms import (
    AudienceFactory,
    CardValue,
    GuidePageFactory,
    HandbookPageFactory,
    HomePageFactory,
    TopicFactory,
    VectorPictureFactory,
)
from tests.factories.media import RecordingFactory

OLD, TEEN = "nguoi-cao-tuoi", "hoc-sinh-thpt"


@pytest.mark.parametrize(
    ("grades", "levels"),
    [
        ((None, None), []),
        ((6, None), ["lower-secondary"]),
        ((None, 12), ["upper-secondary"]),
        ((6, 12), ["lower-secondary", "upper-secondary"]),
        ((5, 6), ["primary", "lower-secondary"]),
    ],
)
def test_levels_of_grades(grades, levels):
    assert levels_of(*grades) == levels


def test_a_count_is_what_a_reader_gets_who_chooses_it(db):
    def thing(key, format="guide", *audiences, has_audio=False):
        index(Found(kind="page", key=key, language="vi", format=format, title=key, url=f"/vi/{key}/",
                    audiences=list(audiences), has_audio=has_audio))  # fmt: skip

    thing("1", "guide", OLD, has_audio=True)
    thing("2", "guide", OLD, TEEN)
    thing("3", "video", TEEN, has_audio=True)
    thing("4", "video")
    chosen = {"format": "guide", "audience": "", "audio": ""}
    found = search("", entries(language="vi", **chosen))
    assert [entry.key for entry in page_of(found.ids)] == ["1", "2"]
    assert found.counted.counts["format"] == {"guide": 2, "video": 2}
    assert found.counted.counts["audience"] == {OLD: 2, TEEN: 1}
    assert found.counted.without == {"format": 4}
    # Every number shown is that of the list behind it.
    for facet in ("format", "audience", "audio"):
        for code, number in found.counted.counts[facet].items():
            assert len(search("", entries(language="vi", **chosen | {facet: code})).ids) == number, (facet, code)
    none = search("", entries(language="vi", format="guide", audience=TEEN, audio="1"))
    assert not none.ids
    assert none.counted.without == {"format": 1, "audience": 1, "audio": 1}


@pytest.fixture
def listed(db):
    HomePageFactory()
    HomePageFactory(language="en")
    AudienceFactory(OLD, name="Người cao tuổi")
    AudienceFactory(TEEN, name="Học sinh THPT")
    TopicFactory("ho-tich", name="Hộ tịch")

    def found(key, title, **values):
        told = {"kind": "page", "key": key, "language": "vi", "format": "guide", "url": f"/vi/{key}/", "title": title}
        return index(Found(**(told | values)))

    found("a", "Đăng ký khai sinh", audiences=[OLD], topics=["ho-tich"], has_audio=True, voices=["cma"])
    found("b", "Đăng ký tạm trú", audiences=[OLD, TEEN])
    found("c", "Bài 1. Đăng ký khai sinh cho em", format="lesson", audiences=[TEEN], levels=["upper-secondary"])
    found("d", "Register a birth", language="en", url="/en/d/", topics=["ho-tich"], text="đăng ký")
    found("e", "Mục lục đăng ký", is_material=False)


def test_the_search_page_narrows_by_addresses_alone(listed, client):
    def ask(**query):
        answer = client.get("/vi/search/", query)
        assert answer.status_code == 200
        return answer.context, answer.content.decode()

    def keys(context):
        return [hit["entry"].key for hit in context["hits"]]

    context, page = ask(q="dang ky")
    assert sorted(keys(context)) == ["a", "b", "c"]
    facets = {facet["title"]: facet["chips"] for facet in context["facets"]}
    assert {chip["label"]: chip["count"] for chip in context["kinds"]} == {
        "Tất cả": 3, "Bài học": 1, "Hướng dẫn": 2,
    }  # fmt: skip
    assert "Người cao tuổi" in page
    assert "Can be" not in page
    # Every address on the page leads to as many as its number says.
    for chips in (context["kinds"], *facets.values()):
        for chip in chips:
            there = client.get(f"/vi/search/{chip['url']}").context
            assert there["found"].paginator.count == chip["count"], chip
    # Combined, each given up by itself, in any order.
    context, page = ask(q="dang ky", audience=OLD, audio="1")
    assert keys(context) == ["a"]
    assert [one["url"] for one in context["chosen"]] == ["?q=dang+ky&audio=1", f"?q=dang+ky&audience={OLD}"]
    # Without words it is a collection.
    assert keys(ask(audience=TEEN)[0]) == ["c", "b"]
    assert keys(ask(level="upper-secondary")[0]) == ["c"]
    assert keys(ask(voice="cma")[0]) == ["a"]
    assert keys(ask(topic="ho-tich", language="en")[0]) == ["d"]


def test_who_chose_too_much_is_told_what_to_give_up(listed, client):
    context = client.get("/vi/search/", {"q": "tạm trú", "audience": OLD, "audio": "1"}).context
    assert not context["hits"]
    assert [(one["label"], one["count"], one["url"]) for one in context["looser"]] == [
        ("Nghe được", 1, f"?q=t%E1%BA%A1m+tr%C3%BA&audience={OLD}")
    ]
    context = client.get("/vi/search/", {"q": "birth"}).context
    assert [(one["name"], one["count"]) for one in context["looser"]] == [("English", 1)]
    for odd in (
        {"audience": "no-such"},
        {"language": "xx"},
        {"audio": "<script>"},
        {"topic": "%"},
        {"level": "_" * 900},
    ):
        answer = client.get("/vi/search/", odd)
        assert answer.status_code == 200, odd
        assert b"<script>" not in answer.content.replace(b"<script type", b"")


def test_without_a_search_the_page_offers_everything_at_no_query(listed, client):
    context = client.get("/vi/search/").context
    assert not context["hits"]
    assert {chip["label"] for facet in context["facets"] for chip in facet["chips"]} >= {"Người cao tuổi", "Hộ tịch"}
    with CaptureQueriesContext(connection) as again:
        client.get("/vi/search/")
    assert len(again) == 0, [query["sql"] for query in again]


def test_the_api_narrows_by_the_same(listed, client):
    def keys(**query):
        return [one["key"] for one in client.get("/api/v1/materials", {"language": "vi"} | query).json()["results"]]

    assert keys(topic="ho-tich") == ["a"]
    assert keys(level="upper-secondary") == ["c"]
    assert keys(audio="true") == ["a"]
    assert keys(voice="cma", q="khai sinh") == ["a"]
    first = client.get("/api/v1/materials", {"audio": "true"}).json()["results"][0]
    assert (first["has_audio"], first["voices"], first["levels"]) == (True, ["cma"], [])
    assert client.get("/api/v1/materials", {"level": "kindergarten"}).status_code == 422


@pytest.mark.slow
def test_pages_say_by_themselves_what_they_are_narrowed_by(db):
    """A sound anywhere in a page, the grades of a course, the voices of a handbook; no page type needs a line for it."""
    heard = RecordingFactory(b"sound", name="the.wav", kind="audio")
    chrau = {
        "language": "crw", "title": "Sa Chrau", "paragraphs": [{"text": "Vot jiro", "audio": None}], "action": "Jôh",
        "script": "", "recording": None,
    }  # fmt: skip
    for tag, name in (("crw", "Tiếng Chơ Ro"), ("km", "Tiếng Khmer")):
        ContentLanguage.objects.create(tag=tag, autonym=name, name_vi=name, name_en=name)
    picture = VectorPictureFactory()
    guide = GuidePageFactory(body=[("audio", {"recording": heard, "title": ""})])
    silent = GuidePageFactory(guide.get_parent().specific)
    book = HandbookPageFactory(
        cards=[CardValue(1, image=picture, voices=[chrau]), CardValue(2, image=picture, recording=heard)],
        wanted_languages=["crw", "km"],
    )
    course = make.course(1, grade_min=8, grade_max=11)
    lesson = make.lessons_of(course)[0]
    found = {page: index_page(page.pk) for page in (guide, silent, book, course, lesson)}
    assert {page: (one.has_audio, one.levels.split(), one.voices.split()) for page, one in found.items()} == {
        guide: (True, [], []),
        silent: (False, [], []),
        book: (True, [], ["crw"]),
        course: (False, ["lower-secondary", "upper-secondary"], []),
        lesson: (False, ["lower-secondary", "upper-secondary"], []),
    }
    assert search("vot jiro", entries(language="vi", voice="crw")).ids == [found[book].pk], "words of another voice"


@pytest.mark.slow
def test_contests_are_found_from_their_announcement_on(db):
    shown = contest_room.draft()
    wanted = entries(language="vi", format="contest")
    assert search(shown.title, wanted).ids == []
    move_contest(contest=shown, to="open", by=shown.created_by, signed_name=name_of(shown.created_by))
    assert [entry.url for entry in page_of(search(shown.title, wanted).ids)] == [f"/vi/contests/{shown.slug}/"]
    SearchEntry.objects.all().delete()
    index_everything()
    assert search(shown.title, wanted).ids != []

"""Pages drawn once for all who are signed in: nothing of one reader may reach another, or the cache."""

import gzip
import pickle
import re
from copy import deepcopy

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import PageViewRestriction

from cms import shells
from cms.models import VideoPage
from cms.page_cache import place_of
from courses.operations.lessons import record_events
from schools.operations.accounts import create_staff, grant_role
from tests.factories import courses as make
from tests.factories.cms import GuidePageFactory, SectionPageFactory, published

pytestmark = pytest.mark.django_db

# New with every answer, as it should be.
TOKEN = re.compile(r'(name="(?:csrfmiddlewaretoken|event)" value=")[^"]+')


def signed_in(user) -> Client:
    client = Client(headers={"host": "testserver"})
    client.force_login(user)
    return client


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return TOKEN.sub(r"\1", answer.content.decode())


def kept_shell(rf, url: str) -> shells.Shell | None:
    entry = cache.get(f"content:shell:{place_of(rf.get(url, headers={'host': 'testserver'}))}")
    return entry and entry[1]


@pytest.fixture(scope="module")
def people_made(shared_database):
    """Two pupils of a class that has been given the course, in different places of it; and an editor."""
    _class, teacher, (one, other) = make.classroom(2)
    course = make.course(3, quizzes=[make.quiz(1)])
    make.assignment(course, _class, teacher)
    first, second, _third = make.lessons_of(course)
    events = [make.event("seen", block=first.block_ids[1]), make.event("finished")]
    record_events(user=one, place=make.place(first), events=events)
    record_events(user=other, place=make.place(second), events=[make.event("seen", block=second.block_ids[0])])
    editor = create_staff(username="bien-tap", full_name="Đinh Công Tráng", password="mat-khau-dai-2026")
    grant_role(user=editor, kind="editor")
    return {"one": one, "other": other, "editor": editor, "teacher": teacher, "course": course, "lesson": first}


@pytest.fixture
def people(db, people_made):
    return deepcopy(people_made)


def pages_of(people) -> list[str]:
    section = SectionPageFactory()
    guide = GuidePageFactory(section)
    video = published(section, VideoPage(title="Phim", slug="phim", locale=section.locale, transcript="Lời."))
    return [page.url for page in (people["lesson"], people["course"], guide, video, section)]


@pytest.mark.slow
def test_a_page_from_its_shell_is_the_page_drawn_whole(rf, people):
    """An unknown parameter makes a page that is not kept: it is drawn whole, as every page was."""
    for url in pages_of(people):
        cache.clear()
        for name in ("one", "other", "teacher", "editor"):
            client = signed_in(people[name])
            whole = text_of(client, f"{url}?x=1")
            assert people[name].get_short_name() in whole
            assert text_of(client, url) == whole
            assert text_of(client, url) == whole
        assert kept_shell(rf, url), url


@pytest.mark.slow
def test_nothing_of_a_reader_is_kept(rf, people):
    url = people["lesson"].url
    clients = [signed_in(people[name]) for name in ("one", "other")]
    answers = [client.get(url).content.decode() for client in clients]
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)) for text in answers]
    assert all(tokens) and not set.intersection(*tokens)
    shell = kept_shell(rf, url)
    everything = pickle.dumps(shell)
    secrets = [*set.union(*tokens), *(cookie.value for client in clients for cookie in client.cookies.values())]
    for person in (people["one"], people["other"]):
        secrets += [person.username, str(person.uuid), person.get_full_name()]
    for secret in secrets:
        assert secret.encode() not in everything, secret
    assert b"csrfmiddlewaretoken" not in everything
    assert b"data-reader" not in everything


@pytest.mark.slow
def test_each_reader_finds_their_own_place(people):
    lesson = people["lesson"]
    one, other = (signed_in(people[name]) for name in ("one", "other"))
    for _time in range(2):
        mine, theirs = one.get(lesson.url).content.decode(), other.get(lesson.url).content.decode()
        assert f'data-reader="{people["one"].uuid}" data-finished="1"' in mine
        assert f'data-reader="{people["other"].uuid}" data-finished=""' in theirs
        assert people["other"].get_short_name() not in mine
        assert people["one"].get_short_name() not in theirs
        assert "data-finish>" in theirs
        assert "data-finish>" not in mine


@pytest.mark.slow
def test_progress_is_seen_at_once(people):
    lesson, client = people["lesson"], signed_in(people["other"])
    block = lesson.block_ids[2]
    assert f'href="#block-{block}"' not in client.get(lesson.url).content.decode()
    record_events(user=people["other"], place=make.place(lesson), events=[make.event("seen", block=block)])
    text = client.get(lesson.url).content.decode()
    assert f'href="#block-{block}"' in text
    assert f'data-seen="{block}"' in text


@pytest.mark.slow
def test_a_message_is_told_to_its_reader_once(people):
    lesson = people["lesson"]
    client, other = signed_in(people["other"]), signed_in(people["one"])
    other.get(lesson.url), client.get(lesson.url)
    assert client.post(reverse("courses:finish_lesson", args=[lesson.translation_key])).status_code == 302
    assert client.get(lesson.url).content.decode().count('class="messages') == 1
    for reader in (other, client):
        assert 'class="messages' not in reader.get(lesson.url).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most"), [("lesson", 2), ("course", 3)])
def test_a_warm_page_asks_for_what_is_the_readers_own(people, name, most):
    """Account and progress; on a course also what a teacher wants of it. The page itself costs no query."""
    client = signed_in(people["one"])
    client.get(people[name].url), client.get(people[name].url)
    with CaptureQueriesContext(connection) as queries:
        client.get(people[name].url)
    assert len(queries) <= most, [one["sql"][:150] for one in queries]
    assert not [one for one in queries if "wagtailcore_page" in one["sql"]]


def test_a_compressed_page_is_the_same_text(people):
    client = signed_in(people["one"])
    for _time in range(2):
        answer = client.get(people["lesson"].url, headers={"accept-encoding": "br, gzip"})
        assert answer["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer["Vary"]
        text = TOKEN.sub(r"\1", gzip.decompress(answer.content).decode())
        assert text == text_of(client, people["lesson"].url)


@pytest.mark.slow
def test_each_form_of_a_lesson_has_a_shell_of_its_own(people):
    body = [make.text_block(f"Đoạn {number}.") for number in (1, 2, 3)]
    lesson = make.lesson(people["course"], "Bài dài", body=body, cut_15=[body[0]["id"]], minutes=45)
    cache.clear()
    client = signed_in(people["one"])
    for _time in range(2):
        assert "Đoạn 2." in client.get(lesson.url).content.decode()
        assert "Đoạn 2." not in client.get(f"{lesson.url}?minutes=15").content.decode()


@pytest.mark.slow
def test_a_new_text_is_seen_at_once(people, django_capture_on_commit_callbacks):
    lesson, client = people["lesson"], signed_in(people["one"])
    client.get(lesson.url), client.get(lesson.url)
    lesson.title = "Bài mang tên mới"
    with django_capture_on_commit_callbacks(execute=True):
        lesson.save_revision().publish()
    assert "Bài mang tên mới" in client.get(lesson.url).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        lesson.unpublish()
    assert client.get(lesson.url).status_code == 404


@pytest.mark.slow
def test_a_section_that_leaves_the_menu_leaves_every_page(people, django_capture_on_commit_callbacks):
    section = SectionPageFactory(show_in_menus=True, title="Mục trong thực đơn")
    GuidePageFactory(section)
    cache.clear()
    client = signed_in(people["one"])
    lesson = people["lesson"].url

    def menu() -> str:
        return BeautifulSoup(client.get(lesson).content, "html.parser").select_one(".site-nav").text

    for _time in range(2):
        assert "Mục trong thực đơn" in menu()
    section.show_in_menus = False
    with django_capture_on_commit_callbacks(execute=True):
        section.save_revision().publish()
    assert "Mục trong thực đơn" not in menu()


def test_a_restricted_page_has_no_shell(rf, people, django_capture_on_commit_callbacks):
    guide, client = GuidePageFactory(), signed_in(people["one"])
    client.get(guide.url)
    assert kept_shell(rf, guide.url)
    with django_capture_on_commit_callbacks(execute=True):
        PageViewRestriction.objects.create(page=guide, restriction_type="groups")
    for _time in range(2):
        assert client.get(guide.url).status_code in {302, 403}


def test_a_page_that_asks_for_the_reader_outside_a_part_gets_a_visitors_answer_or_no_shell(rf):
    guide = GuidePageFactory()
    guide.template = engines["django"].from_string("<p>{{ request.user.username }}|{{ request.session.items }}</p>")
    request = rf.get(guide.url)
    request.user = create_staff(username="nguoi-doc", full_name="Người Đọc", password="mat-khau-dai-2026")
    request.session = {"secret": "so-thu-tu"}
    (piece,) = shells.draw(guide, request).pieces
    assert piece == "<p>|</p>"
    guide.template = engines["django"].from_string("<form>{% csrf_token %}</form>")
    assert shells.draw(guide, request) is None


def test_rows_of_the_database_are_not_kept_in_a_shell(rf):
    guide = GuidePageFactory()
    guide.template = engines["django"].from_string('{% load interface %}{% personal "cms/draft.html" page=page %}')
    with pytest.raises(TypeError, match="page"):
        shells.draw(guide, rf.get(guide.url))

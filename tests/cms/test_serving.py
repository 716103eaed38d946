"""The short way from an address to a page, and what is kept of it."""

import gzip

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from cms.compression import TextCompressionMiddleware
from cms.models import GuidePage
from schools.models import User
from tests.factories.cms import GuidePageFactory, HomePageFactory, SectionPageFactory, published

pytestmark = pytest.mark.django_db


def queries(client, url) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured)


@pytest.fixture
def forget_later(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as it would in production."""
    return django_capture_on_commit_callbacks


def test_visitor_gets_a_published_page_with_its_blocks_by_id(client):
    guide = GuidePageFactory()
    answer = client.get(guide.url)
    assert answer.status_code == 200
    text = answer.content.decode()
    block = guide.body[0].id
    assert f'id="block-{block}"' in text
    assert f'data-block="{block}"' in text
    assert "Bước đầu tiên" in text


def test_warm_page_asks_the_database_nothing(client):
    guide = GuidePageFactory()
    client.get(guide.url)
    assert queries(client, guide.url) == 0


def test_warm_answer_sets_no_cookie_and_can_be_revalidated(client):
    guide = GuidePageFactory()
    client.get(guide.url)
    answer = client.get(guide.url)
    assert not answer.cookies
    assert answer["Cache-Control"] == "no-cache"
    again = client.get(guide.url, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert not again.content


def test_answer_is_kept_compressed(client):
    guide = GuidePageFactory()
    client.get(guide.url)
    answer = client.get(guide.url, headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Bước đầu tiên" in gzip.decompress(answer.content).decode()
    assert answer["Content-Security-Policy"]


@pytest.mark.slow
def test_a_page_made_for_one_reader_is_compressed_too(client):
    guide = GuidePageFactory()
    client.force_login(User.objects.create(username="reader"))
    answer = client.get(guide.url, headers={"accept-encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert "Bước đầu tiên" in gzip.decompress(answer.content).decode()
    assert "Content-Encoding" not in client.get(guide.url)


@pytest.mark.parametrize(
    ("kind", "status", "compressed"),
    [
        ("application/json", 200, True),
        ("text/html; charset=utf-8", 200, True),
        ("application/pdf", 200, False),
        ("image/webp", 200, False),
        ("text/plain", 206, False),
    ],
)
def test_only_whole_text_is_compressed(rf, kind, status, compressed):
    made = HttpResponse("x" * 1000, content_type=kind, status=status)
    answer = TextCompressionMiddleware(lambda request: made)(rf.get("/", headers={"accept-encoding": "gzip"}))
    assert ("Content-Encoding" in answer) is compressed


def test_signed_in_reader_is_not_answered_from_the_kept_page(client):
    guide = GuidePageFactory()
    client.get(guide.url)
    client.force_login(User.objects.create(username="reader"))
    answer = client.get(guide.url)
    assert "ETag" not in answer
    # the account; the page comes from its shell (tests/courses/test_shells.py)
    assert queries(client, guide.url) == 1


@pytest.mark.parametrize("query", ["?utm_source=zalo", "?fbclid=abc"])
def test_what_links_add_changes_nothing(client, query):
    guide = GuidePageFactory()
    client.get(guide.url)
    assert queries(client, guide.url + query) == 0


def test_unknown_parameter_is_not_kept(client):
    guide = GuidePageFactory()
    answer = client.get(guide.url + "?x=1")
    assert answer.status_code == 200
    assert "ETag" not in answer


@pytest.mark.slow
def test_publish_is_seen_at_once(client, forget_later):
    guide = GuidePageFactory()
    client.get(guide.url)
    guide.title = "Tên mới"
    with forget_later(execute=True):
        guide.save_revision().publish()
    assert "Tên mới" in client.get(guide.url).content.decode()


def test_unpublished_page_is_gone_at_once(client, forget_later):
    guide = GuidePageFactory()
    client.get(guide.url)
    with forget_later(execute=True):
        guide.unpublish()
    assert client.get(guide.url).status_code == 404


@pytest.mark.slow
def test_deleted_page_is_gone_at_once(client, forget_later):
    guide = GuidePageFactory()
    url = guide.url
    client.get(url)
    with forget_later(execute=True):
        guide.delete()
    assert client.get(url).status_code == 404


@pytest.mark.slow
def test_moved_page_answers_at_its_new_address_only(client, forget_later):
    guide, other = GuidePageFactory(), SectionPageFactory()
    old = guide.url
    client.get(old)
    with forget_later(execute=True):
        guide.move(other, pos="last-child")
    moved = GuidePage.objects.get(pk=guide.pk)
    assert client.get(old).status_code == 404
    assert client.get(moved.url).status_code == 200


@pytest.mark.slow
def test_restricted_page_is_never_kept(client, forget_later):
    guide = GuidePageFactory()
    client.get(guide.url)
    with forget_later(execute=True):
        PageViewRestriction.objects.create(page=guide, restriction_type="login")
    for _time in range(2):
        answer = client.get(guide.url)
        assert answer.status_code == 302
        assert "ETag" not in answer
    client.force_login(User.objects.create(username="reader"))
    assert client.get(guide.url).status_code == 200
    client.logout()
    assert client.get(guide.url).status_code == 302


def test_page_below_a_restricted_one_is_never_kept(client, forget_later):
    section = SectionPageFactory()
    guide = GuidePageFactory(section)
    with forget_later(execute=True):
        PageViewRestriction.objects.create(page=section, restriction_type="login")
    assert client.get(guide.url).status_code == 302


@pytest.mark.slow
def test_page_opened_again_is_served(client, forget_later):
    guide = GuidePageFactory()
    with forget_later(execute=True):
        restriction = PageViewRestriction.objects.create(page=guide, restriction_type="login")
    assert client.get(guide.url).status_code == 302
    with forget_later(execute=True):
        restriction.delete()
    assert client.get(guide.url).status_code == 200


@pytest.mark.slow
def test_list_costs_the_same_whatever_its_length(client):
    section = SectionPageFactory()
    GuidePageFactory(section)
    cache.clear()
    with CaptureQueriesContext(connection) as one:
        client.get(section.url)
    for _number in range(2):
        GuidePageFactory(section)
    cache.clear()
    with CaptureQueriesContext(connection) as three:
        client.get(section.url)
    assert len(one) == len(three), [query["sql"] for query in three]


@pytest.mark.slow
def test_long_list_is_paged(client):
    section = SectionPageFactory()
    for _number in range(section.PER_PAGE + 1):
        GuidePageFactory(section)
    first = client.get(section.url).content.decode()
    second = client.get(section.url + "?page=2").content.decode()
    assert first.count('class="card card--link"') == section.PER_PAGE
    assert second.count('class="card card--link"') == 1


def test_reserved_address_is_refused_below_the_home_page(rf):
    from django.core.exceptions import ValidationError

    home = HomePageFactory()
    with pytest.raises(ValidationError) as refused:
        published(home, GuidePage(title="Thi", slug="contests", locale=home.locale))
    assert "slug" in refused.value.message_dict
    section = SectionPageFactory()
    assert published(section, GuidePage(title="Thi", slug="contests", locale=home.locale)).pk

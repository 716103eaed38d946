"""Messages to copy, pages below pages of the starter content, and the ways to «fifteen minutes to begin»."""

import re
from html import unescape

import pytest
from django.core.cache import cache
from django.test import Client

from cms.blocks import BodyBlock
from cms.models import SectionPage
from cms.navigation import help_page
from tests.factories.cms import SectionPageFactory

pytestmark = pytest.mark.django_db

GUIDE = "bat-dau-giao-vien"


@pytest.fixture
def first_steps():
    """The starter pages «bat-dau» and, below it, one for each of those who work here."""
    above = SectionPageFactory(title="Bắt đầu trong 15 phút", slug="bat-dau", starter_key="page/bat-dau")
    for who in ("giao-vien", "quan-tri", "bien-tap", "can-bo-tinh"):
        body = [("text", "<h2>Phút 1</h2><p>Đăng nhập.</p>")]
        SectionPageFactory(above, title=who, slug=who, starter_key=f"page/bat-dau-{who}", body=body)
    cache.clear()
    return above


def draw(text: str) -> str:
    value = BodyBlock().to_python([{"type": "message", "id": "a1", "value": {"title": "Báo có bài", "text": text}}])
    return value.render_as_block()


def test_a_message_is_copied_word_for_word_and_marks_what_to_fill_in():
    text = "Kính gửi lớp [tên lớp],\nhạn [ngày giờ] & “xong” <hết>."
    html = draw(text)
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["[tên lớp]", "[ngày giờ]"]
    shown = re.search(r'id="message-a1">(.*?)</p>', html, re.DOTALL).group(1)
    assert unescape(re.sub(r"</?mark>", "", shown)) == text
    assert 'data-copy="#message-a1"' in html


def test_a_message_without_a_place_to_fill_in_has_no_mark():
    html = draw("Cảm ơn bà con [.")
    assert "<mark>" not in html
    assert "Cảm ơn bà con [." in html


@pytest.mark.slow
def test_help_stands_where_its_page_stands_and_in_the_main_language_where_there_is_no_other(first_steps):
    assert help_page(GUIDE, "vi") == help_page(GUIDE, "en") == "/vi/bat-dau/giao-vien/"
    assert help_page("bat-dau-khong-co", "vi") == ""


@pytest.mark.slow
def test_help_that_an_editor_took_away_leads_nowhere(first_steps, as_user, teacher):
    SectionPage.objects.get(starter_key=f"page/{GUIDE}").unpublish()
    cache.clear()
    assert help_page(GUIDE, "vi") == ""
    assert "/vi/bat-dau/giao-vien/" not in as_user(teacher).get("/vi/teach/").content.decode()


@pytest.mark.slow
def test_everybody_who_works_here_finds_their_first_steps(
    first_steps, as_user, teacher, school_admin, editor, province_officer, pupil, school_class
):
    assert "/vi/bat-dau/giao-vien/" in as_user(teacher).get("/vi/teach/").content.decode()
    assert (
        "/vi/bat-dau/quan-tri/"
        in as_user(school_admin).get(f"/vi/schools/{school_class.school.code}/").content.decode()
    )
    assert "/vi/bat-dau/bien-tap/" in as_user(editor).get("/admin/").content.decode()
    assert "/vi/bat-dau/can-bo-tinh/" in as_user(province_officer).get("/vi/schools/people/").content.decode()
    menu = 'href="/vi/bat-dau/"'
    assert menu in _head(as_user(teacher).get("/vi/search/"))
    assert menu not in _head(as_user(pupil).get("/vi/search/"))
    assert menu not in _head(Client().get("/vi/search/"))


def _head(answer) -> str:
    page = answer.content.decode()
    return page[: page.index("<main")]


@pytest.mark.slow
def test_a_section_with_words_and_nothing_below_is_read_like_a_page(first_steps, client):
    leaf = client.get("/vi/bat-dau/giao-vien/").content.decode()
    assert 'class="reading"' in leaf
    above = client.get("/vi/bat-dau/").content.decode()
    assert 'class="reading"' not in above
    assert above.count("/vi/bat-dau/") >= 4

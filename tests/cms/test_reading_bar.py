"""Reading aloud and large letters, as far as the server has a part in them."""

import pytest
from bs4 import BeautifulSoup

from tests.factories.cms import GuidePageFactory

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_a_page_leads_to_itself_in_large_letters_without_a_script(client):
    guide = GuidePageFactory()

    def look(url):
        page = BeautifulSoup(client.get(url).content, "html.parser")
        return page.html.get("class"), page.select_one("[data-aloud]")

    letters, way = look(guide.url)
    assert letters is None
    assert (way["href"], way.text) == ("?view=large", "Đọc to, cỡ chữ")
    letters, way = look(f"{guide.url}?view=large")
    assert letters == ["large"]
    assert (way["href"], way.text) == ("?view=", "Đọc to, cỡ chữ")
    # Who wants them everywhere has a cookie; the page kept for all others is not theirs, nor the other way round.
    client.cookies["letters"] = "large"
    assert look(guide.url)[0] == ["large"]
    assert look("/vi/search/")[0] == ["large"]
    del client.cookies["letters"]
    assert look(guide.url)[0] is None
    assert look(f"{guide.url}?view=%22%3E%3Cscript")[0] is None


def test_the_bar_is_the_same_for_everybody_and_may_be_kept(client, django_assert_num_queries):
    client.get("/vi/aloud/")
    with django_assert_num_queries(0):
        answer = client.get("/vi/aloud/")
    assert "max-age=3600" in answer["Cache-Control"]
    assert not answer.cookies
    assert "Máy này chưa có giọng đọc: Tiếng Việt" in answer.content.decode()
    assert "English" in client.get("/en/aloud/").content.decode()
    assert client.post("/vi/aloud/").status_code == 405

"""The site that the starter content makes: no link or file leads nowhere, and its own pages hang together."""

import re
from html import unescape

import pytest
from django.test import Client
from wagtail.models import Page

from cms.models import SectionPage
from cms.sharing.models import SharedMaterial

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.any_database]

STAFF_ONLY = ("/vi/teach/", "/vi/schools/", "/vi/quiz/marking/")
ADDRESS = re.compile(r'(?:src|href|poster)="([^"]+)"')


@pytest.fixture
def hashed_names(settings):
    """Static files as production names them."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "cms.static_storage.StaticFilesStorage"}}


def test_no_page_asks_for_a_file_or_page_that_is_not_there(
    starter_site, hashed_names, pupil, teacher, editor, school_admin
):
    missing, files, papers = [], set(), set()
    opened: dict[str, list[int]] = {}
    for user in (None, pupil, teacher, editor, school_admin):
        # The same templates with other words: two see them all.
        languages = ("/vi/", "/en/") if user in (None, teacher) else ("/vi/",)
        client = Client()
        if user:
            client.force_login(user)
        waiting = [*languages, "/vi/learn/", "/vi/search/?q=xyzzy", "/vi/nothing-here/"]
        seen = {*waiting, "/vi/account/sign-out/"}
        while waiting:
            address = waiting.pop()
            if address in papers:
                continue
            answer = client.get(address, follow=True)
            if answer.status_code >= 400 and "nothing-here" not in address:
                missing.append((user and user.username, address, answer.status_code))
            if not answer.headers.get("Content-Type", "").startswith("text/html"):
                # Written for whoever asks, and the same for the next one.
                papers.add(address)
                continue
            for found in map(unescape, ADDRESS.findall(answer.content.decode())):
                found = found.split("#")[0]
                # The pages of first steps show each kind of staff the way to their own screens.
                if "/bat-dau/" in address and found.startswith(STAFF_ONLY):
                    opened.setdefault(found, []).append(client.get(found).status_code)
                    continue
                if found.startswith("/static/"):
                    files.add(found)
                elif found.startswith(languages) and "?" not in found and found not in seen:
                    seen.add(found)
                    waiting.append(found)
    assert missing == []
    assert opened, "first steps lead to staff's screens"
    assert [found for found, answers in opened.items() if 200 not in answers] == [], "which nobody can open"
    assert any("illustrations/empty-list." in name for name in files), "an empty list was among the pages"
    assert [name for name in sorted(files) if client.get(name).status_code != 200] == []


def test_starter_pages_stand_below_one_another_and_are_found_at_the_foot(starter_site, client):
    below = SectionPage.objects.get(starter_key="page/bat-dau-giao-vien")
    assert below.get_parent().specific.starter_key == "page/bat-dau"
    assert below.url == "/vi/bat-dau/giao-vien/"
    foot = client.get("/vi/").content.decode().rpartition("<footer")[2]
    for slug in ("gioi-thieu", "quyen-rieng-tu", "bat-dau", "thuat-ngu", "tin-nhan-mau"):
        assert f"/vi/{slug}/" in foot
    assert foot.index("/vi/gioi-thieu/") < foot.index("/vi/bat-dau/") < foot.index("/vi/tin-nhan-mau/")
    for page in Page.objects.live().filter(sectionpage__starter_key__startswith="page/", locale__language_code="vi"):
        answer = client.get(page.url)
        assert answer.status_code == 200, page.url
        assert "picture--missing" not in answer.content.decode(), page.url


def test_every_material_tells_programs_what_it_is(starter_site):
    """Whatever head a kind of page adds of its own."""
    shared = SharedMaterial.objects.open()
    assert shared.count() > 30
    lacking = set()
    for material in shared:
        text = Client().get(material.url).content.decode()
        if not all(
            each in text for each in ("application/ld+json", "application/json+oembed", "application/rss+xml", "og:url")
        ):
            lacking.add((material.format, material.url))
    assert lacking == set()

"""What a page needs on the device: everything the drawn page links, nothing of a person, and the true size."""

import gzip
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from wagtail.models import PageViewRestriction

from cms.operations.short_addresses import give_addresses_of_handbook
from cms.pictures import make_renditions
from tests.factories.cms import CardValue, GuidePageFactory, HandbookPageFactory, PictureFactory, SectionPageFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.fixture(scope="module")
def section(shared_database):
    return SectionPageFactory(title="Cẩm nang", kind="books")


@pytest.fixture(scope="module")
def handbook(section):
    picture = PictureFactory(width=1200, height=750)
    make_renditions(picture)
    page = HandbookPageFactory(section, cards=[CardValue(1, image=picture)])
    give_addresses_of_handbook(page=page)
    return page


def ask(client, page, **query):
    return client.get(f"/api/v1/offline/{page.translation_key}", {"language": "vi"} | query)


def test_a_bundle_holds_what_the_page_links(client, handbook):
    bundle = ask(client, handbook).json()
    files = {file["url"]: file for file in bundle["files"]}
    html = client.get(handbook.url).content
    assert [page["url"] for page in bundle["pages"]] == [handbook.url]
    assert abs(bundle["pages"][0]["size"] - len(gzip.compress(html, 6))) < 200
    assert bundle["size"] == bundle["pages"][0]["size"] + sum(file["size"] for file in files.values())
    # Styles, scripts with the modules they import, letters, icons.
    static = settings.STATIC_URL
    for name in ("css/handbook.css", "js/handbook.js", "js/browser.js", "vendor/fonts/be-vietnam-pro-400.woff2"):
        data = Path(finders.find(name)).read_bytes()
        assert files[static + name]["size"] == len(data if name.endswith("woff2") else gzip.compress(data, 6, mtime=0))
    assert f"{static}vendor/icons.svg" in files
    # Of a picture the copy every browser knows, in place of all others.
    soup = BeautifulSoup(html, "html.parser")
    shown = soup.select_one(".leaf__picture picture")
    kept = files[shown.img["src"]]
    assert kept["url"].endswith(".jpg") and kept["size"] > 0
    named = {part.split()[0] for tag in shown.find_all(srcset=True) for part in tag["srcset"].split(",")}
    assert named - {kept["url"]} == set(kept["also"])
    assert soup.select_one(".leaf__share img")["src"] in files


def test_a_list_is_taken_with_its_pages_and_a_change_makes_a_new_version(client, section, handbook):
    bundle = ask(client, section).json()
    assert [page["title"] for page in bundle["pages"]] == ["Cẩm nang", handbook.title]
    assert len({file["url"] for file in bundle["files"]}) == len(bundle["files"])
    before = ask(client, handbook).json()["version"]
    assert ask(client, handbook).json()["version"] == before
    handbook.refresh_from_db()
    handbook.summary = "Mới."
    handbook.save_revision().publish()
    cache.clear()  # as at the end of the transaction
    assert ask(client, handbook).json()["version"] != before


def test_what_not_everybody_may_read_is_not_to_be_taken(client, section):
    page = GuidePageFactory(section)
    assert ask(client, page).status_code == 200
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    cache.clear()
    assert ask(client, page).status_code == 404
    assert ask(client, page, language="xx").status_code == 404
    assert ask(client, SectionPageFactory(kind="guides")).status_code == 404


def test_the_worker_comes_from_the_root_and_the_page_without_a_line_is_nobodys(client, pupil):
    worker = client.get("/sw.js")
    assert worker["Content-Type"].startswith("text/javascript") and "no-cache" in worker["Cache-Control"]
    assert "unsafe" not in worker["Content-Security-Policy"]
    alone = client.get("/vi/offline/").content
    client.force_login(pupil)
    assert pupil.person.full_name.encode() not in alone
    assert b"data-kept-list" in client.get("/vi/offline/").content

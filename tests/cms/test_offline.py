"""What a page needs on the device: everything the drawn page links, nothing of a person, and the true size."""

import gzip
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django_h5p import playing
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from cms.operations.short_addresses import give_addresses_of_handbook
from cms.pictures import make_renditions
from tests.factories import courses as make
from tests.factories import h5p
from tests.factories.cms import (
    CardValue,
    DocumentFactory,
    GuidePageFactory,
    HandbookPageFactory,
    MaterialPageFactory,
    PictureFactory,
    SectionPageFactory,
    VideoPageFactory,
)
from tests.factories.media import RecordingFactory, clip

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


def extras_of(client, page):
    bundle = ask(client, page).json()
    return bundle, {extra["name"]: extra for extra in bundle["extras"]}


def film(*labels, sound=True, **values):
    """A film whose copies of the sizes `labels` are said to be there, each 1000 bytes heavier than the one before."""
    copies = {
        "prefix": "public/films/one",
        "video": [
            {"name": f"{label}.mp4", "list": f"{label}.m3u8", "label": label, "bytes": 2000 + 1000 * number}
            for number, label in enumerate(labels)
        ],
    }
    if sound:
        copies["sound"] = {"name": "sound.m4a", "list": "sound.m3u8", "bytes": 1000}
    if "360p" in labels:
        copies["download"] = {"name": "download.mp4", "bytes": 3500}
    vtt = "WEBVTT\n\n00:00.000 --> 00:01.000\nMột\n"
    return RecordingFactory(clip(), copies=copies, captions={"vi": vtt}, **values)


def test_a_film_is_taken_in_the_size_the_reader_chooses(client):
    recording = film("144p", "360p", "720p")
    page = VideoPageFactory(SectionPageFactory(kind="videos"), recording=recording)
    bundle, extras = extras_of(client, page)
    taken = {name: extra["files"][0] for name, extra in extras.items()}
    assert {name: file["url"].rpartition("/")[2] for name, file in taken.items()} == {
        "sound": "sound.m4a", "144p": "144p.mp4", "360p": "download.mp4",
    }  # fmt: skip
    captions = client.get(f"/recordings/{recording.uuid}/vi.vtt").content
    track = {"url": f"/recordings/{recording.uuid}/vi.vtt", "size": len(gzip.compress(captions, 6, mtime=0))}
    for name, extra in extras.items():
        assert extra["files"][1].items() >= track.items(), "captions come along"
        assert extra["size"] == taken[name]["size"] + track["size"]
        others = {url.rpartition("/")[2] for url in taken[name]["also"]}
        assert others == {"sound.m4a", "144p.mp4", "360p.mp4", "720p.mp4", "download.mp4"} - {
            taken[name]["url"].rpartition("/")[2]
        }
    assert not any(".mp4" in file["url"] for file in bundle["files"])
    assert bundle["left_out"] == 0


def test_films_of_a_list_come_in_the_nearest_size_and_those_without_copies_are_told(client):
    section = SectionPageFactory(kind="videos")
    VideoPageFactory(section, title="Nhỏ", recording=film("144p", sound=False))
    VideoPageFactory(section, title="Chưa xong", recording=RecordingFactory(clip(), name="new.mp4"))
    bundle, extras = extras_of(client, section)
    assert set(extras) == {"144p"}
    assert bundle["left_out"] == 1


def test_an_exercise_is_taken_with_all_it_can_ask_for(client):
    content = h5p.content()
    lesson = make.lesson(make.course(0), "Bài có bài tập", body=[make.text_block(), h5p.block(content)])
    bundle, extras = extras_of(client, lesson)
    (document, *files) = extras["exercises"]["files"]
    version = content.current_version
    assert document["frame"] == f"/h5p-kept/{content.uuid}/" and f"/h5p/embed/{version.uuid}/" in document["url"]
    urls = {file["url"] for file in files}
    assert urls >= {*playing.files_of(version)["styles"], *playing.files_of(version)["scripts"]}
    assert all(file["frame"] == "" for file in files)
    assert f"{settings.STATIC_URL}django_h5p/waiting.js" in {file["url"] for file in bundle["files"]}
    # Only the device shows it, and only locked in.
    assert client.get(document["frame"], follow=True).status_code == 404


def test_papers_are_an_extra_and_closed_ones_are_not_offered(client):
    open_one, closed = DocumentFactory(), DocumentFactory()
    papers = [("file", {"document": one, "title": "", "paper": "", "note": ""}) for one in (open_one, closed)]
    page = MaterialPageFactory(files=papers)
    folder = Collection.get_first_root_node().add_child(name="Kín")
    CollectionViewRestriction.objects.create(collection=folder, restriction_type="login")
    closed.collection = folder
    closed.save()
    _bundle, extras = extras_of(client, page)
    assert [(file["url"], file["size"]) for file in extras["papers"]["files"]] == [(open_one.url, open_one.file_size)]

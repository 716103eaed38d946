"""The H5P origin: apart from the site, everything kept for ever, nothing runs when opened by itself."""

import json

import pytest
from django.template import Context, Template
from django.test import Client
from django_h5p import playing, tokens
from django_h5p.operations import import_package
from django_h5p.testing import QUESTION, SHARED, pack, tiny_files

HOST = "h5p.localhost:8000"


@pytest.fixture
def origin():
    return Client(headers={"host": HOST})


@pytest.fixture
def question(content):
    return content.current_version.pins.get(library__machine_name=QUESTION).library


def test_the_document_is_locked_in_and_knows_nobody(origin, content, learner):
    origin.force_login(learner)
    answer = origin.get(origin.get(f"/h5p/play/{content.uuid}/")["Location"])
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "frame-ancestors http://testserver" in policy
    assert "allow-same-origin" not in policy
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    text = answer.content.decode()
    assert "learner" not in text
    assert text.index("TinyShared-1.0/main.js") < text.index("TinyQuestion-1.0/main.js")
    assert text.count("<script>") == 3


def test_a_device_may_keep_the_document_with_its_policy_and_all_it_asks_for(origin, author):
    style = b"@font-face { src: url(../f/a.eot), url('../f/a.woff2?1') format('woff2') } p { background: url(p.png) }"
    files = tiny_files() | {"content/images/a.png": b"\x89PNG\r\n\x1a\n0123456789"}
    named = {"css/p.png": b"\x89PNG\r\n\x1a\n", "f/a.woff2": b"wOF2", "f/a.eot": b"eot"}
    folder = f"{QUESTION}-1.0"
    definition = json.loads(files[f"{folder}/library.json"])
    definition["preloadedCss"] = [{"path": "css/main.css"}]
    files |= {f"{folder}/library.json": json.dumps(definition).encode(), f"{folder}/css/main.css": style}
    files |= {f"{folder}/{path}": data for path, data in named.items()}
    version = import_package(file=pack(files), file_name="x.h5p", user=author, may_install=True).version
    document = origin.get(f"/h5p/embed/{version.uuid}/")
    assert document["Access-Control-Allow-Origin"] == "*"
    assert document["Access-Control-Expose-Headers"] == "Content-Security-Policy"
    kept = playing.files_to_keep(version)
    for url, size in kept.items():
        answer = origin.get(url.removeprefix(f"http://{HOST}"))
        assert (answer.status_code, len(b"".join(answer.streaming_content))) == (200, size), url
        assert answer["Access-Control-Allow-Origin"] == "*"
    ends = {url.rpartition("/")[2] for url in kept}
    assert ends >= {"frame.bundle.js", "h5p.css", "main.js", "main.css", "p.png", "a.woff2", "a.png"}
    assert not ends & {"a.eot", "content.json", "library.json"}


def test_what_a_title_says_stays_text(origin, author):
    content = import_package(
        file=pack(tiny_files("</script><script>alert(1)</script>")), file_name="x.h5p", user=author
    ).content
    text = origin.get(f"/h5p/embed/{content.current_version.uuid}/").content.decode()
    assert "<script>alert" not in text


def test_the_policy_follows_the_settings(origin, content, settings):
    settings.H5P_SITE_ORIGINS = []
    url = f"/h5p/embed/{content.current_version.uuid}/"
    assert "frame-ancestors *" in origin.get(url)["Content-Security-Policy"]
    assert (
        f"frame-src https://www.youtube-nocookie.com https://www.youtube.com http://{HOST}"
        not in (origin.get(url)["Content-Security-Policy"])
    )
    settings.H5P_ALLOW_HTML = True
    assert f"https://www.youtube.com http://{HOST}" in origin.get(url)["Content-Security-Policy"]


def test_a_file_is_kept_for_ever_and_runs_nothing_by_itself(origin, question):
    answer = origin.get(f"/h5p/libs/{question.directory}/main.js")
    assert b"".join(answer.streaming_content).startswith(b"var H5P")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    again = origin.get(f"/h5p/libs/{question.directory}/main.js", headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304


def test_an_opaque_frame_may_ask_first(origin, question):
    answer = origin.options(f"/h5p/libs/{question.directory}/main.js")
    assert (answer.status_code, answer["Access-Control-Allow-Headers"]) == (204, "*")


@pytest.mark.parametrize(
    ("asked", "status", "expected", "told"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=0-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=20-", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_parts_of_a_video(origin, author, asked, status, expected, told):
    files = tiny_files() | {"content/videos/a.mp4": b"0123456789"}
    version = import_package(file=pack(files), file_name="x.h5p", user=author).version
    answer = origin.get(f"/h5p/content/{version.prefix}/videos/a.mp4", headers={"range": asked})
    got = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert (answer.status_code, got, answer.get("Content-Range")) == (status, expected, told)
    assert answer["Content-Type"] == "video/mp4"


@pytest.mark.parametrize("path", ["../main.js", "gone.js", "%2e%2e/%2e%2e/db.sqlite3", "library.json/x"])
def test_only_the_files_of_the_package(origin, question, path):
    assert origin.get(f"/h5p/libs/{question.directory}/{path}").status_code == 404
    assert origin.get(f"/h5p/core/0000000000000000/{path}").status_code == 404


def test_the_player_has_an_address_that_changes_with_it(origin):
    from django_h5p.playing import core_digest

    assert origin.get(f"/h5p/core/{core_digest()}/frame.bundle.js").status_code == 200
    assert origin.get("/h5p/core/other/frame.bundle.js").status_code == 404
    assert origin.get(f"/h5p/core/{core_digest()}/../conftest.py").status_code == 404


def test_the_origins_do_not_mix(origin, content, learner):
    """The site plays nothing, and the H5P origin shows nothing of the site."""
    site = Client()
    site.force_login(learner)
    assert site.get(f"/h5p/play/{content.uuid}/").status_code == 404
    assert site.get(f"/h5p/embed/{content.current_version.uuid}/").status_code == 404
    elsewhere = origin.get(f"/h5p-api/{content.uuid}/attempts")
    assert (elsewhere.status_code, elsewhere["Location"]) == (302, f"http://testserver/h5p-api/{content.uuid}/attempts")
    assert origin.post(f"/h5p-api/{content.uuid}/attempts").status_code == 404
    assert origin.get("/h5p/anything").status_code == 404


def test_the_tag_puts_an_exercise_on_a_page(content):
    text = Template('{% load h5p %}{% h5p content context_kind="lesson" context_key=7 %}').render(
        Context({"content": content})
    )
    place = text.split('data-place="')[1].split('"')[0]
    assert tokens.read_place(place) == (content.uuid, "lesson", "7")
    assert f'data-frame="http://{HOST}/h5p/play/{content.uuid}/?lang=en-us"' in text
    assert SHARED not in text
    assert json.loads(json.dumps(content.current_version.metadata))["title"] in text

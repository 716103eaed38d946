"""SITE_LANGUAGES decides what the site speaks: its addresses, its starter content, its API."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from cms.languages import site_languages

ROOT = Path(__file__).resolve().parents[2]

# Asked of a site of its own, in a process of its own: settings are read once.
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
from cms.starter import LANGUAGES, load_everything
from courses.models import CoursePage
from cms.vocabulary.models import ContentLanguage
load_everything()
site = Client(headers={"host": "127.0.0.1"})
spoken = {"languages": settings.LANGUAGES, "starter": LANGUAGES}
paths = ["/vi/", "/en/", "/vi/account/forgotten/", "/en/account/forgotten/"]
api = [f"/api/v1/{what}?language={code}" for what in ("courses", "materials") for code in ("vi", "en", "xx")]
spoken["status"] = {path: site.get(path, follow=True).status_code for path in [*paths, *api]}
openapi = site.get("/api/v1/openapi.json").json()
(asked,) = [one for one in openapi["paths"]["/api/v1/materials"]["get"]["parameters"] if one["name"] == "language"]
spoken["documented"] = asked["schema"]["enum"]
spoken["pages"] = sorted(set(CoursePage.objects.values_list("locale__language_code", flat=True)))
spoken["active"] = sorted(ContentLanguage.objects.filter(is_active=True).values_list("tag", flat=True))
print(json.dumps(spoken))
"""


def test_pairs_of_code_and_own_name_in_the_order_given():
    assert site_languages(["en", " VI", "en", ""], main="vi") == [("en", "English"), ("vi", "Tiếng Việt")]
    assert site_languages(["vi", "zh-Hant"], main="vi")[1][0] == "zh-hant"


@pytest.mark.parametrize(
    ("codes", "says"),
    [
        (["vi", "xxq"], "cannot speak: xxq"),
        (["vi", "../vi"], "cannot speak"),
        (["en"], "main language, vi"),
        ([], "vi"),
    ],
)
def test_what_cannot_be_spoken_stops_the_start(codes, says):
    with pytest.raises(ImproperlyConfigured, match=says):
        site_languages(codes, main="vi")


def ask(tmp_path: Path, languages: str) -> dict:
    from tests.databases import copies

    database = tmp_path / "site.sqlite3"
    shutil.copy(copies().template, database)
    environment = os.environ | {
        "SITE_LANGUAGES": languages,
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "DEMO_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{database}",
        "CACHE_PREFIX": f"languages-{languages}",
        "LOG_LEVEL": "ERROR",
    }
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.skipif("postgres" in settings.DATABASES["default"]["ENGINE"], reason="the copied template is SQLite's")
def test_a_site_of_one_language_has_nothing_of_the_other(db, object_store, tmp_path):
    spoken = ask(tmp_path, "vi")
    assert [code for code, _name in spoken["languages"]] == spoken["starter"] == ["vi"]
    assert spoken["documented"] == spoken["pages"] == spoken["active"] == ["vi"]
    assert spoken["status"] == {
        "/vi/": 200,
        "/en/": 404,
        "/vi/account/forgotten/": 200,
        "/en/account/forgotten/": 404,
        "/api/v1/courses?language=vi": 200,
        "/api/v1/courses?language=en": 422,
        "/api/v1/courses?language=xx": 422,
        "/api/v1/materials?language=vi": 200,
        "/api/v1/materials?language=en": 422,
        "/api/v1/materials?language=xx": 422,
    }

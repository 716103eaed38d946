"""The visual language keeps its promises: everything shown, nothing inline, light enough, readable."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import override_settings
from django.urls import path

from cms import frontend, styleguide, urls

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "cms" / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
ROOMS = ("cms", "courses", "quizzes", "media", "contests", "schools", "support", "reports")

urlpatterns = [
    path("styleguide/", styleguide.index),
    path("styleguide/errors/<int:status>/", styleguide.error),
    path("styleguide/<slug:name>/", styleguide.sample),
    *urls.urlpatterns,
]


@pytest.fixture
def page(db, client, settings):
    settings.ROOT_URLCONF = __name__

    def fetch(address, language="vi"):
        response = client.get(f"/styleguide/{address}?language={language}")
        assert response.status_code == 200
        return response.content.decode()

    return fetch


def room_templates():
    return [file for room in ROOMS for file in (ROOT / room).rglob("templates/**/*.html")]


def test_every_component_is_shown(page):
    shown = page("")
    missing = [file.stem for file in COMPONENTS if f'<section class="section sample" id="{file.stem}">' not in shown]
    assert missing == []


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_a_component_lists_its_variables_first(file):
    first = file.read_text(encoding="utf-8").splitlines()[0]
    assert re.fullmatch(r"\{# .+ #\}", first), f"{file.name} must begin with a comment that lists its variables"
    assert "ariable" in first or "context" in first


@pytest.mark.parametrize("name", styleguide.SAMPLES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_sample_pages(page, name, language):
    html = page(f"{name}/", language)
    assert f'<html lang="{language}">' in html
    assert html.count("<h1") == 1, "one h1 a page"
    assert html.count("<main") == 1
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids)), "an id is used twice"


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500, 503])
def test_error_pages(page, status):
    html = page(f"errors/{status}/")
    assert "<h1>" in html
    assert "csrfmiddlewaretoken" not in html


def test_error_page_shows_the_number_to_give(db, rf):
    from django.template.loader import render_to_string

    for name in ("404.html", "403.html", "500.html", "503.html", "error.html"):
        assert "3f9a1c" in render_to_string(name, {"request_id": "3f9a1c", "request": rf.get("/vi/nowhere/")})


def test_nothing_inline():
    """The content security policy forbids it, and a browser would drop it without a word."""
    inline = re.compile(
        r"<[a-z][^>]*\sstyle=|<style|<[a-z][^>]*\son[a-z]+=|<script(?![^>]*\s(?:src|type=\"application/))", re.I
    )
    found = []
    for file in room_templates():
        if "pdf" in file.stem or {"wagtailadmin", "pack"} & set(file.parts):
            continue
        text = re.sub(r"\{[#%].*?[#%]\}", "", file.read_text(encoding="utf-8"), flags=re.S)
        text = re.sub(r"\{\{ [^}]*json_script[^}]*\}\}", "", text)
        if inline.search(text):
            found.append(str(file.relative_to(ROOT)))
    assert found == []


def test_cached_pages_hold_no_token(page):
    assert "csrfmiddlewaretoken" not in page("home/")


def test_icons_named_in_templates_are_in_the_sprite():
    names = set()
    for file in room_templates():
        text = file.read_text(encoding="utf-8")
        if "wagtailadmin/" in text:
            continue
        names |= set(re.findall(r'components/icon\.html"\s+with\s+name="([a-z0-9-]+)"', text))
        names |= set(re.findall(r'\sicon(?:_after)?="([a-z0-9-]+)"', text))
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            # Wagtail's admin has icons of its own.
            if not {"settings", "models", "migrations"} & set(file.parts) and "wagtail_hooks" not in file.name:
                names |= set(re.findall(r'"icon": "([a-z0-9-]+)"', file.read_text(encoding="utf-8")))
    assert names - frontend.ICONS == set(), "add these to cms.frontend.ICON_NAMES"


def weight(text):
    return len(gzip.compress(text if isinstance(text, bytes) else text.encode(), 9))


def test_the_stylesheet_and_the_script_are_light():
    assert weight(frontend.bundle_styles()) <= 14_000
    scripts = [(ROOT / "cms/static/js" / name).read_bytes() for name in ("site.js", "browser.js")]
    assert sum(map(weight, scripts)) <= 4_000


@pytest.mark.parametrize("file", sorted((ROOT / "cms/static/illustrations").glob("*.svg")), ids=lambda file: file.stem)
def test_pictures_are_light_and_named(file):
    text = file.read_text(encoding="utf-8")
    assert len(text) <= 12_000
    assert "<title>" in text


@pytest.mark.skipif(not (frontend.VENDOR / "fonts").exists(), reason="browser code is not built (make setup)")
def test_fonts_are_light_and_whole():
    from fontTools.ttLib import TTFont

    vietnamese = "ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    for weight_of in frontend.WEIGHTS:
        file = frontend.VENDOR / f"fonts/be-vietnam-pro-{weight_of}.woff2"
        assert file.stat().st_size <= 28_000
        letters = TTFont(file).getBestCmap()
        assert [x for x in vietnamese + vietnamese.upper() + "“”–…₫" if ord(x) not in letters] == []
        whole = TTFont(frontend.VENDOR / f"fonts/noto-sans-{weight_of}.woff2").getBestCmap()
        assert [x for x in "ŏĭŭĕʼƀŎĬŬĔɃ\u0302\u0306\u030c\u031b\u0323" + vietnamese if ord(x) not in whole] == []


# --- Contrast (WCAG 2.2, 1.4.3 and 1.4.11) -----------------------------------------------------------------------------


def tokens():
    text = (ROOT / "cms/static/css/tokens.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", text))


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("text", "grounds", "least"),
    [
        ("ink", "paper card paper-deep sea-tint lotus-tint amber-tint brick-tint rice-tint", 7),
        ("ink-soft", "paper card paper-deep sea-tint lotus-tint amber-tint", 4.5),
        ("sea", "paper card paper-deep", 4.5),
        ("sea-deep", "paper card sea-tint paper-deep", 4.5),
        ("lotus-deep", "paper card lotus-tint", 4.5),
        ("amber-deep", "paper card amber-tint", 4.5),
        ("brick", "paper card brick-tint", 4.5),
        ("rice", "paper card", 4.5),
        ("card", "sea sea-deep brick rice ink", 4.5),
        ("line-strong", "paper card", 3),
    ],
)
def test_contrast(text, grounds, least):
    colours = tokens()
    for ground in grounds.split():
        assert contrast(colours[text], colours[ground]) >= least, f"{text} on {ground}"


# --- Where the style guide is seen ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("debug", "demo", "seen"), [(False, False, False), (True, False, True), (False, True, True)])
def test_never_in_production(debug, demo, seen):
    with override_settings(DEBUG=debug, DEMO_ACCOUNTS=demo):
        assert bool(styleguide.addresses()) is seen

"""The editorial site in a real browser: accessible, readable on a small phone and without a script."""

import pytest
from playwright.sync_api import expect

from cms.loading import section
from cms.models import GuidePage, VideoPage
from cms.operations.starter import store_recording
from cms.starter import Run
from cms.starter.reading import ROOT
from tests.factories.cms import published
from tests.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def site(live_starter_site):
    """The starter content with a video in both languages; returns the addresses of each kind of page by language."""
    clip = next(iter(ROOT.glob("courses/starter/**/*.mp4")), None)
    recording = store_recording(Run(), clip, kind="video", title="Đọc tên miền") if clip else None
    addresses = {}
    for language, parent in section("videos").items():
        video = VideoPage(
            title="Đọc tên miền" if language == "vi" else "Reading an address",
            slug="doc-ten-mien",
            locale=parent.locale,
            summary="Xem một phút." if language == "vi" else "Watch for a minute.",
            recording=recording,
            transcript="Đọc tên trước dấu gạch chéo." if language == "vi" else "Read the name before the slash.",
            chapters=[{"at": 0, "title": "1"}],
        )
        video = published(parent, video)
        guide = GuidePage.objects.get(slug="vneid-muc-2", locale=parent.locale)
        addresses[language] = {
            "home": f"/{language}/",
            "section": section("guides")[language].url,
            "guide": guide.url,
            "video": video.url,
            "search": f"/{language}/search/?q={'tai khoan' if language == 'vi' else 'account'}",
            "nothing": f"/{language}/search/?q=xyzzy",
        }
    return addresses


def test_pages_are_accessible_and_fit_a_small_phone(site, open_page, look):
    for language, addresses in site.items():
        page = open_page()
        for name, address in addresses.items():
            page.goto(address)
            assert page.locator("html").get_attribute("lang") == language
            look(page, f"cms-{name}", language)


def test_reading_needs_no_script(site, open_page):
    page = open_page(java_script_enabled=False, viewport=PHONE)
    page.goto(site["vi"]["guide"])
    expect(page.locator("section.block").nth(5)).to_be_attached()
    expect(page.locator(".steps__step").nth(2)).to_be_attached()
    expect(page.locator("img").first).to_be_visible()
    page.goto(site["vi"]["home"])
    page.get_by_role("searchbox").first.fill("can cuoc")
    page.get_by_role("searchbox").first.press("Enter")
    page.wait_for_url("**/vi/search/**")
    expect(page.locator(".hit").first).to_be_visible()


def test_language_switcher_keeps_the_place(site, desktop):
    desktop.goto(site["vi"]["guide"])
    desktop.locator("[data-language=en]").first.click()
    desktop.wait_for_url("**" + site["en"]["guide"])
    expect(desktop.locator("h1")).to_contain_text("VNeID")


def test_search_by_keyboard_alone(site, desktop):
    desktop.goto(site["vi"]["search"])
    hit = desktop.locator(".hit a").first
    hit.focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(lambda url: "/vi/search/" not in url)

"""A page read aloud by the device's voice, and in large letters."""

import pytest
from playwright.sync_api import expect

from tests.factories.cms import GuidePageFactory
from tests.live import PHONE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

# What a phone with a Vietnamese voice has and this browser has not. A sentence ends when the test says so.
A_VOICE = """
  window.said = [];
  const voice = {lang: "vi_VN", name: "Vi", localService: true};
  class Utterance { constructor(text) { this.text = text; } }
  const synth = {
    getVoices: () => [voice],
    speak: (one) => { window.said.push(one.text); window.speaking = one; },
    cancel: () => { window.speaking = null; },
    addEventListener: () => {},
  };
  Object.defineProperty(window, "speechSynthesis", {value: synth});
  window.SpeechSynthesisUtterance = Utterance;
"""


def test_a_guide_is_read_aloud_and_shown_in_large_letters(live_site, open_page):
    page = GuidePageFactory(
        title="Làm thẻ căn cước",
        summary="Đi một lần là xong.",
        body=[("text", "<p>Mang theo giấy khai sinh. Đến công an xã.</p><p>Không ai thu tiền.</p>")],
    )
    phone = open_page(viewport=PHONE, has_touch=True)
    phone.goto(page.url)
    way = phone.get_by_role("link", name="Đọc to, cỡ chữ")
    way.click()
    bar = phone.get_by_role("region", name="Thanh đọc to")
    # This browser has no voice: what is missing is said, and nothing is offered that does not work.
    expect(bar).to_contain_text("Máy này chưa có giọng đọc: Tiếng Việt")
    expect(bar.get_by_role("button", name="Đọc to")).to_be_hidden()
    bar.get_by_role("button", name="Chữ to").click()
    expect(bar.get_by_role("button", name="Chữ to", pressed=True)).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    # Kept on the device, and the server draws the next page so: nothing is shown in small letters first.
    assert 'class="large"' in phone.goto(page.url).text()
    phone.goto(f"{page.url}?view=")
    assert 'class="large"' not in phone.goto(page.url).text()
    expect(phone.locator("html.large")).to_have_count(0)

    other = open_page(viewport=PHONE, has_touch=True)
    other.add_init_script(A_VOICE)
    other.goto(page.url)
    other.get_by_role("link", name="Đọc to, cỡ chữ").click()
    bar = other.get_by_role("region", name="Thanh đọc to")
    bar.get_by_role("button", name="Đọc to").click()
    now = other.locator(".aloud-now")
    expect(now).to_have_text("Làm thẻ căn cước")
    other.evaluate("speaking.onend()")
    expect(now).to_have_text("Đi một lần là xong.")
    bar.get_by_role("button", name="Đoạn sau").click()
    expect(now).to_contain_text("Mang theo giấy khai sinh.")
    other.evaluate("speaking.onend()")
    other.wait_for_function("said[said.length - 1] === 'Đến công an xã.'")
    bar.get_by_role("button", name="Tạm dừng").click()
    assert other.evaluate("speaking") is None
    # It goes on with the paragraph that was broken off; Escape closes the bar and gives the focus back.
    bar.get_by_role("button", name="Đọc to").click()
    other.wait_for_function("said[said.length - 1] === 'Mang theo giấy khai sinh.'")
    other.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(now).to_have_count(0)
    expect(other.get_by_role("link", name="Đọc to, cỡ chữ")).to_be_focused()

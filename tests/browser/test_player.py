"""The player of recordings as readers meet it: on a slow line, by keys, with and without JavaScript; the editors' rows."""

import pytest
from playwright.sync_api import expect

from media.models import Recording
from media.operations import request_conversion
from tests.factories.cms import EditorFactory, GuidePageFactory, HomePageFactory, SectionPageFactory, VideoPageFactory
from tests.factories.media import RecordingFactory, filmed, spoken
from tests.live import FLOOR, PHONE, _chromium, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VTT = "WEBVTT\n\n" + "\n".join(f"00:{at:02}.000 --> 00:{at + 4:02}.000\nCâu thứ {at // 5}\n" for at in range(0, 40, 5))
# What a poor mobile line gives: 400 kbit/s, a tenth of a second there and back.
SLOW = {"offline": False, "latency": 100, "downloadThroughput": 400_000 / 8, "uploadThroughput": 200_000 / 8}


@pytest.fixture
def at_work(settings):
    settings.CONVERSIONS_AT_ONCE = 1


def made(data: bytes, **values) -> Recording:
    """A recording whose copies are there: tasks are done at once here."""
    recording = RecordingFactory(data, duration=40, **values)
    request_conversion(recording=recording)
    recording.refresh_from_db()
    assert recording.copies
    return recording


def now(page) -> float:
    return page.evaluate("document.querySelector('video').currentTime")


def test_a_video_on_a_slow_line_and_by_keys(phone, axe, at_work, open_page):
    """On a browser as old as we promise: the player has no other way for newer ones."""
    page = phone
    page.add_init_script(FLOOR)
    data = filmed(seconds=40, size="854x480")
    signed = made(filmed(seconds=40, size="640x360"), name="ky-hieu.mp4")
    recording = made(data, captions={"vi": VTT, "en": VTT}, sign_language=signed, width=854, height=480)
    recording.chapters = {"vi": [{"at": 0, "title": "Mở đầu"}, {"at": 20, "title": "Đọc tên"}]}
    recording.save()
    video = VideoPageFactory(SectionPageFactory(HomePageFactory(), kind="videos"), recording=recording)
    page.goto(video.url)
    quality = page.get_by_label("Chất lượng")
    expect(quality).to_be_visible()
    choices = quality.locator("option").all_inner_texts()
    assert [text.split(" · ")[0] for text in choices] == ["144p", "360p", "Chỉ âm thanh"]
    assert all(text.endswith(" MB") for text in choices)
    expect(quality).to_have_value("144p")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the phone"
    axe(page)

    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    took = page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            const begun = performance.now();
            const shown = new Promise((seen) => video.requestVideoFrameCallback(seen));
            video.muted = true;
            await video.play();
            await shown;
            return performance.now() - begun;
        }"""
    )
    print(f"first frame of 144p at 400 kbit/s after {took:.0f} ms")
    assert took < 2000
    line.send(
        "Network.emulateNetworkConditions", {**SLOW, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    )

    page.get_by_text("Đọc tên").first.click()
    eventually(page, lambda: now(page) >= 20)
    expect(page.locator(".player__chapters [aria-current=true]")).to_contain_text("Đọc tên")
    quality.select_option("360p")
    eventually(page, lambda: page.evaluate("document.querySelector('video').videoHeight") == 360)
    eventually(page, lambda: now(page) >= 20)
    page.get_by_text("Đọc những gì được nói").or_(page.locator(".transcript > summary")).first.click()
    page.locator(".player__said button", has_text="Câu thứ 2").click()
    eventually(page, lambda: 10 <= now(page) < 16)
    expect(page.locator(".player__said [aria-current=true]")).to_contain_text("Câu thứ 2")
    page.keyboard.press("l")
    eventually(page, lambda: now(page) >= 20)
    page.keyboard.press("Shift+>")
    expect(page.get_by_label("Tốc độ")).to_have_value("1.25")
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.25
    page.keyboard.press("c")
    expect(page.locator("[data-captions]")).to_have_value("")
    page.keyboard.press("c")
    expect(page.locator("[data-captions]")).to_have_value("vi")
    page.keyboard.press("k")
    eventually(page, lambda: page.evaluate("document.querySelector('video').paused"))
    page.get_by_role("button", name="Ngôn ngữ ký hiệu").click()
    prefix = signed.copies["prefix"]
    eventually(page, lambda: prefix in page.evaluate("document.querySelector('video').currentSrc"))
    eventually(page, lambda: now(page) >= 20)

    # The place and the choices are kept on this device.
    page.reload()
    expect(page.get_by_label("Chất lượng")).to_have_value("360p")
    page.evaluate("document.querySelector('video').muted = true; document.querySelector('video').play()")
    eventually(page, lambda: now(page) >= 18)
    expect(page.locator("[data-again]")).to_contain_text("Lần trước xem đến 0:2")
    page.get_by_role("button", name="Xem từ đầu").click()
    eventually(page, lambda: now(page) < 5)

    # A copy that does not come is not the end: the plain file is played.
    page.route("**/144p.mp4", lambda route: route.abort())
    page.get_by_label("Chất lượng").select_option("144p")
    eventually(page, lambda: page.evaluate("document.querySelector('video').currentSrc").endswith("download.mp4"))

    bare = open_page(viewport=PHONE, java_script_enabled=False)
    bare.goto(video.url)
    expect(bare.locator("video source")).to_have_attribute("src", recording.copy_url("download.mp4"))
    expect(bare.get_by_label("Chất lượng")).to_be_hidden()
    expect(bare.locator(".player__chapters")).to_contain_text("0:20 Đọc tên")


def test_sound_goes_on_with_the_next_one(desktop, axe, at_work):
    first, second = (made(spoken(seconds=3), name=f"{n}.wav", kind="audio", transcripts={"vi": "Lời."}) for n in (1, 2))
    body = [
        {"type": "audio", "value": {"recording": one.pk, "title": title}}
        for one, title in ((first, "Một"), (second, "Hai"))
    ]
    guide = GuidePageFactory(SectionPageFactory(HomePageFactory(), kind="guides"), body=body)
    desktop.goto(guide.url)
    expect(desktop.locator("[data-wave]")).to_have_count(2)
    expect(desktop.locator("[data-after]:visible")).to_have_count(1)
    axe(desktop)
    desktop.evaluate("document.querySelectorAll('audio').forEach((one) => { one.muted = true; one.playbackRate = 2; })")
    desktop.locator("[data-wave]").first.click(position={"x": 20, "y": 20})
    eventually(desktop, lambda: desktop.evaluate("document.querySelectorAll('audio')[1].currentTime > 0.2"))
    assert desktop.evaluate("document.querySelectorAll('audio')[0].paused")
    assert desktop.evaluate("navigator.mediaSession.metadata.title") == "Hai"


def test_captions_are_written_by_keys_and_shown_at_once(desktop, sign_in, axe, at_work):
    page = desktop
    recording = made(filmed(seconds=40, size="640x360"), name="phim.mp4")
    sign_in(page, EditorFactory())
    page.goto(f"/admin/media/edit/{recording.pk}/")
    expect(page.locator(".recording-panel")).to_contain_text("144p")
    page.locator(".recording-panel__posters input").nth(1).check()
    page.get_by_role("button", name="Hiện hình này").click()
    expect(page.locator(".recording-panel__posters input").nth(1)).to_be_checked()
    page.goto(f"/admin/recordings/{recording.pk}/captions/vi/")
    row = page.locator("[data-row]").first
    row.get_by_label("Lời").fill("Chào cả nhà")
    page.evaluate("document.querySelector('video').currentTime = 2")
    eventually(page, lambda: now(page) == 2)
    row.get_by_label("Lời").press("Alt+s")
    expect(row.get_by_label("Bắt đầu")).to_have_value("0:02.000")
    page.evaluate("document.querySelector('video').currentTime = 4.5")
    eventually(page, lambda: now(page) == 4.5)
    row.get_by_label("Lời").press("Alt+e")
    expect(row.get_by_label("Kết thúc")).to_have_value("0:04.500")
    second = page.locator("[data-row]").nth(1)
    expect(second.get_by_label("Bắt đầu")).to_have_value("0:04.500")
    expect(second.get_by_label("Lời")).to_be_focused()
    page.keyboard.type("Đọc tên")
    second.get_by_label("Kết thúc").fill("0:04")
    shown = "Array.prototype.map.call(document.querySelector('video').textTracks[0].cues, (cue) => cue.text)"
    eventually(page, lambda: page.evaluate(shown) == ["Chào cả nhà"])
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator(".caption-row__faults")).to_contain_text("Kết thúc trước khi bắt đầu")
    axe(page)
    page.locator("[data-row]").nth(1).get_by_label("Kết thúc").fill("0:06")
    page.get_by_role("button", name="Lưu").click()
    eventually(page, lambda: Recording.objects.get(pk=recording.pk).captions.get("vi", "").count("-->") == 2)


def test_a_recording_is_made_in_the_browser(chromium, live_site, sign_in):
    """With the browser's own false microphone, which beeps."""
    flags = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = chromium.browser_type.launch(executable_path=_chromium(), args=flags)
    try:
        page = browser.new_context(base_url=live_site, locale="vi-VN", viewport=PHONE).new_page()
        sign_in(page, EditorFactory())
        page.goto("/admin/media/audio/add/")
        page.get_by_role("button", name="Bắt đầu ghi").click()
        expect(page.locator("[data-said]")).to_contain_text("Đang ghi: 0:02")
        page.get_by_role("button", name="Dừng").click()
        page.get_by_role("button", name="Dùng đoạn này").click()
        page.wait_for_url("**/admin/media/edit/*/", timeout=60_000)
    finally:
        browser.close()
    recording = Recording.objects.get()
    assert (recording.type, recording.file.name.rpartition(".")[2]) == ("audio", "webm")
    assert recording.title.startswith("Ghi âm ")
    assert 1 < recording.duration < 6

"""The offline reader: handbook, film, exercise and lesson taken onto a phone are read, seen, played without a line."""

import re
import struct

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django_h5p.models import Attempt, Statement
from playwright.sync_api import expect

from cms.operations.short_addresses import give_addresses_of_handbook
from courses.models import LessonEvent, LessonProgress
from media.operations import request_conversion
from tests.factories import courses as make
from tests.factories import h5p
from tests.factories.cms import CardValue, HandbookPageFactory, VectorPictureFactory, VideoPageFactory
from tests.factories.media import RecordingFactory, filmed, spoken
from tests.live import FLOOR, PHONE, eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_handbook_is_read_and_heard_without_a_line(live_site, open_page, settings):
    settings.CONVERSIONS_AT_ONCE = 1
    voice = RecordingFactory(spoken(seconds=2), name="the.wav", kind="audio")
    request_conversion(recording=voice)
    voice.refresh_from_db()
    assert voice.copies
    picture = VectorPictureFactory()
    page = HandbookPageFactory(
        cards=[CardValue(n, image=picture, recording=voice if n == 1 else None) for n in (1, 2)], cover=picture,
        cover_alt="Bìa",
    )  # fmt: skip
    give_addresses_of_handbook(page=page)
    # Also on a browser as old as we promise; films and lessons below are read by a new one.
    phone = open_page(viewport=PHONE, has_touch=True)
    phone.add_init_script(FLOOR)
    phone.goto(page.url)
    take = phone.get_by_role("button", name=re.compile(r"Tải về máy \(\d+(,\d)? [KM]B\)"))
    expect(take).to_be_visible()
    take.click()
    kept = phone.locator("[data-keep-status]")
    expect(kept).to_contain_text("Đã có trên máy")

    phone.context.set_offline(True)
    phone.goto(page.url + "?view=large")
    expect(phone.locator("[data-kept-note]")).to_contain_text("bản đã tải về máy ngày")
    expect(phone.get_by_role("heading", name="Việc thứ 2")).to_be_visible()
    for image in phone.locator(".leaf__picture img").all():
        image.scroll_into_view_if_needed()
        eventually(phone, lambda image=image: image.evaluate("one => one.complete && one.naturalWidth > 0"))
    # The recording plays to its end, from a copy that stands in for the one this browser likes best.
    phone.locator("[data-play-card]").click()
    eventually(phone, lambda: phone.evaluate("document.querySelector('[data-card-sound]').ended"))
    # What is not here: the list of what is.
    phone.goto("/vi/huong-dan/")
    expect(phone.get_by_role("heading", name="Đang không có mạng")).to_be_visible()
    expect(phone.get_by_role("link", name=page.title)).to_be_visible()

    # A newer text is told, fetched only when asked for, and takes the place of the older one.
    page.title = "Cẩm nang mới"
    page.save_revision().publish()
    phone.context.set_offline(False)
    phone.goto("/vi/offline/")
    newer = phone.get_by_role("button", name=re.compile(r"Tải bản mới \("))
    newer.click()
    expect(phone.get_by_role("link", name="Cẩm nang mới")).to_be_visible()
    expect(newer).to_have_count(0)
    assert phone.evaluate("caches.keys().then(names => names.filter(one => one.startsWith('kept:')).length)") == 1
    phone.get_by_role("button", name="Xóa khỏi máy: Cẩm nang mới").click()
    expect(phone.locator("[data-nothing-kept]")).to_be_visible()
    assert phone.evaluate("caches.keys().then(names => names.filter(one => one.startsWith('kept:')).length)") == 0

    # No room: said plainly, with how much is missing, and nothing half is left behind.
    phone.goto(page.url)
    phone.evaluate("StorageManager.prototype.estimate = () => Promise.resolve({quota: 2000, usage: 1000})")
    phone.get_by_role("button", name=re.compile("Tải về máy")).click()
    expect(kept).to_contain_text("Máy hết chỗ")
    assert phone.evaluate("caches.keys().then(names => names.filter(one => one.startsWith('kept:')).length)") == 0


def test_a_lesson_finished_in_flight_mode_arrives_once(live_site, open_page, sign_in):
    _class, _teacher, (pupil, *_others) = make.classroom(1)
    course = make.course(1)
    (lesson,) = make.lessons_of(course)
    phone = open_page(viewport=PHONE, has_touch=True)
    sign_in(phone, pupil)
    phone.goto(lesson.url)
    phone.get_by_role("button", name=re.compile("Tải về máy")).click()
    expect(phone.locator("[data-keep-status]")).to_contain_text("Đã có trên máy")
    kept = "caches.match(location.pathname).then(found => found.text())"
    assert str(pupil.uuid) not in phone.evaluate(kept) and pupil.person.full_name not in phone.evaluate(kept)

    phone.context.set_offline(True)
    phone.goto(lesson.url)
    expect(phone.locator("[data-kept-note]")).to_be_visible()
    phone.get_by_role("button", name="Đánh dấu đã học xong").click()
    expect(phone.get_by_text("Đã lưu trên máy này; có mạng sẽ gửi đi.")).to_be_visible()
    assert not LessonEvent.objects.filter(user=pupil, kind="finished").exists()
    phone.context.set_offline(False)
    eventually(phone, lambda: LessonEvent.objects.filter(user=pupil, kind="finished").exists())
    # The line comes and goes once more, and the lesson is opened again: it has arrived once.
    phone.context.set_offline(True)
    phone.context.set_offline(False)
    phone.goto(lesson.url)
    eventually(phone, lambda: LessonProgress.objects.get(user=pupil).state == "finished")
    assert LessonEvent.objects.filter(user=pupil, kind="finished").count() == 1

    # Whoever takes the phone after a sign-out adds nothing to this pupil's progress.
    phone.locator("[data-sign-out]").evaluate("form => form.requestSubmit ? form.requestSubmit() : form.submit()")
    expect(phone.locator("[data-signed-out]")).to_be_visible()
    phone.context.set_offline(True)
    phone.goto(lesson.url)
    expect(phone.locator("[data-kept-note]")).to_be_visible()
    expect(phone.get_by_role("button", name="Đánh dấu đã học xong")).to_have_count(0)


VTT = "WEBVTT\n\n00:00.000 --> 00:10.000\nChào cả nhà\n\n00:10.000 --> 00:30.000\nĐọc tên trang\n"


@pytest.fixture
def film(settings):
    """A page with a film whose 360p copy weighs several pieces."""
    settings.CONVERSIONS_AT_ONCE = 1
    recording = RecordingFactory(filmed(seconds=20, size="640x360"), duration=20, captions={"vi": VTT})
    request_conversion(recording=recording)
    recording.refresh_from_db()
    store, copies = storages["public"], recording.copies
    name = f"{copies['prefix'].removeprefix('public/')}/{copies['download']['name']}"
    with store.open(name) as file:
        # A player passes over a box of nothing.
        data = file.read() + struct.pack(">I4s", 2_500_000, b"free") + bytes(2_500_000 - 8)
    store.delete(name)
    assert store.save(name, ContentFile(data)) == name
    copies["download"]["bytes"] = len(data)
    recording.save()
    return VideoPageFactory(recording=recording, title="Đọc tên trang")


def test_a_film_goes_on_after_a_broken_line_and_skips_without_one(live_site, open_page, film, screenshot):
    phone = open_page(viewport=PHONE, has_touch=True)
    phone.goto(film.url)
    films = phone.get_by_label("Phim")
    expect(films).to_have_value("144p")
    films.select_option("360p")
    take = phone.locator("[data-keep-button]")
    expect(take).to_have_text(re.compile(r"Tải về máy \([34](,\d)?\sMB\)"))
    screenshot(phone, "offline-film-360")

    # The line breaks at the third piece; what came stays and is not fetched again.
    asked = []

    def third_fails(route):
        asked.append(route.request.headers.get("range", ""))
        if asked[-1].startswith("bytes=2097152-") and asked.count(asked[-1]) == 1:
            route.abort("internetdisconnected")
        else:
            route.continue_()

    phone.route("**/download.mp4", third_fails)
    take.click()
    kept = phone.locator("[data-keep-status]")
    expect(kept).to_contain_text("Mất mạng giữa chừng", timeout=20_000)
    expect(take).to_have_text(re.compile("Tải tiếp"))
    phone.goto("/vi/offline/")
    expect(phone.locator("[data-kept-list]")).to_contain_text("Chưa tải hết")
    screenshot(phone, "offline-unfinished-360")
    phone.goto(film.url)
    expect(take).to_have_text(re.compile("Tải tiếp"))
    asked_before = len(asked)
    take.click()
    expect(kept).to_contain_text("Đã có trên máy", timeout=20_000)
    assert [one for one in asked[asked_before:] if one.startswith("bytes=0-")] == []
    # What is routed here does not know that the line is down.
    phone.unroute("**/download.mp4")

    phone.context.set_offline(True)
    phone.goto(film.url)
    expect(phone.locator("[data-kept-note]")).to_be_visible()
    expect(phone.get_by_label("Chất lượng").locator("option")).to_have_count(1)
    video = "document.querySelector('video')"
    phone.evaluate(f"{video}.muted = true; {video}.play()")
    eventually(phone, lambda: phone.evaluate(f"{video}.currentTime > 0.3 && {video}.videoHeight === 360"))
    phone.evaluate(f"{video}.currentTime = 14")
    eventually(phone, lambda: phone.evaluate(f"{video}.currentTime > 14.3 && !{video}.seeking"))
    shown = f"Array.from(({video}.textTracks[0].activeCues || [])).map(cue => cue.text).join()"
    eventually(phone, lambda: phone.evaluate(shown) == "Đọc tên trang")
    screenshot(phone, "offline-film-playing-360")

    # Sound alone instead: the heavy copy goes.
    phone.context.set_offline(False)
    phone.goto(film.url)
    phone.get_by_role("button", name="Chọn lại phần tải về").click()
    films.select_option("sound")
    take.click()
    expect(kept).to_contain_text(re.compile(r"Đã có trên máy \(\d+\sKB\)"), timeout=20_000)
    names = "caches.keys().then(names => caches.open(names.find(one => one.startsWith('kept:'))))"
    held = phone.evaluate(f"{names}.then(cache => cache.keys()).then(all => all.map(one => one.url))")
    assert any(url.endswith("sound.m4a") for url in held) and not any("kept-piece" in url for url in held)
    phone.goto("/vi/offline/")
    expect(phone.locator("[data-kept-list]")).to_contain_text("phim chỉ có âm thanh")
    screenshot(phone, "offline-list-360")


# What of the site an exercise reaches.
REACHED = """async () => {
  const found = [];
  const tries = {
    page: () => parent.document.title, cookies: () => document.cookie, cache: () => caches.keys(),
  };
  for (const name of Object.keys(tries)) {
    try { await tries[name](); found.push(name); } catch (refused) { /* As it must be. */ }
  }
  return found;
}"""
SHOWN_WITHOUT_A_POLICY = """async () => {
  const address = "/h5p-kept/00000000-0000-4000-8000-000000000000/";
  const cache = await caches.open((await caches.keys()).find((one) => one.startsWith("kept:")));
  await cache.put(address, new Response("<p>open", { headers: { "Content-Type": "text/html" } }));
  return new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = () => done(frame.contentDocument ? frame.contentDocument.body.textContent : "");
    frame.src = address;
    document.body.appendChild(frame);
  });
}"""


def test_an_exercise_is_played_without_a_line_apart_from_the_site_and_arrives_once(
    live_site, open_page, sign_in, screenshot
):
    _class, _teacher, (pupil, *_others) = make.classroom(1)
    lesson = make.lesson(make.course(0), "Bài có bài tập", body=[make.text_block(), h5p.block(h5p.content())])
    phone = open_page(viewport=PHONE, has_touch=True)
    sign_in(phone, pupil)
    phone.goto(lesson.url)
    expect(phone.get_by_label("Bài tập tương tác")).to_be_checked()
    phone.locator("[data-keep-button]").click()
    expect(phone.locator("[data-keep-status]")).to_contain_text("Đã có trên máy")

    phone.context.set_offline(True)
    phone.goto(lesson.url)
    phone.locator("[data-h5p-open]").click()
    frame = phone.frame_locator("iframe.h5p-player__frame")
    frame.get_by_role("button", name="Yes").click()
    expect(phone.locator("[data-h5p-status]")).to_contain_text("Kết quả được giữ trên máy này")
    screenshot(phone, "offline-exercise-360")
    # It reaches neither the page, nor its storage, nor its cookies.
    assert frame.locator("body").evaluate(REACHED) == []
    assert frame.locator("body").evaluate("() => window.origin") == "null"
    # A document without the policy that locks it in is not shown.
    assert phone.evaluate(SHOWN_WITHOUT_A_POLICY) == ""

    assert not Statement.objects.exists()
    phone.context.set_offline(False)
    phone.goto(lesson.url)
    eventually(phone, lambda: Attempt.objects.filter(user=pupil, state="completed").exists())
    phone.reload()
    eventually(phone, lambda: LessonEvent.objects.filter(user=pupil, kind="self_check").exists())
    assert Statement.objects.filter(verb="answered").count() == Attempt.objects.count() == 1
    assert phone.evaluate("Object.keys(localStorage).filter(one => one.startsWith('h5p-waiting')).length") == 0

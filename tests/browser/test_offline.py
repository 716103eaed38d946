"""The offline reader: a handbook and a lesson taken onto a phone are read, heard and finished without a line."""

import re

import pytest
from playwright.sync_api import expect

from cms.operations.short_addresses import give_addresses_of_handbook
from courses.models import LessonEvent, LessonProgress
from media.operations import request_conversion
from tests.factories import courses as make
from tests.factories.cms import CardValue, HandbookPageFactory, VectorPictureFactory
from tests.factories.media import RecordingFactory, spoken
from tests.live import PHONE, eventually

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
    phone = open_page(viewport=PHONE, has_touch=True)
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
    phone.evaluate("navigator.storage.estimate = () => Promise.resolve({quota: 2000, usage: 1000})")
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

"""A pupil's lesson and a teacher's afternoon in a real browser: phone, keyboard, no JavaScript, no line."""

import io
import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from courses.models import ClassAssignment, LessonProgress
from courses.operations.lessons import record_events
from quizzes.models import Attempt
from schools.models import Teaching
from tests.factories import courses as make
from tests.factories.schools import PIN, make_pupil
from tests.live import eventually

pytestmark = pytest.mark.browser

# Everything newer than Chrome 80 and Safari 12.5 that the script could lean on.
FLOOR = """
delete window.IntersectionObserver;
delete Element.prototype.replaceChildren;
delete Array.prototype.at; delete Array.prototype.flat; delete Object.fromEntries;
if (window.crypto) delete Crypto.prototype.randomUUID;
"""


@pytest.fixture
def stage(live_site):
    """A class with its teacher, and a course of two lessons, the first with a quiz, in two languages."""
    school_class, teacher, people = make.classroom(3)
    quiz = make.quiz(1, english=True)
    course = make.course(2, quizzes=[quiz])
    make.english(course)
    return school_class, teacher, people, course, make.lessons_of(course)


def progress(user) -> LessonProgress | None:
    return LessonProgress.objects.filter(user=user).order_by("pk").first()


def test_from_signing_in_to_the_receipt(phone, stage, axe, screenshot):
    school_class, teacher, _people, course, lessons = stage
    pupil = make_pupil(school_class, "Trần Thị Bưởi", code="0012345", password=PIN)
    make.assignment(course, school_class, teacher, note="Làm trước thứ Sáu nhé")
    phone.goto(f"/vi/account/sign-in/?school={school_class.school.code}&next=/vi/learn/")
    phone.get_by_label("Mã học sinh").fill("0012345")
    phone.get_by_label("Mật khẩu hoặc mã PIN").fill(PIN)
    phone.get_by_role("button", name="Đăng nhập").click()
    phone.get_by_role("heading", name="Việc của em hôm nay").wait_for()
    axe(phone)
    screenshot(phone, "today-360")
    phone.get_by_role("heading", name="Công dân số").get_by_role("link").click()
    phone.get_by_text("Trần Văn Hùng giao cho lớp 10A1.").wait_for()
    axe(phone)
    screenshot(phone, "course-360")
    phone.get_by_role("link", name=re.compile("Bắt đầu")).click()
    phone.get_by_role("heading", name="Bài 1", level=1).wait_for()
    axe(phone)
    screenshot(phone, "lesson-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    eventually(phone, lambda: (row := progress(pupil)) and row.blocks_seen)
    phone.get_by_role("link", name="Làm bài kiểm tra").click()
    phone.get_by_role("button", name=re.compile("Bắt đầu|Làm bài")).first.click()
    phone.locator("[data-steps]:not([hidden])").wait_for()
    phone.locator("fieldset:visible label", has_text="dichvucong.gov.vn").first.click()
    phone.locator("[data-next]").click()
    phone.locator("[data-submit]").click()
    phone.wait_for_url("**/result/")
    receipt = Attempt.objects.get(user=pupil).receipt_code
    phone.get_by_text(receipt).first.wait_for()
    assert progress(pupil).quiz_attempts == 1
    phone.goto(lessons[0].url)
    phone.get_by_role("button", name="Em đã học xong").click()
    phone.get_by_text("Em đã học xong bài này.").wait_for()
    eventually(phone, lambda: progress(pupil).state == "finished")
    phone.get_by_role("link", name=re.compile("Bài tiếp: Bài 2")).click()
    phone.get_by_role("heading", name="Bài 2", level=1).wait_for()


def test_the_line_is_cut_and_nothing_is_lost(open_page, stage, sign_in):
    _class, _teacher, (pupil, *_others), _course, (lesson, _second) = stage
    page = open_page()
    sign_in(page, pupil)
    page.goto(lesson.url)
    eventually(page, lambda: progress(pupil))
    page.context.set_offline(True)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.get_by_role("button", name="Em đã học xong").click()
    page.get_by_text("Đã lưu trên máy này; có mạng sẽ gửi đi.").wait_for()
    page.get_by_text("Em đã học xong bài này.").wait_for()
    assert progress(pupil).state == "started"
    page.context.set_offline(False)
    page.goto(lesson.url)
    eventually(page, lambda: progress(pupil).state == "finished")
    kept = "Object.keys(localStorage).filter(k => k.startsWith('lesson-events')).map(k => localStorage[k]).join('')"
    eventually(page, lambda: page.evaluate(kept) == "{}")


def test_another_pupil_on_the_same_phone_sends_nothing_of_the_first(open_page, stage, sign_in):
    _class, _teacher, (first, second, _third), _course, (lesson, _other) = stage
    page = open_page()
    sign_in(page, first)
    page.goto(lesson.url)
    eventually(page, lambda: progress(first))
    page.route("**/api/v1/lessons/**", lambda route: route.abort())
    page.get_by_role("button", name="Em đã học xong").click()
    page.get_by_text("Đã lưu trên máy này").wait_for()
    page.unroute("**/api/v1/lessons/**")
    page.context.clear_cookies()
    sign_in(page, second)
    page.goto(lesson.url)
    eventually(page, lambda: progress(second))
    page.wait_for_timeout(500)
    assert (progress(second).state, progress(first).state) == ("started", "started")


def test_an_old_browser_reads_and_is_counted(open_page, stage, sign_in):
    _class, _teacher, (pupil, *_others), _course, (lesson, _second) = stage
    page = open_page()
    page.add_init_script(FLOOR)
    sign_in(page, pupil)
    page.goto(lesson.url)
    page.evaluate("[...document.querySelectorAll('[data-block]')].pop().scrollIntoView({ block: 'center' })")
    eventually(page, lambda: (row := progress(pupil)) and row.blocks_seen)


def test_a_lesson_without_javascript(open_page, stage, sign_in):
    _class, _teacher, (pupil, *_others), course, (_lesson, _second) = stage
    page = open_page(java_script_enabled=False)
    sign_in(page, pupil)
    page.goto(course.url)
    page.get_by_role("link", name=re.compile("Bắt đầu")).click()
    page.get_by_text("Đoạn 3.").wait_for()
    page.get_by_role("button", name="Em đã học xong").click()
    page.get_by_text("Em đã học xong bài này.").wait_for()
    assert progress(pupil).state == "finished"


def test_a_lesson_by_keyboard_in_english(desktop, stage, sign_in, axe):
    _class, _teacher, (pupil, *_others), course, _lessons = stage
    sign_in(desktop, pupil)
    desktop.goto(reverse("courses:open", args=["course", course.translation_key]).replace("/vi/", "/en/"))
    axe(desktop)
    desktop.get_by_role("link", name=re.compile("Begin: Bài 1")).focus()
    desktop.keyboard.press("Enter")
    desktop.get_by_role("heading", name="Bài 1 (en)", level=1).wait_for()
    axe(desktop)
    desktop.get_by_role("button", name="I have done this lesson").focus()
    desktop.keyboard.press("Enter")
    desktop.get_by_text("You have done this lesson.").wait_for()
    eventually(desktop, lambda: (row := progress(pupil)) and row.state == "finished")
    desktop.goto("/en/learn/")
    axe(desktop)


def test_a_teacher_assigns_in_four_taps_and_chases(phone, stage, sign_in, axe, screenshot):
    school_class, teacher, people, _course, (lesson, _second) = stage
    Teaching.objects.create(user=teacher, school_class=make.school_class("10A2"), kind="subject")
    sign_in(phone, teacher)
    phone.goto("/vi/teach/")
    axe(phone)
    phone.get_by_role("link", name="Giao bài").first.click()  # 1
    phone.get_by_role("heading", name="Thầy cô muốn giao gì?").wait_for()
    axe(phone)
    screenshot(phone, "assign-what-360")
    phone.get_by_role("link", name=re.compile("^Bài 1")).click()  # 2: Sunday is chosen
    phone.get_by_role("group", name="Giao cho lớp nào?").wait_for()
    axe(phone)
    phone.get_by_text("Tất cả các lớp dưới đây").click()  # 3
    expect(phone.get_by_role("checkbox", name="10A2")).to_be_checked()
    screenshot(phone, "assign-360")
    phone.get_by_role("button", name="Giao bài").click()  # 4
    phone.get_by_text("Đã giao “Bài 1” cho 10A1, 10A2.").wait_for()
    axe(phone)
    given = ClassAssignment.objects.get(school_class=school_class)
    record_events(user=people[0], place=make.place(lesson), events=[make.event("finished")])

    phone.goto(reverse("courses:status", args=[given.uuid]))
    axe(phone)
    screenshot(phone, "status-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    names = ["Trần Thị Bình", "Lò Văn Cương", "Nguyễn Văn An"]
    expect(phone.locator("tbody th a")).to_have_text(names)
    phone.get_by_role("button", name="Nhắc").click()
    phone.get_by_text("Đã nhắc 2 em.").wait_for()
    with phone.expect_download() as download:
        phone.get_by_role("link", name="Excel").click()
    sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert [row[2] for row in sheet.iter_rows(min_row=5, values_only=True)] == names
    phone.get_by_role("link", name="Cho Zalo").click()
    message = phone.locator("#message")
    assert "còn 2 em chưa học xong" in message.input_value()
    assert "Bình" not in message.input_value()
    axe(phone)
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.get_by_role("button", name="Sao chép").click()
    phone.get_by_text("Đã sao chép").wait_for()
    phone.get_by_text("Kèm tên").click()
    phone.get_by_role("link", name="Hiện tên").click()
    expect(phone.locator("#message")).to_have_value(re.compile("1. Trần Thị Bình"))


def test_a_teacher_rescues_one_pupil_and_ticks_the_class(desktop, stage, sign_in, axe, screenshot):
    school_class, teacher, people, _course, (lesson, _second) = stage
    given = make.assignment(lesson, school_class, teacher)
    sign_in(desktop, teacher)
    desktop.goto(reverse("courses:status", args=[given.uuid]))
    axe(desktop)
    screenshot(desktop, "status-1280")
    desktop.get_by_role("link", name="Trần Thị Bình").click()
    axe(desktop)
    desktop.get_by_label("Vì sao?").fill("Ốm")
    desktop.get_by_role("button", name="Gia hạn").click()
    desktop.get_by_text("Trần Thị Bình được làm đến").wait_for()
    desktop.goto(reverse("courses:status", args=[given.uuid]))
    desktop.get_by_role("link", name="Điểm danh trên lớp").click()
    axe(desktop)
    desktop.locator(f"label[for='p-{people[2].uuid}']").click()
    desktop.get_by_role("button", name="Ghi 2 em có mặt").click()
    desktop.get_by_text("Đã ghi 2 em lớp 10A1 có mặt.").wait_for()
    axe(desktop)
    present = LessonProgress.objects.filter(attended_on=timezone.localdate())
    assert present.count() == 2
    desktop.get_by_role("button", name="Hoàn tác").click()
    desktop.get_by_text("đã trở lại như trước").wait_for()
    assert present.count() == 0
    cache.clear()
    desktop.goto("/vi/teach/")
    axe(desktop)


def test_the_first_page_says_what_is_overdue(desktop, stage, sign_in, axe):
    school_class, teacher, _people, _course, (lesson, _second) = stage
    make.assignment(lesson, school_class, teacher, due_in=timedelta(days=-1))
    sign_in(desktop, teacher)
    for language in ("vi", "en"):
        desktop.goto(f"/{language}/teach/")
        axe(desktop)
    expect(desktop.get_by_role("heading", name="Overdue")).to_be_visible()

"""A lesson on the wall in a real browser: keys, a swipe, no script, paper, an old browser; no accessibility fault."""

import re

import pytest
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from tests.courses.test_papers import CASE, CHECK, FAMILY, STEPS, TEXT, item
from tests.courses.test_slides import body
from tests.factories import courses as make
from tests.live import PHONE, resize

pytestmark = pytest.mark.browser

PROJECTOR = {"width": 1280, "height": 720}
WALL = {"width": 1920, "height": 1080}
FLOOR = """
delete Element.prototype.replaceChildren; delete Array.prototype.at; delete String.prototype.replaceAll;
delete window.IntersectionObserver; delete window.ResizeObserver;
"""
MOCKUP = {
    "type": "mockup",
    "value": {
        "kind": "message",
        "sender": "Điện lực",
        "lines": [item("20 giờ tối nay sẽ cắt điện. Bấm vào đây để trả ngay:")],
        "address": "https://tiendien.example/tra-ngay",
        "signs": [item("Dọa cắt điện trong vài giờ.")],
    },
}


@pytest.fixture
def lesson(live_site):
    remember = {
        "type": "callout",
        "value": {"kind": "remember", "title": "Em nhớ nhé", "text": "<p>Tự gõ địa chỉ.</p>"},
    }
    warning = {
        "type": "callout",
        "value": {"kind": "warning", "title": "Cẩn thận", "text": "<p>Không trả tiền riêng.</p>"},
    }
    made = make.lesson(
        make.course(0),
        "Bài 1. Dịch vụ công trực tuyến là gì?",
        body=body(CASE, TEXT, STEPS, CHECK, MOCKUP, remember, warning, FAMILY),
        quiz=make.quiz(1),
        objectives=[{"type": "objective", "value": "Nói được dịch vụ công trực tuyến là gì"}],
        plan=[{"type": "discussion", "value": {"question": "Vì sao nên tự gõ địa chỉ?", "listen_for": "", "least": "15"}}],
    )  # fmt: skip
    made.cut_15 = made.block_ids[:4]
    made.save_revision().publish()
    cache.clear()
    return made


def address(lesson) -> str:
    return reverse("courses:slides", args=[lesson.translation_key])


def on_screen(page, number: int) -> None:
    """Screen `number` is seen and no other."""
    expect(page.locator(f"#s{number}")).to_be_visible()
    expect(page.locator("section.slide:visible")).to_have_count(1)


def test_every_screen_is_without_fault_and_fits(lesson, open_page, axe, screenshot):
    page = open_page()
    page.emulate_media(reduced_motion="reduce")
    page.goto(address(lesson))
    count = page.locator("section.slide").count()
    assert count >= 12
    for size in (PHONE, PROJECTOR, WALL):
        resize(page, size)
        for number in range(1, count + 1):
            page.goto(f"{address(lesson)}#s{number}")
            on_screen(page, number)
            if size is not PHONE:
                over = page.evaluate("document.documentElement.scrollHeight - window.innerHeight")
                assert over <= 0, f"the last row does not see {over} px of screen {number} at {size['width']}"
            for reveal in page.locator("section.slide.is-current details").all():
                reveal.locator("summary").click()
            axe(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= size["width"], f"screen {number} is {width} px wide at {size['width']}"
            screenshot(page, f"slide-{size['width']}-{number:02}")


def test_keys_lead_through_the_screens_and_back_to_the_lesson(lesson, desktop):
    desktop.goto(address(lesson))
    count = desktop.locator("section.slide").count()
    on_screen(desktop, 1)
    for key, expected in [
        ("ArrowRight", 2), ("PageDown", 3), ("ArrowLeft", 2), ("End", count), ("ArrowRight", count), ("Home", 1), ("PageUp", 1),
    ]:  # fmt: skip
        desktop.keyboard.press(key)
        on_screen(desktop, expected)
    desktop.keyboard.press("ArrowRight")
    expect(desktop.get_by_role("status").first).to_have_text(f"Màn hình 2/{count}")
    expect(desktop.locator("#s2")).to_be_focused()
    desktop.reload()
    on_screen(desktop, 2)  # a reload stays where the class was
    desktop.keyboard.press("Escape")
    desktop.wait_for_url(re.compile(re.escape(lesson.url)))


def test_the_answer_opens_by_keyboard(lesson, desktop):
    desktop.goto(address(lesson))
    question = desktop.locator(".slide--check")
    while not question.is_visible():
        desktop.keyboard.press("ArrowRight")
    desktop.keyboard.press("Tab")
    assert desktop.evaluate("document.activeElement.tagName") == "SUMMARY"
    desktop.keyboard.press("Enter")
    question.get_by_text("Không phải đến quầy bước nào.").wait_for()


def test_a_swipe_and_the_buttons_on_an_old_phone(lesson, phone):
    phone.add_init_script(FLOOR)
    phone.goto(address(lesson))
    phone.get_by_role("button", name="Màn hình sau").click()
    on_screen(phone, 2)
    swipe = """([from, to]) => {
      const deck = document.querySelector("[data-slides]");
      const touch = (x) => new Touch({ identifier: 1, target: deck, clientX: x, clientY: 300 });
      deck.dispatchEvent(new TouchEvent("touchstart", { touches: [touch(from)], changedTouches: [touch(from)], bubbles: true }));
      deck.dispatchEvent(new TouchEvent("touchend", { touches: [], changedTouches: [touch(to)], bubbles: true }));
    }"""
    phone.evaluate(swipe, [300, 80])
    on_screen(phone, 3)
    phone.evaluate(swipe, [80, 300])
    on_screen(phone, 2)
    phone.evaluate(swipe, [200, 180])
    on_screen(phone, 2)  # a tap is no swipe


def test_without_a_script_it_is_one_long_page(lesson, open_page, axe):
    page = open_page(java_script_enabled=False, viewport=PHONE)
    page.goto(address(lesson))
    slides = page.locator("section.slide")
    assert all(slide.is_visible() for slide in slides.all())
    expect(page.get_by_role("button", name="Màn hình sau")).to_have_count(0)
    reveal = page.locator(".slide--check details")
    reveal.locator("summary").click()
    reveal.get_by_text("Không phải đến quầy bước nào.").wait_for()


def test_on_paper_all_screens_stand_and_no_answer(lesson, desktop):
    desktop.goto(address(lesson))
    desktop.emulate_media(media="print")
    assert all(slide.is_visible() for slide in desktop.locator("section.slide").all())
    expect(desktop.locator(".slide__reveal").first).to_be_hidden()
    expect(desktop.locator(".slides__bar")).to_be_hidden()


def test_the_papers_of_a_lesson_and_of_all(lesson, open_page, sign_in, look):
    _school_class, teacher, _pupils = make.classroom(1)
    page = open_page()
    sign_in(page, teacher)
    for name, where in [
        ("papers", reverse("courses:papers")),
        ("lesson-papers", reverse("courses:lesson_papers", args=[lesson.translation_key])),
        ("lesson-for-teacher", lesson.url),
    ]:
        page.goto(where)
        look(page, name)

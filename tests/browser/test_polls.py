"""A question on the wall and on a phone without scripts: the number moves by itself, the bars come after closing."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from courses.operations.polls import ask_class
from quizzes.queries.asking import typed_question
from schools.operations.signin import STEPS
from tests.factories import courses as make
from tests.live import DESKTOP, PHONE, resize

pytestmark = pytest.mark.browser
LARGE = {"width": 1920, "height": 1080}


@pytest.fixture
def enter(live_site):
    def entered(page, user):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session.pop(STEPS, None)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        return page

    return entered


def test_the_wall_and_a_phone(live_site, open_page, enter, axe, screenshot):
    school_class, teacher, _pupils = make.classroom(5)
    options = [
        ("a", "Tự gõ địa chỉ dichvucong.gov.vn vào thanh địa chỉ", True, "Địa chỉ kết thúc bằng .gov.vn."),
        ("b", "Bấm liên kết trong tin nhắn vừa nhận", False, ""),
        ("c", "Tìm trên mạng rồi bấm kết quả đầu tiên", False, ""),
        ("d", "Hỏi một người lạ", False, ""),
    ]
    question = typed_question(
        key="q", stem="Cách nào an toàn nhất để vào Cổng Dịch vụ công?", options=options, language="vi"
    )
    cache.clear()
    poll = ask_class(user=teacher, question=question, language="vi", key=uuid4(), school_class=school_class)
    wall = enter(open_page(), teacher)
    wall.goto(reverse("courses:poll", args=[poll.uuid]))

    def looks(page, name, *sizes):
        for size in sizes:
            resize(page, size)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, size)
            axe(page)
            screenshot(page, f"poll-{name}-{size['width']}")

    looks(wall, "open", PHONE, LARGE, DESKTOP)
    phone = open_page(viewport=PHONE, java_script_enabled=False)
    phone.goto(reverse("poll_answer", args=[poll.code]) + "?language=vi")
    phone.get_by_text("Tự gõ địa chỉ").click()
    phone.get_by_role("button", name="Gửi câu trả lời").click()
    expect(phone.get_by_text("Đã nhận câu trả lời.")).to_be_visible()
    screenshot(phone, "poll-answered")
    expect(wall.locator("[data-count]")).to_have_text("1", timeout=15_000)
    wall.get_by_role("button", name="Đóng và xem kết quả").focus()
    wall.keyboard.press("Enter")
    expect(wall.locator(".poll-bars")).to_be_visible()
    expect(wall.locator(".is-right")).to_have_count(0)
    wall.get_by_role("button", name="Xem đáp án").click()
    expect(wall.locator("tr.is-right")).to_have_count(1)
    looks(wall, "told", PHONE, LARGE, DESKTOP)
    wall.goto(reverse("courses:ask_own"))
    looks(wall, "own", PHONE, DESKTOP)
    wall.goto(reverse("courses:polls").replace("/vi/", "/en/"))
    looks(wall, "list-en", PHONE, DESKTOP)

"""An asker on a phone: by keyboard in the panel of a page, without a script on its own page; then the desk and the code."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from schools.operations.signin import STEPS
from support.assistant import library
from support.assistant.indexing import index_everything
from support.models import Ticket, Wording
from support.operations.desk import answer_ticket, write_ticket
from tests.factories.cms import GuidePageFactory
from tests.factories.schools import make_with_role
from tests.live import DESKTOP, PHONE

pytestmark = pytest.mark.browser
LINK = '<a href="/vi/">' + "Một dòng dài hết bề ngang của màn hình, bấm được từ đầu đến cuối. " * 3 + "</a>"
BODY = [("text", "<h2>Ai phải làm?</h2><p>Người ở trọ từ 30 ngày.</p><h2>Làm ở đâu?</h2><p>Ở công an xã.</p>")]


@pytest.fixture
def guide(live_site):
    library.forget()
    cache.clear()
    page = GuidePageFactory(title="Đăng ký tạm trú", slug="tam-tru", body=BODY, checked_on="2026-11-01")
    Wording.objects.create(slug="tro", said="thuê phòng\nở trọ", meant="tạm trú")
    index_everything()
    yield page
    library.forget()


# Whether both lower corners of an element can be pressed.
FREE = """element => {
  const box = element.getBoundingClientRect();
  return [box.left + 3, box.right - 3].every((x) => {
    const there = document.elementFromPoint(x, box.bottom - 3);
    return !there || !there.closest(".ask");
  });
}"""


def enter(live_site, page, user):
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session.pop(STEPS, None)
    session.save()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])


def test_the_button_hides_nothing(guide, live_site, open_page):
    guide.body = [
        *guide.body.raw_data,
        *[{"type": "text", "value": f"<p>{LINK}</p><p>{LINK}</p>"} for _one in range(6)],
    ]
    guide.save_revision().publish()
    for viewport in (PHONE, DESKTOP):
        page = open_page(viewport=viewport)
        page.goto(guide.url)
        expect(page.get_by_role("button", name="Hỏi đáp")).to_be_visible()
        for link in page.locator("main a, footer a").element_handles():
            if link.is_visible():
                link.evaluate("element => element.scrollIntoView({ block: 'end' })")
                page.wait_for_function(FREE, arg=link)
        button = page.locator("a[data-ask]")
        button.focus()
        page.wait_for_function(
            "button => button.getBoundingClientRect().bottom <= innerHeight", arg=button.element_handle()
        )


def test_an_asker_and_an_officer(guide, live_site, open_page, axe, screenshot):
    phone = open_page(viewport=PHONE)
    phone.goto(guide.url)
    button = phone.get_by_role("button", name="Hỏi đáp")
    button.focus()
    phone.keyboard.press("Enter")
    panel = phone.get_by_role("dialog")
    box = panel.get_by_role("textbox")
    expect(box).to_be_focused()
    expect(panel.get_by_text("ai phải làm?")).to_be_visible()
    box.fill("thue phong thi dang ky tam tru o dau 079204001234")
    phone.keyboard.press("Enter")
    expect(panel.get_by_role("link", name="Đăng ký tạm trú")).to_be_visible()
    expect(panel.locator(".answer-found").get_by_text("Câu hỏi của bạn có số giấy tờ")).to_be_visible()
    expect(panel.locator("[data-ask-heard]")).to_have_text(re.compile(r"số giấy tờ.*Tìm thấy 1 đoạn"))
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(phone)
    screenshot(phone, "ask-panel-360")
    panel.get_by_role("button", name="Có", exact=True).click()
    expect(panel.get_by_text("Cảm ơn bạn.")).to_be_visible()
    phone.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(button).to_be_focused()
    phone.reload()
    button.click()
    expect(panel.get_by_role("link", name="Đăng ký tạm trú")).to_be_visible()  # the talk stays in this tab
    panel.get_by_role("button", name="Xóa cuộc trò chuyện").click()
    expect(panel.get_by_role("link", name="Đăng ký tạm trú")).to_be_hidden()
    expect(panel.get_by_text("Đã xóa.")).to_be_visible()
    expect(box).to_be_focused()

    plain = open_page(viewport=PHONE, java_script_enabled=False)
    plain.goto(guide.url)
    plain.locator("a[data-ask]").click()
    plain.get_by_role("textbox", name=re.compile("hỏi")).fill("giá vàng hôm nay")
    plain.get_by_role("button", name="Hỏi", exact=True).click()
    expect(plain.get_by_text("tôi không đoán")).to_be_visible()
    plain.get_by_role("button", name="Viết cho bàn trợ giúp").click()
    question = plain.get_by_role("textbox", name="Câu hỏi của bạn")
    expect(question).to_have_value("giá vàng hôm nay")
    question.fill("Xã em có nhận hồ sơ tạm trú thứ bảy không?")
    plain.get_by_role("button", name="Gửi", exact=True).click()
    code = plain.locator("#desk-code").inner_text()
    assert code == Ticket.objects.get().code

    desk = open_page(viewport=DESKTOP)
    enter(live_site, desk, make_with_role("editor", "Hồ Thị Biên", username="bien"))
    desk.goto("/vi/support/desk/")
    axe(desk)
    desk.get_by_role("link", name="Xã em có nhận hồ sơ").click()
    desk.get_by_role("textbox", name="Câu trả lời").fill("Có, từ 7 giờ rưỡi.")
    axe(desk)
    desk.get_by_role("button", name="Gửi câu trả lời").click()
    expect(desk.get_by_role("heading", name="Trả lời cho mọi người")).to_be_visible()
    screenshot(desk, "desk-ticket")

    plain.get_by_role("link", name="Xem câu đã hỏi").click()
    plain.get_by_role("textbox", name="Mã câu hỏi").fill(code.lower())
    plain.get_by_role("button", name="Xem", exact=True).click()
    expect(plain.get_by_text("Có, từ 7 giờ rưỡi.")).to_be_visible()


# What in a card is pressed and lies below the link of the card's title.
COVERED = """() => Array.from(document.querySelectorAll(".card a, .card button, .card input")).filter((one) => {
  if (one.closest(".card__title")) return false;
  one.scrollIntoView({ block: "center" });
  const box = one.getBoundingClientRect();
  const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return box.width && there && there.closest(".card__title");
}).map((one) => one.outerHTML)"""


def test_after_a_flood_many_are_put_away_and_taken_back(guide, live_site, open_page, axe, screenshot):
    for number in range(30):
        write_ticket(question=f"mua vàng giá rẻ {number % 3}", language="vi")
    officer = make_with_role("editor", "Hồ Thị Biên", username="bien")
    guide_named = write_ticket(question="Chủ trọ ở xa thì ký thế nào?", language="vi")
    answer_ticket(ticket=guide_named, answer="Hỏi công an xã.", actor=officer, guide_key=guide.translation_key)
    page = open_page(viewport=PHONE)
    enter(live_site, page, officer)
    page.goto("/vi/support/desk/")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate(COVERED) == []
    axe(page)
    screenshot(page, "desk-flood-360")
    settle = page.get_by_role("button", name="Giải quyết các câu đã chọn")
    expect(settle).to_be_disabled()
    boxes = page.get_by_role("checkbox", name="Chọn ")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(settle).to_contain_text("4")
    page.get_by_role("checkbox", name="Cả trang này").check()
    expect(settle).to_contain_text("25")
    page.get_by_role("link", name="Chọn cả 30 câu").click()
    expect(page.get_by_role("heading", name="Đã chọn 30 câu hỏi")).to_be_visible()
    page.locator("summary", has_text="Cất đi").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Xúc phạm hoặc quảng cáo").click()
    axe(page)
    page.get_by_role("button", name="Cất 30 câu").click()
    expect(page.get_by_text("Đã cất 30 câu hỏi.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("30 câu hỏi chờ trả lời lại.")).to_be_visible()
    page.goto("/vi/support/desk/guides/")
    assert page.evaluate(COVERED) == []
    page.get_by_role("button", name="Nay đã nói rồi").click()
    expect(page.get_by_text("Không có hướng dẫn nào cần sửa")).to_be_visible()

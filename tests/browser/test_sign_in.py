"""Signing in as people do it: on a phone, by keyboard, without JavaScript, with a card, after forgetting."""

import re

import pytest
from playwright.sync_api import expect

from schools.operations.cards import issue_cards
from tests.factories.schools import PASSWORD, PIN, make_pupil, totp_now
from tests.live import resize

pytestmark = pytest.mark.browser


def who(page):
    return page.evaluate("() => fetch('/api/v1/session').then(r => r.json()).then(d => d.user && d.user.name)")


def test_a_pupil_finds_the_school_and_signs_in_on_a_phone(phone, pupil, other_pupil, axe, screenshot):
    phone.goto("/vi/account/sign-in/?next=/vi/account/")
    axe(phone)
    phone.get_by_label("Em học trường nào?").fill("song tro")
    phone.get_by_role("link", name=re.compile("Trường THPT Sông Trong")).click()
    axe(phone)
    screenshot(phone, "sign-in-360")
    phone.get_by_label("Mã học sinh").fill("12345")
    phone.get_by_label("Mật khẩu hoặc mã PIN").fill("000111")
    phone.get_by_role("button", name="Đăng nhập").click()
    phone.get_by_role("alert").wait_for()
    axe(phone)
    assert phone.get_by_label("Mã học sinh").input_value() == "12345", "what was typed is kept"
    phone.get_by_label("Mật khẩu hoặc mã PIN").fill(PIN)
    phone.get_by_role("button", name="Đăng nhập").click()
    phone.get_by_role("heading", name="Trần Thị Bưởi").wait_for()
    axe(phone)
    screenshot(phone, "account-360")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_role("main").get_by_role("button", name="Đổi người dùng").click()
    phone.get_by_text("Trường THPT Sông Trong").wait_for()
    assert who(phone) is None


def test_by_keyboard_only_and_in_english(desktop, pupil, axe):
    desktop.goto("/en/account/sign-in/?school=SONGTRONG&next=/en/account/")
    axe(desktop)
    desktop.get_by_label("Pupil code").focus()
    desktop.keyboard.type("0012345")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type(PIN)
    desktop.keyboard.press("Tab")
    desktop.keyboard.press("Space")
    desktop.keyboard.press("Enter")
    desktop.get_by_role("heading", name="Trần Thị Bưởi").wait_for()
    axe(desktop)


def test_without_javascript(open_page, pupil):
    page = open_page(java_script_enabled=False)
    page.goto("/vi/account/sign-in/")
    page.get_by_label("Em học trường nào?").fill("sông trong")
    page.get_by_role("button", name="Tìm trường của em").click()
    page.get_by_role("link", name=re.compile("Sông Trong")).click()
    page.get_by_label("Mã học sinh").fill("12345")
    page.get_by_label("Mật khẩu hoặc mã PIN").fill(PIN)
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto("/vi/account/")
    page.get_by_role("heading", name="Trần Thị Bưởi").wait_for()


def test_a_card_the_first_time(phone, school_class, axe, screenshot):
    new = make_pupil(school_class, "Em Lần Đầu", password=None)
    code = issue_cards(users=[new], actor=None)[0].code
    phone.goto("/vi/account/card/")
    axe(phone)
    phone.get_by_label("Mã trên thẻ").fill(code.lower())
    phone.get_by_role("button", name="Tiếp tục").click()
    phone.get_by_role("heading", name="Em là Em Lần Đầu?").wait_for()
    axe(phone)
    screenshot(phone, "card-confirm-360")
    phone.get_by_role("button", name="Đúng là em").click()
    phone.get_by_label("Mật khẩu hoặc mã PIN mới").fill(PIN)
    phone.get_by_label("Nhập lại lần nữa").fill(PIN)
    axe(phone)
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    phone.goto("/vi/account/")
    phone.get_by_role("heading", name="Em Lần Đầu").wait_for()


def test_forgotten_then_reset_then_an_own_pin(phone, open_page, pupil, teacher, sign_in, axe, screenshot, school_class):
    phone.goto("/vi/account/forgotten/?school=SONGTRONG")
    axe(phone)
    phone.get_by_label("Mã học sinh").fill("12345")
    phone.get_by_role("button", name="Nhờ thầy/cô giúp").click()
    phone.get_by_text("Đã gửi yêu cầu cho thầy/cô").wait_for()
    desk = open_page()
    sign_in(desk, teacher)
    desk.goto(f"/vi/teach/classes/{school_class.uuid}/pupils/")
    axe(desk)
    screenshot(desk, "class-pupils-1280")
    resize(desk, {"width": 360, "height": 740})
    screenshot(desk, "class-pupils-360")
    assert desk.evaluate("document.documentElement.scrollWidth") <= 360
    desk.get_by_role("button", name=re.compile("Cấp mã PIN mới.*Trần Thị Bưởi")).first.click()
    pin = desk.locator(".class-code__text").inner_text().replace(" ", "")
    axe(desk)
    phone.goto("/vi/account/sign-in/?school=SONGTRONG")
    phone.get_by_label("Mã học sinh").fill("12345")
    phone.get_by_label("Mật khẩu hoặc mã PIN").fill(pin)
    phone.get_by_role("button", name="Đăng nhập").click()
    phone.get_by_label("Mật khẩu hoặc mã PIN mới").fill("582046")
    phone.get_by_label("Nhập lại lần nữa").fill("582046")
    phone.get_by_role("button", name="Lưu và tiếp tục").click()
    assert who(phone) == "Trần Thị Bưởi"


def test_a_guest_joins_by_the_code_on_the_projector(phone, open_page, teacher, sign_in, school_class, axe, screenshot):
    desk = open_page()
    sign_in(desk, teacher)
    desk.goto(f"/vi/teach/classes/{school_class.uuid}/pupils/")
    desk.get_by_text("Mở mã lớp mới").click()
    desk.get_by_role("button", name="Mở mã lớp").click()
    axe(desk)
    screenshot(desk, "join-code-1280")
    code = desk.locator(".class-code__text").inner_text()
    phone.goto("/vi/account/join/")
    axe(phone)
    phone.get_by_label("Mã lớp").fill(code)
    phone.get_by_role("button", name="Tiếp tục").click()
    phone.get_by_label("Họ và tên của em").fill("Khách Của Lớp")
    phone.get_by_label("Chọn mã PIN sáu chữ số").fill(PIN)
    axe(phone)
    phone.get_by_role("button", name="Vào lớp").click()
    phone.get_by_role("heading", name="Em chờ thầy/cô duyệt nhé").wait_for()
    axe(phone)
    desk.goto(f"/vi/teach/classes/{school_class.uuid}/pupils/")
    desk.get_by_role("button", name=re.compile("Cho vào.*Khách Của Lớp")).click()
    desk.get_by_role("rowheader", name=re.compile("Khách Của Lớp")).wait_for()


def test_an_editor_sets_up_the_second_factor_and_uses_it(desktop, editor, settings, axe, screenshot):
    settings.REQUIRE_TOTP = True

    def password():
        desktop.goto("/vi/account/sign-in/?as=staff&next=/admin/")
        axe(desktop)
        desktop.get_by_label("Tên đăng nhập").fill("bientap")
        desktop.get_by_label("Mật khẩu").fill(PASSWORD)
        desktop.get_by_role("button", name="Đăng nhập").click()

    password()
    desktop.get_by_role("heading", name="Cài lớp bảo vệ thứ hai").wait_for()
    axe(desktop)
    screenshot(desktop, "second-factor-1280")
    secret = desktop.locator("main code").inner_text()
    desktop.get_by_label("Sáu chữ số trong ứng dụng").fill(totp_now(secret))
    desktop.get_by_role("button", name="Bật lên").click()
    desktop.get_by_role("heading", name="Mã dự phòng").wait_for()
    axe(desktop)
    expect(desktop.locator("main code")).to_have_count(10)
    codes = desktop.locator("main code").all_inner_texts()
    desktop.get_by_role("link", name="Tôi đã giữ lại: tiếp tục").click()
    desktop.wait_for_url("**/admin/")
    desktop.context.clear_cookies()
    password()
    desktop.get_by_role("heading", name="Còn một bước nữa").wait_for()
    axe(desktop)
    desktop.get_by_label("Mã trong ứng dụng hoặc mã dự phòng").fill(codes[0])
    desktop.get_by_role("button", name="Đăng nhập").click()
    desktop.wait_for_url("**/admin/")

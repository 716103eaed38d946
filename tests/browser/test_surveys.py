"""A survey on a phone: answered while the line is cut, sent when it is back, once; and at the desk of who runs it."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from schools.operations.signin import STEPS
from support.models import SurveyAnswer
from tests.factories.schools import make_with_role
from tests.factories.surveys import SATISFIED, answer, open_preset
from tests.live import DESKTOP, PHONE, eventually

pytestmark = pytest.mark.browser


def test_a_survey_is_answered_without_a_line_and_read_at_the_desk(live_site, open_page, axe, screenshot):
    cache.clear()
    survey = open_preset()
    phone = open_page(viewport=PHONE, has_touch=True)
    phone.goto(survey.path)
    form = phone.locator("form[data-survey]")
    expect(form).to_have_attribute("data-ready", "true")
    # What hangs on an answer shows with it, and is not sent when it hides again.
    scale = phone.get_by_role("group", name="Nhìn chung, bạn hài lòng đến mức nào?")
    expect(scale).to_be_hidden()
    phone.get_by_text("Có, tự tôi làm").click()
    expect(scale).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    axe(phone)
    screenshot(phone, "survey-360")
    phone.get_by_role("button", name="Gửi câu trả lời").click()
    expect(scale.get_by_text("Bạn trả lời giúp câu này.")).to_be_visible()
    expect(scale.get_by_role("radio").first).to_be_focused()
    phone.keyboard.press("ArrowRight")
    scale.get_by_role("radio", name="4", exact=True).check()
    phone.get_by_label("Bạn muốn chúng tôi làm tốt hơn điều gì?").fill("Gọi 0912345678, chữ nhỏ quá")
    expect(phone.locator("[data-survey-kept]")).to_contain_text("mất mạng vẫn mở lại được")
    # The line goes, and the page is opened anew: form and answers are there, and what was sent off waits.
    phone.context.set_offline(True)
    phone.reload()
    expect(form).to_have_attribute("data-ready", "true")
    expect(scale.get_by_role("radio", name="4", exact=True)).to_be_checked()
    expect(phone.get_by_label("Bạn muốn chúng tôi làm tốt hơn điều gì?")).to_have_value("Gọi 0912345678, chữ nhỏ quá")
    axe(phone)
    phone.get_by_role("button", name="Gửi câu trả lời").click()
    state = phone.locator("[data-survey-state]")
    expect(state).to_have_attribute("data-state", "device")
    phone.reload()
    expect(form).to_be_hidden()
    expect(state).to_have_attribute("data-state", "device")
    expect(state).to_contain_text("Câu trả lời đã lưu trên máy này")
    axe(phone)
    screenshot(phone, "survey-kept-360")
    assert not SurveyAnswer.objects.exists()
    phone.context.set_offline(False)
    expect(phone.get_by_role("heading", name="Đã nhận câu trả lời")).to_be_visible(timeout=20_000)
    expect(phone.get_by_text("Trong phần bạn viết có chỗ giống số cá nhân")).to_be_visible()
    kept = SurveyAnswer.objects.get()
    assert kept.values == {"da-lam": "tu-lam", "hai-long-chung": 4} and kept.device
    assert phone.evaluate("localStorage.getItem('survey-answers')") == "{}"
    assert phone.evaluate("sessionStorage.length") == 0
    kept_forms = "caches.keys().then((names) => names.filter((name) => name.includes('survey-')).length)"
    eventually(phone, lambda: phone.evaluate(kept_forms) == 0)
    phone.goto(survey.path)
    expect(phone.get_by_role("heading", name="Bạn đã trả lời")).to_be_visible()
    axe(phone)
    phone.get_by_role("link", name="Đổi câu trả lời").click()
    phone.get_by_text("Chưa", exact=True).click()
    phone.get_by_role("button", name="Gửi câu trả lời đã đổi").click()
    expect(phone.get_by_role("heading", name="Đã nhận câu trả lời")).to_be_visible()
    eventually(phone, lambda: SurveyAnswer.objects.get().values == {"da-lam": "chua"})

    for step in (3, 4, 4, 5, 5, 5):
        answer(survey, SATISFIED | {"hai-long-chung": step})
    officer = make_with_role("editor", "Hồ Thị Biên", username="bien")
    client = Client()
    client.force_login(officer, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session.pop(STEPS, None)
    session.save()
    for size, name in ((PHONE, "360"), (DESKTOP, "1280")):
        desk = open_page(viewport=size)
        cookie = settings.SESSION_COOKIE_NAME
        desk.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": live_site}])
        for part in ("", "results/", "questions/hai-long-chung/", "preview/", "words-around/"):
            desk.goto(f"/vi/support/desk/surveys/{survey.uuid}/{part}")
            assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), part
            axe(desk)
            screenshot(desk, f"survey-desk-{part.split('/')[0] or 'manage'}-{name}")

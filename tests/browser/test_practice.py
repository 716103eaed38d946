"""A pupil files a made-up application on a phone: wrong once, shown once, scored by the rubric; and without a script."""

import pytest
from playwright.sync_api import expect

from courses.models import LessonEvent
from tests.cms.test_practice import OPTIONS, simulation, step
from tests.factories import courses as make
from tests.live import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def lesson(live_site):
    steps = [
        *simulation()["value"]["steps"],
        step(
            "choose", "track", options=[*OPTIONS, OPTIONS[1] | {"value": OPTIONS[1]["value"] | {"text": "Đọc lý do"}}]
        ),
    ]
    return make.lesson(make.course(0), "Tập nộp hồ sơ", body=[simulation(steps=steps)])


def test_a_file_is_handed_in_step_by_step(lesson, phone, sign_in, look, axe):
    pupil = make.classroom(1)[2][0]
    sign_in(phone, pupil)
    phone.emulate_media(reduced_motion="reduce")
    phone.goto(lesson.url)
    shown = phone.locator("[data-step]:visible")
    expect(shown).to_have_count(1)
    check, go_on = phone.get_by_role("button", name="Kiểm tra"), phone.get_by_role("button", name="Tiếp theo")

    check.click()
    expect(shown).to_contain_text("Trả lời trước rồi bấm")
    shown.get_by_text("Đọc mã OTP cho bạn").click()
    check.click()
    expect(shown).to_contain_text("Không đọc cho ai.")
    shown.get_by_text("Tự đăng nhập").first.click()
    check.click()
    expect(shown).to_contain_text("Của mình thì mình giữ.")
    look(phone, "simulation-choose")
    go_on.click()

    name = phone.get_by_label("Họ và tên")
    expect(phone.locator("[data-step]").nth(1)).to_be_focused()
    name.fill("0912345678")
    expect(shown).to_contain_text("Không gõ số thật vào bài tập.")
    expect(name).to_have_value("")
    name.fill("  trần văn   thử ")
    name.press("Enter")
    expect(go_on).to_be_focused()
    phone.keyboard.press("Enter")

    phone.get_by_role("button", name="Xem cách làm").click()
    expect(shown.locator("details")).to_have_attribute("open", "")
    go_on.click()
    result = phone.locator("[data-result]")
    expect(result).to_be_focused()
    expect(result).to_contain_text("4/7 điểm")
    expect(result.locator("tbody td.number")).to_have_text(["1/2", "3/3", "0/2"])
    look(phone, "simulation-result")
    eventually(phone, lambda: LessonEvent.objects.filter(user=pupil, kind="self_check").count() == 1)

    phone.get_by_role("button", name="Làm lại").click()
    expect(shown).to_have_count(1)
    expect(phone.locator("input:checked")).to_have_count(0)


def test_without_a_script_it_reads_as_a_worked_example(lesson, open_page, axe):
    page = open_page(java_script_enabled=False)
    page.goto(lesson.url)
    expect(page.locator("[data-step]")).to_have_count(3)
    for number, steps in enumerate(page.locator("[data-step]").all()):
        expect(steps.get_by_text("Thế nào là đúng?"), f"step {number}").to_be_visible()
    expect(page.get_by_role("button", name="Kiểm tra")).to_have_count(0)

"""The wizard of a contest of works in a real browser, by keyboard and without a script, on a telephone and on a desk."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests.models import Contest
from tests.factories.contests import secretary
from tests.factories.schools import make_school, school_year

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def step(contest: Contest, name: str) -> str:
    return reverse("contests:step", args=[contest.slug, name])


def test_a_secretary_writes_a_contest_of_works_by_keyboard(live_site, open_page, sign_in, look):
    school_year()
    for number in range(3):
        make_school(f"Trường THPT Làng Chài {number}", kind="thpt", grade_min=10, grade_max=12)
    by = secretary()
    page = open_page()
    sign_in(page, by)
    page.goto(reverse("contests:presets"))
    look(page, "presets")
    page.get_by_role("link", name="Cuộc thi video").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/new/video/")
    look(page, "set-up")
    page.get_by_label("Tên cuộc thi").fill("Phim của tỉnh")
    page.keyboard.press("Enter")
    page.wait_for_url("**/set-up/name/")
    contest = Contest.objects.get(slug="phim-cua-tinh")
    for name in ("name", "who"):
        look(page, name)
        page.get_by_role("button", name="Lưu và tiếp tục").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address, name=name: not address.endswith(f"/{name}/"))

    # Rows by pressing: what was typed stays, the focus goes along, nothing is saved before the last button.
    slots = contest.categories.get().slots
    page.locator("[name='slots-1-title']").fill("Lời thuyết minh")
    page.get_by_role("button", name="Ảnh").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wizard [role=status]")).to_contain_text("Chưa có gì được lưu")
    expect(page.locator("[name='slots-1-title']")).to_have_value("Lời thuyết minh")
    look(page, "files")
    page.get_by_role("button", name="Lên · Ảnh").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name='slots-3-title']")).to_have_value("Liên kết xem thêm")
    assert slots.count() == 3
    page.locator("[name='slots-2-title']").press("Enter")
    page.wait_for_url("**/set-up/rubric/")
    assert [one.title for one in slots.order_by("position")] == ["Phim", "Lời thuyết minh", "Ảnh", "Liên kết xem thêm"]

    page.get_by_role("button", name="Thêm một dòng · Kịch bản").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[name='criteria-1-text_3']")).to_be_visible()
    page.locator("[name='criteria-1-points_3']").fill("6")
    page.locator("[name='criteria-1-text_3']").fill("Có chuyện kể")
    page.locator("[name='criteria-0-weight']").fill("35")
    page.keyboard.press("Enter")
    expect(page.locator(".notice--error, .notice").first).to_contain_text("95")
    look(page, "rubric-95")
    page.locator("[name='criteria-0-weight']").fill("40")
    page.keyboard.press("Enter")
    page.wait_for_url("**/set-up/jury/")
    look(page, "jury")
    for name in ("rules", "prizes"):
        page.goto(step(contest, name))
        look(page, name)
    page.goto(step(contest, "try"))
    page.get_by_role("button", name="Thử với 50").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".wizard [role=status]")).to_contain_text("50 người giả định", timeout=60_000)
    look(page, "try")
    page.goto(step(contest, "open"))
    look(page, "open")
    page.get_by_label("Ký bằng cách gõ").fill(by.person.full_name)
    page.keyboard.press("Enter")
    page.wait_for_url(reverse("contests:manage", args=[contest.slug]))
    contest.refresh_from_db()
    assert contest.state == "open"
    page.goto(reverse("contests:contest", args=[contest.slug]))
    expect(page.get_by_text("Có chuyện kể")).to_be_visible()
    look(page, "contest")

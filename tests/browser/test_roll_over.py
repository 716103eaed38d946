"""A school's administrator turns the year, at a desk and on a phone; the province officer sees all schools."""

from datetime import date

import pytest
from playwright.sync_api import expect

from cms.jobs.models import Job
from schools.models import Membership, Roll
from tests.browser.test_places import sign_in
from tests.factories import schools as make
from tests.live import eventually

pytestmark = pytest.mark.browser


@pytest.fixture
def school(live_site):
    years = [make.school_year("2026-2027"), make.school_year("2027-2028")]
    school = make.make_school("Trường THPT Sông Trong", code="SONGTRONG")
    for name, grade, size in (("10A1", 10, 4), ("10A2", 10, 3), ("11A1", 11, 3), ("12A1", 12, 2)):
        made = make.make_class(school, name, grade=grade, year=years[0])
        for number in range(size):
            make.make_pupil(made, f"Trần Thị Bưởi {number + 1}", code=f"{grade}{name[-1]}{number:02d}")
    for year, grade, pupils in ((0, 10, 8), (0, 11, 3), (0, 12, 2), (1, 11, 7)):
        Roll.objects.create(
            school=school, school_year=years[year], on=date(2026, 10, 15), level="thpt", grade=grade, pupils=pupils
        )
    return school


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_the_wizard(request, device, school, live_site, axe, screenshot):
    page = request.getfixturevalue(device)
    sign_in(page, make.make_with_role("school_admin", "Đặng Văn Trường", school=school), live_site)
    page.goto("/vi/schools/SONGTRONG/")
    page.get_by_role("link", name="Chuyển năm học").click()
    page.get_by_label("Học sinh ở lại lớp").fill("10100 Trần Thị Bưởi 1\nKHONGCO")
    axe(page)
    screenshot(page, f"roll-over-{device}")
    page.get_by_role("button", name="Xem trước").click()
    expect(page.get_by_text("Những mã sau không dùng được. Hãy sửa ở bên dưới.")).to_be_visible()
    axe(page)
    screenshot(page, f"roll-over-preview-{device}")
    page.get_by_role("button", name="Chuyển năm học").click()
    expect(page.get_by_text("Trường đã sang năm học 2027-2028.")).to_be_visible()
    axe(page)
    screenshot(page, f"roll-over-result-{device}")
    assert Membership.objects.filter(ends_on=None, school_class__school_year__code="2027-2028").count() == 10
    page.get_by_text("Hoàn tác chuyển năm học").click()
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.get_by_text("Đã hoàn tác. Mọi học sinh trở lại lớp của năm học cũ.")).to_be_visible()
    assert not Membership.objects.filter(school_class__school_year__code="2027-2028").exists()


def test_all_schools(phone, school, live_site, axe, screenshot):
    sign_in(phone, make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province()), live_site)
    phone.goto("/vi/schools/places/next-year/")
    phone.get_by_text("Chuyển tất cả các trường").first.click()
    axe(phone)
    screenshot(phone, "roll-over-all-phone")
    phone.get_by_role("button", name="Chuyển tất cả các trường ngay").click()
    eventually(phone, lambda: Job.objects.filter(state="done").exists())
    expect(phone.get_by_text("Đã chạy xong")).to_be_visible()
    screenshot(phone, "roll-over-all-done-phone")

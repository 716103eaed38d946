"""The province officer merges a school and enters a year, at a desk and on a phone."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from schools.models import Membership
from schools.operations.places import rename
from schools.operations.signin import STEPS
from tests.factories import schools as make

pytestmark = pytest.mark.browser


@pytest.fixture
def province(live_site):
    year = make.school_year()
    make.school_year("2025-2026")
    before = make.make_school("Trường THPT Bến Cũ", code="BENCU")
    after = make.make_school("Trường THPT Bến Dừa Mới", code="BENMOI")
    for name in ("10A1", "10A2"):
        made = make.make_class(before, name, year=year)
        make.make_pupil(made, "Trần Thị Bưởi", code=f"00{name}")
    make.make_class(after, "10A1", year=year)
    rename(
        place=after, name="Trường THPT Bến Dừa", on=year.starts_on, decision="15/QĐ-UBND ngày 20/08/2026", actor=None
    )
    return make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())


def sign_in(page, user, live_site) -> None:
    """The session of somebody whose second factor is done."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session.pop(STEPS, None)
    session.save()
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_a_school_is_merged_into_another(request, device, province, live_site, axe, screenshot):
    page = request.getfixturevalue(device)
    sign_in(page, province, live_site)
    page.goto("/vi/schools/places/")
    expect(page.get_by_role("link", name="Trường THPT Bến Cũ")).to_be_visible()
    axe(page)
    screenshot(page, f"places-{device}")
    page.get_by_role("link", name="Trường THPT Bến Cũ").click()
    expect(page.get_by_role("heading", name="Lịch sử")).to_be_visible()
    axe(page)
    screenshot(page, f"place-{device}")
    page.get_by_role("link", name="Sáp nhập, chia tách").click()
    page.get_by_label("Nơi kế tiếp").fill("BENMOI")
    page.get_by_label("Từ ngày").fill("2026-11-01")
    page.get_by_label("Quyết định").fill("88/QĐ-UBND ngày 25/10/2026")
    axe(page)
    screenshot(page, f"place-close-{device}")
    page.get_by_role("button", name="Xem trước thay đổi").click()
    expect(page.get_by_text("10A1, 10A2")).to_be_visible()
    axe(page)
    screenshot(page, f"place-close-preview-{device}")
    page.get_by_role("button", name="Thực hiện").click()
    expect(page.get_by_text("2 lớp với 2 học sinh")).to_be_visible()
    screenshot(page, f"place-closed-{device}")
    assert Membership.objects.filter(ends_on=None, school_class__school__code="BENMOI").count() == 2


def test_the_calendars(phone, province, live_site, axe, screenshot):
    sign_in(phone, province, live_site)
    phone.goto("/vi/schools/places/calendars/")
    phone.get_by_text("Ghi hoặc sửa một năm học").click()
    expect(phone.get_by_label("Ngày đầu").first).to_be_visible()
    axe(phone)
    screenshot(phone, "calendars-phone")

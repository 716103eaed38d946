"""A guest is matched with the roll, and a pupil goes to another school, on a phone."""

import pytest
from playwright.sync_api import expect

from schools.models import PersonMerge, Transfer
from schools.operations.joining import join_class, open_join_code
from tests.browser.test_places import sign_in
from tests.factories import schools as make

pytestmark = pytest.mark.browser


def test_a_guest_is_matched(phone, live_site, axe, screenshot):
    school_class = make.make_class(make.make_school("Trường THPT Sông Trong", code="SONGTRONG"), "10A1")
    make.make_pupil(school_class, "Trần Thị Bưởi", code="0012345")
    teacher = make.make_teacher(school_class)
    code = open_join_code(school_class=school_class, actor=teacher, needs_approval=False)
    join_class(join_code=code, full_name="Trần Thị Bưởi", pin=make.PIN)
    sign_in(phone, make.make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school), live_site)
    phone.goto("/vi/schools/SONGTRONG/doubles/")
    axe(phone)
    screenshot(phone, "doubles-phone")
    phone.get_by_role("link", name="Đúng là một học sinh").click()
    expect(phone.get_by_role("heading", name="Giữ tài khoản này")).to_be_visible()
    axe(phone)
    screenshot(phone, "merge-phone")
    phone.get_by_role("button", name="Gộp lại").click()
    expect(phone.get_by_text("Đã gộp hai tài khoản.")).to_be_visible()
    assert PersonMerge.objects.get().kept.identifiers.filter(code="0012345").exists()


def test_a_pupil_is_taken(phone, live_site, axe, screenshot):
    here = make.make_class(make.make_school("Trường THPT Núi Xa", code="NUIXA"), "10A2")
    there = make.make_class(make.make_school("Trường THPT Sông Trong", code="SONGTRONG"), "10A1")
    make.make_pupil(there, "Trần Thị Bưởi", code="0012345")
    admin = make.make_with_role("school_admin", "Đặng Văn Trường", school=there.school)
    sign_in(phone, admin, live_site)
    phone.goto("/vi/schools/SONGTRONG/transfers/")
    phone.get_by_text("Chuyển một học sinh đi").click()
    phone.get_by_label("Mã học sinh").fill("12345")
    phone.get_by_label("Mã trường chuyển đến").fill("NUIXA")
    phone.get_by_label("Đơn xin chuyển").fill("Đơn số 12 ngày 20/11/2026")
    axe(phone)
    screenshot(phone, "transfers-phone")
    phone.get_by_role("button", name="Xin trường kia").click()
    expect(phone.get_by_text("Đã xin trường kia.")).to_be_visible()
    other = make.make_with_role("school_admin", "Cao Thị Xa", school=here.school)
    sign_in(phone, other, live_site)
    phone.goto(f"/vi/schools/NUIXA/transfers/{Transfer.objects.get().uuid}/")
    phone.get_by_label("Lớp").select_option("10A2")
    axe(phone)
    screenshot(phone, "transfer-phone")
    phone.get_by_role("button", name="Nhận học sinh").click()
    expect(phone.get_by_text("Đã nhận")).to_be_visible()
    assert Transfer.objects.get().to_class == here

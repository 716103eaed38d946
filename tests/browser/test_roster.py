"""A clerk brings a class list in, on a desk and on a phone."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from schools.models import Membership, RosterImport
from schools.operations.signin import STEPS
from tests.factories.schools import make_pupil, make_school, make_with_role, school_year
from tests.schools.workbooks import HEADER, pupils

pytestmark = pytest.mark.browser


@pytest.fixture
def school(live_site):
    school_year()
    return make_school("Trường THPT Sông Trong", code="SONGTRONG")


@pytest.fixture
def as_admin(live_site, school):
    """Puts the session of the school's administrator, second factor done, into a page."""
    user = make_with_role("school_admin", "Đặng Văn Trường", school=school)

    def enter(page):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session.pop(STEPS, None)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        return page

    return enter


def a_list(tmp_path):
    rows = [
        (f"0{n:03d}", name, born, gender, class_name)
        for n, (name, born, gender, class_name) in enumerate(
            [
                ("Nguyễn Thị Minh Khai", "05/09/2010", "Nữ", "10A1"),
                ("K'Brế", "22/07/2010", "Nam", "10A2"),
                ("Trần Văn Sai", "31/02/2010", "Nam", "10A1"),
                ("Lê Ngắn", "5-9-10", "Nữ", "10A1"),
                ("Ngô Lạ", "05/09/2010", "Nam", "Mười A"),
            ],
            1,
        )
    ]
    path = tmp_path / "danh-sach.xlsx"
    path.write_bytes(pupils(*rows, header=[*HEADER]))
    return path


def bring_in(page, school, path, axe) -> None:
    page.goto(reverse("schools:roster", args=[school.code]))
    axe(page)
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="Xem trước thay đổi").click()
    page.get_by_text("Xin thầy/cô chọn").wait_for()
    axe(page)
    page.get_by_text("20xx: 10 là 2010").click()
    page.get_by_role("button", name="Đọc lại tệp").first.click()
    page.get_by_role("link", name="Mới").click()
    page.get_by_text("Lê Ngắn").wait_for()
    axe(page)
    page.get_by_role("button", name="Nhập vào hệ thống").click()
    page.get_by_text("Đã nhập danh sách").wait_for()
    axe(page)


def test_a_list_on_a_desk_and_its_undo(desktop, as_admin, school, axe, tmp_path):
    page = as_admin(desktop)
    bring_in(page, school, a_list(tmp_path), axe)
    assert Membership.objects.count() == 3
    make_pupil(Membership.objects.first().school_class, "Khách Vào Sau")
    page.get_by_text("Hoàn tác lần nhập", exact=True).click()
    page.get_by_role("button", name="Hoàn tác", exact=True).click()
    page.get_by_text("Có dữ liệu phụ thuộc vào lần nhập này", exact=True).wait_for()
    axe(page)
    assert RosterImport.objects.get().state == "committed"


def test_a_list_on_a_phone(phone, as_admin, school, axe, tmp_path):
    def fits(page):
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url

    bring_in(as_admin(phone), school, a_list(tmp_path), fits)


def test_a_list_on_a_phone_without_scripts(open_page, as_admin, school, axe, tmp_path):
    page = as_admin(open_page(viewport={"width": 360, "height": 740}, java_script_enabled=False))
    bring_in(page, school, a_list(tmp_path), lambda page: None)
    assert Membership.objects.count() == 3

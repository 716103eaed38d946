"""The teacher's assignment and the clerk's class list by keyboard alone, and both on a browser as old as we promise."""

import re

import pytest
from django.urls import reverse

from courses.models import ClassAssignment
from schools.models import Membership
from tests.factories import courses as make
from tests.factories.schools import PIN, make_class, make_pupil, make_school, make_teacher, make_with_role, school_year
from tests.live import FLOOR
from tests.schools.workbooks import pupils

pytestmark = pytest.mark.browser

# A choice is drawn by its label.
SHOWS_FOCUS = """() => {
  const at = document.activeElement;
  return [at, ...(at.labels || [])].some((one) => getComputedStyle(one).outlineStyle !== "none");
}"""


@pytest.fixture
def school(live_site):
    school_year()
    return make_school("Trường THPT Sông Trong", code="SONGTRONG")


@pytest.fixture
def teacher(school):
    return make_teacher(make_class(school, "10A1"))


@pytest.fixture
def clerk(school):
    return make_with_role("school_admin", "Đặng Văn Trường", school=school)


@pytest.fixture
def class_list(tmp_path):
    path = tmp_path / "danh-sach.xlsx"
    path.write_bytes(pupils(("0001", "Nguyễn Thị Minh Khai", "05/09/2010", "Nữ", "10A1")))
    return path


def tab_to(page, wanted: str, *, key: str = "Tab", most: int = 60) -> None:
    """Press Tab until the element of the selector `wanted` has the focus, and that can be seen."""
    for _press in range(most):
        page.keyboard.press(key)
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            assert page.evaluate(SHOWS_FOCUS), f"{wanted} does not show that it has the focus"
            return
    raise AssertionError(f"{page.url}: {wanted} is not reached by Tab")


def test_a_teacher_assigns_by_keyboard_alone(desktop, sign_in, teacher):
    page = desktop
    make.course(1)
    sign_in(page, teacher)
    page.goto("/vi/teach/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#"), "the first stop skips the menu"
    tab_to(page, f"main a[href='{reverse('courses:assign')}']")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thầy cô muốn giao gì?").wait_for()
    lesson = page.get_by_role("link", name=re.compile("^Bài 1")).get_attribute("href")
    tab_to(page, f"a[href='{lesson}']")
    page.keyboard.press("Enter")
    page.get_by_role("group", name="Giao cho lớp nào?").wait_for()
    tab_to(page, "input[name=classes]")
    assert page.evaluate("document.activeElement.checked"), "the only class is ticked"
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    tab_to(page, "input[name=due]:checked")
    page.keyboard.press("ArrowDown")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.get_by_text("Đã giao “Bài 1” cho 10A1.").wait_for()
    assert ClassAssignment.objects.count() == 1


def test_a_clerk_brings_a_class_list_in_by_keyboard_alone(desktop, sign_in, clerk, school, class_list):
    page = desktop
    sign_in(page, clerk)
    # Listened for from the start: a listener added beside the key press may come into force after it.
    page.on("filechooser", lambda _chooser: None)
    page.goto(reverse("schools:roster", args=[school.code]))
    tab_to(page, "input[type=file]")
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    chosen.value.set_files(class_list)
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/roster/[0-9a-f-]{36}/"))
    action = page.locator("form[action$='/commit/']").get_attribute("action")
    tab_to(page, f"form[action='{action}'] button")
    page.keyboard.press("Enter")
    page.get_by_text("Đã nhập danh sách").wait_for()
    assert Membership.objects.filter(user__person__full_name="Nguyễn Thị Minh Khai").exists()


def test_signing_in_and_today_on_an_old_browser(open_page, teacher, school):
    school_class = school.classes.get()
    pupil = make_pupil(school_class, "Trần Thị Bưởi", code="0012345")
    lesson = make.lessons_of(make.course(1))[0]
    make.assignment(lesson, school_class, teacher)
    page = open_page()
    page.add_init_script(FLOOR)
    page.goto("/vi/account/sign-in/?next=/vi/learn/")
    assert page.evaluate("Array.prototype.at === undefined")
    page.get_by_label("Em học trường nào?").fill("song tro")
    page.get_by_role("link", name=re.compile("Trường THPT Sông Trong")).click()
    page.get_by_label("Mã học sinh").fill("0012345")
    page.get_by_label("Mật khẩu hoặc mã PIN").fill(PIN)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("heading", name="Việc của em hôm nay").wait_for()
    page.get_by_role("heading", name="Bài 1").get_by_role("link").click()
    page.get_by_role("heading", name="Bài 1", level=1).wait_for()
    assert pupil.pk


def test_assigning_on_an_old_browser(open_page, sign_in, teacher):
    page = open_page()
    make.course(1)
    page.add_init_script(FLOOR)
    sign_in(page, teacher)
    page.goto(reverse("courses:assign"))
    page.get_by_role("link", name=re.compile("^Bài 1")).click()
    page.get_by_role("button", name="Giao bài").click()
    page.get_by_text("Đã giao “Bài 1” cho 10A1.").wait_for()


def test_a_class_list_on_an_old_browser(open_page, sign_in, clerk, school, class_list):
    page = open_page()
    page.add_init_script(FLOOR)
    sign_in(page, clerk)
    page.goto(reverse("schools:roster", args=[school.code]))
    page.set_input_files("input[type=file]", str(class_list))
    page.get_by_role("button", name="Xem trước thay đổi").click()
    page.get_by_role("button", name="Nhập vào hệ thống").click()
    page.get_by_text("Đã nhập danh sách").wait_for()

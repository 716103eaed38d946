"""Certificates on a phone and on a desk, in both languages: checking one, the own list, the class, withdrawing."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from courses.models import Certificate
from courses.operations.certificates import revoke_certificate
from courses.operations.lessons import record_events
from schools.operations.signin import STEPS
from tests.factories import courses as make
from tests.factories.schools import make_with_role
from tests.live import PHONE

pytestmark = pytest.mark.browser


@pytest.fixture
def enter(live_site):
    def entered(page, user):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session.pop(STEPS, None)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        return page

    return entered


@pytest.fixture
def stage(live_site):
    school_class, teacher, people = make.classroom(5)
    course = make.course(2, title="Công dân số với dịch vụ công trực tuyến", certificate_finished=True)
    make.english(course)
    for lesson in make.lessons_of(course):
        for user in people[:4]:
            record_events(user=user, place=make.place(lesson), events=[make.event("opened"), make.event("finished")])
    # The live site's tasks have run: four have theirs. That of the fourth is taken as lost on the way.
    Certificate.objects.filter(user=people[3]).delete()
    made = list(Certificate.objects.order_by("user_id"))
    clerk = make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school)
    revoke_certificate(certificate=made[1], reason="mistake", note="Cấp nhầm.", actor=clerk)
    return school_class, teacher, people, course, made, clerk


def test_every_screen_is_without_fault_and_fits(stage, open_page, enter, look):
    school_class, teacher, people, course, made, clerk = stage
    of_course = [school_class.uuid, course.translation_key]
    screens = [
        ("verify", None, reverse("verify", args=[made[0].serial])),
        ("verify-withdrawn", None, reverse("verify", args=[made[1].serial])),
        ("verify-unknown", None, reverse("verify", args=["KHONGCO23456"])),
        ("verify-form", None, reverse("verify_form")),
        ("mine", people[0], reverse("courses:certificates")),
        ("mine-withdrawn", people[1], reverse("courses:certificates")),
        ("mine-none", people[4], reverse("courses:certificates")),
        ("class", teacher, reverse("courses:class_certificates", args=[school_class.uuid])),
        ("class-course", clerk, reverse("courses:class_course_certificates", args=of_course)),
        ("verify-clerk", clerk, reverse("verify", args=[made[0].serial])),
        ("revoke", clerk, reverse("courses:revoke_certificate", args=[made[0].serial])),
    ]
    for name, user, address in screens:
        page = open_page()
        if user:
            enter(page, user)
        for language in ("vi", "en"):
            there = address.replace("/vi/", f"/{language}/") + ("" if "/vi/" in address else f"?language={language}")
            page.goto(there)
            look(page, f"certificate-{name}", language)


def test_a_class_is_printed_while_the_page_tells_how_far_it_is(stage, open_page, enter):
    school_class, teacher, _people, course, _made, _clerk = stage
    page = enter(open_page(viewport=PHONE), teacher)
    page.goto(reverse("courses:class_course_certificates", args=[school_class.uuid, course.translation_key]))
    page.get_by_role("button", name="Cấp 1 chứng nhận ngay").click()
    expect(page.get_by_text("Đã cấp 1 chứng nhận.")).to_be_visible()
    page.get_by_role("button", name="In 3 chứng nhận").click()
    expect(page.get_by_role("link", name="Mở tệp PDF")).to_be_visible()


def test_withdrawing_by_keyboard(stage, open_page, enter):
    _class, _teacher, _people, _course, made, clerk = stage
    page = enter(open_page(), clerk)
    page.goto(reverse("courses:revoke_certificate", args=[made[0].serial]))
    page.get_by_label("Cấp nhầm người").focus()
    page.keyboard.press("Space")
    page.get_by_label("Ghi thêm").focus()
    page.keyboard.type("Nhầm với bạn cùng tên.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Chứng nhận này đã bị thu hồi")).to_be_visible()

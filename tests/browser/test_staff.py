"""Staff on a phone and on a desk: trainings, readings, reports of a place, people's data, messages that left the site."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from courses.operations.readings import Wanted, require_reading
from courses.operations.trainings import Plan, open_door, plan_training
from courses.queries.staff import StaffPlace
from reports.operations.rounds import open_round
from schools.models import ChannelChoice, Delivery
from schools.operations.notifications import notify
from schools.operations.signin import STEPS
from tests.factories import schools as make
from tests.reports.test_rounds import reporting_year

pytestmark = [pytest.mark.browser, pytest.mark.slow]


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


def test_the_work_of_staff_fits_a_phone_and_is_without_fault(
    live_site, open_page, enter, axe, look, screenshot, settings
):
    make.school_year()
    school_class = make.make_class(name="10A1")
    school, today = school_class.school, timezone.localdate()
    teacher, pupil = make.make_teacher(school_class, "Nguyễn Thị Ổi"), make.make_pupil(school_class, "Trần Thị Bưởi")
    clerk = make.make_with_role("school_admin", "Đặng Văn Trường", school=school)
    officer = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())
    place = StaffPlace(school.unit, school)
    plan = Plan(title="Bồi dưỡng dạy Dịch vụ công", venue="Phòng họp", held_on=today, kinds=["teacher"])
    training = open_door(training=plan_training(key=uuid4(), place=place, plan=plan, actor=clerk), actor=clerk)
    wanted = Wanted(kinds=["teacher"], due_on=today + timedelta(days=7), title="Lưu ý về VNeID", text="Đọc kỹ.")
    reading = require_reading(key=uuid4(), place=place, wanted=wanted, actor=clerk)
    round_ = open_round(reporting_year=reporting_year(), due_on=today + timedelta(days=7), actor=officer)
    report = round_.reports.get(school=school)
    ChannelChoice.objects.create(user=teacher, channel="sms", address="+84912345678", confirmed_at=timezone.now())
    notify(users=[teacher], key="một", kind="certificate", context={"title": "Công dân số"})
    for message, (state, error) in zip(
        teacher.notifications.order_by("pk")[:2], (("failed", "HTTP 400"), ("waiting", "TimeoutError")), strict=False
    ):
        Delivery.objects.create(notification=message, channel="sms", state=state, tries=2, error=error)

    def looks(page, name, address):
        for language in ("vi", "en"):
            page.goto(address.replace("/vi/", f"/{language}/"))
            look(page, f"staff-{name}", language)

    desk, above, own = (enter(open_page(), person) for person in (clerk, officer, teacher))
    for page, name, address in (
        (desk, "trainings", reverse("courses:trainings")),
        (desk, "training-new", reverse("courses:training_new")),
        (desk, "training", reverse("courses:training", args=[training.uuid])),
        (desk, "wall", reverse("courses:training_wall", args=[training.uuid])),
        (desk, "trained", reverse("courses:trained")),
        (desk, "readings", reverse("courses:readings")),
        (desk, "reading-new", reverse("courses:reading_new")),
        (desk, "reading-status", reverse("courses:reading_status", args=[reading.uuid])),
        (desk, "mine", reverse("reports:mine")),
        (desk, "report", reverse("reports:report", args=[report.uuid])),
        (desk, "person", reverse("schools:person_data", args=[pupil.uuid])),
        (desk, "people", reverse("schools:person_data_find") + "?q=bưởi"),
        (desk, "deliveries", reverse("schools:deliveries")),
        (above, "online", reverse("courses:online_trainings")),
        (above, "deliveries-all", reverse("schools:deliveries")),
        (own, "present", reverse("courses:present")),
        (own, "reading", reverse("courses:reading", args=[reading.uuid])),
    ):
        looks(page, name, address)

    # By keyboard alone: the teacher confirms, the school counts who has no account, the clerk is asked twice.
    own.goto(reverse("courses:reading", args=[reading.uuid]))
    own.get_by_role("button", name="Tôi đã đọc").focus()
    own.keyboard.press("Enter")
    expect(own.get_by_role("button", name="Tôi đã đọc")).to_have_count(0)
    desk.goto(reverse("courses:training", args=[training.uuid]))
    desk.locator("summary", has_text="Ghi số người").focus()
    desk.keyboard.press("Enter")
    desk.get_by_label("Số người").focus()
    desk.keyboard.type("7")
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Đã lưu số người.")).to_be_visible()
    expect(desk.locator("main li strong", has_text="7")).to_be_visible()
    desk.goto(reverse("schools:person_data", args=[pupil.uuid]))
    desk.locator("textarea[name=reason]").fill("Mẹ em xin bằng đơn")
    desk.locator("input[name=sure]").focus()
    desk.keyboard.press("Space")
    desk.locator("form:has(textarea) button").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#sure")).to_be_visible()
    looked = desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert looked
    axe(desk)
    screenshot(desk, "staff-erase-asked")

"""The coverage ledger and the roll in a real browser: no accessibility fault, nothing wider than the screen, both languages."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from reports.operations.ledger import bring_up_to_date
from schools.models import Roll
from schools.operations.signin import STEPS
from tests.factories.schools import (
    make_class,
    make_pupil,
    make_school,
    make_teacher,
    make_with_role,
    province,
    school_year,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def officer(live_site):
    year = school_year()
    school = make_school("Trường THPT Sông Trong", code="SONGTRONG")
    school_class = make_class(school, "10A1")
    make_teacher(school_class, "Phạm Thị Sen")
    make_pupil(school_class, "Trần Thị Bưởi")
    for one in (school, make_school("Trường THPT Núi Xa", code="NUIXA")):
        Roll.objects.create(
            school=one, school_year=year, on=date(2026, 10, 15), grade=10, level="thpt", pupils=1240,
            frozen_at=timezone.now(),
        )  # fmt: skip
    bring_up_to_date(school_year=year)
    user = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province())

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


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_the_ledger(officer, open_page, look, live_site, language):
    page = officer(open_page())
    for path in ("", "schools/SONGTRONG/", "schools/NUIXA/", "roll/"):
        page.goto(f"{live_site}/{language}/reports/{path}")
        expect(page.locator("h1")).to_be_visible()
        for fold in page.locator("details.fold > summary").all():
            fold.click()
        look(page, f"ledger-{path.strip('/').replace('/', '-') or 'province'}", language)


def test_the_reminder_opens_by_keyboard_and_holds_the_words(officer, desktop, live_site):
    page = officer(desktop)
    page.goto(f"{live_site}/vi/reports/")
    summary = page.locator(".gap summary").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".gap textarea").first).to_be_visible()
    expect(page.locator(".gap textarea").first).to_have_value(
        re.compile(r"Trường THPT Núi Xa.*1240.*/schools/NUIXA/roster/")
    )

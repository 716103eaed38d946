"""The reporting round in a real browser: no accessibility fault, nothing wider than the screen, both languages."""

from datetime import date

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from reports.models import ClassTally, Figure, Indicator
from reports.operations.ledger import bring_up_to_date
from reports.operations.rounds import open_round
from tests.factories.schools import (
    make_class,
    make_pupil,
    make_school,
    make_unit,
    make_with_role,
    province,
    school_year,
)
from tests.reports.test_coverage import enrol
from tests.reports.test_rounds import TEXT, enter_all, reporting_year, send

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def stage(live_site, enters):
    """A round: one school has sent its report, the commune is at it."""
    commune = make_unit("Xã Suối Trúc")
    school = make_school("Trường THPT Sông Trong", code="SONGTRONG", unit=commune)
    make_pupil(make_class(school, "10A1"), "Trần Thị Bưởi")
    enrol(school, g10=40)
    bring_up_to_date(school_year=school_year())
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province())
    round_ = open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 20), actor=officer)
    sent = send(round_.reports.get(school=school), officer)
    own = round_.reports.get(unit=commune)
    enter_all(own, officer)
    last = {"signed_by": officer, "signed_at": timezone.now(), "taken_at": timezone.now()}
    Figure.objects.create(
        indicator=Indicator.objects.get(code="B3"), reporting_year=reporting_year("2025"), unit=commune, numerator=1,
        denominator=2, **last,
    )  # fmt: skip
    people = {
        "officer": officer,
        "commune": make_with_role("commune_officer", "Hồ Thị Xã", unit=commune),
        "school": make_with_role("school_admin", "Đặng Văn Trường", school=school),
    }
    return people, own, sent


@pytest.fixture
def enters(live_site):
    def enter(page, user):
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        from schools.operations.signin import STEPS

        session.pop(STEPS, None)
        session.save()
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
        return page

    return enter


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_the_round(stage, enters, open_page, look, live_site, language):
    people, own, sent = stage
    paths = {
        "officer": [
            "rounds/",
            "rounds/2026/",
            "rounds/2026/annual/",
            "indicators/",
            "indicators/A1/",
            f"forms/{sent.uuid}/",
        ],
        "commune": ["mine/", f"forms/{own.uuid}/", f"forms/{own.uuid}/figures/B3/"],
        "school": ["mine/"],
    }
    for who, some in paths.items():
        page = enters(open_page(), people[who])
        for path in some:
            page.goto(f"{live_site}/{language}/reports/{path}")
            expect(page.locator("h1")).to_be_visible()
            for fold in page.locator("details.fold > summary, details.confirm > summary").all()[:3]:
                fold.click()
            look(page, f"round-{who}-{path.split('/')[0]}", language)


def test_the_commune_writes_and_sends_by_keyboard(stage, enters, phone, live_site):
    people, own, _sent = stage
    page = enters(phone, people["commune"])
    page.goto(f"{live_site}{reverse('reports:report', args=[own.uuid])}")
    for name in ("results", "signer_name", "signer_title"):
        page.locator(f"#id_{name}").focus()
        page.keyboard.type(getattr(TEXT, name))
    page.locator("button[name=send]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("button[name=send]")).to_have_count(0)
    own.refresh_from_db()
    assert own.state == "sent"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_for_everybody(live_site, open_page, look, language):
    cache.clear()
    for name, roll, reached in (("Xã Suối Trúc", 60, 30), ("Phường Bến Dừa", 1240, 980), ("Xã Đồi Mây", 50, 3)):
        school = make_school(f"Trường THPT {name}", unit=make_unit(name))
        enrol(school, g10=roll)
        ClassTally.objects.create(
            school_year=school_year(), school=school, class_key=make_class(school).uuid, grade=10, level="thpt",
            language="vi", reached=reached, started=reached,
        )  # fmt: skip
    page = open_page()
    page.goto(f"{live_site}/{language}/reports/public/")
    expect(page.locator(".headline__number")).to_be_visible()
    for fold in page.locator("details.fold > summary").all():
        fold.click()
    look(page, "coverage-public", language)
    cache.clear()

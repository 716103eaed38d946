"""One's own data, a pupil's consents for the school, the audit log: on a phone and on a desk."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cms.audit.operations import record
from schools.operations.privacy import record_consent
from schools.operations.signin import STEPS
from tests.factories.schools import make_class, make_pupil, make_with_role, province

pytestmark = pytest.mark.browser


def test_every_screen_is_without_fault_and_fits(live_site, open_page, look):
    school_class = make_class(name="10A1")
    pupil = make_pupil(school_class, "Trần Thị Bưởi", code="0012345")
    clerk = make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school)
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province())
    for giver in ("pupil", "representative"):
        record_consent(
            user=pupil, purpose="publish", giver=giver, text_version="2026-1", evidence="tủ hồ sơ 10A1", actor=clerk
        )
    record(actor=clerk, action="assign", target_kind="lesson", target_key="y", target_label="Bài về VNeID")
    of_pupil = reverse("schools:privacy_of_pupil", args=[school_class.school.code, pupil.uuid])
    for name, user, address in (
        ("own", pupil, reverse("schools:privacy")),
        ("pupil", clerk, of_pupil),
        ("log", officer, reverse("schools:audit_log")),
    ):
        page = open_page()
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        session = client.session
        session.pop(STEPS, None)
        session.save()
        cookie = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": live_site}])
        for language in ("vi", "en"):
            page.goto(address.replace("/vi/", f"/{language}/"))
            look(page, f"privacy-{name}", language)

"""The second factor: required by role, set up before anything else, reset by the unit above."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from cms.audit.models import AuditEvent
from tests.factories.schools import PASSWORD, give_second_factor, make_school, make_with_role, totp_now

SIGN_IN = "/vi/account/sign-in/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_TOTP = True


def sign_in(client, user, **extra):
    return client.post(SIGN_IN, {"as": "staff", "username": user.username, "password": PASSWORD, **extra})


@pytest.mark.django_db(transaction=True)
def test_set_up_comes_before_anything_else_and_then_the_page_asked_for(client, editor):
    response = sign_in(client, editor, next="/admin/")
    assert response.url == "/admin/"
    for address in ("/admin/", "/vi/account/", "/vi/"):
        assert client.get(address).url == "/vi/account/two-factor/totp/activate/"
    assert client.get("/api/v1/courses").json()["code"] == "second_factor_step"
    assert client.get("/api/v1/session").json()["user"]["steps"] == ["second_factor"]
    page = client.get("/vi/account/two-factor/totp/activate/").content.decode()
    assert "data:image/svg+xml" in page
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    wrong = client.post("/vi/account/two-factor/totp/activate/", {"code": "000000"})
    assert wrong.status_code == 200
    done = client.post("/vi/account/two-factor/totp/activate/", {"code": totp_now(secret)})
    assert done.url == "/vi/account/two-factor/recovery-codes/"
    codes = client.get(done.url)
    assert len(codes.context["unused_codes"]) == 10
    file = client.get("/vi/account/two-factor/recovery-codes/download/").content.decode()
    assert all(code in file for code in codes.context["unused_codes"])
    assert client.get("/vi/account/carry-on/").url == "/admin/"
    assert client.get("/admin/").status_code == 200
    stored = Authenticator.objects.get(user=editor, type="totp")
    assert secret not in str(stored.data), "encrypted at rest"


@pytest.mark.parametrize("with_recovery_code", [False, True])
def test_signing_in_asks_for_the_code(client, editor, with_recovery_code):
    secret = give_second_factor(editor)
    response = sign_in(client, editor, next="/admin/")
    assert response.url == "/vi/account/two-factor/authenticate/"
    assert client.get("/api/v1/session").json() == {"user": None}
    assert client.post(response.url, {"code": "123456"}).status_code == 200
    code = totp_now(secret)
    if with_recovery_code:
        code = Authenticator.objects.get(user=editor, type="recovery_codes").wrap().get_unused_codes()[0]
    assert client.post(response.url, {"code": code}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_teachers_may_do_without(client, teacher):
    sign_in(client, teacher)
    assert client.get("/vi/account/").status_code == 200


@pytest.mark.parametrize("who", ["school_admin", "editor", "juror", "province_officer"])
def test_the_roles_that_must(request, client, who):
    sign_in(client, request.getfixturevalue(who))
    assert client.get("/vi/account/").status_code == 302


def test_a_role_given_today_ends_the_sessions_begun_without_the_factor(client, teacher):
    from schools.operations.accounts import grant_role

    sign_in(client, teacher)
    grant_role(user=teacher, kind="editor")
    assert client.get("/api/v1/session").json() == {"user": None}


def test_reset_by_the_school_administrator_is_logged(as_user, school_admin, teacher, settings):
    settings.REQUIRE_TOTP = False
    give_second_factor(teacher)
    victim = as_user(teacher)
    admin = as_user(school_admin)
    page = admin.get(f"/vi/schools/people/{teacher.uuid}/")
    assert page.status_code == 200
    assert admin.post(f"/vi/schools/people/{teacher.uuid}/second-factor/").status_code == 302
    assert not Authenticator.objects.filter(user=teacher).exists()
    event = AuditEvent.objects.get(action="reset_second_factor")
    assert (event.actor, event.target_key) == (school_admin.uuid, str(teacher.uuid))
    assert victim.get("/api/v1/session").json() == {"user": None}
    assert teacher.notifications.count() == 1


def test_who_may_reset_whom(as_user, school_admin, teacher, other_teacher, editor, province_officer, pupil, settings):
    settings.REQUIRE_TOTP = False

    def status(actor, user):
        return as_user(actor).get(f"/vi/schools/people/{user.uuid}/").status_code

    both = make_with_role("school_admin", "Người Hai Vai", school=make_school())
    assert status(school_admin, teacher) == 200
    for stranger in (other_teacher, editor, both, province_officer, school_admin, pupil):
        assert status(school_admin, stranger) == 404
    for user in (school_admin, editor, other_teacher):
        assert status(province_officer, user) == 200
    assert status(province_officer, province_officer) == 404
    for nobody in (teacher, pupil, editor):
        assert status(nobody, other_teacher) == 404
    assert Client().get(f"/vi/schools/people/{teacher.uuid}/").status_code == 302


def test_the_guard_costs_no_query(client, teacher, django_assert_num_queries):
    sign_in(client, teacher)
    client.get("/vi/account/forgotten/")
    with django_assert_num_queries(0):
        # the session comes from the cache, and a page without a name in its head asks for no account: nothing is left
        client.get("/vi/account/card/")

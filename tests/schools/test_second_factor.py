"""The second factor: required by role, set up before anything else, reset by the unit above."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from cms.audit.models import AuditEvent
from schools.models import User
from schools.operations.accounts import end_role, grant_role
from schools.permissions import staff_in_care_of
from tests.factories.schools import (
    PASSWORD,
    give_second_factor,
    make_school,
    make_unit,
    make_with_role,
    province,
    totp_now,
)

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


@pytest.mark.slow
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


@pytest.fixture
def tree(db):
    """Two communes with a school each, an officer of the first, and staff of many kinds."""
    here, there = make_unit("Xã Này"), make_unit("Xã Kia")
    school, far = make_school(unit=here), make_school(unit=there)
    under = here.add_child(code="X-THON", name="Thôn", kind="commune")
    return {
        "officer": make_with_role("province_officer", unit=here),
        "equal": make_with_role("province_officer", unit=here),
        "above": make_with_role("province_officer", unit=province()),
        "under": make_with_role("province_officer", unit=under),
        "admin": make_with_role("school_admin", school=school),
        "peer": make_with_role("school_admin", school=school),
        "teacher": make_with_role("teacher", school=school),
        "far": make_with_role("school_admin", school=far),
        "community": make_with_role("community_member", unit=here),
        "far_community": make_with_role("community_member", unit=there),
        "editor": make_with_role("editor"),
        "nowhere": make_with_role("province_officer"),
    }


@pytest.mark.parametrize(
    ("actor", "whom"),
    [
        ("officer", {"under", "admin", "peer", "teacher", "community"}),
        (
            "above",
            {"officer", "equal", "under", "admin", "peer", "teacher", "far", "community", "far_community", "editor"},
        ),
        ("admin", {"teacher"}),
        ("under", set()),
        ("teacher", set()),
        ("editor", set()),
        ("nowhere", set()),
    ],
)
def test_only_what_lies_below_is_reset(tree, actor, whom):
    in_care = staff_in_care_of(tree[actor])
    assert {name for name, user in tree.items() if in_care.filter(pk=user.pk).exists()} == whom


def test_an_office_elsewhere_or_from_tomorrow_keeps_the_school_out(tree):
    teacher = tree["teacher"]
    soon = timezone.localdate() + timedelta(days=1)
    role = grant_role(user=teacher, kind="editor", starts_on=soon)
    assert teacher not in staff_in_care_of(tree["admin"])
    assert teacher not in staff_in_care_of(tree["officer"])
    assert teacher in staff_in_care_of(tree["above"])
    end_role(role=role)
    assert teacher in staff_in_care_of(tree["admin"])


def test_nobody_resets_a_pupil_here(as_user, tree, pupil, settings):
    settings.REQUIRE_TOTP = False
    chief = User.objects.create_superuser("quan-tri")
    for actor in (tree["above"], tree["officer"], chief):
        client = as_user(actor)
        assert client.get(f"/vi/schools/people/{pupil.uuid}/").status_code == 404
        assert client.post(f"/vi/schools/people/{pupil.uuid}/password/").status_code == 404
    assert set(staff_in_care_of(chief)) == {*tree.values()}


def test_the_guard_costs_no_query(client, teacher, django_assert_num_queries):
    sign_in(client, teacher)
    client.get("/vi/account/forgotten/")
    with django_assert_num_queries(0):
        # the session comes from the cache, and a page without a name in its head asks for no account: nothing is left
        client.get("/vi/account/card/")


@pytest.mark.parametrize("door", ["/admin/login/", "/vi/_util/login/"])
def test_wagtails_own_forms_let_nobody_in(door, client, editor):
    give_second_factor(editor)
    answer = client.post(door, {"username": "bientap", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/vi/account/sign-in/")
    assert "_auth_user_id" not in client.session
    assert client.get("/admin/password_reset/").status_code == 404

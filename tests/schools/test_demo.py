"""The demo's people: complete, idempotent, and every listed account opens."""

from collections import Counter

import pytest
from django.test import Client

from schools.demo import accounts, load_demo_people
from schools.models import Membership, Roll, School, User


@pytest.fixture
def demo(db):
    return load_demo_people()


@pytest.mark.slow
def test_every_role_of_the_contract_has_its_accounts(demo):
    roles = Counter(row["role"] for row in accounts())
    assert roles["pupil"] >= 2
    assert roles["teacher"] >= 2
    for role in [
        "school_admin",
        "editor",
        "translator",
        "reviewer",
        "juror",
        "contest_secretary",
        "province_officer",
        "community_member",
        "admin",
    ]:
        assert roles[role] >= 1, role
    assert {row["school_code"] for row in accounts()} - {""} <= set(School.objects.values_list("code", flat=True))
    assert all(set(row) == {"role", "school_code", "username", "password", "name", "language"} for row in accounts())
    admin = next(row for row in accounts() if row["role"] == "school_admin")
    school = School.objects.get(code=admin["school_code"])
    assert (school.kind, school.grade_min, school.grade_max) == ("thcs_thpt", 6, 12)


@pytest.mark.slow
def test_every_account_signs_in_by_the_api(demo):
    for row in accounts():
        client = Client(enforce_csrf_checks=True)
        client.get("/api/v1/session")
        response = client.post(
            "/api/v1/session",
            {key: row[key] for key in ("school_code", "username", "password")},
            content_type="application/json",
            headers={"X-CSRFToken": client.cookies["csrftoken"].value},
        )
        assert response.status_code == 200, row
        user = response.json()["user"]
        assert row["role"] in user["roles"], row
        assert user["name"] == row["name"]
        assert user["steps"] == []


@pytest.mark.slow
def test_loading_twice_changes_nothing(demo):
    before = {model: model.objects.count() for model in (User, Membership, Roll, School)}
    passwords = set(User.objects.values_list("password", flat=True))
    again = load_demo_people()
    assert again["created"] == 0
    assert before == {model: model.objects.count() for model in before}
    assert passwords == set(User.objects.values_list("password", flat=True))


@pytest.mark.slow
def test_there_is_a_class_of_forty_and_a_frozen_roll(demo):
    assert (
        Membership.objects.current().filter(school_class__name="10A1", school_class__school__code="BENDUA").count()
        == 40
    )
    assert Roll.objects.filter(school_year__code="2026-2027", frozen_at=None).count() == 0
    assert {roll.school.code for roll in Roll.objects.select_related("school")} == {"BENDUA", "DOIMAY"}


@pytest.mark.slow
def test_only_listed_accounts_have_a_password(demo):
    usable = [user for user in User.objects.all() if user.has_usable_password()]
    assert len(usable) == len(accounts())

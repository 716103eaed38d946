"""The session API of the contract."""

import pytest
from django.test import Client

from schools import limits
from tests.factories.schools import PASSWORD, PIN, give_second_factor, totp_now

URL = "/api/v1/session"


@pytest.fixture
def browser():
    client = Client(enforce_csrf_checks=True)
    assert client.get(URL).json() == {"user": None}
    return client


def post(client, **body):
    token = client.cookies["csrftoken"].value
    return client.post(URL, body, content_type="application/json", headers={"X-CSRFToken": token})


def test_sign_in_who_am_i_and_out(browser, pupil):
    response = post(browser, school_code="SONGTRONG", username="12345", password=PIN, device="phone", extra=[1])
    assert response.status_code == 200
    user = browser.get(URL).json()["user"]
    assert user == response.json()["user"]
    assert user["name"] == "Trần Thị Bưởi"
    assert user["role"] == "pupil"
    assert user["school"] == {"code": "SONGTRONG", "name": "Trường THPT Sông Trong"}
    assert user["unread"] == 0
    token = browser.cookies["csrftoken"].value
    assert browser.delete(URL, headers={"X-CSRFToken": token}).status_code == 204
    assert browser.get(URL).json() == {"user": None}


def test_a_teacher_may_name_the_school_or_not(browser, teacher):
    assert post(browser, school_code="SONGTRONG", username="co.oi", password=PASSWORD).status_code == 200
    assert post(browser, username="co.oi", password=PASSWORD).json()["user"]["roles"] == ["teacher"]


def test_without_the_token_nothing_is_opened(browser, pupil):
    body = {"school_code": "SONGTRONG", "username": "12345", "password": PIN}
    response = browser.post(URL, body, content_type="application/json")
    assert response.status_code == 403
    assert response["Content-Type"] == "application/problem+json"
    assert browser.get(URL).json() == {"user": None}


def test_refusals_are_problem_documents_in_the_readers_language(browser, pupil):
    response = post(browser, school_code="SONGTRONG", username="12345", password="000000")
    assert response.status_code == 401
    problem = response.json()
    assert problem["code"] == "sign_in_refused"
    assert "thẻ" in problem["detail"]
    token = browser.cookies["csrftoken"].value
    headers = {"X-CSRFToken": token, "Accept-Language": "en"}
    body = {"username": "x", "password": "y"}
    english = browser.post(URL, body, content_type="application/json", headers=headers).json()
    assert "administrator" in english["detail"]


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"username": 1}', '{"username":"a","password":null}', "{not json"])
def test_malformed_bodies_are_refused(browser, body):
    token = browser.cookies["csrftoken"].value
    response = browser.post(URL, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert response.status_code in {400, 422}
    assert response["Content-Type"] == "application/problem+json"


def test_hostile_text_is_only_text(browser, pupil):
    for username in ("' OR 1=1 --", "\x00", "💥" * 50, "0" * 150, "", " "):
        assert post(browser, school_code="SONGTRONG", username=username, password="x").status_code in {401, 422}


def test_too_many_tries_say_when_to_come_back(browser, pupil):
    for _ in range(limits.ACCOUNT.failures):
        post(browser, school_code="SONGTRONG", username="12345", password="0")
    response = post(browser, school_code="songtrong", username="012345", password=PIN)
    assert response.status_code in {401, 429}
    response = post(browser, school_code="SONGTRONG", username="0012345", password=PIN)
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0


def test_the_second_factor_is_asked_for_and_used_once(browser, teacher):
    secret = give_second_factor(teacher)
    needed = post(browser, username="co.oi", password=PASSWORD)
    assert (needed.status_code, needed.json()["code"]) == (401, "totp_required")
    code = totp_now(secret)
    assert post(browser, username="co.oi", password=PASSWORD, totp=code).status_code == 200
    assert post(browser, username="co.oi", password=PASSWORD, totp=code).status_code == 401


def test_signing_in_costs_few_queries(browser, pupil, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        # account and school; roles; second factor; session: check, make, save; last sign-in; who: roles, unread
        assert post(browser, school_code="SONGTRONG", username="0012345", password=PIN).status_code == 200
    with django_assert_max_num_queries(5):
        # account, person, roles, school, unread (the session comes from the cache)
        browser.get(URL)

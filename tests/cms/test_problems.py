import json
from typing import Annotated

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_ratelimit.exceptions import Ratelimited
from ninja import NinjaAPI, Schema
from ninja.errors import Throttled
from ninja.security import django_auth
from ninja.testing import TestClient
from pydantic import Field

from cms.problems import Problem, documents, pages


class ContestClosed(Problem):
    status = 409
    code = "contest_closed"
    title = _("Not found")


class Answer(Schema):
    question: Annotated[str, Field(max_length=3)]
    seq: int


@pytest.fixture(scope="module")
def api():
    api = NinjaAPI(urls_namespace="problems-under-test")
    documents.register(api)

    def raising(path, error):
        @api.get(path, operation_id=path.strip("/"))
        def view(request):
            raise error

    raising("/closed", ContestClosed("Đã đóng", closed_at="2026-10-01"))
    raising("/lost", Http404())
    raising("/forbidden", PermissionDenied())
    raising("/limited", Ratelimited())
    raising("/throttled", Throttled(wait=17))

    @api.get("/mine", auth=django_auth)
    def mine(request):
        return {}

    @api.post("/answers")
    def answers(request, answer: Answer):
        return {}

    return TestClient(api)


def test_domain_error_becomes_a_problem_document(api):
    answer = api.get("/closed")
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["code"] == "contest_closed"
    assert body["type"] == "urn:hdvc:problem:contest_closed"
    assert body["detail"] == "Đã đóng"
    assert body["closed_at"] == "2026-10-01"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/lost", 404, "not_found"),
        ("/forbidden", 403, "not_allowed"),
        ("/limited", 429, "too_many_requests"),
        ("/throttled", 429, "too_many_requests"),
        ("/mine", 401, "not_signed_in"),
    ],
)
def test_errors_of_the_frameworks(api, path, status, code):
    answer = api.get(path)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_limits_say_when_to_try_again(api):
    assert api.get("/limited")["Retry-After"] == "60"
    assert api.get("/throttled")["Retry-After"] == "17"


def test_wrong_fields_are_named_in_the_reader_s_language(api):
    with translation.override("vi"):
        answer = api.post("/answers", json={"question": "quá dài", "seq": "x"})
    body = json.loads(answer.content)
    assert answer.status_code == 422
    assert {error["field"] for error in body["errors"]} == {"question", "seq"}
    with translation.override("vi"):
        assert body["detail"] == documents.InvalidInput.detail
    assert "String should" not in answer.content.decode()


@pytest.mark.django_db
def test_unknown_api_address_is_a_problem_and_not_a_redirect(client):
    answer = client.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert answer.json()["request_id"] == answer["X-Request-ID"]


@pytest.mark.django_db
def test_who_is_not_signed_in_hears_that_first():
    """Without a session and without a token it is the sign-in that is missing."""
    from django.test import Client

    visitor = Client(enforce_csrf_checks=True)
    for method, address in ((visitor.put, "/api/v1/lessons/x/progress"), (visitor.post, "/api/v1/uploads")):
        answer = method(address, {}, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")
    sign_in = visitor.post("/api/v1/session", {"username": "a", "password": "b"}, content_type="application/json")
    assert (sign_in.status_code, sign_in.json()["code"]) == (403, "csrf")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/session", "/vi/account/sign-in/"])
def test_a_body_too_large_is_told_apart_from_a_broken_one(client, address, settings):
    body = "{" + " " * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1) + "}"
    kind = "application/json" if "api" in address else "application/x-www-form-urlencoded"
    answer = client.post(address, body, content_type=kind)
    assert answer.status_code == 413
    assert "quá lớn" in answer.content.decode()


@pytest.mark.django_db
def test_the_character_nul_is_refused_in_every_text_sent(client):
    for body in ('{"username": "a\\u0000", "password": "b"}', '{"username": "\\\\\\u0000", "password": "b"}'):
        assert client.post("/api/v1/session", body, content_type="application/json").status_code == 422
    escaped = '{"username": "a\\\\u0000", "password": "b"}'
    assert client.post("/api/v1/session", escaped, content_type="application/json").status_code == 401
    assert client.get("/api/v1/materials?q=%00").status_code == 422


def test_openapi_is_served(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")


def test_error_page_for_people_works_without_a_database(client):
    request = RequestFactory().get("/vi/")
    request.request_id = "abc12345"
    for handler, status in ((pages.server_error, 500), (pages.form_expired, 403)):
        answer = handler(request)
        assert answer.status_code == status
        assert "abc12345" in answer.content.decode() or status != 500


@pytest.mark.browser
def test_api_documentation_needs_nothing_from_elsewhere(desktop):
    asked = []
    desktop.on("request", lambda request: asked.append(request.url))
    desktop.goto("/api/v1/docs")
    desktop.wait_for_selector(".swagger-ui .info .title")
    assert all(url.startswith(("http://127.0.0.1", "data:")) for url in asked)

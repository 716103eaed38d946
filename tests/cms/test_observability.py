import json

import pytest

from cms import observability


def test_healthz_needs_nothing(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db(transaction=True)
def test_readyz_names_every_part(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "failing": [],
        "parts": {"database": "ok", "cache": "ok", "broker": "ok", "object_store": "ok"},
    }


@pytest.mark.django_db(transaction=True)
def test_readyz_names_the_part_that_fails(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.READINESS_CHECKS = {
        "database": "cms.observability.database_answers",
        "object_store": "tests.cms.test_observability.refuses",
    }
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["failing"] == ["object_store"]
    assert answer.json()["parts"]["database"] == "ok"


def refuses():
    raise ConnectionRefusedError


@pytest.mark.django_db(transaction=True)
def test_readyz_does_not_wait_for_a_part_that_hangs(client, settings, monkeypatch):
    monkeypatch.setattr(observability, "_CHECK_SECONDS", 0.2)
    settings.READINESS_CHECKS = {"object_store": "tests.cms.test_observability.hangs"}
    assert client.get("/readyz").json()["parts"] == {"object_store": "no answer in time"}


def hangs():
    import time

    time.sleep(1.5)


def test_health_is_answered_by_any_host_name_and_scheme(client, settings):
    settings.ALLOWED_HOSTS = ["hoc.example.vn"]
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.slow
def test_request_id_is_made_or_taken_over(client):
    address = "/api/v1/openapi.json"
    made = client.get(address)["X-Request-ID"]
    assert len(made) == 32
    assert client.get(address, headers={"X-Request-ID": "from-the-proxy-1"})["X-Request-ID"] == "from-the-proxy-1"
    assert client.get(address, headers={"X-Request-ID": "bad id\t<script>"})["X-Request-ID"] != "bad id\t<script>"


def test_log_lines_are_json_with_the_request_id(settings):
    import logging.config

    from pythonjsonlogger.json import JsonFormatter

    record = logging.LogRecord("t", logging.INFO, "f", 1, "chào", None, None)
    token = observability._request_id.set("id-of-this-one")
    observability.RequestIdFilter().filter(record)
    observability._request_id.reset(token)
    line = JsonFormatter(settings.LOGGING["formatters"]["json"]["fmt"]).format(record)
    assert json.loads(line)["request_id"] == "id-of-this-one"


def test_metrics_count_by_view_and_status(client):
    client.get("/api/v1/openapi.json")
    text = client.get("/metrics").content.decode()
    assert 'hdvc_requests_total{method="GET",status="200",view="api:openapi-json"}' in text
    assert "hdvc_request_seconds_bucket" in text
    assert "hdvc_waiting_tasks" in text or "hdvc_requests" in text


@pytest.mark.parametrize(
    ("environ", "token", "status"),
    [
        ({"REMOTE_ADDR": "127.0.0.1"}, "", 200),
        ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "", 403),
        ({"REMOTE_ADDR": "203.0.113.9"}, "", 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "}, "", 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer right"}, "right", 200),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong"}, "right", 403),
    ],
)
def test_metrics_are_for_the_operator(client, settings, environ, token, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **environ).status_code == status

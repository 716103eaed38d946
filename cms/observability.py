"""What an operator sees: request ids in the log, metrics, and whether the parts the site stands on answer."""

import contextlib
import hmac
import logging
import os
import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import REGISTRY

log = logging.getLogger(__name__)

_request_id: ContextVar[str] = ContextVar("request_id", default="")
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
_CHECK_SECONDS = 3.0
_checkers = ThreadPoolExecutor(max_workers=8, thread_name_prefix="readyz")

REQUESTS = Counter("hdvc_requests", "Answered requests", ["view", "method", "status"])
SECONDS = Histogram(
    "hdvc_request_seconds",
    "Time to answer",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def current_request_id() -> str:
    """The id of the request this code runs for, or "" outside of one."""
    return _request_id.get()


class RequestIdFilter(logging.Filter):
    """Puts `request_id` on every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class ObservabilityMiddleware:
    """Gives each request an id (the proxy's X-Request-ID where there is one) and counts and times it.

    The operator's addresses are answered here, before any other middleware: they work by whatever host name and scheme
    a balancer asks, and touch no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if own := ADDRESSES.get(request.path):
            return own(request)
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if _ACCEPTED_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = request_id
        token = _request_id.set(request_id)
        began = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        match = request.resolver_match
        # The name of the view, never the address: a metric has few labels however many pages there are.
        view = (match.view_name or match.route or "unnamed") if match else "none"
        REQUESTS.labels(view, request.method, response.status_code).inc()
        SECONDS.labels(view).observe(time.perf_counter() - began)
        response["X-Request-ID"] = request_id
        return response


# --- Checks: each returns when its part answers and raises otherwise ---------------------------------------------------


def database_answers() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def cache_answers() -> None:
    cache.require_answer()


def broker_answers() -> None:
    from celery import current_app

    with current_app.connection_for_write(connect_timeout=2) as connection:
        connection.ensure_connection(max_retries=1, timeout=2)


def _run(check: str) -> None:
    try:
        import_string(check)()
    finally:
        # The thread is kept, its database connection is not.
        connections.close_all()


def failing_parts() -> dict[str, str]:
    """{name of a part: why}, empty when every check of READINESS_CHECKS passes within three seconds."""
    asked: dict[str, Future] = {
        name: _checkers.submit(_run, check) for name, check in settings.READINESS_CHECKS.items()
    }
    deadline = time.monotonic() + _CHECK_SECONDS
    failing = {}
    for name, future in asked.items():
        try:
            future.result(max(0.01, deadline - time.monotonic()))
        except TimeoutError:
            failing[name] = "no answer in time"
        except Exception as problem:
            failing[name] = type(problem).__name__
            log.warning("not ready: %s", name, exc_info=problem)
    return failing


# --- Addresses ----------------------------------------------------------------------------------------------------------


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    response = HttpResponse("ok\n", content_type="text/plain")
    add_never_cache_headers(response)
    return response


def readyz(request: HttpRequest) -> HttpResponse:
    """Every part answers, or 503 with the names of those that do not."""
    failing = failing_parts()
    parts = {name: failing.get(name, "ok") for name in settings.READINESS_CHECKS}
    response = JsonResponse(
        {"ready": not failing, "failing": sorted(failing), "parts": parts}, status=503 if failing else 200
    )
    add_never_cache_headers(response)
    return response


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for callers on this machine and for those who send METRICS_TOKEN as a bearer token."""
    given = request.META.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ").encode()
    has_token = bool(settings.METRICS_TOKEN) and hmac.compare_digest(given, settings.METRICS_TOKEN.encode())
    # A proxy on the same machine speaks for others.
    is_near = request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (has_token or is_near):
        return HttpResponse("403\n", status=403, content_type="text/plain")
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    text = generate_latest(registry) + _queue_length()
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _queue_length() -> bytes:
    """Tasks that wait for a worker, as one more metric; nothing when the broker does not tell."""
    from celery import current_app

    with contextlib.suppress(Exception), current_app.connection_for_read(connect_timeout=1) as connection:
        connection.ensure_connection(max_retries=1, timeout=1)
        waiting = connection.default_channel.queue_declare(queue="celery", passive=True).message_count
        head = "# HELP hdvc_waiting_tasks Tasks that wait for a worker\n# TYPE hdvc_waiting_tasks gauge\n"
        return f"{head}hdvc_waiting_tasks {waiting}\n".encode()
    return b""


ADDRESSES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

"""The web server tells how long a request waited for its turn, so that waiting makes no answer late."""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
import requests
from django.utils import timezone

from cms import arrival
from cms.embedded import ports

APPLICATION = """
import time
from django.utils import timezone
from cms.arrival import arrived_at

def application(environ, start_response):
    waited = (timezone.now() - arrived_at()).total_seconds()
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.5)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(waited).encode()]
"""


@pytest.fixture
def server(tmp_path):
    """gunicorn as deploy/gunicorn.conf.py runs it, with one thread."""
    (tmp_path / "waiting.py").write_text(APPLICATION)
    (port,) = ports.take(1)
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", f"--bind=127.0.0.1:{port}"]
    environment = {"WEB_WORKERS": "1", "WEB_THREADS": "1", "DEMO_DIR": str(tmp_path), "PYTHONPATH": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "cms.settings.demo"
    running = subprocess.Popen([*command, "waiting:application"], env=os.environ | environment)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError):
                ask(f"{address}/")
                break
            time.sleep(0.1)
        yield address
    finally:
        running.terminate()
        running.wait(20)


def ask(address: str) -> float:
    return float(requests.get(address, timeout=30).text)


@pytest.mark.slow
def test_a_request_knows_how_long_it_waited_for_a_thread(server):
    slow = threading.Thread(target=ask, args=(f"{server}/slow",))
    slow.start()
    time.sleep(0.3)
    waited = ask(f"{server}/")
    slow.join()
    assert 0.5 < waited < 10
    assert ask(f"{server}/") < 0.5


def test_a_moment_that_cannot_be_is_now():
    for seconds in (None, time.time() - 3600, time.time() + 60):
        arrival.note_arrival(seconds)
        assert abs(timezone.now() - arrival.arrived_at()) < timedelta(seconds=5)
    arrival.note_arrival(time.time() - 8)
    assert timedelta(seconds=7) < timezone.now() - arrival.arrived_at() < timedelta(seconds=13)
    arrival.note_arrival(None)

"""What a web process keeps ready: the code a request needs, from before the fork, and its database connection."""

import json
import os
import subprocess
import sys

import pytest

FIRST_REQUEST = """
import io, json, sys
import cms.wsgi
before = set(sys.modules)
environ = {
    "REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/session", "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
    "HTTP_HOST": "127.0.0.1", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http",
}
answers = []
body = b"".join(cms.wsgi.application(environ, lambda status, headers: answers.append(status)))
loaded = sorted(set(sys.modules) - before)
from django.core.signals import request_finished
from django.db import connection
connection.ensure_connection()
opened = connection.connection
request_finished.send(sender=None)
kept = connection.connection is opened
print(json.dumps({"status": answers[0], "body": body.decode(), "loaded": loaded, "kept": kept}))
"""


@pytest.mark.slow
def test_the_first_request_loads_next_to_nothing_and_no_server_is_needed_to_start(tmp_path):
    """The cache and the queue are addresses where nobody listens; an unconnected database answers nothing here."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "DEMO_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "CACHE_URL": "redis://127.0.0.1:1/0",
        "BROKER_URL": "redis://127.0.0.1:1/1",
        "LOG_LEVEL": "ERROR",
    }
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_CONN_MAX_AGE"}
    done = subprocess.run(
        [sys.executable, "-c", FIRST_REQUEST],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first = json.loads(done.stdout.splitlines()[-1])
    assert first["status"] == "200 OK"
    assert json.loads(first["body"])["user"] is None
    # The addresses alone bring more than two hundred of them.
    assert len(first["loaded"]) < 15, first["loaded"]
    # Opening SQLite again for each request costs as much as a save.
    assert first["kept"]

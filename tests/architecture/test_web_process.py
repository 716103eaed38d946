"""What every web process holds in memory, and what it shares with the others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Libraries of workers, and of what few people ask for once in a while.
ONLY_WHEN_ASKED = {"av", "docx", "openpyxl", "pypdf", "weasyprint"}
REPORT = """
import gc, json, sys
import cms.wsgi
from django.db import connections
from django.template import engines
from django.urls import get_resolver
print(json.dumps({
    "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    "views": get_resolver()._populated,
    "templates": len(engines["django"].engine.template_loaders[0].get_template_cache),
    "connected": [one.alias for one in connections.all(initialized_only=True) if one.connection],
    "frozen": gc.get_freeze_count(),
}))
"""


@pytest.fixture(scope="module")
def web_process(tmp_path_factory):
    """What stands in the memory that gunicorn forks its workers from."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "DEMO_DIR": str(tmp_path_factory.mktemp("demo")),
        "DATABASE_URL": f"sqlite:///{tmp_path_factory.mktemp('base') / 'db.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, "-c", REPORT], env=os.environ | settings, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
def test_large_libraries_wait_until_they_are_asked_for(web_process):
    assert not ONLY_WHEN_ASKED & set(web_process["modules"])


@pytest.mark.slow
def test_what_first_requests_make_is_made_before_the_fork(web_process):
    assert web_process["views"]
    assert web_process["templates"] > 100
    assert web_process["frozen"] > 100_000


@pytest.mark.slow
def test_no_connection_is_shared_by_two_processes(web_process):
    assert web_process["connected"] == []

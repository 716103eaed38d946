"""The starter content as tests find it: loaded really, once a run, by the first worker that asks for it."""

import fcntl
import functools
import io
import json
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.test import override_settings

from media import storage
from tests.databases import Copies, SqliteCopies
from tests.servers import run_directory

NAME = "starter"
# Codes on printed sheets hold the site's address, which is another one in each worker.
AT_HOME = override_settings(SITE_URL="https://hoc.example")
BUCKET = "test-starter"


def give(database: Copies) -> dict:
    """Put a copy into this process's database and bucket; returns what `load_starter_content --json` said."""
    said = _loaded(database)
    _fetch_objects()
    database.restore(NAME)
    cache.clear()
    return said


def template(database: SqliteCopies) -> Path:
    """A database with the starter content, for a server of another process to begin with; its files are not with it."""
    _loaded(database)
    database.restore()
    return database.of_run(NAME)


def _loaded(database: Copies) -> dict:
    report = run_directory() / f"{NAME}.json"
    with (run_directory() / f"{NAME}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not report.exists():
            said = _load(database)
            report.write_text(said, encoding="utf-8")
    return json.loads(report.read_text(encoding="utf-8"))


def _load(database: Copies) -> str:
    database.restore()
    cache.clear()
    with AT_HOME:
        call_command("load_starter_content", "--json", stdout=(out := io.StringIO()))
    storage.client().create_bucket(Bucket=BUCKET)
    _copy(settings.S3_BUCKET, BUCKET)
    database.keep(NAME)
    return out.getvalue()


@functools.cache
def _fetch_objects() -> None:
    _copy(BUCKET, settings.S3_BUCKET)


def _copy(source: str, target: str) -> None:
    store = storage.client()
    for page in store.get_paginator("list_objects_v2").paginate(Bucket=source):
        for found in page.get("Contents", []):
            store.copy_object(Bucket=target, Key=found["Key"], CopySource={"Bucket": source, "Key": found["Key"]})

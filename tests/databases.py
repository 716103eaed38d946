"""One migrated template database per state of the migrations; each worker and each committing test gets a copy.

Migrating the whole product takes about twenty seconds: it is done once, really, and then copied.
"""

import fcntl
import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.servers import VAR

ROOT = Path(__file__).resolve().parents[1]


def fingerprint() -> str:
    """Changes with whatever changes a freshly migrated database."""
    digest = hashlib.sha256(repr((settings.INSTALLED_APPS, settings.LANGUAGES)).encode())
    digest.update((ROOT / "uv.lock").read_bytes())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label} {path.name}".encode())
            if ".venv" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _locked() -> Iterator[None]:
    with (VAR / "template.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _pointed_at(name: str) -> Iterator[None]:
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def _migrate(name: str) -> None:
    with _pointed_at(name):
        call_command("migrate", verbosity=0, interactive=False)


class SqliteCopies:
    def __init__(self) -> None:
        self.own = Path(connection.settings_dict["NAME"])
        self.template = VAR / f"template-{fingerprint()}.sqlite3"

    def create(self) -> None:
        with _locked():
            if not self.template.exists():
                for old in VAR.glob("template-*.sqlite3*"):
                    old.unlink()
                unfinished = self.template.with_suffix(".unfinished")
                unfinished.unlink(missing_ok=True)
                _migrate(str(unfinished))
                unfinished.rename(self.template)
        connection.close()
        shutil.copy(self.template, self.own)

    def restore(self) -> None:
        connection.ensure_connection()
        with sqlite3.connect(self.template) as template:
            template.backup(connection.connection)
        template.close()

    def drop(self) -> None:
        connection.close()


class PostgresCopies:
    def __init__(self) -> None:
        self.own = connection.settings_dict["NAME"]
        self.template = f"hdvc_template_{fingerprint()}"

    def _run(self, *statements: str) -> list:
        database = settings.DATABASES["default"]
        with psycopg.connect(
            host=database["HOST"],
            port=database["PORT"] or 5432,
            user=database["USER"],
            password=database["PASSWORD"] or None,
            dbname="postgres",
            autocommit=True,
        ) as admin:
            rows = []
            for statement in statements:
                done = admin.execute(statement)
                rows = done.fetchall() if done.description else []
            return rows

    def create(self) -> None:
        with _locked():
            if not self._run(f"SELECT 1 FROM pg_database WHERE datname = '{self.template}'"):  # noqa: S608
                unfinished = f"{self.template}_unfinished"
                self._run(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)", f"CREATE DATABASE {unfinished}")
                _migrate(unfinished)
                self._run(f"ALTER DATABASE {unfinished} RENAME TO {self.template}")
            self.restore()

    def restore(self) -> None:
        connection.close()
        self._run(
            f"DROP DATABASE IF EXISTS {self.own} WITH (FORCE)", f"CREATE DATABASE {self.own} TEMPLATE {self.template}"
        )

    def drop(self) -> None:
        connection.close()
        self._run(f"DROP DATABASE IF EXISTS {self.own} WITH (FORCE)")


def copies() -> SqliteCopies | PostgresCopies:
    return SqliteCopies() if connection.vendor == "sqlite" else PostgresCopies()

"""One migrated template database per state of the migrations; each worker and each committing test gets a copy.

Migrating the whole product takes about twenty seconds of CPU time, most of it in other people's apps. It is done once,
really, in two steps that are each kept: the apps of our dependencies, then our rooms. Worktrees of one repository share
what is kept.
"""

import contextlib
import fcntl
import hashlib
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests.servers import VAR, run_directory

KEPT_SECONDS = 3 * 24 * 3600
ROOT = Path(__file__).resolve().parents[1]


def fingerprint() -> str:
    """Changes with whatever changes a freshly migrated database."""
    digest = hashlib.sha256(repr((settings.INSTALLED_APPS, settings.LANGUAGES)).encode())
    digest.update((ROOT / "uv.lock").read_bytes())
    # The groups' rights are given after the last migration.
    for name in ("cms/apps.py", "cms/operations/editorial.py"):
        digest.update((ROOT / name).read_bytes())
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"{app.label} {path.name}".encode())
            if ".venv" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _kept() -> Path:
    """Where SQLite templates are kept: in the main checkout, which every worktree of the repository can see."""
    asked = ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"]
    found = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    folder = Path(found).parent / "var" / "test" if found.endswith("/.git") else VAR
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _base_fingerprint() -> str:
    """Changes with what the dependencies' migrations may depend on: their versions and the account model's table."""
    digest = hashlib.sha256()
    for path in (ROOT / "uv.lock", ROOT / "schools/migrations/0001_initial.py"):
        digest.update(path.read_bytes())
    digest.update(" ".join(settings.INSTALLED_APPS).encode())
    return digest.hexdigest()[:16]


def _migrate_dependencies(name: str) -> None:
    from django.apps import apps
    from django.db.migrations.executor import MigrationExecutor

    ours = {
        config.label
        for config in apps.get_app_configs()
        if ROOT in Path(config.path).parents and ".venv" not in config.path
    }
    with _pointed_at(name):
        executor = MigrationExecutor(connection)
        executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] not in ours])


@contextmanager
def _locked(engine: str) -> Iterator[None]:
    with (_kept() / f"template-{engine}.lock").open("w") as handle:
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
        self.template = _kept() / f"template-{fingerprint()}.sqlite3"
        self.base = _kept() / f"base-{_base_fingerprint()}.sqlite3"

    def create(self) -> None:
        with _locked("sqlite"):
            if not self.template.exists():
                self._forget_old()
                self._make(self.base, _migrate_dependencies)
                unfinished = self.template.with_suffix(".unfinished")
                shutil.copy(self.base, unfinished)
                _migrate(str(unfinished))
                unfinished.rename(self.template)
        connection.close()
        shutil.copy(self.template, self.own)

    def _make(self, target: Path, migrate: Callable[[str], None]) -> None:
        if not target.exists():
            unfinished = target.with_suffix(".unfinished")
            unfinished.unlink(missing_ok=True)
            migrate(str(unfinished))
            unfinished.rename(target)

    def _forget_old(self) -> None:
        # Another worktree may be about to copy a recent one.
        for old in _kept().glob("*-*.sqlite3"):
            if old != self.base and time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink()

    def restore(self, name: str | None = None) -> None:
        """Begin again from the migrated template, or from what `keep` kept in this run under `name`."""
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(self.of_run(name) if name else self.template)) as kept:
            kept.backup(connection.connection)
        ContentType.objects.clear_cache()

    def keep(self, name: str) -> None:
        """Keep this process's database as it is now for every worker of the run."""
        connection.ensure_connection()
        with contextlib.closing(sqlite3.connect(self.of_run(name))) as kept:
            connection.connection.backup(kept)

    def of_run(self, name: str) -> Path:
        return run_directory() / f"kept-{name}.sqlite3"

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
        with _locked("postgres"):
            if not self._run(f"SELECT 1 FROM pg_database WHERE datname = '{self.template}'"):  # noqa: S608
                unfinished = f"{self.template}_unfinished"
                self._run(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)", f"CREATE DATABASE {unfinished}")
                _migrate(unfinished)
                self._run(f"ALTER DATABASE {unfinished} RENAME TO {self.template}")
            self.restore()

    def restore(self, name: str | None = None) -> None:
        connection.close()
        template = self.of_run(name) if name else self.template
        self._run(f"DROP DATABASE IF EXISTS {self.own} WITH (FORCE)", f"CREATE DATABASE {self.own} TEMPLATE {template}")
        ContentType.objects.clear_cache()

    def keep(self, name: str) -> None:
        connection.close()
        self._run(f"CREATE DATABASE {self.of_run(name)} TEMPLATE {self.own}")

    def of_run(self, name: str) -> str:
        return f"{self.own.rsplit('_', 1)[0]}_kept_{name}"

    def drop(self) -> None:
        connection.close()
        self._run(f"DROP DATABASE IF EXISTS {self.own} WITH (FORCE)")

    def forget_old(self) -> None:
        """Drop the templates of former states of the migrations."""
        mine = "SELECT datname FROM pg_database WHERE datname LIKE 'hdvc\\_%'"
        for (name,) in self._run(mine):
            if name != self.template:
                self._run(f"DROP DATABASE {name} WITH (FORCE)")


Copies = SqliteCopies | PostgresCopies


def copies() -> Copies:
    return SqliteCopies() if connection.vendor == "sqlite" else PostgresCopies()

"""The servers of a measured run: helpers, the product under gunicorn, and the trivial view beside it."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from cms.embedded import ports
from cms.embedded.objectstore import ObjectStore
from cms.embedded.postgres import Postgres
from cms.embedded.process import Child
from cms.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[2]
# BENCH_QUICK=1 does everything once, to see whether it works; its figures mean nothing.
QUICK = bool(os.environ.get("BENCH_QUICK"))
_PASSWORD = "for-the-bench-only"


def _gunicorn(name: str, application: str, port: int, log: Path, environment: dict) -> Child:
    return Child(
        name,
        [
            sys.executable,
            "-m",
            "gunicorn",
            application,
            f"--bind=127.0.0.1:{port}",
            "--worker-class=gthread",
            "--workers=2",
            "--threads=4",
            "--preload",
            "--keep-alive=30",
            "--log-level=warning",
        ],
        log=log,
        environment=environment,
    )


def _wait_for(child: Child, url: str) -> None:
    def answers() -> bool:
        with suppress(OSError):
            return urllib.request.urlopen(url, timeout=2).status == 200  # noqa: S310  (our own loopback)
        return False

    child.wait_until(answers, seconds=60)


class Instance:
    """Everything that runs; `environment` is what a management command needs to work on its data.

    `options` are those of `Postgres`.
    """

    def __init__(self, directory: Path, **options) -> None:
        self.directory = directory
        self.uses_postgres = os.environ.get("BENCH_DB", "postgres") != "sqlite"
        self.valkey = Valkey(directory / "valkey", password=_PASSWORD, durable=False, databases=8)
        self.store = ObjectStore(directory / "s3", access_key="bench", secret_key=_PASSWORD)
        self.postgres = Postgres(directory / "postgres", durable=True, **options) if self.uses_postgres else None
        self.port, self.hello_port, self.counting_port = ports.take(3)
        self.url = f"http://127.0.0.1:{self.port}"
        self.hello_url = f"http://127.0.0.1:{self.hello_port}"
        self.counting_url = f"http://127.0.0.1:{self.counting_port}"
        database = self.postgres.url("postgres") if self.postgres else f"sqlite:///{directory / 'bench.sqlite3'}"
        self.environment: dict[str, str] = {
            "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
            "DEMO_DIR": str(directory),
            "DATABASE_URL": database,
            "CACHE_URL": self.valkey.url(0),
            "BROKER_URL": self.valkey.url(1),
            "S3_ENDPOINT_URL": self.store.address,
            "S3_PUBLIC_URL": self.store.address,
            "S3_BUCKET": "bench",
            "S3_ACCESS_KEY_ID": "bench",
            "S3_SECRET_ACCESS_KEY": _PASSWORD,
            "SITE_URL": self.url,
            "H5P_ORIGIN": f"http://localhost:{self.port}",
            "SECRET_KEY": "measuring only " * 5,
            "LOG_LEVEL": "WARNING",
        }
        log = directory / "log"
        self.web = _gunicorn("The site", "cms.wsgi", self.port, log / "web.log", self.environment)
        self.counting = _gunicorn(
            "The counting site",
            "cms.wsgi",
            self.counting_port,
            log / "counting.log",
            self.environment | {"BENCH_COUNT": "1"},
        )
        self.hello = _gunicorn("The trivial view", "tests.bench.hello", self.hello_port, log / "hello.log", {})

    def run(self, *command: str, **environment: str) -> str:
        """Output of `manage.py command` on this instance's data. Raises when it fails."""
        return self._python(str(ROOT / "manage.py"), *command, **environment)

    def module(self, name: str, *arguments: str) -> str:
        return self._python("-m", name, *arguments)

    def _python(self, *arguments: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=os.environ | self.environment | environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def roots(self) -> list[int]:
        """Process ids whose trees do the product's work."""
        children = [self.web, self.valkey.child, self.store.child]
        if self.postgres and self.postgres.child:
            children.append(self.postgres.child)
        return [child.pid for child in children]

    def start_helpers(self) -> None:
        (self.directory / "log").mkdir(parents=True, exist_ok=True)
        helpers = [server for server in (self.valkey, self.store, self.postgres) if server]
        for server in helpers:
            server.launch()
        for server in helpers:
            server.wait_ready()

    def start_sites(self) -> None:
        for child in (self.web, self.hello, self.counting):
            child.start()
        _wait_for(self.web, f"{self.url}/healthz")
        _wait_for(self.hello, f"{self.hello_url}/")
        _wait_for(self.counting, f"{self.counting_url}/healthz")

    def stop(self) -> None:
        for child in (self.web, self.hello, self.counting, self.valkey.child, self.store.child):
            with suppress(Exception):
                child.stop(5)
        if self.postgres:
            self.postgres.stop()


@contextmanager
def running(directory: Path):
    """A migrated instance with starter content and the bench's people; yields it and what `tests.bench.data` made."""
    instance = Instance(directory)
    began = time.monotonic()
    try:
        instance.start_helpers()
        instance.run("prepare_storage")
        if template := os.environ.get("BENCH_TEMPLATE"):
            # A SQLite database with the starter content in it, as the test suite keeps one for a quick run.
            shutil.copy(template, directory / "bench.sqlite3")
        else:
            instance.run("migrate", "--verbosity=0")
            instance.run("load_starter_content", "--json")
        people = json.loads(instance.module("tests.bench.data").splitlines()[-1])
        instance.start_sites()
        print(f"Instance ready after {time.monotonic() - began:.0f} s.", file=sys.stderr)
        yield instance, people
    finally:
        instance.stop()

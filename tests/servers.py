"""The real servers the suite runs against, started once a run and before Django's settings are read.

`cms.settings.test` calls `addresses()`. The first process of a run (with xdist: the controller) starts an object store
and a Valkey, with TEST_DB=postgres also a PostgreSQL unless TEST_DATABASE_URL names one. xdist's workers inherit the
addresses; each has its own bucket, cache database, database and port for the live site.
"""

import atexit
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from cms.embedded import ports
from cms.embedded.objectstore import ObjectStore
from cms.embedded.postgres import Postgres
from cms.embedded.valkey import Valkey

VAR = Path(__file__).resolve().parents[1] / "var" / "test"
_RUN = "HDVC_TEST_RUN"
_PASSWORD = "for-tests-only"
_postgres: Postgres | None = None


def run_directory() -> Path:
    """Where this run keeps its databases and logs; removed at its end."""
    return Path(os.environ[_RUN])


def worker() -> str:
    """This process's name in a parallel run (`gw0`, `gw1` …), or `main`."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def uses_postgres() -> bool:
    return os.environ.get("TEST_DB", "sqlite") == "postgres"


def _cluster() -> Path:
    """Where a PostgreSQL with a migrated template is kept between runs: one for each set of locked packages."""
    lock = hashlib.sha256((VAR.parents[1] / "uv.lock").read_bytes()).hexdigest()
    return VAR / f"cluster-{lock[:16]}"


def keep_cluster() -> None:
    """End this run's PostgreSQL and keep it for the runs to come."""
    for old in VAR.glob("cluster-*"):
        if old != _cluster():
            shutil.rmtree(old, ignore_errors=True)
    if _postgres:
        _postgres.keep(_cluster())


def _start_servers() -> None:
    global _postgres
    VAR.mkdir(parents=True, exist_ok=True)
    run = Path(tempfile.mkdtemp(prefix="run-", dir=VAR))
    os.environ[_RUN] = str(run)
    valkey = Valkey(run / "valkey", password=_PASSWORD, durable=False, databases=64)
    store = ObjectStore(run / "s3", access_key="tests", secret_key=_PASSWORD)
    postgres = None
    if uses_postgres() and "TEST_DATABASE_URL" not in os.environ:
        postgres = _postgres = Postgres(run / "postgres", seed=_cluster())

    def stop() -> None:
        # Nothing in them outlives the run, so nobody waits for an orderly end.
        for child in (valkey.child, store.child, postgres.child if postgres else None):
            if child is not None:
                child.kill()
        if postgres:
            postgres.stop()
        shutil.rmtree(run, ignore_errors=True)

    atexit.register(stop)
    for server in (store, valkey, postgres):
        if server:
            server.launch()
    for server in (store, valkey, postgres):
        if server:
            server.wait_ready()
    os.environ["HDVC_TEST_VALKEY"] = valkey.url(0).rsplit("/", 1)[0]
    os.environ["HDVC_TEST_S3"] = store.address
    if postgres:
        os.environ["TEST_DATABASE_URL"] = postgres.url()


def addresses() -> dict[str, str]:
    """Start what is missing and return this process's environment for `cms.settings.base`."""
    if _RUN not in os.environ:
        _start_servers()
    name = worker()
    number = int(name.removeprefix("gw")) + 1 if name.startswith("gw") else 0
    valkey, store = os.environ["HDVC_TEST_VALKEY"], os.environ["HDVC_TEST_S3"]
    (port,) = ports.take(1)
    if uses_postgres():
        server = os.environ["TEST_DATABASE_URL"].rsplit("/", 1)[0]
        database = f"{server}/hdvc_{run_directory().name.removeprefix('run-').lower()}_{name}"
    else:
        database = f"sqlite:///{run_directory() / name}.sqlite3"
    return {
        "DATABASE_URL": database,
        "DATABASE_CONN_MAX_AGE": "0",
        "CACHE_URL": f"{valkey}/{2 * number}",
        "BROKER_URL": f"{valkey}/{2 * number + 1}",
        "S3_ENDPOINT_URL": store,
        "S3_PUBLIC_URL": store,
        "S3_BUCKET": f"test-{name}",
        "S3_ACCESS_KEY_ID": "tests",
        "S3_SECRET_ACCESS_KEY": _PASSWORD,
        # The live site of the browser tests listens here: settings and CORS rules must know its address beforehand.
        "SITE_URL": f"http://127.0.0.1:{port}",
        "H5P_ORIGIN": f"http://localhost:{port}",
    }

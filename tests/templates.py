"""`python -m tests.templates`: the migrated templates of both engines beforehand, made beside each other.

Without it the workers of a run wait for the first of them, and a new PostgreSQL is migrated for every run.
"""

import gc
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def _prepare() -> None:
    import django

    django.setup()
    # As in cms.embedded.prepare.
    gc.set_threshold(100_000, 50, 100)
    from tests.databases import PostgresCopies, copies
    from tests.servers import keep_cluster

    database = copies()
    database.create()
    database.drop()
    if isinstance(database, PostgresCopies):
        database.forget_old()
        keep_cluster()


def main() -> int:
    """Make the template of the engine that TEST_DB names, or of both; returns the exit code."""
    if "TEST_DB" in os.environ:
        _prepare()
        return 0
    engines = [
        subprocess.Popen([sys.executable, "-m", "tests.templates"], cwd=ROOT, env={**os.environ, "TEST_DB": engine})
        for engine in ("sqlite", "postgres")
    ]
    return max(one.wait() for one in engines)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    sys.exit(main())

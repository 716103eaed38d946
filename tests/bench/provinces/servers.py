"""The servers of a province as production runs them, on data that are kept from one run to the next."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.bench.instance import ROOT
from tests.bench.storms.servers import StormInstance

# What docs/operations.md advises for a province on a machine of 8 GB and more; the rest as PostgreSQL comes.
POSTGRES = ("shared_buffers=1GB", "effective_cache_size=4GB", "work_mem=16MB", "maintenance_work_mem=256MB",
            "max_wal_size=4GB", "random_page_cost=1.1", "jit=off")  # fmt: skip


class ProvinceInstance(StormInstance):
    """A province of a given size. `size` are the arguments of `generate_load_data`; data of another size are refused."""

    def __init__(self, directory: Path, size: dict[str, int]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__(directory, kept=True, settings=POSTGRES)
        self.size = size
        self.told = directory / "made.json"
        self.made: dict = {}

    def begin(self, *, clock: bool) -> None:
        """Start everything, and make the province where it is not there yet. `clock` starts a worker as well."""
        self.start_helpers()
        self.run("prepare_storage")
        self.run("migrate", "--verbosity=0")
        if self.told.exists():
            self.made = json.loads(self.told.read_text())
            if self.made["size"] != self.size:
                raise RuntimeError(
                    f"{self.directory} holds a province of {self.made['size']}: remove it or name another"
                )
        else:
            self._fill()
        self.with_worker = clock
        self.start_sites()

    def _fill(self) -> None:
        self.run("shell", "-c", "from cms.starter import load_everything; load_everything()")
        arguments = [f"--{name}={number}" for name, number in self.size.items()]
        began = time.monotonic()
        counts = json.loads(self.run("generate_load_data", *arguments, "--json"))
        filled = time.monotonic() - began
        print(f"{self.directory.name}: {counts} in {filled:.0f} s", file=sys.stderr, flush=True)
        self.made = {"size": self.size, "counts": counts, "fill_s": round(filled, 1)}
        self.told.write_text(json.dumps(self.made))

    def start_sites(self) -> None:
        if not self.with_worker:
            self.worker.start = lambda: None  # type: ignore[method-assign]  # this one needs no worker
        super().start_sites()

    def ask(self, task: str, *numbers: int) -> dict:
        """The answer of a task of `ground`."""
        return json.loads(self.module("tests.bench.provinces.ground", task, *map(str, numbers)).splitlines()[-1])

    def restart_cold(self) -> None:
        """Stop the site and the database, drop the database's files from the page cache, start both again.

        The cache keeps the sessions, so what is in it is dropped by key: see `ground.forget`.
        """
        assert self.postgres is not None
        for child in (self.web, self.worker):
            child.stop(10)
        self.ask("forget")
        self.postgres.stop()
        _forget(self.postgres.directory)
        self.postgres.launch()
        self.postgres.wait_ready()
        self.start_sites()


def _forget(directory: Path) -> None:
    subprocess.run(["sync", "-f", str(directory)], check=False)
    for path in directory.rglob("*"):
        with suppress(OSError):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                try:
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(handle)


def base() -> Path:
    return Path(os.environ.get("PROVINCE_DIR") or ROOT / "var" / "bench-province").resolve()

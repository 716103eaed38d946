"""The servers of a storm as production runs them, somebody who kills them, and somebody who starts them again."""

import asyncio
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

from cms.embedded.process import Child
from tests.bench.instance import ROOT, Instance, _wait_for
from tests.bench.metering import tree

# What is killed, and how often of a hundred kills: one process of several, or a whole service at its head. A service
# falls once a storm at most: one that is down for most of a quiz is another test than this.
TARGETS = {"web process": 50, "web service": 15, "worker process": 20, "worker service": 15}
# deploy/systemd: RestartSec.
RESTART_SECONDS = 2.0


class StormInstance(Instance):
    """The product under deploy/gunicorn.conf.py, with a Celery worker and the clock."""

    def __init__(self, directory: Path, **database) -> None:
        super().__init__(directory, **database)
        # An installed site has its byte code beside it: without, a start takes twice as long.
        self.environment |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(directory / "bytecode")}
        self.log = directory / "log"
        metrics = directory / "metrics"
        metrics.mkdir(parents=True, exist_ok=True)
        common = self.environment | {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        configuration = str(ROOT / "deploy" / "gunicorn.conf.py")
        self.web = Child(
            "The site",
            [sys.executable, "-m", "gunicorn", "-c", configuration, f"--bind=127.0.0.1:{self.port}"],
            log=self.log / "web.log",
            environment=common,
        )
        worker = ["worker", "--concurrency=2", "--loglevel=WARNING", "--without-mingle"]
        self.worker = Child(
            "The worker",
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "cms",
                *worker,
                "-B",
                "--schedule",
                str(directory / "beat-schedule"),
            ],
            log=self.log / "worker.log",
            environment=common,
        )

    @property
    def services(self) -> dict[str, Child]:
        return {"web": self.web, "worker": self.worker}

    def start_sites(self) -> None:
        for child in self.services.values():
            child.start()
        _wait_for(self.web, f"{self.url}/healthz")

    def stop(self) -> None:
        with suppress(Exception):
            self.worker.stop(5)
        super().stop()


@contextmanager
def storm_instance(directory: Path):
    """A migrated instance with starter content, without the pictures that nobody looks at here."""
    instance = StormInstance(directory)
    began = time.monotonic()
    try:
        instance.start_helpers()
        instance.run("prepare_storage")
        if template := os.environ.get("BENCH_TEMPLATE"):
            # A SQLite database with the starter content in it, as the test suite keeps one.
            shutil.copy(template, directory / "bench.sqlite3")
        else:
            instance.run("migrate", "--verbosity=0")
            instance.run("shell", "-c", "from cms.starter import load_everything; load_everything()")
        instance.start_sites()
        print(f"Instance ready after {time.monotonic() - began:.0f} s.", file=sys.stderr)
        yield instance
    finally:
        instance.stop()


class Supervisor:
    """Starts a service again when it ended, as systemd does: what is left of it is killed, then two seconds' pause."""

    def __init__(self, instance: StormInstance) -> None:
        self.instance = instance
        self.restarts: Counter[str] = Counter()
        self.due: dict[str, float] = {}

    @property
    def is_calm(self) -> bool:
        """Whether every service runs."""
        return not self.due and all(child.is_alive() for child in self.instance.services.values())

    async def watch(self) -> None:
        """Until cancelled. Runs in the main thread, to whose life the kernel ties its children."""
        while True:
            for name, child in self.instance.services.items():
                if child.is_alive():
                    continue
                if name not in self.due:
                    with suppress(ProcessLookupError, PermissionError):
                        os.killpg(child.pid or 0, signal.SIGKILL)
                    self.due[name] = time.monotonic() + RESTART_SECONDS
                elif time.monotonic() >= self.due[name]:
                    del self.due[name]
                    self._keep_log(child)
                    child.start()
                    self.restarts[name] += 1
            await asyncio.sleep(0.05)

    @staticmethod
    def _keep_log(child: Child) -> None:
        with suppress(OSError), child.log.open("rb") as ended, Path(f"{child.log}.before").open("ab") as kept:
            shutil.copyfileobj(ended, kept)


class Killer:
    """Sends SIGKILL at moments drawn beforehand. `kills` lists (seconds after the storm began, what was killed)."""

    def __init__(self, instance: StormInstance, chance: random.Random) -> None:
        self.instance, self.chance = instance, chance
        self.kills: list[tuple[float, str]] = []

    def moments(self, count: int, *, seconds: float, burst: float) -> list[float]:
        """`count` moments within the storm of `seconds`; one of them in the second from `burst` on, when all submit."""
        if not count:
            return []
        spread = [self.chance.uniform(1, seconds) for _ in range(count - 1)]
        return sorted([*spread, burst + self.chance.random()])

    async def kill(self, begins: float, moments: list[float]) -> None:
        names, weights = list(TARGETS), list(TARGETS.values())
        for moment in moments:
            await asyncio.sleep(max(0.0, begins + moment - time.time()))
            # What is down already cannot be killed: something else is.
            fallen = {target for _at, target in self.kills if target.endswith("service")}
            targets = [one for one in self.chance.choices(names, weights, k=20) if one not in fallen]
            if target := next((one for one in targets if self._send(one)), None):
                self.kills.append((round(time.time() - begins, 2), target))

    def _send(self, target: str) -> bool:
        service, what = target.split(" ")
        child = self.instance.services[service]
        if not child.is_alive() or child.pid is None:
            return False
        victims = [child.pid] if what == "service" else tree(child.pid)[1:]
        if not victims:
            return False
        with suppress(ProcessLookupError):
            os.kill(self.chance.choice(victims), signal.SIGKILL)
            return True
        return False

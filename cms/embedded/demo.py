"""The whole product on one machine: helper servers, web, worker and beat under one supervisor."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path

from cms.embedded import needs, ports
from cms.embedded.helpers import Helpers
from cms.embedded.process import Child, DidNotStart
from cms.embedded.state import ROOT, Lock, State, demo_directory

_RESTARTS, _WITHIN = 3, 60
# Whoever asks a demo to end waits eight seconds at most: programs first, then the servers they use.
_STOP_PROGRAMS, _STOP_SERVERS = 3.0, 3.5
_CONTENT = ("migrations/*.py", "starter/**/*", "management/commands/*.py", "demo/**/*", "locale/**/*.po")


class Stopped(Exception):
    """Somebody asked the demo to end."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def content_fingerprint(environment: dict[str, str]) -> str:
    """Changes with what `cms.embedded.prepare` works from: migrations, starter content, the site's address."""
    digest = hashlib.sha256(f"{environment['SITE_URL']} {os.environ.get('DATABASE_URL', '')}".encode())
    rooms = [path.parent for path in ROOT.glob("*/__init__.py")] + [ROOT / "packages"]
    for room in sorted(rooms):
        for pattern in _CONTENT:
            for path in sorted(room.rglob(pattern)):
                if path.is_file():
                    digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


class Demo:
    def __init__(self, directory: Path, port: int) -> None:
        self.directory = directory
        self.port = port
        self.helpers: Helpers | None = None
        self.programs: dict[str, Child] = {}
        self.ends: dict[str, deque[float]] = {}

    def run(self) -> None:
        """Serve until asked to stop. Raises `DidNotStart` when a part cannot be had."""
        lock = Lock(self.directory)
        if not lock.try_now():
            waited = time.monotonic() + 5
            while not lock.try_now():
                running = State(self.directory).running()
                if "supervisor" in running and time.monotonic() > waited:
                    raise DidNotStart(
                        f"{self.directory} is in use by process {running['supervisor']}; `make demo-stop`."
                    )
                if time.monotonic() > waited + 10:
                    raise DidNotStart(f"Helper servers of an earlier run still use {self.directory}; `make demo-stop`.")
                time.sleep(0.1)
        if not ports.is_free(self.port):
            raise DidNotStart(f"Port {self.port} is taken; choose another one: PORT=8123 make demo")
        try:
            self.helpers = Helpers(self.directory, lock, owner="demo", port=self.port)
            environment = self.helpers.start()
            os.environ.update(environment, DJANGO_SETTINGS_MODULE="cms.settings.demo", DEMO_DIR=str(self.directory))
            self.prepare(environment)
            self.start_programs()
            self.wait_ready()
            self.announce()
            self.watch()
        finally:
            self.stop()

    def prepare(self, environment: dict[str, str]) -> None:
        stamp = self.directory / "content.stamp"
        fingerprint = content_fingerprint(environment)
        database_is_there = os.environ.get("DATABASE_URL") or (self.directory / "db.sqlite3").exists()
        if database_is_there and stamp.exists() and stamp.read_text() == fingerprint:
            return
        say("Preparing the demo's data:")
        # The first line on standard output is "ready …": whatever the commands and their libraries say goes elsewhere.
        done = subprocess.run(
            [sys.executable, "-m", "cms.embedded.prepare"],
            cwd=ROOT,
            env={**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL") or "WARNING"},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        if done.returncode:
            raise DidNotStart("The demo's data could not be prepared; the reason stands above.")
        stamp.write_text(fingerprint)

    def start_programs(self) -> None:
        metrics = self.directory / "metrics"
        shutil.rmtree(metrics, ignore_errors=True)
        metrics.mkdir(parents=True)
        log = self.directory / "log"
        python = sys.executable
        common = {"PROMETHEUS_MULTIPROC_DIR": str(metrics)}
        web: list[str | Path] = [
            python,
            "-m",
            "gunicorn",
            "-c",
            ROOT / "deploy" / "gunicorn.conf.py",
            "--bind",
            f"127.0.0.1:{self.port}",
        ]
        worker: list[str | Path] = [
            python,
            "-m",
            "celery",
            "-A",
            "cms",
            "worker",
            "--concurrency=2",
            "--loglevel=INFO",
            "--without-mingle",
        ]
        beat: list[str | Path] = ["-B", "--schedule", self.directory / "beat-schedule"]
        self.programs = {
            "web": Child("The web server", web, log=log / "web.log", environment=common),
            "worker": Child("The worker", [*worker, *beat], log=log / "worker.log", environment=common),
        }
        for program in self.programs.values():
            program.start()
        self.record()

    def record(self) -> None:
        assert self.helpers is not None  # noqa: S101  (for the type checker)
        children = {**self.helpers.children, **self.programs}
        self.helpers.state.save_processes(
            {"supervisor": os.getpid()} | {name: child.pid for name, child in children.items() if child.pid}
        )

    def wait_ready(self) -> None:
        deadline = time.monotonic() + 120
        said = ""
        web = self.programs["web"]
        while time.monotonic() < deadline:
            if not web.is_alive():
                raise DidNotStart(f"The web server ended while starting; see {web.log}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as answer:
                said = answer.read().decode(errors="replace")[:300]
            except OSError:
                pass
            time.sleep(0.15)
        raise DidNotStart(f"The site was not ready after 120 seconds. {said} Logs: {web.log.parent}")

    def announce(self) -> None:
        print(f"ready http://127.0.0.1:{self.port}/", flush=True)
        accounts = self.directory / "accounts.json"
        if accounts.exists():
            columns = ("role", "school_code", "username", "password", "name", "language")
            rows = [
                [str(account.get(column) or "") for column in columns] for account in json.loads(accounts.read_text())
            ]
            widths = [max(len(row[number]) for row in [list(columns), *rows]) for number in range(len(columns))]
            for row in [list(columns), *rows]:
                print(
                    "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip(), flush=True
                )
        if not needs.has_pango():
            say(needs.PANGO_MISSING)
        if not needs.chromium():
            say(needs.CHROMIUM_MISSING)

    def watch(self) -> None:
        """Keep every child running; raises `DidNotStart` when one keeps ending."""
        assert self.helpers is not None  # noqa: S101  (for the type checker)
        while True:
            time.sleep(0.5)
            for name, child in {**self.helpers.children, **self.programs}.items():
                if child.is_alive():
                    continue
                ends = self.ends.setdefault(name, deque(maxlen=_RESTARTS))
                if len(ends) == _RESTARTS and time.monotonic() - ends[0] < _WITHIN:
                    raise DidNotStart(f"{child.name} keeps ending, so the demo ends; see {child.log}")
                ends.append(time.monotonic())
                say(f"{child.name} ended and is started again; see {child.log}.before")
                with contextlib.suppress(OSError):
                    shutil.copy(child.log, f"{child.log}.before")
                child.start()
                self.record()

    def stop(self) -> None:
        deadline = time.monotonic() + _STOP_PROGRAMS
        for program in self.programs.values():
            program.ask_to_stop()
        for program in self.programs.values():
            program.wait_stopped(deadline)
        if self.helpers is not None:
            self.helpers.stop(_STOP_SERVERS)


def _ask_to_stop(number, frame) -> None:
    # A second signal must not cut the orderly end short: make and a terminal may both send one.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.SIG_IGN)
    raise Stopped


def serve() -> int:
    """`make demo`. Returns the exit status."""
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        say("PORT must be a number, for example PORT=8123.")
        return 2
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    try:
        Demo(demo_directory(), port).run()
    except Stopped:
        return 0
    except DidNotStart as problem:
        say(str(problem))
        return 1
    return 0


def stop_left_behind() -> int:
    """`make demo-stop`: end a demo by the process numbers it recorded."""
    directory = demo_directory()
    running = State(directory).running()
    if not running:
        say(f"No demo is running from {directory}.")
        return 0
    supervisor = running.pop("supervisor", None)
    if supervisor:
        with contextlib.suppress(ProcessLookupError):
            os.kill(supervisor, signal.SIGTERM)
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + 9
        while State(directory).running() and time.monotonic() < deadline:
            if not supervisor:
                for pid in State(directory).running().values():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal_number)
            time.sleep(0.2)
        supervisor = None
    left = State(directory).running()
    say(f"These processes did not end: {left}" if left else "The demo has ended.")
    return 1 if left else 0

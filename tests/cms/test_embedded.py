"""`make demo` and what it is made of: ports, state, children; and the whole of it, started, stopped, started again."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import boto3
import pytest
from django.conf import settings

from cms.embedded import ports
from cms.embedded.demo import content_fingerprint
from cms.embedded.objectstore import ObjectStore
from cms.embedded.process import Child, DidNotStart
from cms.embedded.state import Lock, State, began
from tests import starter

ROOT = Path(__file__).resolve().parents[2]
# What the test suite tells its own processes, and a demo must find out for itself.
_OWN = (
    "S3_",
    "CACHE_",
    "BROKER_",
    "DATABASE_",
    "SITE_",
    "H5P_",
    "SECRET_",
    "DJANGO_SETTINGS",
    "DEMO_DIR",
    "PORT",
    "LOG_",
)


def test_ports_are_free_different_and_below_the_clients_range():
    found = ports.take(6, twins=True)
    assert len(set(found)) == 6
    assert all(ports.is_free(port) and ports.is_free(port + ports.TWIN) for port in found)
    assert max(found) + ports.TWIN < 32_768


def test_a_known_port_is_taken_again_while_it_is_free():
    (known,) = ports.take(1)
    assert ports.take(1, preferred=(known,)) == [known]
    with socket.create_server(("127.0.0.1", known)):
        assert not ports.is_free(known)
        assert ports.take(1, preferred=(known,)) != [known]


def test_state_is_whole_private_and_kept(tmp_path):
    State(tmp_path).save(port=8123, secrets={"key": "k"})
    State(tmp_path).save(owner="demo")
    assert State(tmp_path).values == {"port": 8123, "secrets": {"key": "k"}, "owner": "demo"}
    assert (tmp_path / "state.json").stat().st_mode & 0o077 == 0
    (tmp_path / "state.json").write_text("{half")
    assert State(tmp_path).values == {}


def test_a_process_that_only_got_the_number_is_not_ours(tmp_path):
    state = State(tmp_path)
    state.save_processes({"web": os.getpid()})
    assert State(tmp_path).running() == {"web": os.getpid()}
    state.save(began={"web": "another moment"})
    assert State(tmp_path).running() == {}
    assert began(2**22 + 1) is None


def test_one_program_at_a_time_holds_a_directory(tmp_path):
    first, second = Lock(tmp_path), Lock(tmp_path)
    assert first.try_now()
    assert not second.try_now()
    first.handle.close()
    assert second.try_now()


def test_a_child_is_started_watched_and_ended_with_all_it_started(tmp_path):
    script = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    child = Child("A test", [sys.executable, "-c", script], log=tmp_path / "log" / "child.log")
    child.start()
    child.wait_until(lambda: child.log.read_text().endswith("\n"))
    grandchild = int(child.log.read_text())
    assert began(grandchild)
    child.stop(3)
    assert not child.is_alive()
    deadline = time.monotonic() + 10
    while began(grandchild) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert began(grandchild) is None


def test_a_child_that_ends_while_starting_is_named_with_its_log(tmp_path):
    child = Child("A test", [sys.executable, "-c", "raise SystemExit('no')"], log=tmp_path / "child.log")
    child.start()
    with pytest.raises(DidNotStart, match=r"A test ended while starting; see .*child\.log"):
        child.wait_until(lambda: False, seconds=20)


@pytest.mark.slow
def test_setup_says_nothing_on_standard_output():
    """The first line there belongs to `ready …`."""
    done = subprocess.run([sys.executable, "cms/embedded/setup.py"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""


# --- The whole demo -----------------------------------------------------------------------------------------------------


def environment(directory: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
    return kept | {"DEMO_DIR": str(directory), "PORT": str(port)}


class Running:
    """One demo of a directory of its own."""

    def __init__(self, directory: Path, port: int):
        self.directory, self.port = directory, port
        self.errors = directory.parent / f"{directory.name}.err"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cms.embedded", "demo"],
            cwd=ROOT,
            env=environment(directory, port),
            stdout=subprocess.PIPE,
            stderr=self.errors.open("wb"),
            text=True,
            start_new_session=True,
        )
        # Nobody waits for ever for a line: a demo that is asked to end closes its output.
        self.patience = threading.Timer(900, self.process.terminate)
        self.patience.daemon = True
        self.patience.start()

    def line(self) -> str:
        found = self.process.stdout.readline()
        assert found, self.errors.read_text()[-3000:]
        return found

    def answers(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.status

    @property
    def state(self) -> dict:
        return State(self.directory).values

    def is_gone(self) -> bool:
        """The supervisor and every process it recorded have ended."""
        return self.process.poll() is not None and not any(began(pid) for pid in self.pids.values())

    def end(self, number: int) -> None:
        self.pids = dict(self.state["pids"])
        self.process.send_signal(number)
        self.wait_gone()

    def wait_gone(self) -> None:
        deadline = time.monotonic() + 30
        while not self.is_gone() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert self.is_gone(), {name: pid for name, pid in self.pids.items() if began(pid)}


def prepared(directory: Path, port: int, source: Path) -> Path:
    """A demo's folder with the data of another one, so that starting it is cheap."""
    directory.mkdir()
    with sqlite3.connect(source / "db.sqlite3") as kept, sqlite3.connect(directory / "db.sqlite3") as copy:
        kept.backup(copy)
    store = ObjectStore(directory / "s3", access_key="made", secret_key="for-this-test-only")
    store.launch()
    store.wait_ready()
    keys = {"aws_access_key_id": "made", "aws_secret_access_key": "for-this-test-only", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=store.address, **keys).create_bucket(Bucket="media")
    store.child.stop(10)
    (directory / "content.stamp").write_text(content_fingerprint({"SITE_URL": f"http://127.0.0.1:{port}"}))
    return directory


@pytest.mark.slow
@pytest.mark.longest
@pytest.mark.skipif("postgres" in settings.DATABASES["default"]["ENGINE"], reason="the demo is on SQLite in either run")
def test_a_new_demo_beside_another_ended_and_begun_again(django_db_setup, django_db_blocker, tmp_path, monkeypatch):
    """New but for the starter content, which the suite has at hand: making it takes longer than all the rest."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    one_port, two_port = ports.take(2)
    (tmp_path / "one").mkdir()
    with django_db_blocker.unblock():
        shutil.copy(starter.template(django_db_setup), tmp_path / "one" / "db.sqlite3")
    demos = [one := Running(tmp_path / "one", one_port)]
    try:
        assert one.line() == f"ready http://127.0.0.1:{one_port}/\n", "the first line on standard output"
        assert one.line().split() == ["role", "school_code", "username", "password", "name", "language"]
        listed = json.loads((one.directory / "accounts.json").read_text())
        assert [one.line().split()[0] for _ in listed] == [account["role"] for account in listed]
        assert '"levelname": "INFO"' not in one.errors.read_text()
        assert one.answers("/vi/") == one.answers("/readyz") == 200

        demos.append(two := Running(prepared(tmp_path / "two", two_port, one.directory), two_port))
        assert two.line() == f"ready http://127.0.0.1:{two_port}/\n"
        assert "Preparing" not in two.errors.read_text()
        used = [{demo.port, demo.state["ports"]["valkey"], *demo.state["ports"]["objectstore"]} for demo in demos]
        assert not used[0] & used[1]
        assert max(used[0] | used[1]) < 50_000
        assert (one.answers("/vi/"), two.answers("/vi/")) == (200, 200)
        two.end(signal.SIGTERM)
        assert two.process.returncode == 0

        one.pids = dict(one.state["pids"])
        stop = [sys.executable, "-m", "cms.embedded", "stop"]
        stopped = subprocess.run(
            stop, cwd=ROOT, env=environment(one.directory, one_port), capture_output=True, text=True
        )
        assert (stopped.returncode, stopped.stderr) == (0, "The demo has ended.\n")
        one.wait_gone()

        accounts = (one.directory / "accounts.json").stat().st_mtime_ns
        before = one.state["ports"], one.state["secrets"]
        demos.append(again := Running(one.directory, one_port))
        assert again.line() == f"ready http://127.0.0.1:{one_port}/\n"
        assert "Preparing" not in again.errors.read_text(), "a second start keeps the data"
        assert (again.directory / "accounts.json").stat().st_mtime_ns == accounts
        assert (again.state["ports"], again.state["secrets"]) == before
        assert again.answers("/vi/") == 200
        again.end(signal.SIGINT)
        assert again.process.returncode == 0
    finally:
        for demo in demos:
            demo.patience.cancel()
            if demo.process.poll() is None:
                demo.process.send_signal(signal.SIGTERM)
                demo.process.wait(30)

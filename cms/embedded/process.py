"""A child process that never outlives its parent and writes to a log of its own."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class DidNotStart(RuntimeError):
    """A helper server ended or stayed silent instead of becoming ready; the message says where its log is."""


def _dies_with(parent: int) -> Callable[[], None]:
    """Return what the child runs before exec: on Linux the kernel ends it when `parent` is gone, however it went."""

    def prepare() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


class Child:
    """One program in a process group of its own. Start it from the main thread, to which the kernel ties its life.

    `log` is truncated at each start. `account` is the user and group id to run as (root starts PostgreSQL so).
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        account: int | None = None,
        stdin: bytes = b"",
        stop_signal: int = signal.SIGTERM,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.name = name
        self.argv = [str(part) for part in argv]
        self.log = log
        self.environment = dict(environment or {})
        self.account = account
        self.stdin = stdin
        self.stop_signal = stop_signal
        self.keep_open = keep_open
        self.process: subprocess.Popen | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        options: dict = {}
        if self.account is not None:
            options = {"user": self.account, "group": self.account, "extra_groups": []}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(  # noqa: S603 - our own argument lists
                self.argv,
                stdin=subprocess.PIPE if self.stdin else subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment},
                start_new_session=True,
                preexec_fn=_dies_with(os.getpid()),
                pass_fds=self.keep_open,
                **options,
            )
        if self.stdin and self.process.stdin:
            self.process.stdin.write(self.stdin)
            self.process.stdin.close()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float = 30) -> None:
        """Return when `ready()` is true; raise `DidNotStart` when the program ends first or `seconds` pass."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise DidNotStart(f"{self.name} ended while starting; see {self.log}")
            if ready():
                return
            time.sleep(0.03)
        raise DidNotStart(f"{self.name} was not ready after {seconds:.0f} seconds; see {self.log}")

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(self.stop_signal)

    def wait_stopped(self, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then end whatever is left of the process group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.05, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(2)

    def stop(self, seconds: float = 5) -> None:
        self.ask_to_stop()
        self.wait_stopped(time.monotonic() + seconds)

    def kill(self) -> None:
        """End it at once; for servers whose data is thrown away."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(5)

"""What a demo directory remembers: secrets, ports, running processes; and the lock of whoever runs its helpers."""

import fcntl
import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def demo_directory() -> Path:
    """DEMO_DIR, or var/demo of the checkout; absolute."""
    return Path(os.environ.get("DEMO_DIR") or ROOT / "var" / "demo").absolute()


class State:
    """`state.json`: {"environment": {name: value}, "owner", "port", "ports", "pids": {name: pid}, "began": {…}}."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / "state.json"
        try:
            self.values: dict[str, Any] = json.loads(self.path.read_text())
        except (OSError, ValueError):
            self.values = {}

    def save(self, **values: Any) -> None:
        """Write the file with `values` changed; readers see the old or the new, never a half."""
        self.values |= values
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".new")
        # It holds the passwords of the helpers.
        unfinished.touch(mode=0o600)
        unfinished.write_text(json.dumps(self.values, indent=2) + "\n")
        unfinished.replace(self.path)

    def save_processes(self, pids: dict[str, int]) -> None:
        self.save(pids=pids, began={name: began(pid) for name, pid in pids.items()})

    def running(self) -> dict[str, int]:
        """The recorded processes that still run; a process that only got the same number later is not among them."""
        known = self.values.get("began", {})
        pids = self.values.get("pids", {})
        return {name: pid for name, pid in pids.items() if known.get(name) and began(pid) == known[name]}


def began(pid: int) -> str | None:
    """When process `pid` began, in whatever the system counts; None when there is no such process."""
    try:
        # The name, in brackets, may hold spaces; the 20th field after it is the start in clock ticks.
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return None
        shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603, S607  (no shell; ps is where the system has it)
        return shown.stdout.strip() or None
    return None if fields[0] == "Z" else fields[19]


class Lock:
    """Held by the one program that runs the helpers of a demo directory, and by the helpers until they have ended."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.handle = (directory / "helpers.lock").open("w")

    def fileno(self) -> int:
        return self.handle.fileno()

    def try_now(self) -> bool:
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

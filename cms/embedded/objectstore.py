"""SeaweedFS, an S3-compatible object store in one process."""

import contextlib
import os
import shutil
import socket
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from cms.embedded import ports
from cms.embedded.process import Child

_PARTS = ("s3", "master", "volume", "filer", "admin")
_READY = b"All enabled components are running"


def binary() -> Path:
    """Path of the `weed` program that the demo's dependencies bring."""
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    found = beside if beside.exists() else shutil.which("weed")
    if not found:
        raise FileNotFoundError("The object store's program `weed` is missing: run `make setup`.")
    return Path(found)


class ObjectStore:
    """One server on the loopback interface that keeps its files in `directory`; only signed requests are answered.

    `known_ports` are those of an earlier run, in the order of `ports`, taken again where they are free.
    """

    def __init__(
        self,
        directory: Path,
        *,
        bucket: str,
        access_key: str,
        secret_key: str,
        known_ports: Sequence[int] = (),
        keep_open: Sequence[int] = (),
    ) -> None:
        self.directory = directory
        self.ports = ports.take(len(_PARTS), twins=True, preferred=tuple(known_ports))
        s3, master, volume, filer, admin = self.ports
        self.address = f"http://127.0.0.1:{s3}"
        self.child = Child(
            "The object store",
            [
                binary(),
                "mini",
                f"-dir={directory}",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                f"-s3.port={s3}",
                f"-master.port={master}",
                f"-volume.port={volume}",
                f"-filer.port={filer}",
                f"-admin.port={admin}",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                "-admin.ui=false",
                "-webdav=false",
                "-master.telemetry=false",
                "-volume.preStopSeconds=0",
                # Without this the filer hands out private objects to anybody who asks on its own port.
                "-disableHttp",
                f"-bucket={bucket}",
            ],
            log=directory.parent / "log" / "objectstore.log",
            environment={
                "AWS_ACCESS_KEY_ID": access_key,
                "AWS_SECRET_ACCESS_KEY": secret_key,
                "GOMEMLIMIT": os.environ.get("GOMEMLIMIT", "180MiB"),
            },
            keep_open=keep_open,
        )

    def launch(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.child.start()

    def wait_ready(self) -> None:
        self.child.wait_until(lambda: _READY in self.child.log.read_bytes() and self.answers())

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[0]), timeout=1):
            return True
        return False

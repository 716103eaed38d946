"""SeaweedFS, an S3-compatible object store in one process."""

import contextlib
import os
import shutil
import sysconfig
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from cms.embedded import ports
from cms.embedded.process import Child

_PARTS = ("s3", "master", "volume", "filer")


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
        access_key: str,
        secret_key: str,
        known_ports: Sequence[int] = (),
        keep_open: Sequence[int] = (),
    ) -> None:
        self.directory = directory
        # Each part has a second port for the others, ten thousand above its own.
        self.ports = ports.take(len(_PARTS), twins=True, preferred=tuple(known_ports[: len(_PARTS)]))
        s3, master, volume, filer = self.ports
        self.address = f"http://127.0.0.1:{s3}"
        self._master = f"http://127.0.0.1:{master}"
        self.child = Child(
            "The object store",
            [
                binary(),
                # Not `weed mini`: its maintenance keeps a tenth of a core busy when nobody asks for anything.
                "server",
                f"-dir={directory}",
                "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1",
                "-s3",
                f"-s3.port={s3}",
                "-s3.port.iceberg=0",
                "-s3.port.lance=0",
                f"-master.port={master}",
                # The only master there is: none to elect, which takes twenty seconds when it is begun again.
                "-master.peers=none",
                "-master.telemetry=false",
                "-master.volumeSizeLimitMB=1024",
                f"-volume.port={volume}",
                "-volume.max=0",
                "-volume.preStopSeconds=0",
                f"-filer.port={filer}",
                # Without this the filer hands out private objects to anybody who asks on its own port.
                "-filer.disableHttp",
            ],
            log=directory.parent / "log" / "objectstore.log",
            environment={
                "AWS_ACCESS_KEY_ID": access_key,
                "AWS_SECRET_ACCESS_KEY": secret_key,
                # It holds 230 MB from its start, most of it never touched: a limit below makes it clean up without end.
                "GOMEMLIMIT": os.environ.get("GOMEMLIMIT", "400MiB"),
            },
            keep_open=keep_open,
        )

    def launch(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        self.child.start()

    def wait_ready(self) -> None:
        self.child.wait_until(self.answers)

    def answers(self) -> bool:
        """Whether it takes requests and has room for a file."""
        with contextlib.suppress(OSError):
            for url in (f"{self.address}/healthz", f"{self._master}/dir/assign"):
                with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  (our own loopback)
                    if answer.status != 200:
                        return False
            return True
        return False

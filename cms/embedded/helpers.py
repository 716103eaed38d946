"""The two helper servers of a demo directory, with the ports and secrets they had before."""

import os
import secrets
import time
from pathlib import Path

from cms.embedded.objectstore import ObjectStore
from cms.embedded.process import Child
from cms.embedded.state import Lock, State
from cms.embedded.valkey import Valkey

VALKEY_SETTINGS = ("CACHE_URL", "BROKER_URL")
STORE_SETTINGS = ("S3_ENDPOINT_URL",)
_KEPT = ("DATABASE_URL", "SITE_LANGUAGES", "LOG_LEVEL")


def are_given() -> bool:
    """True when the environment names every server, so that nothing needs to be started."""
    return all(os.environ.get(name) for name in (*VALKEY_SETTINGS, *STORE_SETTINGS))


class Helpers:
    """Starts and stops what the environment does not already name. The caller holds `lock`."""

    def __init__(self, directory: Path, lock: Lock, *, owner: str, port: int | None = None) -> None:
        self.state = State(directory)
        self.port = port or self.state.values.get("port") or 8000
        self.state.save(owner=owner, port=self.port, pids={}, began={})
        known = self.state.values.setdefault("secrets", {})
        for name in ("key", "valkey", "s3_id", "s3_secret"):
            known.setdefault(name, secrets.token_urlsafe(48 if name == "key" else 18))
        taken = self.state.values.setdefault("ports", {})
        self.environment = {
            "SECRET_KEY": known["key"],
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            # Another origin for the browser, the same server: content written by others never sees the site's cookies.
            "H5P_ORIGIN": f"http://localhost:{self.port}",
        }
        self.environment |= {name: os.environ[name] for name in _KEPT if os.environ.get(name)}
        self.servers: dict[str, Valkey | ObjectStore] = {}
        if not all(os.environ.get(name) for name in VALKEY_SETTINGS):
            valkey = Valkey(
                directory / "valkey", password=known["valkey"], port=taken.get("valkey"), keep_open=[lock.fileno()]
            )
            taken["valkey"] = valkey.port
            self.environment |= {"CACHE_URL": valkey.url(1), "BROKER_URL": valkey.url(2)}
            self.servers["valkey"] = valkey
        if not all(os.environ.get(name) for name in STORE_SETTINGS):
            store = ObjectStore(
                directory / "s3",
                access_key=known["s3_id"],
                secret_key=known["s3_secret"],
                known_ports=taken.get("objectstore", ()),
                keep_open=[lock.fileno()],
            )
            taken["objectstore"] = store.ports
            self.environment |= {
                "S3_ENDPOINT_URL": store.address,
                "S3_PUBLIC_URL": store.address,
                "S3_BUCKET": "media",
                "S3_ACCESS_KEY_ID": known["s3_id"],
                "S3_SECRET_ACCESS_KEY": known["s3_secret"],
            }
            self.servers["objectstore"] = store

    @property
    def children(self) -> dict[str, Child]:
        return {name: server.child for name, server in self.servers.items()}

    def start(self) -> dict[str, str]:
        """Start the servers, wait until they answer and return the settings they stand for."""
        for server in self.servers.values():
            server.launch()
        self.state.save_processes(
            {"supervisor": os.getpid()} | {name: child.pid for name, child in self.children.items() if child.pid}
        )
        for server in self.servers.values():
            server.wait_ready()
        self.state.save(environment=self.environment)
        return self.environment

    def ask_to_stop(self) -> None:
        """Begin the end of the servers; the lock is free once they are gone."""
        for child in self.children.values():
            child.ask_to_stop()
        self.state.save(pids={}, began={})

    def stop(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.wait_stopped(deadline)
        self.state.save(pids={}, began={})

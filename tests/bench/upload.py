"""`make bench-upload`: a film of 500 MB goes to the store while the memory of the web processes is read.

UPLOAD_MB (500) of made-up bytes behind a film's head, generated part by part and never in a file. The database, the store
and the web server are real and the run's own. Writes var/bench-upload.json. The store's sum of what arrived must be that of
what was sent, or nothing is told.
"""

import hashlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from threading import Event, Thread

import requests

from tests.bench.client import Client
from tests.bench.instance import QUICK, ROOT, Instance, _wait_for
from tests.bench.metering import cpu_seconds, proportional_memory

MEGABYTES = int(os.environ.get("UPLOAD_MB", "60" if QUICK else "500"))
HEAD = b"\0\0\0\x18ftypisom\0\0\2\0isommp42"
# How much more memory the web processes may take at the worst moment: less than one part of the film.
MOST_GROWTH_MB = 8.0
_ACCOUNT = {"username": "bench-upload", "password": "Do-lường-2026"}
_MAKE = f"""
from schools.operations.accounts import create_staff
create_staff(username={_ACCOUNT["username"]!r}, full_name="Người Gửi", password={_ACCOUNT["password"]!r}, is_superuser=True)
"""


class Watch:
    """The web processes' memory, read every fifth of a second: the highest counts."""

    def __init__(self, pid: int) -> None:
        self.pid, self.highest, self.readings, self._ended = pid, 0.0, 0, Event()
        self._thread = Thread(target=self._read, daemon=True)

    def _read(self) -> None:
        while not self._ended.wait(0.2):
            self.highest = max(self.highest, proportional_memory(self.pid))
            self.readings += 1

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_problem) -> None:
        self._ended.set()
        self._thread.join()


def piece(number: int, size: int) -> bytes:
    """The bytes of a part: different in each, the same in each run."""
    head = HEAD if number == 1 else b""
    block = hashlib.sha256(str(number).encode()).digest() * (1024 * 1024 // 32)
    whole = head + block * (size // len(block) + 1)
    return whole[:size]


def send(client: Client, size: int) -> tuple[str, int]:
    """Begin, sign and send each part, complete; (id, parts). Raises where an answer is not what it should be."""
    fields = {"purpose": "video", "file_name": "phim.mp4", "content_type": "video/mp4", "size": size}
    begun = client("POST", "/api/v1/uploads", fields)
    if begun.status != 201:
        raise RuntimeError(f"begin answered {begun.status}: {begun.body[:300]!r}")
    upload, sent = begun.json(), 0
    for number in range(1, upload["part_count"] + 1):
        part = client("GET", f"/api/v1/uploads/{upload['id']}/parts/{number}")
        data = piece(number, min(upload["part_size"], size - sent))
        requests.put(part.json()["url"], data=data, timeout=120).raise_for_status()
        sent += len(data)
    done = client("POST", f"/api/v1/uploads/{upload['id']}/complete")
    if done.status != 200 or done.json()["state"] not in {"stored", "ready"}:
        raise RuntimeError(f"complete answered {done.status}: {done.body[:300]!r}")
    return upload["id"], upload["part_count"]


def arrived(instance: Instance, upload: str) -> int:
    """How many bytes the store holds of it."""
    code = f"from media.models import Upload; from media import storage; u = Upload.objects.get(uuid={upload!r}); "
    return int(instance.run("shell", "--no-imports", "-c", code + "print(storage.size(key=u.key))").split()[-1])


def measured(instance: Instance) -> dict:
    size = MEGABYTES * 1_000_000
    client = Client(instance.url).sign_in(_ACCOUNT)
    # Whatever a process loads at its first upload is no part of the question.
    for _warm in range(4):
        send(client, 6_000_000)
    before, cpu, began = proportional_memory(instance.web.pid), cpu_seconds([instance.web.pid]), time.monotonic()
    with Watch(instance.web.pid) as watch:
        upload, parts = send(client, size)
    wall, spent = time.monotonic() - began, cpu_seconds([instance.web.pid]) - cpu
    held = arrived(instance, upload)
    return {
        "megabytes": MEGABYTES,
        "parts": parts,
        "arrived": held,
        "web_pss_before_mb": round(before, 1),
        "web_pss_highest_mb": round(watch.highest, 1),
        "growth_mb": round(watch.highest - before, 1),
        "readings": watch.readings,
        "web_cpu_s": round(spent, 2),
        "wall_s": round(wall, 1),
        "errors": int(held != size),
    }


def main() -> int:
    """0: measured; 1: something arrived otherwise than it was sent."""
    directory = Path(tempfile.mkdtemp(prefix="bench-upload-"))
    instance = Instance(directory)
    try:
        instance.start_helpers()
        instance.run("prepare_storage")
        if template := os.environ.get("BENCH_TEMPLATE"):
            shutil.copy(template, directory / "bench.sqlite3")
        instance.run("migrate", "--verbosity=0")
        instance.run("shell", "--no-imports", "-c", _MAKE)
        instance.web.start()
        _wait_for(instance.web, f"{instance.url}/healthz")
        row = measured(instance)
    finally:
        instance.stop()
        shutil.rmtree(directory, ignore_errors=True)
    (ROOT / "var" / "bench-upload.json").write_text(json.dumps(row, indent=1) + "\n")
    print(json.dumps(row, indent=1))
    flat = row["growth_mb"] <= MOST_GROWTH_MB
    print(f"memory of the web processes: +{row['growth_mb']} MB, {'met' if flat else 'MISSED'}", file=sys.stderr)
    return row["errors"]

"""The long works of a province: roll-over, annual report, import, news of the ledger, and the check of it."""

import csv
import io
import json
import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

from tests.bench.client import Client
from tests.bench.data import _name
from tests.bench.instance import ROOT
from tests.bench.provinces.ground import NEXT, REPORTING_YEAR, YEAR
from tests.bench.provinces.pages import finish_an_attempt, number, reached_on_the_page
from tests.bench.provinces.servers import ProvinceInstance

ROWS_OF_A_SCHOOL, WRONG_OF_A_SCHOOL = 1000, 1


def _timed(instance: ProvinceInstance, *command: str) -> tuple[float, dict]:
    """Seconds of a management command, the interpreter's start included, and its document. A status of 1 is an answer too."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command, "--json"],
        env=os.environ | instance.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if not done.stdout.strip():
        raise RuntimeError(done.stderr[-3000:])
    return time.perf_counter() - began, json.loads(done.stdout)


def roll_over(instance: ProvinceInstance, turn: int) -> dict:
    school = instance.ask("leaving", turn)
    seconds, report = _timed(instance, "roll_over", "--school", school["code"], "--from", YEAR, "--to", NEXT)
    wrong = report.get("up", 0) != school["pupils"]
    return {"wall_s": round(seconds, 1), "pupils": school["pupils"], "up": report.get("up"), "errors": int(wrong)}


def list_of(codes: list[str], rows: int = ROWS_OF_A_SCHOOL) -> bytes:
    """A province's list; the last row of each school has no name."""
    stream = io.StringIO()
    write = csv.writer(stream, delimiter=";")
    write.writerow(["Mã trường", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp"])
    for place, code in enumerate(codes):
        for row in range(rows):
            name = "" if row >= rows - WRONG_OF_A_SCHOOL else _name(row + place)
            born = f"{1 + row % 28:02d}/{1 + row % 12:02d}/2010"
            lop = f"10A{row // 40 + 1}"
            write.writerow([code, f"6{place:03d}{row:05d}", name, born, "Nữ" if row % 2 else "Nam", lop])
    return stream.getvalue().encode("utf-8-sig")


def roster_import(instance: ProvinceInstance, turn: int, rows: int) -> dict:
    codes = instance.ask("empty", turn, max(1, rows // ROWS_OF_A_SCHOOL))["codes"]
    file = instance.directory / "list.csv"
    file.write_bytes(list_of(codes))
    seconds, report = _timed(instance, "import_rosters", str(file), "--school-year", YEAR)
    bad = len(codes) * WRONG_OF_A_SCHOOL
    good = len(codes) * ROWS_OF_A_SCHOOL - bad
    wrong = report["created"] != good or len(report["rejected"]) != bad
    return {
        "wall_s": round(seconds, 1), "rows": good + bad, "created": report["created"],
        "rejected": len(report["rejected"]), "errors": int(wrong),
    }  # fmt: skip


def annual_report(instance: ProvinceInstance, told: dict) -> dict:
    """The report as a job: seconds until its file is there, and how many states of its progress a watcher saw."""
    client = Client(instance.url).resume(told["officer"])
    page = f"/vi/reports/rounds/{REPORTING_YEAR}/annual/"
    began, seen = time.perf_counter(), set()
    body = f"format=xlsx&csrfmiddlewaretoken={client.cookies['csrftoken']}"
    client.connection.request(
        "POST", f"{page}make/", body=body,
        headers={
            "Content-Type": "application/x-www-form-urlencoded", "Referer": client.base,
            "Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items()),
        },
    )  # fmt: skip
    response = client.connection.getresponse()
    response.read()
    if response.status != 302:
        raise RuntimeError(f"{page}make/ answered {response.status}")
    where = response.headers["Location"]
    while time.perf_counter() - began < 600:
        answer = client("GET", where)
        text = answer.body.decode()
        if f"{where}file/" in text:
            break
        if "notice--error" in text:
            raise RuntimeError("the annual report failed")
        seen.add(text[text.find("progress") :][:300])
        time.sleep(0.5)
    seconds = time.perf_counter() - began
    file = client("GET", f"{where}file/")
    with urllib.request.urlopen(file.headers["Location"]) as answered:  # noqa: S310  (our own object store)
        book = zipfile.ZipFile(io.BytesIO(answered.read()))
    cells = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/"))
    wrong = f"<v>{told['a1']}</v>" not in cells
    return {"wall_s": round(seconds, 1), "progress_seen": len(seen), "a1": told["a1"], "errors": int(wrong)}


def ledger_news(instance: ProvinceInstance, told: dict) -> dict:
    """Seconds from the submit of a pupil who was not reached yet until the page of their school counts them."""
    if not told["new_ones"]:
        raise RuntimeError("every pupil of the class has been reached; fill the province anew")
    watcher = Client(instance.url).resume(told["officer"])
    if not reached_on_the_page(watcher, told, told["school_reached"]):
        raise RuntimeError("the page does not show the figure it begins with")
    finish_an_attempt(Client(instance.url), told, told["new_ones"][0])
    began = time.perf_counter()
    while time.perf_counter() - began < 180:
        if reached_on_the_page(watcher, told, told["school_reached"] + 1):
            break
        time.sleep(0.5)
    seconds = time.perf_counter() - began
    again = instance.ask("counted")
    wrong = again["reached"] != told["reached"] + 1
    page = watcher("GET", "/vi/reports/").body.decode()
    wrong = wrong or number(again["reached"]) not in page.replace("&nbsp;", " ")
    return {"wall_s": round(seconds, 1), "reached": again["reached"], "errors": int(wrong)}


def ledger_check(instance: ProvinceInstance) -> dict:
    """`rebuild_progress --check`: everything worked out again beside what is stored."""
    seconds, report = _timed(instance, "rebuild_progress", "--check")
    return {"wall_s": round(seconds, 1), "checked": report["checked"], "errors": report["differences"]}


def disk(directory: Path) -> float:
    """Gigabytes under `directory`."""
    return round(sum(path.stat().st_size for path in directory.rglob("*") if path.is_file()) / 1e9, 2)

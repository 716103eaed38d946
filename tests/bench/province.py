"""`make bench-province`: pages and long works of a province of a million, beside a database of a thousand pupils.

PROVINCE_SCHOOLS (1000) of PROVINCE_CLASSES (20) classes of PROVINCE_PUPILS (50) are made once in PROVINCE_DIR
(var/bench-province) and kept for the next run. PROVINCE_CASES names some of the cases. Writes var/bench-province.json.
"""

import os
import platform
import signal
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.client import Client
from tests.bench.goals import Goal, Verdict, most
from tests.bench.instance import QUICK, ROOT
from tests.bench.journeys import Step, sign_in
from tests.bench.metering import cpu_seconds
from tests.bench.provinces import pages, works
from tests.bench.provinces.servers import POSTGRES, ProvinceInstance, base
from tests.bench.report import Report

ROUNDS = 1 if QUICK else int(os.environ.get("BENCH_ROUNDS", "5"))
COLD_STARTS = 1 if QUICK else 3
ROWS = int(os.environ.get("PROVINCE_ROWS", "50000"))
COURSES, SEED = 5, 1

Prepare = Callable[[Client, dict], Step]
# Beside the small database, iterations of a round.
COMPARED: dict[str, tuple[Prepare, int]] = {
    "sign_in": (sign_in, 20),
    "lesson_signed_in": (pages.lesson, 40),
    "class_report": (pages.class_report, 40),
}
PAGES: dict[str, tuple[Prepare, int]] = {
    "province_ledger": (pages.province_ledger, 5),
    "school_ledger": (pages.school_ledger, 20),
    "school_page": (pages.school_page, 20),
    "class_page": (pages.class_page, 20),
}


def ratio(case: str, factor: float) -> Goal:
    def judge(row: dict) -> Verdict:
        return f"{row['ratio']} ({row['cpu_ms']} and {row['small_cpu_ms']} ms)", row["ratio"] <= factor

    return Goal(case, f"CPU <= {factor:g} x that of 1,000 pupils", judge)


GOALS = [
    most("fill", "wall_s", 1800, unit=" s"),
    most("province_ledger", "p50_ms", 500, unit=" ms"),
    most("province_ledger", "cold_ms", 2000, unit=" ms"),
    most("school_ledger", "p50_ms", 300, unit=" ms"),
    most("school_page", "p50_ms", 300, unit=" ms"),
    most("class_page", "p50_ms", 300, unit=" ms"),
    *(ratio(name, 1.2) for name in COMPARED),
    most("ledger_news", "wall_s", 60, unit=" s"),
    most("annual_report", "wall_s", 60, unit=" s"),
    Goal("annual_report", "progress is seen", lambda row: (f"{row['progress_seen']} states", row["progress_seen"] > 1)),
    most("roll_over", "wall_s", 60, unit=" s"),
    most("roster_import", "wall_s", 180, unit=" s"),
    Goal("ledger_check", "no difference", lambda row: (f"{row['errors']} of {row['checked']}", not row["errors"])),
]


def _round(roots: list[int], step: Step, iterations: int) -> tuple[float, list[float], int]:
    """CPU milliseconds an iteration, latencies in milliseconds, wrong answers."""
    times, wrong = [], 0
    before = cpu_seconds(roots)
    for _ in range(iterations):
        began = time.perf_counter()
        try:
            step()
        except AssertionError as error:
            wrong += 1
            print(error, file=sys.stderr)
        times.append((time.perf_counter() - began) * 1000)
    return (cpu_seconds(roots) - before) * 1000 / iterations, times, wrong


def _row(cpu: list[float], times: list[float], wrong: int) -> dict:
    times = sorted(times)
    return {
        "cpu_ms": round(statistics.median(cpu), 2),
        "p50_ms": round(times[len(times) // 2], 1),
        "p95_ms": round(times[min(len(times) - 1, int(len(times) * 0.95))], 1),
        "errors": wrong,
    }


def page(instance: ProvinceInstance, told: dict, prepare: Prepare, iterations: int) -> dict:
    step = prepare(Client(instance.url), told)
    for _ in range(3):
        step()
    cpu, times, wrong = [], [], 0
    for _ in range(ROUNDS):
        one, some, bad = _round(instance.roots(), step, iterations)
        cpu.append(one)
        times += some
        wrong += bad
    return _row(cpu, times, wrong) | {"bytes": len(step()[0].raw)}


def cold(instance: ProvinceInstance, told: dict) -> dict:
    """The officer's first page after a start of web server and database, whose files are on the disk alone."""
    found, wrong = [], 0
    for _ in range(COLD_STARTS):
        instance.restart_cold()
        step = pages.province_ledger(Client(instance.url), told)
        _cpu, times, bad = _round(instance.roots(), step, 1)
        found += times
        wrong += bad
    return {
        "cold_ms": round(statistics.median(found), 1),
        "cold_all_ms": [round(one) for one in found],
        "errors": wrong,
    }


def compared(large, small, prepare: Prepare, iterations: int) -> dict:
    """In the order small, large, large, small; the ratio is the median of those of the rounds."""
    steps = [(instance, prepare(Client(instance.url), told)) for instance, told in (small, large)]
    for _instance, step in steps:
        for _ in range(5):
            step()
    cpu: list[list[float]] = [[], []]
    times: list[list[float]] = [[], []]
    wrong = 0
    for _ in range(ROUNDS):
        here: list[list[float]] = [[], []]
        for which in (0, 1, 1, 0):
            instance, step = steps[which]
            one, some, bad = _round(instance.roots(), step, iterations)
            here[which].append(one)
            times[which] += some
            wrong += bad
        for which in (0, 1):
            cpu[which].append(statistics.mean(here[which]))
    ratios = [big / max(little, 0.01) for little, big in zip(*cpu, strict=True)]
    return _row(cpu[1], times[1], wrong) | {
        "small_cpu_ms": round(statistics.median(cpu[0]), 2),
        "small_p50_ms": round(statistics.median(times[0]), 1),
        "ratio": round(statistics.median(ratios), 3),
    }


def _size(schools: int) -> dict[str, int]:
    return {
        "schools": schools,
        "classes-per-school": int(os.environ.get("PROVINCE_CLASSES", "20")),
        "pupils-per-class": int(os.environ.get("PROVINCE_PUPILS", "50")),
        "courses": COURSES,
        "seed": SEED,
    }


def measure(report: Report, large: ProvinceInstance, small: ProvinceInstance, wanted: set[str]) -> None:
    told, beside = large.ask("prepare"), small.ask("prepare")
    told["base"], beside["base"] = large.url, small.url

    def case(name: str, figures: Callable[[], dict]) -> None:
        if wanted and name not in wanted:
            return
        try:
            row = figures()
        except Exception as problem:
            row = {"errors": 1, "failure": f"{type(problem).__name__}: {problem}"[:500]}
        report.add(name, row)

    if not wanted or "fill" in wanted:
        made = large.made
        report.add("fill", {"wall_s": made["fill_s"], **made["counts"], "disk_gb": works.disk(large.directory)})
    for name, (prepare, iterations) in PAGES.items():
        case(name, lambda prepare=prepare, iterations=iterations: page(large, told, prepare, iterations))  # type: ignore[misc]  # the values of this turn
    for name, (prepare, iterations) in COMPARED.items():
        case(
            name,
            lambda prepare=prepare, iterations=iterations: compared(  # type: ignore[misc]  # the values of this turn
                (large, told), (small, beside), prepare, iterations
            ),
        )
    case("annual_report", lambda: works.annual_report(large, told))
    case("ledger_news", lambda: works.ledger_news(large, told))
    turn = large.ask("number")["number"]
    case("roll_over", lambda: works.roll_over(large, turn))
    case("roster_import", lambda: works.roster_import(large, turn, ROWS))
    told |= large.ask("prepare")
    if not wanted or "province_ledger" in wanted:
        case("province_ledger", lambda: report.cases.get("province_ledger", {}) | cold(large, told))
    case("ledger_check", lambda: works.ledger_check(large))


def main() -> int:
    schools = int(os.environ.get("PROVINCE_SCHOOLS", "1000"))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    wanted = set(filter(None, os.environ.get("PROVINCE_CASES", "").split()))
    machine = {
        "cores": os.cpu_count(), "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(), "database": "postgresql", "settings": POSTGRES, "schools": schools,
        "load_before": os.getloadavg()[0],
    }  # fmt: skip
    output = Path(os.environ.get("BENCH_OUTPUT") or ROOT / "var" / "bench-province.json")
    report = Report(machine, output, goals=GOALS)
    large = ProvinceInstance(base() / f"of-{schools}", _size(schools))
    small = ProvinceInstance(base() / "of-1", _size(1))
    try:
        small.begin(clock=False)
        large.begin(clock=True)
        measure(report, large, small, wanted)
    finally:
        small.stop()
        large.stop()
    report.print_goals()
    return 1 if report.errors else 0

"""`python -m tests.bench [case …]`: measure, print a table, write var/bench.json."""

import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.bench.client import Client
from tests.bench.instance import ROOT, Instance, running
from tests.bench.journeys import CASES, Case, answer_save
from tests.bench.metering import cpu_seconds, proportional_memory
from tests.bench.weight import weigh

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
HELLO_ITERATIONS = 1000
WRITERS = 16
MEMORY_REQUESTS = 10_000


def _cpu_ms(roots: list[int], iterations: int, step) -> tuple[float, list[float], int]:
    """CPU milliseconds an iteration, the latencies in milliseconds, and how many iterations went wrong."""
    latencies, errors = [], 0
    before = cpu_seconds(roots)
    for _ in range(iterations):
        began = time.perf_counter()
        try:
            step()
        except AssertionError as error:
            errors += 1
            print(error, file=sys.stderr)
        latencies.append((time.perf_counter() - began) * 1000)
    return (cpu_seconds(roots) - before) * 1000 / iterations, latencies, errors


def _hello(instance: Instance) -> float:
    client = Client(instance.hello_url)
    return _cpu_ms([instance.hello.pid], HELLO_ITERATIONS, lambda: client("GET", "/"))[0]


def _counted(case: Case, instance: Instance, people: dict) -> dict:
    client = Client(instance.counting_url)
    people = people | {"saver": people["writers"][1]}
    step = case.prepare(client, people)
    step()
    counts = [answer.sql for answer in step()]
    return {
        "sql": [statements for statements, _ in counts],
        "writes": [writes for _, writes in counts],
    }


def measure(case: Case, instance: Instance, people: dict) -> dict:
    """Rounds in the order trivial, case, case, trivial; the medians of what they gave."""
    roots = instance.roots()
    if case.without_store:
        roots.remove(instance.store.child.pid)
    client = Client(instance.url)
    step = case.prepare(client, people)
    for _ in range(5):
        answers = step()
    size = sum(len(answer.raw) for answer in answers)
    cpu, ratios, hellos, latencies, errors = [], [], [], [], 0
    for _ in range(ROUNDS):
        around = [_hello(instance)]
        own = []
        for _half in range(2):
            one, times, wrong = _cpu_ms(roots, max(1, case.iterations // 2), step)
            own.append(one)
            latencies += times
            errors += wrong
        around.append(_hello(instance))
        hellos += around
        cpu.append(statistics.mean(own))
        ratios.append(statistics.mean(own) / statistics.mean(around))
    latencies.sort()
    return {
        "cpu_ms": round(statistics.median(cpu), 2),
        "cpu_vs_trivial": round(statistics.median(ratios), 2),
        "trivial_cpu_ms": round(statistics.median(hellos), 3),
        "requests_per_second": round(1000 / statistics.mean(latencies), 1),
        "p50_ms": round(latencies[len(latencies) // 2], 1),
        "p95_ms": round(latencies[int(len(latencies) * 0.95)], 1),
        "bytes": size,
        "errors": errors,
    } | _counted(case, instance, people)


def many_writers(instance: Instance, people: dict) -> float:
    """p95 in milliseconds of a save when WRITERS pupils save at the same time."""
    latencies: list[float] = []
    ready = threading.Barrier(WRITERS)

    def write(key: str) -> None:
        step = answer_save(Client(instance.url), people | {"saver": key})
        ready.wait()
        for _ in range(40):
            began = time.perf_counter()
            step()
            latencies.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=write, args=(key,)) for key in people["writers"][2 : WRITERS + 2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    latencies.sort()
    return round(latencies[int(len(latencies) * 0.95)], 1)


def memory(instance: Instance, people: dict) -> dict:
    """PSS of the web processes, and its growth over MEMORY_REQUESTS requests, in MB and percent."""
    client = Client(instance.url).sign_in(people["pupils"][0])
    paths = [people["lesson_url"], people["catalogue_url"], "/api/v1/session"]
    for number in range(300):
        client("GET", paths[number % 3])
    before = proportional_memory(instance.web.pid)
    for number in range(MEMORY_REQUESTS):
        client("GET", paths[number % 3])
    after = proportional_memory(instance.web.pid)
    return {"web_pss_mb": round(after, 1), "growth_percent": round((after - before) * 100 / before, 1)}


def roster(instance: Instance) -> dict:
    """A first import of 2,000 pupils by the command, the interpreter's start apart; then the same with 200 errors."""
    return json.loads(instance.module("tests.bench.roster").splitlines()[-1])


def _machine(instance: Instance) -> dict:
    return {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "database": "postgresql" if instance.uses_postgres else "sqlite",
    }


def main(wanted: list[str]) -> int:
    directory = Path(tempfile.mkdtemp(prefix="bench-", dir=(ROOT / "var").resolve()))
    chosen = [case for case in CASES if not wanted or case.name in wanted]
    figures: dict[str, dict] = {}
    try:
        with running(directory) as (instance, people):
            people |= {"base": instance.url, "saver": people["writers"][0]}
            for case in chosen:
                figures[case.name] = measure(case, instance, people)
                row = figures[case.name]
                print(
                    f"{case.name:22} {row['cpu_ms']:8.2f} ms {row['cpu_vs_trivial']:7.1f} x  sql {row['sql']}"
                    f"  p50 {row['p50_ms']} p95 {row['p95_ms']}  {row['bytes']} B  errors {row['errors']}",
                    flush=True,
                )
            if "answer_save" in figures:
                figures["answer_save"]["p95_ms_16_writers"] = many_writers(instance, people)
            if not wanted or "roster_2000" in wanted:
                figures["roster_2000"] = roster(instance)
            if not wanted or "front_page_weight" in wanted:
                figures["front_page_weight"] = weigh(instance.url, "/vi/")
            if not wanted or "lesson_weight" in wanted:
                figures["lesson_weight"] = weigh(instance.url, people["lesson_url"], people["pupils"][1])
            machine = _machine(instance)
            if not wanted or "memory" in wanted:
                machine["memory"] = memory(instance, people)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    trivial = [row["trivial_cpu_ms"] for row in figures.values() if "trivial_cpu_ms" in row]
    report = {
        "trivial": {"cpu_ms": round(statistics.median(trivial), 3) if trivial else None},
        "machine": machine,
        "cases": figures,
    }
    (ROOT / "var" / "bench.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    for name in ("roster_2000", "front_page_weight", "lesson_weight"):
        if name in figures:
            print(f"{name:22} {figures[name]}")
    print("machine", report["machine"])
    return 1 if any(row.get("errors") for row in figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

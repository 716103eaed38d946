"""How a case is measured: rounds in the order trivial, case, case, trivial, and the medians of what they gave."""

import os
import statistics
import sys
import threading
import time
from collections.abc import Callable

from tests.bench.client import Client
from tests.bench.instance import QUICK, Instance
from tests.bench.journeys import Case, answer_save
from tests.bench.metering import cpu_seconds, proportional_memory

ROUNDS = 1 if QUICK else int(os.environ.get("BENCH_ROUNDS", "5"))
HELLO_ITERATIONS = 50 if QUICK else 1000
WRITERS = 16
SAVES_EACH = 2 if QUICK else 40
MEMORY_REQUESTS = 60 if QUICK else 10_000


def _cpu_ms(roots: list[int], iterations: int, step: Callable) -> tuple[float, list[float], int]:
    """CPU milliseconds an iteration, the latencies in milliseconds, and how many iterations went wrong."""
    latencies, errors = [], 0
    before = cpu_seconds(roots)
    for _ in range(iterations):
        began = time.perf_counter()
        try:
            step()
        except AssertionError as error:
            errors += 1
            if errors <= 3:
                print(error, file=sys.stderr)
        latencies.append((time.perf_counter() - began) * 1000)
    return (cpu_seconds(roots) - before) * 1000 / iterations, latencies, errors


def _hello(instance: Instance) -> float:
    client = Client(instance.hello_url)
    return _cpu_ms([instance.hello.pid], HELLO_ITERATIONS, lambda: client("GET", "/"))[0]


def _counted(case: Case, instance: Instance, people: dict) -> dict:
    """Statements and writes of each request of one iteration, on the server that counts and is not timed."""
    client = Client(instance.counting_url)
    step = case.prepare(client, people | {"savers": people["writers"][1:2]})
    step()
    counts = [answer.sql for answer in step()]
    return {
        "sql": [statements for statements, _ in counts],
        "writes": [writes for _, writes in counts],
    }


def measure(case: Case, instance: Instance, people: dict) -> dict:
    """The figures of one case. Raises when it cannot even be begun."""
    roots = instance.roots()
    if case.without_store:
        roots.remove(instance.store.child.pid)
    half = 1 if QUICK else max(1, case.iterations // 2)
    step = case.prepare(Client(instance.url), people)
    for _ in range(1 if QUICK else 5):
        answers = step()
    size = sum(len(answer.raw) for answer in answers)
    cpu: list[float] = []
    ratios: list[float] = []
    hellos: list[float] = []
    latencies: list[float] = []
    errors = 0
    for _ in range(ROUNDS):
        around = [_hello(instance)]
        own = []
        for _half in range(2):
            one, times, wrong = _cpu_ms(roots, half, step)
            own.append(one)
            latencies += times
            errors += wrong
        around.append(_hello(instance))
        hellos += around
        cpu.append(statistics.mean(own))
        # The clock of /proc ticks a hundred times a second: a short run of the trivial view may have cost "nothing".
        ratios.append(statistics.mean(own) / max(statistics.mean(around), 0.01))
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


def many_writers(instance: Instance, people: dict) -> dict:
    """p95 in milliseconds of a save when WRITERS pupils save at the same time, and how many saves went wrong."""
    latencies: list[float] = []
    wrong: list[str] = []
    ready = threading.Barrier(WRITERS)

    def write(key: str) -> None:
        step = answer_save(Client(instance.url), people | {"savers": [key]})
        ready.wait(60)
        for _ in range(SAVES_EACH):
            began = time.perf_counter()
            try:
                step()
            except AssertionError as error:
                wrong.append(str(error))
            latencies.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=write, args=(key,)) for key in people["writers"][2 : WRITERS + 2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    errors = len(wrong) + WRITERS * SAVES_EACH - len(latencies)
    latencies.sort()
    p95 = round(latencies[int(len(latencies) * 0.95)], 1) if latencies else None
    return {"p95_ms_16_writers": p95, "errors_16_writers": errors}


def memory(instance: Instance, people: dict) -> dict:
    """PSS of the web processes, and its growth over MEMORY_REQUESTS requests, in MB and percent."""
    client = Client(instance.url).sign_in(people["pupils"][0])
    paths = [people["lesson_url"], people["catalogue_url"], "/api/v1/session"]
    for number in range(30 if QUICK else 300):
        client("GET", paths[number % 3])
    before = proportional_memory(instance.web.pid)
    for number in range(MEMORY_REQUESTS):
        client("GET", paths[number % 3])
    after = proportional_memory(instance.web.pid)
    return {"web_pss_mb": round(after, 1), "growth_percent": round((after - before) * 100 / before, 1)}

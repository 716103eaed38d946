"""`python -m tests.bench assistant_storm`: RATE questions a second to the assistant for DURATION seconds, on real servers.

Each question is due at its moment whether or not the earlier ones are answered, and waits as long as a person would: the
time of an answer counts from when it was due, so that a server which falls behind cannot hide it. The assistant holds
5,000 passages beside the starter content, as in `make bench`; every answer is read, and must quote something.

Environment: RATE (50), DURATION in seconds (60), ASKERS threads (48), STORM_OUTPUT, the folder of assistant-storm.json (var).
"""

import json
import os
import threading
import time
from collections import Counter

from tests.bench.client import Client
from tests.bench.journeys import QUESTIONS
from tests.bench.metering import cpu_seconds
from tests.bench.storm import Options as QuizOptions
from tests.bench.storm import percentile
from tests.bench.storms.servers import StormInstance

P95_MS = 500
# Of what was due, at least so much must be answered by the end.
LEAST_SHARE = 0.99
WARM = 200


class Options(QuizOptions):
    """What the environment asks for. Raises ValueError with a sentence for people."""

    def __init__(self) -> None:
        self.rate = self._number("RATE", 50, 1)
        self.duration = self._number("DURATION", 60, 1)
        self.askers = self._number("ASKERS", 48, 1)
        self.output = self._output("assistant-storm.json")


class Schedule:
    """Hands out moments: the n-th question is due n / rate seconds after the beginning."""

    def __init__(self, rate: int, duration: int, begins: float) -> None:
        self.rate, self.total, self.begins = rate, rate * duration, begins
        self.next, self.lock = 0, threading.Lock()

    def take(self) -> tuple[int, float] | None:
        with self.lock:
            number, self.next = self.next, self.next + 1
        return (number, self.begins + number / self.rate) if number < self.total else None


class Askers:
    """Threads that ask; `waits` are in milliseconds from when a question was due, `faults` say what went wrong."""

    def __init__(self, url: str, schedule: Schedule, count: int) -> None:
        self.url, self.schedule = url, schedule
        self.waits: list[float] = []
        self.faults: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self._ask, daemon=True) for _one in range(count)]

    def run(self) -> float:
        """Returns the moment at which the last question was answered."""
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        return time.monotonic()

    def _ask(self) -> None:
        client = Client(self.url)
        while (turn := self.schedule.take()) is not None:
            number, due = turn
            time.sleep(max(0.0, due - time.monotonic()))
            fault = self._one(client, QUESTIONS[number % len(QUESTIONS)])
            wait = 1000 * (time.monotonic() - due)
            with self.lock:
                self.waits.append(wait)
                if fault:
                    self.faults[fault] += 1

    @staticmethod
    def _one(client: Client, question: str) -> str:
        try:
            answer = client("POST", "/api/v1/assistant", {"question": question, "language": "vi"})
        except OSError as broken:
            client.connection.close()
            return type(broken).__name__
        if answer.status != 200:
            return f"status {answer.status}"
        return "" if answer.json()["passages"] else "no passage"


def storm(instance: StormInstance, options: Options) -> dict:
    """Fill the assistant, warm every web process, then ask."""
    instance.run("rebuild_assistant")
    passages = int(instance.module("tests.bench.passages").split()[-1])
    client = Client(instance.url)
    for number in range(WARM):
        # A fresh connection each time reaches every worker.
        client.connection.close()
        Askers._one(client, QUESTIONS[number % len(QUESTIONS)])
    roots = [child.pid for child in instance.services.values() if child.pid]
    before, driver, load = cpu_seconds(roots), time.process_time(), os.getloadavg()[0]
    begins = time.monotonic() + 0.5
    askers = Askers(instance.url, Schedule(options.rate, options.duration, begins), options.askers)
    ended = askers.run()
    asked = len(askers.waits)
    return {
        "passages": passages,
        "asked": asked,
        "answered": asked - sum(askers.faults.values()),
        "questions_per_second": round(asked / (ended - begins), 1),
        "p50_ms": percentile(askers.waits, 0.5),
        "p95_ms": percentile(askers.waits),
        "longest_ms": percentile(askers.waits, 1),
        "cpu_ms": round(1000 * (cpu_seconds(roots) - before) / max(1, asked), 1),
        "faults": dict(askers.faults),
        "load_before": round(load, 1),
        "driver_cpu_s": round(time.process_time() - driver, 1),
    }


def missed(row: dict, options: Options) -> list[str]:
    """Which goals were not reached, in words; empty where all were."""
    found = [f"{number} answers: {fault}" for fault, number in row["faults"].items()]
    if row["questions_per_second"] < LEAST_SHARE * options.rate:
        found.append(f"{row['questions_per_second']} questions a second were answered, goal {options.rate}")
    if row["p95_ms"] is None or row["p95_ms"] > P95_MS:
        found.append(f"p95 of an answer: {row['p95_ms']} ms, goal {P95_MS}")
    return found


def run(instance: StormInstance, options: Options) -> int:
    """The storm, told when it is over. Returns 0 when every goal was kept, else 1."""
    row = storm(instance, options)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    case = {"p50_ms": row["p50_ms"], "p95_ms": row["p95_ms"], "errors": sum(row["faults"].values())}
    document = {"cases": {"assistant_storm": case}, "machine": {"cores": os.cpu_count()}, "storm": row}
    options.output.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    print(
        f"{row['answered']} of {row['asked']} questions answered, {row['questions_per_second']} a second over {row['passages']}"
        f" passages: p50 {row['p50_ms']} ms, p95 {row['p95_ms']} ms, {row['cpu_ms']} ms of CPU each. {options.output}"
    )
    for text in missed(row, options):
        print(f"MISSED {text}")
    return 1 if missed(row, options) else 0

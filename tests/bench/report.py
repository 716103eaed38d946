"""var/bench.json and the printed table. The file is written after each case, so that a run cut short leaves what it found."""

import json
import os
import statistics
from collections.abc import Sequence
from pathlib import Path

from tests.bench.goals import GOALS, Goal, judged

ROOT = Path(__file__).resolve().parents[2]


class Report:
    """The figures so far. `path` is replaced as a whole each time: readers see the old file or the new one."""

    def __init__(self, machine: dict, path: Path | None = None, goals: Sequence[Goal] = GOALS) -> None:
        self.machine, self.asked = machine, goals
        self.path = path or Path(os.environ.get("BENCH_OUTPUT") or ROOT / "var" / "bench.json")
        self.cases: dict[str, dict] = {}

    def add(self, name: str, row: dict) -> None:
        """Keep the figures of a case, write the file and print the case's line."""
        self.cases[name] = row
        self.save()
        print(_line(name, row), flush=True)

    def add_memory(self, row: dict) -> None:
        self.machine["memory"] = row
        self.save()
        print(_line("memory", row), flush=True)

    @property
    def goals(self) -> list[dict]:
        memory = {"memory": self.machine["memory"]} if "memory" in self.machine else {}
        return judged(self.cases | memory, self.asked)

    @property
    def errors(self) -> int:
        return sum(row.get("errors", 0) + row.get("errors_16_writers", 0) for row in self.cases.values())

    def document(self) -> dict:
        trivial = [row["trivial_cpu_ms"] for row in self.cases.values() if "trivial_cpu_ms" in row]
        return {
            "trivial": {"cpu_ms": round(statistics.median(trivial), 3) if trivial else None},
            "machine": self.machine,
            "cases": self.cases,
            "goals": self.goals,
        }

    def save(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n")
        unfinished.replace(self.path)

    def print_goals(self) -> None:
        """Every goal with what was measured, and how many were missed."""
        goals = self.goals
        for goal in goals:
            verdict = "met" if goal["met"] else "MISSED"
            print(f"{verdict:7} {goal['case']:22} {goal['goal']:42} {goal['measured']}")
        missed = sum(not goal["met"] for goal in goals)
        print(f"{len(goals) - missed} goals met, {missed} missed, {self.errors} wrong answers. {self.path}")


def _line(name: str, row: dict) -> str:
    if "cpu_vs_trivial" not in row:
        return f"{name:22} {row}"
    return (
        f"{name:22} {row['cpu_ms']:8.2f} ms {row['cpu_vs_trivial']:7.1f} x  sql {row['sql']}"
        f"  p50 {row['p50_ms']} p95 {row['p95_ms']}  {row['bytes']} B  errors {row['errors']}"
    )

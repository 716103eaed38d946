"""`python -m tests.bench [case …]`: measure, write var/bench.json, print a table and which goals are met.

The names of storms, one or several, blow these instead.

Exit status 0: everything was measured; 1: an answer was wrong or a case could not be measured; 2: nothing was measured.
A missed goal is said, and changes nothing about the status: a busy machine misses some.
"""

import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from tests.bench.instance import QUICK, ROOT, Instance, running
from tests.bench.journeys import CASES
from tests.bench.measuring import many_writers, measure, memory
from tests.bench.report import Report
from tests.bench.storms import together
from tests.bench.weight import weigh

# Benches with data and a report of their own: a module with `main() -> int` in this folder, run by `make bench-NAME`.
OWN_BENCHES = ("province", "upload")
# What tests.bench.contents makes first for a case.
FILLED = {"search_5000": "search", "language_board_500": "board"}
WITHOUT_SERVER_TIME = ("assistant_questions", "roster_2000", "front_page_weight", "lesson_weight", "memory")


def roster(instance: Instance) -> dict:
    """A first import of 2,000 pupils by the command, the interpreter's start apart; then the same with 200 errors."""
    return json.loads(instance.module("tests.bench.roster").splitlines()[-1])


def assistant_questions(instance: Instance) -> dict:
    """How often the assistant finds what the held questions ask for, and refuses what is not its business."""
    instance.run("rebuild_assistant")
    found = json.loads(instance.run("evaluate_assistant", "--json"))
    return {name: value for name, value in found.items() if not isinstance(value, list)} | {"errors": 0}


def _machine() -> dict:
    found: dict = {
        "cores": os.cpu_count(),
        "processor": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "database": "sqlite" if os.environ.get("BENCH_DB") == "sqlite" else "postgresql",
    }
    return found | ({"quick": "these figures mean nothing"} if QUICK else {})


def _attempt(report: Report, name: str, figures: Callable[[], dict]) -> None:
    """One case; what goes wrong with it is written down, and the next one gets its turn."""
    try:
        row = figures()
    except Exception as problem:
        print(f"{name}: {problem}", file=sys.stderr)
        row = {"errors": 1, "failure": f"{type(problem).__name__}: {problem}"[:500]}
    report.add(name, row)


def _measure_all(report: Report, wanted: set[str], instance: Instance, people: dict) -> None:
    if "assistant_questions" in wanted:
        _attempt(report, "assistant_questions", lambda: assistant_questions(instance))
    for case in CASES:
        if case.name not in wanted:
            continue
        if case.name == "assistant_answer":
            instance.run("rebuild_assistant")
            instance.module("tests.bench.passages")
        if case.name in FILLED:
            instance.module("tests.bench.contents", FILLED[case.name])
        _attempt(report, case.name, lambda case=case: measure(case, instance, people))  # type: ignore[misc]  # the values of this turn
        if case.name == "answer_save" and "failure" not in report.cases[case.name]:
            _attempt(report, case.name, lambda: report.cases["answer_save"] | many_writers(instance, people))
    if "roster_2000" in wanted:
        _attempt(report, "roster_2000", lambda: roster(instance))
    if "front_page_weight" in wanted:
        _attempt(report, "front_page_weight", lambda: weigh(instance.url, "/vi/"))
    if "lesson_weight" in wanted:
        _attempt(report, "lesson_weight", lambda: weigh(instance.url, people["lesson_url"], people["pupils"][1]))
    if "memory" in wanted:
        report.add_memory(memory(instance, people))


def main(asked: list[str]) -> int:
    if len(asked) == 1 and asked[0] in OWN_BENCHES:
        return import_module(f"tests.bench.{asked[0]}").main()
    if asked and set(asked) <= set(together.STORMS):
        return together.main(asked)
    known = [*(case.name for case in CASES), *WITHOUT_SERVER_TIME]
    if unknown := set(asked) - set(known):
        print(f"No such case: {', '.join(sorted(unknown))}. Cases: {', '.join(known)}", file=sys.stderr)
        return 2
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="bench-", dir=var.resolve()))
    report = Report(_machine())
    try:
        with running(directory) as (instance, people):
            people |= {"base": instance.url, "savers": people["writers"][18:]}
            _measure_all(report, set(asked or known), instance, people)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    report.print_goals()
    return 1 if report.errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`make bench-storm`: a class, or a whole school, takes a quiz in the same minute while processes are killed.

Each storm: TAKERS pupils start within ten seconds, give an answer every five, and submit within one second of each
other; processes of the web server and the worker get SIGKILL meanwhile and are started again. Afterwards the instance is
compared with what the pupils were told. No acknowledged answer may be missing, nobody may have two of anything, and the
95th of a hundred saves must be answered within SAVE_P95_MS.

Environment: STORMS (20), TAKERS (400; 60 on SQLite), DURATION in seconds from the first start to the submits (60),
KILLS of each storm (6), SEED (1), BENCH_DB=sqlite, STORM_OUTPUT, the folder of storm.json (var).
"""

import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

from tests.bench.instance import ROOT
from tests.bench.storms.servers import Killer, StormInstance, Supervisor
from tests.bench.storms.taker import Plan, Taker, Tally

SAVE_P95_MS = 500
STARTING_SECONDS = 10
# Between the making of the pupils and the first start; between the submits and the quiz's end.
READY_SECONDS, SPARE_SECONDS = 3, 2
# How long a pupil tries on after the end; the grace of `ground` is longer.
PATIENCE_SECONDS = 60
FAULTLESS = ("acknowledged_lost", "duplicates", "wrong_results", "unfinished", "wrong_reads")


class Options:
    """What the environment asks for. Raises ValueError with a sentence for people."""

    def __init__(self) -> None:
        self.database = "sqlite" if os.environ.get("BENCH_DB") == "sqlite" else "postgresql"
        self.storms = self._number("STORMS", 20, 1)
        self.takers = self._number("TAKERS", 60 if self.database == "sqlite" else 400, 1)
        self.duration = self._number("DURATION", 60, 5)
        self.kills = self._number("KILLS", 6, 0)
        self.seed = self._number("SEED", 1, 0)
        self.output = self._output("storm.json")

    @staticmethod
    def _number(name: str, default: int, least: int) -> int:
        given = os.environ.get(name) or str(default)
        if not given.isdigit() or int(given) < least:
            raise ValueError(f"{name} must be a number of at least {least}, not {given!r}.")
        return int(given)

    @staticmethod
    def _output(name: str) -> Path:
        return Path(os.environ.get("STORM_OUTPUT") or ROOT / "var") / name


def percentile(values: list[float], share: float = 0.95) -> float | None:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1) if ordered else None


async def under_fire(instance: StormInstance, killer: Killer, begins: float, moments: list[float], work):
    """Do `work` while processes are killed and started again. Returns how often each service was, and the end."""
    supervisor = Supervisor(instance)
    watching = asyncio.create_task(supervisor.watch())
    killing = asyncio.create_task(killer.kill(begins, moments))
    await work
    await killing
    ended = time.time()
    # A service that was killed a moment ago may not be known to have ended.
    await asyncio.sleep(0.5)
    while not supervisor.is_calm:
        await asyncio.sleep(0.1)
    watching.cancel()
    return supervisor.restarts, ended


async def blow(instance: StormInstance, plan: Plan, accounts: list[dict], moments: list[float], killer: Killer):
    """One storm. Returns the takers, what they met, how often a service was started again, and the end."""
    tally = Tally()
    takers = [Taker(plan, account, tally, random.Random(killer.chance.random())) for account in accounts]
    work = asyncio.gather(*(taker.run() for taker in takers))
    restarts, ended = await under_fire(instance, killer, plan.begins, moments, work)
    for taker in takers:
        await taker.read()
    return takers, tally, restarts, ended


def storm(instance: StormInstance, options: Options, number: int) -> dict:
    """Prepare, blow, audit: the row of one storm."""
    chance = random.Random(f"{options.seed} {number}")
    length = READY_SECONDS + options.duration + SPARE_SECONDS
    ground = json.loads(
        instance.module(
            "tests.bench.storms.ground", "prepare", f"{options.seed * 1000 + number}", f"{options.takers}", f"{length}"
        )
    )
    submits = ground["closes_at"] - SPARE_SECONDS
    plan = Plan(
        base=instance.url,
        start=f"/api/v1/quizzes/{ground['quiz_key']}/attempts",
        key=ground["key"],
        begins=submits - options.duration,
        starting=min(STARTING_SECONDS, options.duration / 2),
        submits=submits,
        ends=submits + PATIENCE_SECONDS,
    )
    killer = Killer(instance, chance)
    moments = killer.moments(options.kills, seconds=options.duration + 1, burst=options.duration)
    before, load = time.process_time(), os.getloadavg()[0]
    takers, tally, restarts, ended = asyncio.run(blow(instance, plan, ground["takers"], moments, killer))
    told = instance.directory / f"storm-{number}.json"
    told.write_text(json.dumps({"lesson_key": ground["lesson_key"], "takers": [taker.told() for taker in takers]}))
    audited = json.loads(instance.module("tests.bench.storms.ground", "audit", str(told)))
    return {
        "storm": number,
        **{kind: audited[kind] for kind in audited if kind != "found"},
        "wrong_reads": tally.wrong_reads,
        "refused": tally.refused,
        "calls": {kind: len(times) for kind, times in tally.calls.items()},
        "p50_ms": {kind: percentile(times, 0.5) for kind, times in tally.calls.items()},
        "p95_ms": {kind: percentile(times) for kind, times in tally.calls.items()},
        "last_saves": [len(tally.last_saves), percentile(tally.last_saves)],
        "p95_until_ms": {kind: percentile(times) for kind, times in tally.until.items()},
        "longest_until_ms": {kind: percentile(times, 1) for kind, times in tally.until.items()},
        "retries": dict(tally.retries),
        "faults": dict(tally.faults),
        "kills": killer.kills,
        "restarts": dict(restarts),
        "seconds_after_submits": round(ended - submits, 1),
        "load_before": round(load, 1),
        "driver_cpu_s": round(time.process_time() - before, 1),
        "found": audited["found"],
    }


def is_kept(row: dict) -> bool:
    """Whether one storm reached every goal."""
    save = row["p95_ms"]["save"]
    return not any(row[name] for name in FAULTLESS) and save is not None and save < SAVE_P95_MS


def summary(rows: list[dict]) -> dict:
    """All storms together. Percentiles: the median of the storms', and the worst of them."""

    def over(name: str) -> dict:
        found = {
            kind: [row[name][kind] for row in rows if row[name][kind] is not None]
            for kind in ("start", "save", "submit")
        }
        return {kind: [round(statistics.median(each), 1), max(each)] for kind, each in found.items() if each}

    totals = (*FAULTLESS, "acknowledged", "late", "refused", "cards_expected", "cards_waiting")
    return {
        "storms": len(rows),
        "kept": sum(is_kept(row) for row in rows),
        **{name: sum(row[name] for row in rows) for name in totals},
        "kills": dict(Counter(target for row in rows for _at, target in row["kills"])),
        "retries": dict(sum((Counter(row["retries"]) for row in rows), Counter())),
        "p50_ms": over("p50_ms"),
        "p95_ms": over("p95_ms"),
        "p95_until_ms": over("p95_until_ms"),
    }


def write(options: Options, rows: list[dict]) -> None:
    """The file is whole after each storm, so that a run cut short leaves what it found."""
    told = summary(rows)
    document = {
        "machine": {"cores": os.cpu_count(), "database": options.database},
        "options": {name: getattr(options, name) for name in ("takers", "duration", "kills", "seed")},
        # In the form of var/bench.json; the median storm's saves.
        "cases": {
            "quiz_storm": {
                "p50_ms": told["p50_ms"].get("save", [None])[0],
                "p95_ms": told["p95_ms"].get("save", [None])[0],
                "errors": sum(told[name] for name in ("wrong_results", "unfinished", "wrong_reads")),
                "acknowledged_lost": told["acknowledged_lost"],
                "duplicates": told["duplicates"],
            }
        },
        "summary": told,
        "storms": rows,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = options.output.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    unfinished.replace(options.output)


HEADER = (
    f"{'storm':>5} {'kills':>5} {'acknowledged':>12} {'lost':>5} {'double':>6} {'wrong':>5} {'late':>5} {'retries':>7}"
    f"   {'p95 start':>9} {'save':>6} {'submit':>6}   {'until done':>10} {'save':>6} {'submit':>6}"
)


def line(row: dict) -> str:
    wrong = row["wrong_results"] + row["wrong_reads"] + row["unfinished"]
    call, until = row["p95_ms"], row["p95_until_ms"]
    return (
        f"{row['storm']:>5} {len(row['kills']):>5} {row['acknowledged']:>12} {row['acknowledged_lost']:>5}"
        f" {row['duplicates']:>6} {wrong:>5} {row['late']:>5} {sum(row['retries'].values()):>7}"
        f"   {call['start'] or 0:>9.0f} {call['save'] or 0:>6.0f} {call['submit'] or 0:>6.0f}"
        f"   {until['start'] or 0:>10.0f} {until['save'] or 0:>6.0f} {until['submit'] or 0:>6.0f}"
        f"{'' if is_kept(row) else '  MISSED'}"
    )


def run(instance: StormInstance, options: Options) -> int:
    """Every storm asked for, told as they pass. Returns 0 when all kept every goal, else 1."""
    rows: list[dict] = []
    print(HEADER, flush=True)
    for number in range(1, options.storms + 1):
        rows.append(storm(instance, options, number))
        write(options, rows)
        print(line(rows[-1]), flush=True)
        for text in rows[-1]["found"]:
            print(f"      {text}", file=sys.stderr)
    told = summary(rows)
    print(
        f"{told['kept']} of {told['storms']} storms kept every goal: {told['acknowledged_lost']} of {told['acknowledged']}"
        f" acknowledged answers lost, {told['duplicates']} duplicates, {sum(told['kills'].values())} kills,"
        f" p95 of a save {told['p95_ms'].get('save')} ms (median and worst storm; goal {SAVE_P95_MS}). {options.output}"
    )
    return 0 if told["kept"] == told["storms"] else 1

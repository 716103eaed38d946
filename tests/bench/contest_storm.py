"""The second half of `make bench-storm`: the last ten minutes of a contest's round, while processes are killed.

ENTRANTS people end their attempt before the round closes. TAKERS of them are there at once in the last DURATION seconds,
as in a quiz storm: they start within ten seconds, give an answer every five and submit within one second. The rest came
in the minutes before, without the time people take to think: DRIVERS of them at any moment, one after the other. Then
the instance is compared with what all of them were told, the round is closed and frozen, and docs/recompute_ranking.py,
which knows none of the product's code, ranks what was published once more.

Environment: ENTRANTS (10,000; 60 on SQLite), TAKERS (400; 20), WINDOW in seconds from the first start to the close (600),
DURATION (30), DRIVERS (16), KILLS (10), SEED (1), BENCH_DB=sqlite, STORM_OUTPUT, the folder of
contest-storm.json (var).
"""

import asyncio
import json
import os
import random
import sys
import time

from tests.bench.storm import (
    FAULTLESS,
    PATIENCE_SECONDS,
    READY_SECONDS,
    SPARE_SECONDS,
    STARTING_SECONDS,
    percentile,
    under_fire,
)
from tests.bench.storm import Options as QuizOptions
from tests.bench.storms.servers import Killer, StormInstance
from tests.bench.storms.taker import Plan, Replayed, Taker, Tally

SAVE_P95_MS, START_P95_MS = 500, 1000
GOALS = (*FAULTLESS, "wrong_standings")
# Every so many of the replayed reads their attempt back afterwards.
READ_EVERY = 20
# Making ten thousand people and their sessions takes this long for each thousand.
PREPARING_SECONDS = 4


class Options(QuizOptions):
    """What the environment asks for. Raises ValueError with a sentence for people."""

    def __init__(self) -> None:
        small = os.environ.get("BENCH_DB") == "sqlite"
        self.database = "sqlite" if small else "postgresql"
        self.entrants = self._number("ENTRANTS", 60 if small else 10_000, 1)
        self.takers = min(self.entrants, self._number("TAKERS", 20 if small else 400, 1))
        self.window = self._number("WINDOW", 600, 10)
        self.duration = min(self.window, self._number("DURATION", 30, 5))
        self.drivers = self._number("DRIVERS", 16, 1)
        self.kills = self._number("KILLS", 10, 0)
        self.seed = self._number("SEED", 1, 0)
        self.output = self._output("contest-storm.json")


class Crowd:
    """Everybody who takes part: `early` are replayed, `last` are there at once."""

    def __init__(self, plan: Plan, accounts: list[dict], options: Options, chance: random.Random) -> None:
        self.plan, self.drivers = plan, options.drivers
        self.before, self.closing = Tally(), Tally()
        split = len(accounts) - options.takers
        self.accounts = accounts
        self.early = [Replayed(plan, one, self.before, random.Random(chance.random())) for one in accounts[:split]]
        self.last = [Taker(plan, one, self.closing, random.Random(chance.random())) for one in accounts[split:]]
        self.seconds_replayed = 0.0

    @property
    def came(self) -> list[tuple[dict, Taker]]:
        """Who began at all: where the time before the rush was too short, some of the replayed never did."""
        asked = zip(self.accounts, [*self.early, *self.last], strict=True)
        return [(account, taker) for account, taker in asked if not isinstance(taker, Replayed) or taker.came]

    async def run(self) -> None:
        await asyncio.gather(self._replay(), *(taker.run() for taker in self.last))

    async def _replay(self) -> None:
        began, waiting = time.time(), iter(self.early)

        async def drive() -> None:
            for taker in waiting:
                if time.time() >= self.plan.begins:
                    return
                await taker.run()

        await asyncio.gather(*(drive() for _ in range(self.drivers)))
        self.seconds_replayed = time.time() - began

    async def read(self) -> None:
        for taker in [*self.early[::READ_EVERY], *self.last]:
            await taker.read()


def _times(tally: Tally) -> dict:
    return {
        "calls": {kind: len(times) for kind, times in tally.calls.items()},
        "p50_ms": {kind: percentile(times, 0.5) for kind, times in tally.calls.items()},
        "p95_ms": {kind: percentile(times) for kind, times in tally.calls.items()},
        "p95_until_ms": {kind: percentile(times) for kind, times in tally.until.items()},
        "longest_until_ms": {kind: percentile(times, 1) for kind, times in tally.until.items()},
        "retries": dict(tally.retries),
        "faults": dict(tally.faults),
        "refused": tally.refused,
        "wrong_reads": tally.wrong_reads,
    }


async def _blow(instance: StormInstance, crowd: Crowd, killer: Killer, begins: float, moments: list[float]):
    restarts, ended = await under_fire(instance, killer, begins, moments, crowd.run())
    await crowd.read()
    return restarts, ended


def storm(instance: StormInstance, options: Options) -> dict:
    """Prepare, blow, audit, rank."""
    chance = random.Random(f"contest {options.seed}")
    spare = READY_SECONDS + PREPARING_SECONDS * (1 + options.entrants // 1000)
    length = spare + options.window
    module = "tests.bench.storms.closing"
    ground = json.loads(instance.module(module, "prepare", f"{options.seed}", f"{options.entrants}", f"{length}"))
    submits = ground["closes_at"] - SPARE_SECONDS
    plan = Plan(
        base=instance.url,
        start=f"/api/v1/contests/{ground['contest']}/rounds/1/attempts",
        key=ground["key"],
        begins=submits - options.duration,
        starting=min(STARTING_SECONDS, options.duration / 2),
        submits=submits,
        ends=submits + PATIENCE_SECONDS,
    )
    crowd = Crowd(plan, ground["takers"], options, chance)
    killer = Killer(instance, chance)
    # A third of the kills fall into the rush, one of them into the second of its submits.
    begins = time.time()
    rush = plan.begins - begins
    early = [chance.uniform(1, max(2.0, rush)) for _ in range(options.kills * 2 // 3)]
    late = killer.moments(options.kills - len(early), seconds=options.duration + 1, burst=options.duration)
    moments = sorted([*early, *(rush + one for one in late)])
    before, load = time.process_time(), os.getloadavg()[0]
    restarts, ended = asyncio.run(_blow(instance, crowd, killer, begins, moments))
    told = instance.directory / "contest-storm.json"
    takers = [taker.told() | {"asked": account["asked"]} for account, taker in crowd.came]
    told.write_text(json.dumps({"contest": ground["contest"], "key": ground["key"], "takers": takers}))
    audited = json.loads(instance.module(module, "audit", str(told), str(instance.directory)))
    return {
        "entrants": options.entrants,
        "took_part": len(takers),
        "not_replayed": options.entrants - len(takers),
        "replayed_in_s": round(crowd.seconds_replayed, 1),
        **audited,
        "wrong_reads": crowd.before.wrong_reads + crowd.closing.wrong_reads,
        "refused": crowd.before.refused + crowd.closing.refused,
        "before": _times(crowd.before),
        "closing": _times(crowd.closing),
        "kills": killer.kills,
        "restarts": dict(restarts),
        "seconds_after_submits": round(ended - submits, 1),
        "load_before": round(load, 1),
        "driver_cpu_s": round(time.process_time() - before, 1),
    }


def missed(row: dict) -> list[str]:
    """Which goals were not reached, in words; empty where all were."""
    found = [f"{name}: {row[name]}" for name in GOALS if row[name]]
    for kind, most in (("save", SAVE_P95_MS), ("start", START_P95_MS)):
        measured = row["closing"]["p95_ms"][kind]
        if measured is None or measured >= most:
            found.append(f"p95 of a {kind}: {measured} ms, goal {most}")
    return found


def write(options: Options, row: dict) -> None:
    document = {
        "machine": {"cores": os.cpu_count(), "database": options.database},
        "options": {
            name: getattr(options, name)
            for name in ("entrants", "takers", "window", "duration", "drivers", "kills", "seed")
        },
        "cases": {
            "contest_storm": {
                "p50_ms": row["closing"]["p50_ms"]["save"],
                "p95_ms": row["closing"]["p95_ms"]["save"],
                "errors": sum(row[name] for name in ("wrong_results", "unfinished", "wrong_reads", "wrong_standings")),
                "acknowledged_lost": row["acknowledged_lost"],
                "duplicates": row["duplicates"],
            }
        },
        "storm": row,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def run(instance: StormInstance, options: Options) -> int:
    """The storm, told when it is over. Returns 0 when every goal was kept, else 1."""
    row = storm(instance, options)
    write(options, row)
    for text in row["found"]:
        print(f"      {text}", file=sys.stderr)
    call = row["closing"]["p95_ms"]
    print(
        f"{row['took_part']} of {row['entrants']} took part ({options.takers} at once at the end), {len(row['kills'])} kills:"
        f" {row['acknowledged_lost']} of {row['acknowledged']} acknowledged answers lost, {row['duplicates']} duplicates,"
        f" {row['ranked']} ranked, {row['wrong_standings']} wrong. {row['script']}\n"
        f"At the close p95 of a start {call['start']} ms, of a save {call['save']}, of a submit {call['submit']}."
        f" {options.output}"
    )
    for text in missed(row):
        print(f"MISSED {text}")
    return 1 if missed(row) else 0

"""A pupil in a storm: answers, keeps each answer until the server says it has it, and submits until there is a receipt.

It behaves as `quizzes/static/quizzes/outbox.js` and `attempt.js` do in a browser, waits included: numbered answers,
all that wait in one request, one request at a time, a second's wait after a failure and twice as long after the next.
"""

import asyncio
import json
import random
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import aiohttp

FIRST_WAIT, LONGEST_WAIT, LONGEST_SUBMIT_WAIT = 1.0, 30.0, 5.0
PATIENCE = 20.0
BETWEEN_ANSWERS = 5.0
ANSWERABLE = {"single", "true_false", "picture_choice", "multiple"}


@dataclass
class Tally:
    """What all takers of a storm met. Times are milliseconds.

    `calls` holds each answered request of a kind, `until` how long one waited for what it was for: from the first try
    to the answer that settled it, failures and waits included.
    """

    calls: dict[str, list[float]] = field(default_factory=lambda: {"start": [], "save": [], "submit": []})
    # Those of the saves that were sent while all submitted.
    last_saves: list[float] = field(default_factory=list)
    until: dict[str, list[float]] = field(default_factory=lambda: {"start": [], "save": [], "submit": []})
    retries: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    wrong_reads: int = 0


@dataclass(frozen=True)
class Plan:
    """When a storm is what, by `time.time()`, and what is taken. `key` is what `ground.prepare` tells of each question."""

    base: str
    # Where an attempt is started: a quiz's address, or that of a contest's round.
    start: str
    key: Mapping[str, dict]
    begins: float
    starting: float
    submits: float
    ends: float


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat()


def worth(question: Mapping, value: Any) -> Decimal:
    """What an answer earns by the key, worked out without the product's own code."""
    points = Decimal(question["points"])
    if value is None:
        return Decimal(0)
    chosen = set(value) if isinstance(value, list) else {value}
    right = set(question["right"])
    if question["fractions"]:
        fraction = sum((Decimal(question["fractions"].get(one, int(one in right))) for one in chosen), Decimal(0))
    elif question["type"] == "multiple" and question["partial"]:
        fraction = Decimal(len(chosen & right) - len(chosen - right)) / len(right)
    else:
        fraction = Decimal(int(chosen == right if question["type"] == "multiple" else chosen <= right))
    fraction = min(max(fraction, Decimal(0)), Decimal(1)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    return (fraction * points).quantize(Decimal("0.01"), ROUND_HALF_UP)


class Taker:
    """One pupil. `run` ends when they have their receipt, or when the plan's end comes first."""

    def __init__(self, plan: Plan, account: dict, tally: Tally, chance: random.Random) -> None:
        self.plan, self.tally, self.chance = plan, tally, chance
        self.user = account["user"]
        # What a start sends along: a guess, in a contest that asks for one.
        self.asked = account.get("asked", {})
        token = secrets.token_hex(16)
        self.headers = {
            "Cookie": f"sessionid={account['session']}; csrftoken={token}",
            "X-CSRFToken": token,
            "Accept": "application/json",
        }
        self.attempt = ""
        self.questions: list[dict] = []
        self.waiting: dict[str, dict] = {}
        self.since: dict[str, float] = {}
        self.acknowledged: dict[str, dict] = {}
        self.sent: dict[str, dict[str, dict]] = {}
        self.receipts: list[str] = []
        self.scores: list[float] = []
        self.wait = FIRST_WAIT
        self.ended = False
        self.wake = asyncio.Event()
        self.sending = asyncio.Lock()

    # --- Requests -----------------------------------------------------------------------------------------------------

    async def ask(self, kind: str, method: str, path: str, body: dict | None = None, key: str = "") -> tuple[int, dict]:
        """Status and document of one request; status 0 when the line was down. Times what was answered."""
        headers = {"Idempotency-Key": key} if key else {}
        began = time.perf_counter()
        try:
            async with self.line.request(method, self.plan.base + path, json=body, headers=headers) as answer:
                text = await answer.text()
        except (aiohttp.ClientError, OSError, TimeoutError) as fault:
            self.tally.faults[f"{kind} {type(fault).__name__}"] += 1
            return 0, {}
        if kind in self.tally.calls:
            took = time.perf_counter() - began
            self.tally.calls[kind].append(took * 1000)
            if kind == "save" and time.time() - took > self.plan.submits:
                self.tally.last_saves.append(took * 1000)
        try:
            document = json.loads(text)
        except ValueError:
            document = {}
        if answer.status not in (200, 201):
            self.tally.faults[f"{kind} {answer.status}"] += 1
        return answer.status, document

    # --- The way through a quiz ---------------------------------------------------------------------------------------

    def _browser(self) -> aiohttp.ClientSession:
        """One's own: its connections are not shared with the neighbour's."""
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=2, keepalive_timeout=60),
            headers=self.headers,
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def run(self) -> None:
        async with self._browser() as self.line:
            await self._until(self.plan.begins + self.chance.random() * self.plan.starting)
            if not await self._start():
                return
            outbox = asyncio.create_task(self._flush_when_asked())
            try:
                await self._answer()
                await self._submit()
            finally:
                outbox.cancel()

    @staticmethod
    async def _until(moment: float) -> None:
        await asyncio.sleep(max(0.0, moment - time.time()))

    @property
    def _time_is_up(self) -> bool:
        return time.time() > self.plan.ends

    async def _start(self) -> bool:
        """Start with one key until the server says the attempt is there."""
        key, began, wait = secrets.token_hex(12), time.perf_counter(), FIRST_WAIT
        while not self._time_is_up:
            status, document = await self.ask("start", "POST", self.plan.start, self.asked, key)
            if status in (200, 201):
                self.tally.until["start"].append((time.perf_counter() - began) * 1000)
                self.attempt = document["attempt"]
                self.questions = [one for one in document["questions"] if one["type"] in ANSWERABLE]
                return True
            self.tally.retries["start"] += 1
            await asyncio.sleep(self._about(wait))
            wait = min(LONGEST_WAIT, wait * 2)
        return False

    def _about(self, wait: float) -> float:
        return wait * self.chance.uniform(0.75, 1.25)

    async def _answer(self) -> None:
        """An answer every five seconds; an earlier one is changed now and then. One in ten has another at the last moment."""
        last = self.plan.submits + self.chance.random()
        order = self.chance.sample(self.questions, len(self.questions))
        given = 0
        await asyncio.sleep(self.chance.random() * BETWEEN_ANSWERS)
        while time.time() < last - 0.3:
            changes = given >= len(order) or (given and self.chance.random() < 0.2)
            question = self.chance.choice(order[:given]) if changes else order[given]
            given += not changes
            self._choose(question)
            await self._until(min(time.time() + BETWEEN_ANSWERS, last - 0.2))
        if self.chance.random() < 0.1:
            self._choose(self.chance.choice(order))
        await self._until(last)

    def _choose(self, question: dict) -> None:
        one, options = question["id"], [option["id"] for option in question["options"]]
        value: Any = None
        if self.chance.random() > 0.03:
            value = self.chance.choice(options)
            if question["type"] == "multiple":
                value = self.chance.sample(options, self.chance.randint(1, len(options)))
        held = self.acknowledged.get(one, {"seq": 0})["seq"]
        seq = 1 + max(held, self.waiting[one]["seq"] if one in self.waiting else 0)
        self.waiting[one] = {"seq": seq, "value": value, "at": time.time()}
        self.sent.setdefault(one, {})[str(seq)] = {"value": value}
        # The wait for another answer is meant.
        self.since.setdefault(one, time.perf_counter() + 0.25)
        self._later(0.25)

    # --- The outbox ---------------------------------------------------------------------------------------------------

    def _later(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        if timer := getattr(self, "timer", None):
            timer.cancel()
        self.timer = loop.call_later(seconds, self.wake.set)

    async def _flush_when_asked(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            await self._flush()

    async def _flush(self) -> bool:
        """Send what waits; whether the server has everything."""
        async with self.sending:
            while self.waiting and not self.ended:
                batch = dict(self.waiting)
                saves = [
                    {"question": one, "seq": kept["seq"], "value": kept["value"], "answered_at": _iso(kept["at"])}
                    for one, kept in batch.items()
                ]
                body = {"sent_at": _iso(time.time()), "saves": saves}
                status, told = await self.ask("save", "PUT", f"/api/v1/attempts/{self.attempt}/answers", body)
                if status == 200:
                    self.wait = FIRST_WAIT
                    self._accept(told, batch)
                elif status == 409:
                    self.ended = True
                    self.tally.refused += len(self.waiting)
                else:
                    self.tally.retries["save"] += 1
                    self._later(self._about(self.wait))
                    self.wait = min(LONGEST_WAIT, self.wait * 2)
                    return False
            return not self.waiting

    def _accept(self, told: dict, batch: dict[str, dict]) -> None:
        refused = set(told.get("refused", ()))
        for one, kept in batch.items():
            if one in refused:
                self.tally.refused += 1
            elif told["saved"].get(one, 0) >= kept["seq"]:
                self.acknowledged[one] = {"seq": kept["seq"], "value": kept["value"]}
                self.tally.until["save"].append((time.perf_counter() - self.since[one]) * 1000)
            else:
                # Neither taken nor refused: it stays and is sent again.
                continue
            if self.waiting[one]["seq"] <= kept["seq"]:
                del self.waiting[one], self.since[one]
            else:
                self.since[one] = time.perf_counter()

    async def _submit(self) -> None:
        """Send what waits, then submit; again and again until the server has said so. Every fourth does it twice."""
        key, began = secrets.token_hex(12), time.perf_counter()
        again, wait = self.chance.random() < 0.25, FIRST_WAIT
        while not self._time_is_up:
            if await self._flush() or self.ended:
                status, told = await self.ask("submit", "POST", f"/api/v1/attempts/{self.attempt}/submit", None, key)
                if status == 200:
                    if not self.receipts:
                        self.tally.until["submit"].append((time.perf_counter() - began) * 1000)
                    self.receipts.append(told["receipt"])
                    self.scores.append(told["score"])
                    if not again:
                        return
                    again = False
                    continue
                self.tally.retries["submit"] += 1
            await asyncio.sleep(self._about(wait))
            wait = min(LONGEST_SUBMIT_WAIT, wait * 2)

    async def read(self) -> None:
        """After the storm: the attempt as the API tells it holds every acknowledged answer, and the receipt."""
        if not self.attempt:
            return
        status, tries = 0, 0
        async with self._browser() as self.line:
            # A service that was killed last may still be starting.
            while status != 200 and tries < 30:
                await asyncio.sleep(min(tries, 1))
                status, told = await self.ask("read", "GET", f"/api/v1/attempts/{self.attempt}")
                tries += 1
        if status != 200:
            self.tally.wrong_reads += 1
            return
        for one, answer in self.acknowledged.items():
            held = told["answers"].get(one, {"seq": 0, "value": None})
            value = sorted(answer["value"]) if isinstance(answer["value"], list) else answer["value"]
            self.tally.wrong_reads += held["seq"] < answer["seq"] or (
                held["seq"] == answer["seq"] and held["value"] != value
            )
        self.tally.wrong_reads += bool(self.receipts) and told.get("receipt") != self.receipts[0]

    # --- What they were told ------------------------------------------------------------------------------------------

    def told(self) -> dict:
        """For `ground.audit`: what the server acknowledged, and the score those answers are worth."""
        score = sum(
            (worth(self.plan.key[one], answer["value"]) for one, answer in self.acknowledged.items()), Decimal(0)
        )
        return {
            "user": self.user,
            "attempt": self.attempt,
            "acknowledged": self.acknowledged,
            "sent": self.sent,
            "receipts": self.receipts,
            "scores": self.scores,
            "score": str(score),
        }


class Replayed(Taker):
    """One of the many who came earlier: the same calls one after the other, without the time a person takes to think."""

    came = False

    async def run(self) -> None:
        self.came = True
        async with self._browser() as self.line:
            if not await self._start():
                return
            outbox = asyncio.create_task(self._flush_when_asked())
            try:
                for question in self.questions:
                    self._choose(question)
                await self._submit()
            finally:
                outbox.cancel()

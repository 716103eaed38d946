"""Measuring the assistant on questions whose sources are known."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from cms.problems import Problem
from support.assistant import answering
from support.assistant.answering import Answer, answer

FOLDER = Path(__file__).resolve().parent / "questions"
# Those the threshold was measured on, and those the figures are told of.
TUNING, HELD = FOLDER / "tune.jsonl", FOLDER / "held.jsonl"


@dataclass(frozen=True)
class Asked:
    question: str
    language: str
    expect: tuple[str, ...]
    off_topic: bool


class QuestionsRefused(Problem):
    code = "questions_refused"


def read_questions(path: Path) -> list[Asked]:
    """The questions of a file of JSON lines; raises QuestionsRefused naming the first line that is none."""
    found = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsRefused(f"{path}: {error}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            expect = row.get("expect") or []
            found.append(
                Asked(
                    str(row["question"]),
                    str(row.get("language") or "vi"),
                    (expect,) if isinstance(expect, str) else tuple(map(str, expect)),
                    bool(row.get("off_topic")),
                )
            )
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise QuestionsRefused(f"{path}:{number}: {type(error).__name__}: {error}") from error
    if not found:
        raise QuestionsRefused(f"{path}: no questions in it")
    return found


def rank_of(found: Answer, expect: Iterable[str]) -> int | None:
    """Where among the passages, from 1, the first expected source stands; an expected one is an address or a slug."""
    wanted = {one.strip("/").rsplit("/", 1)[-1].split("#")[0] for one in expect}
    for number, passage in enumerate(found.passages, 1):
        slug = urlsplit(passage.url).path.strip("/").rsplit("/", 1)[-1]
        if slug in wanted or passage.key in wanted:
            return number
    return None


def evaluate(questions: list[Asked]) -> dict:
    """Figures of all questions, and each that went wrong.

    Recall counts questions with expected sources; an off-topic question is right when it is refused. Of all refusals,
    those of off-topic questions are the precise ones.
    """
    answer(questions[0].question, questions[0].language)  # the library is read once, by whoever asks first
    ranks: list[int | None] = []
    times, missed, let_in, wrongly_refused = [], [], [], []
    refused_off = 0
    for one in questions:
        began = time.perf_counter()
        found = answer(one.question, one.language)
        times.append((time.perf_counter() - began) * 1000)
        if one.off_topic:
            refused_off += not found.known
            if found.known:
                let_in.append({"question": one.question, "quoted": found.passages[0].title})
            continue
        rank = rank_of(found, one.expect)
        ranks.append(rank)
        if not found.known:
            wrongly_refused.append(one.question)
        if rank != 1:
            got = [passage.key if passage.thing_kind == "procedure" else passage.url for passage in found.passages]
            missed.append({"question": one.question, "rank": rank, "expected": list(one.expect), "got": got})
    on, off = len(ranks), len(questions) - len(ranks)
    refused = refused_off + len(wrongly_refused)
    return {
        "questions": len(questions),
        "off_topic": off,
        "recall_at_1": _share(sum(rank == 1 for rank in ranks), on),
        "recall_at_3": _share(sum(rank is not None and rank <= 3 for rank in ranks), on),
        "refusal_recall": _share(refused_off, off),
        "refusal_precision": _share(refused_off, refused),
        "false_refusals": _share(len(wrongly_refused), on),
        "p50_ms": round(_percentile(times, 50), 2),
        "p95_ms": round(_percentile(times, 95), 2),
        "threshold": answering.KNOWN,
        "wrongly_refused": wrongly_refused,
        "wrongly_answered": let_in,
        "missed": missed,
    }


def sweep(questions: list[Asked]) -> list[dict]:
    """What each threshold would give on `questions`, for choosing `answering.KNOWN` on the tuning part."""
    found = [(one.off_topic, answer(one.question, one.language)) for one in questions]
    rows = []
    for percent in range(20, 90, 5):
        least = percent / 100
        off = [not (one.overlap >= least and not one.refused) for is_off, one in found if is_off]
        on = [not (one.overlap >= least and not one.refused) for is_off, one in found if not is_off]
        rows.append(
            {
                "threshold": least,
                "refusal_recall": _share(sum(off), len(off)),
                "false_refusals": _share(sum(on), len(on)),
            }
        )
    return rows


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _percentile(times: list[float], percent: int) -> float:
    return quantiles(times, n=100, method="inclusive")[percent - 1] if len(times) > 1 else times[0]

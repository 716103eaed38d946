"""Merging answers that arrive late, twice, out of order or from two devices. Pure: no database, no clock of its own.

Stored answers are {question: {"seq", "value", "answered_at", "late"?}}. The highest `seq` of a question wins, whatever
the order of arrival; of two different values with one `seq` the first to arrive wins. So every save may be repeated.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

# What a request spends under way counts as in time: an answer given at the last second still travels.
LATENCY = timedelta(seconds=3)
# Longer than any attempt; beyond it a clock is broken and the sum would leave the calendar.
LONGEST_WAIT = timedelta(days=3650)


@dataclass(frozen=True)
class Save:
    """One answer as a browser sends it. `value` is canonical already (`grading.clean`); `answered_at` is its clock."""

    question: str
    seq: int
    value: Any
    answered_at: datetime | None = None


@dataclass
class Merged:
    """`answers` is a new mapping; `refused` names the questions whose save came too late; `late` if one was late."""

    answers: dict[str, dict]
    changed: bool = False
    late: bool = False
    refused: set[str] = field(default_factory=set)


def effective_time(*, now: datetime, sent_at: datetime | None, answered_at: datetime | None) -> datetime:
    """When an answer was given by the server's clock: `now` less the time it waited in the browser.

    A browser's clock may be wrong by years; only the difference of two of its readings is used, never below zero.
    """
    if sent_at is None or answered_at is None:
        return now
    return now - min(max(sent_at - answered_at, timedelta(0)), LONGEST_WAIT)


def merge(
    stored: dict[str, dict],
    saves: Iterable[Save],
    *,
    now: datetime,
    sent_at: datetime | None,
    started_at: datetime,
    deadline: datetime | None,
    grace: timedelta,
) -> Merged:
    """Put `saves` into `stored`. After `deadline + grace` nothing is taken; in between only what was given in time."""
    merged = Merged(dict(stored))
    overdue = deadline is not None and now > deadline
    for save in sorted(saves, key=lambda save: save.seq):
        have = merged.answers.get(save.question)
        if have and save.seq <= have["seq"]:
            continue
        at = effective_time(now=now, sent_at=sent_at, answered_at=save.answered_at)
        if overdue and (now > deadline + grace or at > deadline + LATENCY):
            merged.refused.add(save.question)
            continue
        answer = {
            "seq": save.seq,
            "value": save.value,
            "answered_at": max(at, started_at).isoformat(timespec="milliseconds"),
        }
        if overdue:
            answer["late"] = True
            merged.late = True
        merged.answers[save.question] = answer
        merged.changed = True
    return merged

"""Merging answers that arrive late, twice, out of order or from two devices. Pure: no database, no clock of its own.

Stored answers are {question: {"seq", "value", "answered_at", "late"?, "final"?}}. The highest `seq` of a question wins,
whatever the order of arrival; of two different values with one `seq` the first to arrive wins. So every save may be
repeated. A "final" answer was checked by its pupil and stays as it is.
"""

from collections.abc import Iterable, Sequence
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
    """`answers` is a new mapping; `late` if a save was late.

    `refused` names the questions whose save came too late, `passed` those the pupil had left behind for good.
    """

    answers: dict[str, dict]
    changed: bool = False
    late: bool = False
    refused: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)


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
    one_way: Sequence[str] = (),
) -> Merged:
    """Put `saves` into `stored`. After `deadline + grace` nothing is taken; in between only what was given in time.

    `one_way` is the order of the questions where there is no way back: a save is passed over when it was given after an
    answer to a later question. By when it was given, not by when it arrives, so a slow line loses nothing.
    """
    merged = Merged(dict(stored))
    overdue = deadline is not None and now > deadline

    def given_at(save: Save) -> datetime:
        return effective_time(now=now, sent_at=sent_at, answered_at=save.answered_at)

    for save in sorted(saves, key=lambda save: (given_at(save), save.seq) if one_way else (now, save.seq)):
        have = merged.answers.get(save.question)
        if have and (save.seq <= have["seq"] or have.get("final")):
            continue
        at = given_at(save)
        if overdue and (now > deadline + grace or at > deadline + LATENCY):
            merged.refused.add(save.question)
            continue
        if any(_given_before(merged.answers.get(one), at) for one in _later(one_way, save.question)):
            merged.passed.add(save.question)
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


def _later(one_way: Sequence[str], question: str) -> Sequence[str]:
    return one_way[one_way.index(question) + 1 :] if question in one_way else ()


def _given_before(answer: dict | None, at: datetime) -> bool:
    if answer is None or answer["value"] is None:
        return False
    # Stored to the millisecond: two answers of one moment are of one moment.
    return at.replace(microsecond=at.microsecond // 1000 * 1000) > datetime.fromisoformat(answer["answered_at"])

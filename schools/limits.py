"""Counting failures in the cache.

Limits are by account. A whole school stands behind one address, so that of an address never refuses a password; it only
says from when on invented accounts get no costly answer any more.
"""

import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache

from schools.problems import TooManyTries


@dataclass(frozen=True)
class Limit:
    """At most `failures` within `seconds` from the first of them, then a wait until those seconds are over."""

    name: str
    failures: int
    seconds: int
    # What is refused is no password: the words speak of none.
    is_plain: bool = False

    def keys(self, whom: str) -> tuple[str, str]:
        return f"limit:{self.name}:{whom}", f"limit:{self.name}:{whom}:until"


# A PIN has a million values: at 60 tries a day a guesser needs some 8,000 days to have an even chance at one account.
ACCOUNT = Limit("account", 10, 15 * 60)
ACCOUNT_DAY = Limit("account-day", 60, 24 * 60 * 60)
# Past it, an account that does not exist is refused without a hash: a flood of invented codes costs next to nothing, and
# real accounts are each guarded by the limits above.
ADDRESS = Limit("address", 300, 10 * 60)
# Guessing of card and class codes, counted apart so that it never stops people who type their password.
CODES = Limit("codes", 100, 10 * 60)
REQUESTS = Limit("requests", 100, 10 * 60)


def _counts() -> BaseCache:
    """The cache; while that is silent the memory of this process, so that guessing is never unlimited."""
    return caches["spare"] if cache.is_resting else cache


def client_address(request) -> str:
    """The caller's address; behind proxies as ALLAUTH_TRUSTED_PROXY_COUNT says."""
    return get_adapter(request).get_client_ip(request)


def waits(*limits: tuple[Limit, str]) -> list[int]:
    """For each limit the seconds until its `whom` may try again, 0 where it is not reached. One round trip to the cache."""
    found = _counts().get_many([key for limit, whom in limits for key in limit.keys(whom)])
    seconds = []
    for limit, whom in limits:
        count, until = limit.keys(whom)
        is_reached = found.get(count, 0) >= limit.failures
        left = int(found.get(until, time.time() + limit.seconds) - time.time())
        seconds.append(max(1, left) if is_reached else 0)
    return seconds


def check(*limits: tuple[Limit, str]) -> None:
    """Raise `TooManyTries` when one of the limits is reached for its `whom`."""
    for (limit, _whom), seconds in zip(limits, waits(*limits), strict=True):
        if seconds:
            raise TooManyTries(seconds, of_network=limit in (CODES, REQUESTS), is_plain=limit.is_plain)


def count(*limits: tuple[Limit, str]) -> None:
    counts = _counts()
    _count(counts, limits)
    if counts is not (now := _counts()):  # it fell silent in the middle
        _count(now, limits)


def _count(counts: BaseCache, limits: tuple[tuple[Limit, str], ...]) -> None:
    for limit, whom in limits:
        counter, until = limit.keys(whom)
        if counts.add(counter, 0, limit.seconds):
            counts.set(until, time.time() + limit.seconds, limit.seconds)
        try:
            counts.incr(counter)
        except ValueError:  # it ran out between the two calls
            counts.set(counter, 1, limit.seconds)


def forget(*limits: tuple[Limit, str]) -> None:
    _counts().delete_many([key for limit, whom in limits for key in limit.keys(whom)])

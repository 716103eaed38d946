"""A brake for runaway scripts: so many calls a minute per account, counted in this process, at no cost to a database.

The limits are far above what a person with four devices does, so that counting per process is exact enough.
"""

import time
from collections import OrderedDict
from threading import Lock

from quizzes.problems import TooMany

ACCOUNTS_KEPT = 20_000


class Brake:
    """`burst` calls at once, refilled at `per_minute`."""

    def __init__(self, *, per_minute: int, burst: int):
        self.rate, self.burst = per_minute / 60, burst
        self._left: OrderedDict[int, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def pull(self, account: int) -> None:
        """Count one call of `account`; raises TooMany, with the seconds to wait, when there were too many."""
        now = time.monotonic()
        with self._lock:
            left, at = self._left.pop(account, (float(self.burst), now))
            left = min(self.burst, left + (now - at) * self.rate)
            self._left[account] = (left - 1, now) if left >= 1 else (left, now)
            if len(self._left) > ACCOUNTS_KEPT:
                self._left.popitem(last=False)
        if left < 1:
            raise TooMany(retry_after=max(1, round((1 - left) / self.rate)))


starts = Brake(per_minute=60, burst=60)
saves = Brake(per_minute=600, burst=300)

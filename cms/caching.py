"""The cache as a help, never a condition: while its server does not answer, everything is made anew instead.

A call that fails or takes longer than a second lets the server rest for some seconds, in which nothing asks it; pages
and sessions then come from the database. What could not be written or deleted meanwhile is deleted when the server
answers again, so that no session that ended and no page that changed comes back.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

ANSWER_SECONDS = 1.0
REST_SECONDS = 10.0
MOST_REMEMBERED = 20_000
_FAILURES = (redis.ConnectionError, redis.TimeoutError, OSError)


class Line:
    """How things stand between this process, all its threads, and one server."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.rest_until = 0.0
        self.lost: set[str] = set()
        self.lost_all = False

    @property
    def is_resting(self) -> bool:
        return time.monotonic() < self.rest_until

    def lose(self, keys: Iterable[str]) -> None:
        with self.lock:
            self.lost.update(keys)
            if len(self.lost) > MOST_REMEMBERED:
                self.lost_all, self.lost = True, set()

    def take_lost(self) -> tuple[set[str], bool]:
        with self.lock:
            found, self.lost = (self.lost, self.lost_all), set()
            self.lost_all = False
        return found


_lines: dict[str, Line] = {}


class SteadyClient(RedisCacheClient):
    """Django's makes an object of redis-py for each call, which takes longer than the call; one for each server will do:
    it holds no connection, the pool does, for all threads.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._for_writing: dict[bool, redis.Redis] = {}

    def get_client(self, key=None, *, write=False):
        if write not in self._for_writing:
            self._for_writing[write] = super().get_client(key, write=write)
        return self._for_writing[write]


class SoftCache(RedisCache):
    """Django's, except that a silent server is a cache that holds nothing."""

    def __init__(self, server, params):
        params["OPTIONS"] = {
            "socket_timeout": ANSWER_SECONDS,
            "socket_connect_timeout": ANSWER_SECONDS,
            # A connection that a restarted server closed is made anew at once; a silent one is not asked twice.
            "retry": Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        } | params.get("OPTIONS", {})
        super().__init__(server, params)
        self._class = SteadyClient
        self.line = _lines.setdefault(str(server), Line())

    @property
    def is_resting(self) -> bool:
        """Whether the server was found silent a moment ago."""
        return self.line.is_resting

    def require_answer(self) -> None:
        """Raise unless the server answers now, however it was a moment ago; a server that is back is used at once."""
        client = self._cache.get_client(write=True)
        client.ping()
        self.line.rest_until = 0.0

    def _ask(self, question: Callable[[], Any], otherwise: Any = None, writes: Iterable[str] = ()) -> Any:
        if self.line.is_resting:
            self.line.lose(writes)
            return otherwise
        try:
            self._forget_lost()
            return question()
        except _FAILURES as failure:
            self.line.rest_until = time.monotonic() + REST_SECONDS
            self.line.lose(writes)
            log.warning("the cache does not answer; going on without it for %d s: %s", REST_SECONDS, failure)
            return otherwise

    def _forget_lost(self) -> None:
        if not (self.line.lost or self.line.lost_all):
            return
        keys, everything = self.line.take_lost()
        try:
            if everything:
                self._cache.clear()
            else:
                self._cache.delete_many(list(keys))
        except _FAILURES:
            self.line.lose(keys)
            self.line.lost_all |= everything
            raise

    def _key(self, key, version) -> str:
        return self.make_and_validate_key(key, version=version)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: RedisCache.add(self, key, value, timeout, version), False)

    def get(self, key, default=None, version=None):
        return self._ask(lambda: RedisCache.get(self, key, default, version), default)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self._ask(lambda: RedisCache.set(self, key, value, timeout, version), writes=[self._key(key, version)])

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._ask(lambda: RedisCache.touch(self, key, timeout, version), False)

    def delete(self, key, version=None):
        return self._ask(lambda: RedisCache.delete(self, key, version), False, [self._key(key, version)])

    def get_many(self, keys, version=None):
        keys = list(keys)
        return self._ask(lambda: RedisCache.get_many(self, keys, version), {})

    def has_key(self, key, version=None):
        return self._ask(lambda: RedisCache.has_key(self, key, version), False)

    def incr(self, key, delta=1, version=None):
        found = self._ask(lambda: RedisCache.incr(self, key, delta, version))
        if found is None:
            raise ValueError(f"Key {key!r} not found.")
        return found

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        keys = [self._key(key, version) for key in data]
        return self._ask(lambda: RedisCache.set_many(self, data, timeout, version), list(data), keys)

    def delete_many(self, keys, version=None):
        keys = list(keys)
        written = [self._key(key, version) for key in keys]
        self._ask(lambda: RedisCache.delete_many(self, keys, version), writes=written)

    def clear(self):
        if self.line.is_resting:
            self.line.lost_all = True
            return False
        return self._ask(lambda: RedisCache.clear(self), False)

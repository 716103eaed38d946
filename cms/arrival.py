"""When the request at hand reached this machine, which in a storm is seconds before its turn comes."""

from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.utils import timezone

# A browser gives a request up after twenty seconds and sends it again with new times: none waits longer.
LONGEST_WAIT = timedelta(seconds=20)

_arrived: ContextVar[float | None] = ContextVar("arrived", default=None)


def note_arrival(seconds: float | None) -> None:
    """Tell when the request that this thread turns to now arrived, in seconds of `time.time()`; None: not known."""
    _arrived.set(seconds)


def arrived_at() -> datetime:
    """When the request at hand arrived; now, where the server does not tell (`cms.web_worker` does)."""
    now, seconds = timezone.now(), _arrived.get()
    if seconds is None:
        return now
    arrived = datetime.fromtimestamp(seconds, UTC)
    return arrived if now - LONGEST_WAIT <= arrived <= now else now

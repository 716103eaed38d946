"""How an operation tells how far it is; a command draws it, a job keeps it."""

from collections.abc import Callable

# Done, of how many, with what.
Step = Callable[[int, int, str], None]


def untold(done: int, total: int, what: str) -> None:
    """The step of an operation that nobody watches."""

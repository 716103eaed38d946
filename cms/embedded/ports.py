"""Free TCP ports on the loopback interface, below the range the kernel hands out to clients."""

import random
import socket

LOWEST, HIGHEST = 10_100, 22_000
# SeaweedFS opens a gRPC port this far above each of its HTTP ports.
TWIN = 10_000


def is_free(port: int) -> bool:
    """True when a server could listen on `port` of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def take(count: int, *, twins: bool = False, preferred: tuple[int, ...] = ()) -> list[int]:
    """Return `count` different free ports, the `preferred` ones first; with `twins` also `port + 10000` is free."""
    chosen: list[int] = []
    # Random, so that two programs asking in the same moment rarely meet.
    candidates = [*preferred, *random.sample(range(LOWEST, HIGHEST), 500)]
    for port in candidates:
        if port not in chosen and is_free(port) and (not twins or is_free(port + TWIN)):
            chosen.append(port)
            if len(chosen) == count:
                return chosen
    raise RuntimeError("No free port found between 10100 and 22000 on 127.0.0.1.")

"""Lets `manage.py` work on a demo's data whether the demo runs or not."""

import atexit
import os
import sys
import time
from collections.abc import Sequence

from cms.embedded import helpers
from cms.embedded.process import DidNotStart
from cms.embedded.state import Lock, State, demo_directory

_DEMO_SETTINGS = {"cms.settings.demo", "cms.settings.dev"}
# They touch neither files, cache nor queue.
_WITHOUT_SERVERS = {
    "help",
    "version",
    "catalogues",
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "startapp",
    "test",
}


def _needs_servers(argv: Sequence[str]) -> bool:
    if len(argv) < 2 or argv[1] in _WITHOUT_SERVERS or any(part in {"--help", "-h", "--version"} for part in argv[1:]):
        return False
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    for number, part in enumerate(argv):
        if part.startswith("--settings="):
            settings = part.partition("=")[2]
        elif part == "--settings" and number + 1 < len(argv):
            settings = argv[number + 1]
    return settings in _DEMO_SETTINGS and not helpers.are_given()


def provide_servers(argv: Sequence[str]) -> None:
    """Make the demo's helper servers reachable for the command `argv` (as in `sys.argv`), before settings are read.

    Those of a running demo are used; otherwise they are started for as long as this process lives. Two commands that
    need their own helpers run one after the other, because the helpers share one directory.
    """
    if not _needs_servers(argv):
        return
    directory = demo_directory()
    lock = Lock(directory)
    deadline = time.monotonic() + 120
    while not lock.try_now():
        state = State(directory)
        if state.values.get("owner") == "demo" and {"valkey", "objectstore"} & state.running().keys():
            return
        if time.monotonic() > deadline:
            sys.exit(f"Another program holds the servers of {directory}; end it or run `make demo-stop`.")
        time.sleep(0.1)
    own = helpers.Helpers(directory, lock, owner="command")
    try:
        os.environ.update(own.start())
    except DidNotStart as problem:
        own.stop(3)
        sys.exit(str(problem))
    atexit.register(own.ask_to_stop)

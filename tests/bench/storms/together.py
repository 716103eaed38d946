"""Storms blow one after the other on one instance, whose servers are started once."""

import shutil
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from types import ModuleType

from tests.bench.instance import ROOT
from tests.bench.storms.servers import storm_instance

# Modules of tests.bench with `Options()` and `run(instance, options) -> int`.
STORMS = ("storm", "contest_storm", "survey_storm", "assistant_storm")


def main(names: list[str]) -> int:
    """Blow the storms named. Exit status 0: every goal was kept; 1: one was not; 2: nothing was measured."""
    storms: list[ModuleType] = [import_module(f"tests.bench.{name}") for name in names]
    try:
        asked = [storm.Options() for storm in storms]
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 2
    # Ended from outside, it still ends its servers and removes what it made.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    directory = Path(tempfile.mkdtemp(prefix="storm-", dir=var.resolve()))
    try:
        with storm_instance(directory) as instance:
            return max(storm.run(instance, options) for storm, options in zip(storms, asked, strict=True))
    finally:
        shutil.rmtree(directory, ignore_errors=True)

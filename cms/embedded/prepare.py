"""Brings a demo's data up to date: bucket, tables, starter content, demo accounts. Run as its own process."""

import gc
import sys
import time

import django
from django.core.management import call_command, get_commands

STEPS = (
    ("prepare_storage", "file store"),
    ("migrate", "database (the longest part the first time: a minute or two)"),
    ("load_starter_content", "starter content (half a minute)"),
    ("load_demo_data", "demo accounts"),
)


def main() -> None:
    django.setup()
    # A program that ends soon looks for cycles seldom: the tables are made in an eighth less time.
    gc.set_threshold(100_000, 50, 100)
    known = get_commands()
    for command, says in STEPS:
        if command in known:
            began = time.monotonic()
            print(f"  {says} …", end="", file=sys.stderr, flush=True)
            call_command(command, verbosity=0)
            print(f" {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

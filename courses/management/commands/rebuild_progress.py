"""Work progress out again from events, attempts and attendance; `--check` only compares."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from courses.operations.projections import rebuild_all

EXAMPLES = 20


class Command(BaseCommand):
    help = (
        "Work the progress of every learner out again from the raw records. "
        "With --check nothing is written, and a difference ends with status 1."
    )

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only compare what is stored with the records")
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args, check, json: bool, **options):
        as_json, shown = json, sys.stderr.isatty()
        found: dict[str, Any] = {"checked": 0, "differences": 0, "examples": []}
        for step in rebuild_all(check=check):
            found["checked"] += step.checked
            found["differences"] += len(step.differences)
            found["examples"] += step.differences[: EXAMPLES - len(found["examples"])]
            if shown:
                self.stderr.write(f"\r{step.done * 100 // max(step.total, 1):3d} %", ending="")
        if shown:
            self.stderr.write("")
        self.stdout.write(_document(found) if as_json else _sentence(found, check))
        if check and found["differences"]:
            raise CommandError(f"{found['differences']} rows differ from the records.", returncode=1)


def _document(found: dict) -> str:
    return json.dumps(found, ensure_ascii=False)


def _sentence(found: dict, check: bool) -> str:
    verb = "differ" if check else "were put right"
    return f"{found['checked']} rows of progress, {found['differences']} {verb}."

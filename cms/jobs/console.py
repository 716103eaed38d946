"""What the commands of contract.md have in common: `--json`, exit status, a progress bar on a terminal."""

import json
import sys

from django.core.management.base import BaseCommand, CommandError

from cms.problems import Problem

NOTHING_APPLIED = 1
_WIDTH = 30


class ReportingCommand(BaseCommand):
    """A command that does one piece of work and reports on it.

    Subclasses write `work(options)`, which returns the report (a JSON-ready dict), and `lines(report)`, its wording for
    people. Exit status 0; 1 with a report after `Refused`; 2 for usage (argparse's own).
    """

    # The checks load every page, form and address of the site: seconds before a command that needs none of them.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args, **options):
        self._as_json, self._quiet = options["json"], options["verbosity"] == 0
        try:
            report = self.work(options)
        except Refused as refusal:
            if self._as_json:
                self._print_json({**refusal.report, "error": refusal.text})
            elif refusal.is_worth_listing:
                self._print_lines(refusal.report)
            self.end_progress()
            raise CommandError(refusal.text, returncode=NOTHING_APPLIED) from refusal
        except Problem as problem:
            # What the domain refuses and no command words itself, such as a school that is closed.
            self.end_progress()
            if self._as_json:
                self._print_json({"error": str(problem), "code": problem.code})
            raise CommandError(str(problem), returncode=NOTHING_APPLIED) from problem
        except CommandError as error:
            # Whoever reads the JSON gets a document also when the question itself was wrong.
            self.end_progress()
            if self._as_json:
                self._print_json({"error": str(error)})
            raise
        self.end_progress()
        if self._as_json:
            self._print_json(report)
        else:
            self._print_lines(report)

    def work(self, options: dict) -> dict:
        raise NotImplementedError

    def lines(self, report: dict) -> list[str]:
        return [f"{name}: {value}" for name, value in report.items()]

    def progress(self, done: int, total: int, what: str) -> None:
        """Draw how far the work is, where standard error is a terminal."""
        if not sys.stderr.isatty() or self._as_json or self._quiet:
            return
        filled = _WIDTH * done // total if total else 0
        sys.stderr.write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {done}/{total} {what}\033[K")
        sys.stderr.flush()
        self._drawn = True

    def end_progress(self) -> None:
        if getattr(self, "_drawn", False):
            sys.stderr.write("\r\033[K")
            self._drawn = False

    def _print_json(self, report: dict) -> None:
        self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1, default=str))

    def _print_lines(self, report: dict) -> None:
        for line in self.lines(report) if report and not self._quiet else []:
            self.stdout.write(line)


class Refused(Exception):
    """Nothing was applied. `report` has the shape of a success, as far as there is anything to say."""

    def __init__(self, text, report: dict | None = None):
        self.text = str(text)
        self.report = report or {}
        # Noughts before an error say nothing.
        self.is_worth_listing = any(isinstance(value, list) and value for value in self.report.values())
        super().__init__(self.text)

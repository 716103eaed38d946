"""`manage.py import_h5p FILE`: takes in a package with the right to install its libraries."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from django_h5p.operations import import_package
from django_h5p.problems import PackageRefused

REFUSED = 1
WRONGLY_CALLED = 2
_WIDTH = 30


class Command(BaseCommand):
    help = (
        "Check an H5P package and make it playable, with the right to install its libraries. "
        "Exit status: 0 imported (the same file again changes nothing), 1 refused with the reason, 2 wrongly called."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="a file that ends in .h5p")
        parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")

    def handle(self, *args, **options):
        path: Path = options["file"]
        self._shows = sys.stderr.isatty() and not options["json"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=WRONGLY_CALLED)
        try:
            with path.open("rb") as file:
                report = import_package(file=file, file_name=path.name, may_install=True, tell=self._tell)
        except PackageRefused as refusal:
            self._end_line()
            if options["json"]:
                refused = {"code": refusal.code, "error": str(refusal), "reasons": [str(refusal)], **refusal.extra}
                self.stdout.write(json.dumps(refused, ensure_ascii=False, indent=1))
            raise CommandError(f"{refusal.code}: {refusal}", returncode=REFUSED) from refusal
        self._end_line()
        result = {
            "id": str(report.content.uuid),
            "title": report.content.title,
            "main_library": str(report.version.main_library),
            "libraries_added": len(report.libraries_added),
            "content_hash": report.version.sha256,
            "created": report.created,
            "libraries": report.libraries_added,
            "objects_written": report.objects_written,
            "warnings": report.warnings,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
        else:
            for name, value in result.items():
                self.stdout.write(f"{name}: {', '.join(value) if isinstance(value, list) else value}")

    def _tell(self, done: int, total: int, what: str) -> None:
        if self._shows:
            filled = _WIDTH * done // total if total else 0
            sys.stderr.write(f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {what}\033[K")
            sys.stderr.flush()

    def _end_line(self) -> None:
        if self._shows:
            sys.stderr.write("\r\033[K")

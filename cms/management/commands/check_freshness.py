"""`manage.py check_freshness`: which procedures and pages are past their review date, and what uses them."""

import json

from django.core.management.base import BaseCommand

from cms.operations.freshness import check_freshness
from cms.vocabulary.usage import uses_of


class Command(BaseCommand):
    help = "List stale procedures and what uses them, and warn the readers of those pages."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args, **options):
        report = check_freshness()
        uses: dict[str, list[dict]] = {}
        for use in uses_of(sorted({row["code"] for row in report["procedures"]})):
            uses.setdefault(use.code, []).append({"kind": use.kind, "title": use.title, "language": use.language})
        for row in report["procedures"]:
            row["used_in"] = uses.get(row["code"], [])
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for row in report["procedures"]:
            self.stdout.write(f"{row['review_by']}  {row['code']} ({row['language']}): {row['name']}")
            for use in row["used_in"]:
                self.stdout.write(f"            {use['kind']}: {use['title']} ({use['language']})")
        for row in report["pages"]:
            self.stdout.write(f"{row['review_by']}  page ({row['language']}): {row['title']}")
        self.stdout.write(f"{report['flagged']} newly flagged, {report['settled']} settled")

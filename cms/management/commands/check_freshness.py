"""`manage.py check_freshness`: which procedures and pages are past their review date, and what uses them."""

from cms.jobs.console import ReportingCommand
from cms.operations.freshness import check_freshness
from cms.vocabulary.usage import uses_of


class Command(ReportingCommand):
    help = "List stale procedures and what uses them, and warn the readers of those pages."

    def work(self, options):
        report = check_freshness(step=self.progress)
        uses: dict[str, list[dict]] = {}
        for use in uses_of(sorted({row["code"] for row in report["procedures"]})):
            uses.setdefault(use.code, []).append({"kind": use.kind, "title": use.title, "language": use.language})
        for row in report["procedures"]:
            row["used_in"] = uses.get(row["code"], [])
        return report

    def lines(self, report):
        found = []
        for row in report["procedures"]:
            found.append(f"{row['review_by']}  {row['code']} ({row['language']}): {row['name']}")
            found += [f"            {use['kind']}: {use['title']} ({use['language']})" for use in row["used_in"]]
        found += [f"{row['review_by']}  page ({row['language']}): {row['title']}" for row in report["pages"]]
        found += [f"{row['review_by']}  help point ({row['unit']}): {row['name']}" for row in report["help_points"]]
        return [*found, f"{report['flagged']} newly flagged, {report['settled']} settled"]

"""The demo's people, what they did, and the list of accounts to try."""

import json
from pathlib import Path

from django.conf import settings

from cms.jobs.console import Refused, ReportingCommand
from courses.demo import load_demo_data
from schools.demo import accounts


class Command(ReportingCommand):
    help = (
        "Make the demo's schools, people, assignments and results, and write accounts.json beside the demo's state. "
        "Does nothing the second time. Only where demo accounts are allowed."
    )

    def work(self, options):
        if not settings.DEMO_ACCOUNTS:
            raise Refused("Demo accounts exist only in the demo (DEMO_ACCOUNTS is off).")
        counts = load_demo_data(step=self.progress)
        file = Path(settings.VAR_DIR) / "accounts.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(accounts(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        return counts

    def lines(self, report):
        return [f"{report['created']} made, {report['kept']} kept; accounts in accounts.json."] if report else []

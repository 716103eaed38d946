"""The demo's people, what they did, and the list of accounts to try."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from courses.demo import load_demo_data
from schools.demo import accounts


class Command(BaseCommand):
    help = (
        "Make the demo's schools, people, assignments and results, and write accounts.json beside the demo's state. "
        "Does nothing the second time. Only where demo accounts are allowed."
    )

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON document on standard output")

    def handle(self, *args, **options):
        if not settings.DEMO_ACCOUNTS:
            raise CommandError("Demo accounts exist only in the demo (DEMO_ACCOUNTS is off).", returncode=1)
        counts = load_demo_data()
        file = Path(settings.VAR_DIR) / "accounts.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(accounts(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        else:
            self.stdout.write(f"{counts['created']} made, {counts['kept']} kept; accounts in {file.name}.")

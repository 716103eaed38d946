"""`manage.py rebuild_search`: write all search entries of pages anew."""

import json

from django.core.management.base import BaseCommand

from cms.search.indexing import index_everything


class Command(BaseCommand):
    help = "Write the search entries of all published pages anew."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args, **options):
        count = index_everything()
        self.stdout.write(json.dumps({"pages": count}) if options["json"] else f"{count} pages looked at")

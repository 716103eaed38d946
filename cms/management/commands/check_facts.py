"""`manage.py check_facts`: every fact that may change and is told without a source or a date."""

import json
import sys
from dataclasses import asdict

from django.core.management.base import BaseCommand

from cms.vocabulary.facts import unproved_facts


class Command(BaseCommand):
    help = "List every volatile fact (fee, time, age, date, number) that has no source or no date; 1 if there is one."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args, **options):
        found = unproved_facts()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(fact) for fact in found], ensure_ascii=False))
        else:
            for fact in found:
                self.stdout.write(f"{fact.kind} {fact.where} ({fact.language}): no {fact.lacks}: {fact.fact}")
            self.stdout.write(f"{len(found)} without proof")
        if found:
            sys.exit(1)

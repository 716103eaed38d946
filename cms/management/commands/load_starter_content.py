"""`manage.py load_starter_content`: idempotent; what an editor has changed stays as it is."""

import json
import sys

from django.core.management.base import BaseCommand
from django.utils import translation
from wagtail.models import Page

from cms.models import ContentPage
from cms.problems import Problem
from cms.starter import load_everything
from cms.tasks import prepare_published_page


class Command(BaseCommand):
    help = "Load the starter content: vocabulary, pages, quizzes, courses. Running it again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, *args, **options):
        shows = sys.stderr.isatty() and not options["json"]

        def doing(name, done, total):
            if shows:
                self.stderr.write(f"[{done + 1}/{total}] {name}")

        try:
            with translation.override("en"):
                run = load_everything(doing=doing)
        except Problem as problem:
            faults = getattr(problem, "faults", [str(problem)])
            if options["json"]:
                self.stdout.write(json.dumps({"error": problem.code, "faults": faults}, ensure_ascii=False))
            else:
                self.stderr.write(str(problem))
            sys.exit(1)
        if run.created or run.changed:
            # In this process, so that the pages have their pictures even where no worker runs.
            for page in Page.objects.live().filter(depth__gt=1):
                if issubclass(page.specific_class or Page, ContentPage):
                    prepare_published_page(page.pk)
        report = {"created": run.created, "changed": run.changed, "kept": run.kept, "edited": run.edited}
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write(f"created {run.created}, changed {run.changed}, kept {run.kept}")
            for label in run.edited:
                self.stdout.write(f"  changed by an editor, kept: {label}")

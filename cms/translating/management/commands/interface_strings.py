import json

from django.core.management.base import BaseCommand, CommandError

from cms.translating.operations.interface import take_strings
from cms.vocabulary.models import ContentLanguage


class Command(BaseCommand):
    help = "Make the interface's strings rows of the language board, for languages whose words native speakers sign."

    def add_arguments(self, parser):
        parser.add_argument("language", nargs="+", help="tags of the table of languages, such as km or zh-Hant")
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *, language, json: bool, **options):
        rows = {row.tag: row for row in ContentLanguage.objects.filter(tag__in=language)}
        if unknown := set(language) - rows.keys():
            raise CommandError(f"Not in the table of languages: {', '.join(sorted(unknown))}", returncode=2)
        counts = {tag: take_strings(language=rows[tag]) for tag in language}
        self.say(counts, json)

    def say(self, counts, as_json: bool) -> None:
        lines = [
            f"{tag}: {n['created']} new, {n['changed']} changed, {n['kept']} as they were" for tag, n in counts.items()
        ]
        self.stdout.write(json.dumps(counts) if as_json else "\n".join(lines))

"""`import_questions FILE --bank SLUG [--format auto] [--dry-run]` (contract.md)."""

from pathlib import Path

from django.core.management.base import CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.jobs.console import Refused, ReportingCommand
from quizzes.exchange.formats import FORMATS, read_questions
from quizzes.exchange.items import Unreadable
from quizzes.exchange.storing import store_items
from quizzes.models import QuestionBank

USAGE = 2


class Command(ReportingCommand):
    help = "Bring questions into a bank: Word papers, Excel or CSV tables, Aiken, GIFT, Moodle XML, QTI."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("file")
        parser.add_argument("--bank", required=True, metavar="SLUG", help="made if it is not there")
        parser.add_argument("--format", default="auto", choices=["auto", *FORMATS])
        parser.add_argument("--dry-run", action="store_true", help="read and report, write nothing")

    def work(self, options):
        try:
            data = Path(options["file"]).read_bytes()
        except OSError as error:
            text = _("The file %(path)s cannot be read.") % {"path": options["file"]}
            raise CommandError(text, returncode=USAGE) from error
        try:
            reading = read_questions(data, name=Path(options["file"]).name, format=options["format"])
        except Unreadable as error:
            nothing = {"format": options["format"], "created": 0, "unchanged": 0, "skipped": [], "warnings": []}
            raise Refused(str(error), nothing) from error
        with transaction.atomic():
            bank = self._bank(options["bank"], dry_run=options["dry_run"])
            stored = store_items(bank=bank, reading=reading, dry_run=options["dry_run"], progress=self._draw)
            report = stored.as_json(reading)
            if not stored.created and not stored.unchanged:
                transaction.set_rollback(True)
        if not stored.created and not stored.unchanged:
            raise Refused(_("No question of this file can be taken."), report)
        return report

    def _bank(self, slug: str, *, dry_run: bool) -> QuestionBank:
        found = QuestionBank.objects.filter(slug=slug).first() or QuestionBank(slug=slug, title=slug)
        if not found.pk and not dry_run:
            found.full_clean()
            found.save()
        return found

    def _draw(self, done: int, total: int) -> None:
        self.progress(done, total, _("questions"))

    def lines(self, report):
        count = report["created"]
        lines = [
            ngettext("%(count)d new question", "%(count)d new questions", count) % {"count": count},
            _("%(count)d as they were before") % {"count": report["unchanged"]},
        ]
        lines += [f"  {one['item']}: {one['reason']}" for one in report["skipped"]]
        return lines + [f"  {one}" for one in report["warnings"]]

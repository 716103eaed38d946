"""`export_questions --bank SLUG --format gift|moodle-xml|qti3|xlsx|h5p --output F` (contract.md)."""

from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from quizzes.exchange.formats import EXPORTS, write_questions
from quizzes.exchange.items import Impossible
from quizzes.exchange.storing import for_export, items_of
from quizzes.models import QuestionBank

USAGE = 2


class Command(ReportingCommand):
    help = "Write a bank's questions to a file; what the format cannot hold is listed."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--bank", required=True, metavar="SLUG")
        parser.add_argument("--format", required=True, choices=list(EXPORTS))
        parser.add_argument("--output", required=True, metavar="F")

    def work(self, options):
        bank = QuestionBank.objects.filter(slug=options["bank"]).first()
        if bank is None:
            text = _("There is no question bank with the code %(code)s.") % {"code": options["bank"]}
            raise CommandError(text, returncode=USAGE)
        items = items_of(for_export(bank))
        if not items:
            raise Refused(_("The bank is empty."), {"format": options["format"], "written": 0, "left_out": []})
        try:
            written = write_questions(items, format=options["format"], title=bank.title)
        except Impossible as reason:
            raise Refused(str(reason), {"format": options["format"], "written": 0, "left_out": []}) from reason
        try:
            Path(options["output"]).write_bytes(written.data)
        except OSError as error:
            text = _("The file %(path)s cannot be written.") % {"path": options["output"]}
            raise CommandError(text, returncode=USAGE) from error
        return {
            "format": options["format"],
            "written": len(items) - len(written.left_out),
            "left_out": [{"item": one.label, "reason": str(one.reason)} for one in written.left_out],
        }

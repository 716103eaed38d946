"""`undo_roster_import ID`: back to the state before an import (contract.md)."""

from uuid import UUID

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from cms.jobs.console import Refused, ReportingCommand
from schools.models import RosterImport
from schools.operations.rosters import UndoRefused, undo_import


class Command(ReportingCommand):
    help = "Take an import of a class list back, within seven days and while nothing depends on it."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("id", help="the import_id that import_roster printed")

    def work(self, options):
        try:
            found = RosterImport.objects.filter(uuid=UUID(options["id"])).first()
        except ValueError:
            found = RosterImport.objects.filter(pk=options["id"]).first() if options["id"].isdigit() else None
        if found is None:
            raise CommandError(_("There is no import %(id)s.") % {"id": options["id"]}, returncode=2)
        try:
            done = undo_import(roster_import=found, actor=None, step=self.progress)
        except UndoRefused as problem:
            report = {"import_id": str(found.uuid), "undone": False, "hindrances": problem.extra["hindrances"]}
            raise Refused(problem, report) from problem
        return {"import_id": str(done.uuid), "undone": True, "hindrances": []}

    def lines(self, report):
        if report["undone"]:
            return [_("The import was undone.")]
        return [f"  - {text}" for text in report["hindrances"]]

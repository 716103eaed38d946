"""`manage.py convert_recordings`: have the copies of recordings made that have none."""

from cms.jobs.console import ReportingCommand
from media.models import Recording
from media.operations import request_conversion


class Command(ReportingCommand):
    help = "Hand recordings without copies to the workers; --again also those that have some or failed."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--again", action="store_true", help="also make the copies anew that are there or failed")

    def work(self, options):
        recordings = Recording.objects.exclude(file="")
        if not options["again"]:
            recordings = recordings.filter(copies={})
        found = list(recordings)
        for asked, recording in enumerate(found, start=1):
            request_conversion(recording=recording, again=options["again"])
            self.progress(asked, len(found), recording.title)
        return {"asked": len(found)}

    def lines(self, report):
        return [f"Handed to the workers: {report['asked']}"]

"""`manage.py rebuild_assistant`: write anew what the assistant may quote."""

from cms.jobs.console import ReportingCommand
from support.assistant.indexing import index_everything


class Command(ReportingCommand):
    help = "Cut all published pages into passages anew; needed once after an update, and after a copy is put back."

    def work(self, options):
        return {"quotable": index_everything(step=self.progress)}

    def lines(self, report):
        return [f"{report['quotable']} things may be quoted"]

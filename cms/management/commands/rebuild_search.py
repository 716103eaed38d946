"""`manage.py rebuild_search`: write all search entries of pages anew."""

from cms.jobs.console import ReportingCommand
from cms.search.indexing import index_everything


class Command(ReportingCommand):
    help = "Write the search entries of all published pages anew."

    def work(self, options):
        return {"pages": index_everything(step=self.progress)}

    def lines(self, report):
        return [f"{report['pages']} pages looked at"]

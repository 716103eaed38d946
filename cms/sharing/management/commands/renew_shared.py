"""`manage.py renew_shared`: the register of shared materials again from what is published."""

from cms.jobs.console import ReportingCommand
from cms.keeping import drop_kept_pages
from cms.sharing.operations import renew


class Command(ReportingCommand):
    help = "Bring short links, feeds and the OAI-PMH register in step with the published pages."

    def work(self, options):
        report = renew(step=self.progress)
        drop_kept_pages()
        return report

    def lines(self, report):
        return [f"{report['open']} materials open to everybody", f"{report['withdrawn']} found to be taken back"]

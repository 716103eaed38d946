from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self):
        from cms.jobs.operations import register_work
        from courses.operations.projections import register_projection
        from reports import load, receivers  # noqa: F401 (connects them)
        from reports.operations.ledger import rebuild_ledger
        from reports.work import ANNUAL_JOB, make_annual_report
        from schools.operations.loads.people import register_part

        register_projection(rebuild_ledger)
        register_part(load.part())
        register_work(ANNUAL_JOB, make_annual_report)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self):
        from cms.audit.acts import register_acts
        from cms.gathered import register_figures
        from cms.jobs.operations import register_work
        from courses.operations.projections import register_projection
        from reports import acts, load, receivers  # noqa: F401 (connects them)
        from reports.operations.ledger import rebuild_ledger
        from reports.queries import (
            counting,  # noqa: F401 (registers what it counts)
            gathered,
        )
        from reports.work import ANNUAL_JOB, COVERAGE_JOB, make_annual_report, make_coverage_file
        from schools.operations.loads.people import register_part

        register_acts("reports", acts.TITLE, acts.ACTS, kinds=acts.KINDS, details=acts.DETAILS)
        register_figures("indicator", gathered.indicator_choices, gathered.indicator_figures)
        register_projection(rebuild_ledger)
        register_part(load.part())
        register_work(ANNUAL_JOB, make_annual_report)
        register_work(COVERAGE_JOB, make_coverage_file)

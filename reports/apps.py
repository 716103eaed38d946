from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    label = "reports"
    verbose_name = _("Reports")

    def ready(self):
        from courses.operations.projections import register_projection
        from reports import receivers  # noqa: F401 (connects them)
        from reports.operations.ledger import rebuild_ledger

        register_projection(rebuild_ledger)

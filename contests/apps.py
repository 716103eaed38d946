from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "contests"
    label = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from contests import receivers  # noqa: F401
        from contests.operations.privacy import OWN
        from schools.operations.notifications import register_kind
        from schools.privacy import register

        register("contests", OWN)
        register_kind("contest_reminder", _("The contest “%(title)s” waits for you, until %(until)s."), may_leave=True)

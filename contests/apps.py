from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContestsConfig(AppConfig):
    name = "contests"
    label = "contests"
    verbose_name = _("Contests")

    def ready(self):
        from contests import receivers  # noqa: F401  (receivers connect themselves when imported)
        from contests.operations.privacy import OWN
        from schools.privacy import register

        register("contests", OWN)

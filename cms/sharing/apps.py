from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharingConfig(AppConfig):
    name = "cms.sharing"
    label = "sharing"
    verbose_name = _("Sharing")

    def ready(self):
        from cms.sharing import receivers  # noqa: F401  (receivers connect themselves when imported)

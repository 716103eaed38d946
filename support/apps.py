from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupportConfig(AppConfig):
    name = "support"
    label = "support"
    verbose_name = _("Help desk")

    def ready(self):
        from cms import starter
        from support import loading, receivers  # noqa: F401  (receivers connect themselves when imported)

        starter.register("wordings", 60, loading.load_wordings, read=loading.read_wordings)

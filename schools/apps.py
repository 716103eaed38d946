from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchoolsConfig(AppConfig):
    name = "schools"
    label = "schools"
    verbose_name = _("Schools")

    def ready(self):
        from schools import receivers  # noqa: F401 (connects them)

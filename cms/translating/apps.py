from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranslatingConfig(AppConfig):
    name = "cms.translating"
    label = "translating"
    verbose_name = _("Translation")

    def ready(self):
        from cms.translating import receivers  # noqa: F401  (receivers connect themselves when imported)
        from cms.translating.gettexts import install
        from cms.translating.operations.privacy import OWN
        from schools.privacy import register

        register("translating", OWN)
        install()

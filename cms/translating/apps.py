from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranslatingConfig(AppConfig):
    name = "cms.translating"
    label = "translating"
    verbose_name = _("Translation")

    def ready(self):
        from cms.translating import receivers
        from cms.translating.gettexts import install
        from cms.translating.operations.privacy import OWN
        from schools.operations.notifications import register_kind
        from schools.privacy import register

        register("translating", OWN)
        register_kind("source_moved", _("The source has changed: look through “%(title)s” (%(language)s)."))
        register_kind("translation_handed_in", _("A draft is there to be read: “%(title)s” (%(language)s)."))
        receivers.take_texts_along()
        install()

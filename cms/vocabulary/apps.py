from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VocabularyConfig(AppConfig):
    name = "cms.vocabulary"
    label = "vocabulary"
    verbose_name = _("Vocabulary")

    def ready(self):
        from cms.vocabulary import receivers  # noqa: F401

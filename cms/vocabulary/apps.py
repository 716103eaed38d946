from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VocabularyConfig(AppConfig):
    name = "cms.vocabulary"
    label = "vocabulary"
    verbose_name = _("Vocabulary")

    def ready(self):
        from cms import starter
        from cms.vocabulary import loading, receivers  # noqa: F401  (receivers connect themselves when imported)
        from cms.vocabulary.facts import register_facts
        from cms.vocabulary.queries import procedure_facts

        register_facts("procedures", procedure_facts)
        starter.register("vocabulary", 10, loading.load, read=loading.read)

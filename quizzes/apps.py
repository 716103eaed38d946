from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    label = "quizzes"
    verbose_name = _("Quizzes")

    def ready(self):
        from cms.vocabulary.facts import register_facts
        from quizzes import receivers  # noqa: F401
        from quizzes.facts import question_facts

        register_facts("questions", question_facts)

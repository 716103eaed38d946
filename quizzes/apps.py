from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuizzesConfig(AppConfig):
    name = "quizzes"
    label = "quizzes"
    verbose_name = _("Quizzes")

    def ready(self):
        from cms.audit.acts import register_acts
        from cms.jobs.operations import register_work
        from cms.vocabulary.facts import register_facts
        from quizzes import acts, receivers  # noqa: F401  (receivers connect themselves when imported)
        from quizzes.facts import question_facts
        from quizzes.operations.corrections import REGRADE_JOB
        from quizzes.operations.figures import FIGURES_JOB
        from quizzes.operations.imports import COMMIT, READ, commit_uploaded, read_uploaded
        from quizzes.work import run_figures, run_regrade

        register_acts("quizzes", acts.TITLE, acts.ACTS, kinds=acts.KINDS, details=acts.DETAILS)
        register_facts("questions", question_facts)
        from quizzes.operations.privacy import OWN
        from schools.privacy import register

        register("quizzes", OWN)
        register_work(REGRADE_JOB, run_regrade)
        register_work(FIGURES_JOB, run_figures)
        register_work(READ, read_uploaded)
        register_work(COMMIT, commit_uploaded)

"""Keeps papers in step with what editors publish, and cards of review with what pupils miss; after the commit."""

from functools import partial
from threading import local

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import published, unpublished

from cms.vocabulary.models import Procedure
from cms.vocabulary.signals import procedure_stale
from quizzes.models import Attempt, Option, Question, Quiz
from quizzes.operations import freeze_contest_papers_on, freeze_paper, freeze_papers_using, renote_attempt
from quizzes.signals import attempt_finished


@receiver([published, unpublished], sender=Quiz)
def freeze_published_quiz(sender, instance, **kwargs):
    transaction.on_commit(partial(freeze_paper, quiz_key=instance.translation_key))


@receiver(post_delete, sender=Quiz)
def retire_deleted_quiz(sender, instance, **kwargs):
    transaction.on_commit(partial(freeze_paper, quiz_key=instance.translation_key))


# Questions saved in this thread whose quizzes are still to be looked at.
_waiting = local()


@receiver(post_save, sender=Question)
def freeze_quizzes_with_question(sender, instance, raw=False, **kwargs):
    if not raw:
        if not hasattr(_waiting, "keys"):
            _waiting.keys = set()
        _waiting.keys.add(instance.translation_key)
        transaction.on_commit(_freeze_waiting)


def _freeze_waiting() -> None:
    """The first call after a commit does it for all; what a rollback left behind is only looked at once more."""
    keys, _waiting.keys = _waiting.keys, set()
    if keys:
        freeze_papers_using(question_keys=keys)


@receiver(post_save, sender=Option)
def freeze_quizzes_with_option(sender, instance, raw=False, **kwargs):
    # Inside a transaction the question's own save has asked for this already: a form saves both together.
    if not raw and not transaction.get_connection().in_atomic_block:
        freeze_papers_using(question_keys=[instance.question.translation_key])


@receiver(procedure_stale)
def leave_pools_of_contests(sender, procedure, **kwargs):
    """Every night a stale procedure is told of: what has been left out already costs a comparison."""
    transaction.on_commit(partial(freeze_contest_papers_on, code=procedure.code))


@receiver(post_save, sender=Procedure)
def come_back_to_pools_of_contests(sender, instance, created, raw=False, **kwargs):
    if not raw and not created:
        transaction.on_commit(partial(freeze_contest_papers_on, code=instance.code))


@receiver(attempt_finished, sender=Attempt)
def keep_what_was_missed(sender, attempt, change, **kwargs):
    # One that has just ended is found by `note_finished`; a submit sends no message and waits for no broker.
    if change in {"regraded", "amended"}:
        renote_attempt(attempt=attempt)

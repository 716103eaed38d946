"""News from below: ended quiz attempts, and pages that changed."""

from uuid import UUID

from django.db.models.signals import post_save
from django.dispatch import receiver
from wagtail.signals import page_published

from cms.keeping import drop_kept_pages
from courses.models import LessonPage
from courses.operations.lessons import record_result, rework_results
from courses.operations.openings import open_lesson_quiz
from quizzes.models import Attempt, Opening, Quiz
from quizzes.signals import attempt_finished, attempt_reopened


@receiver(attempt_finished, sender=Attempt)
def keep_result(sender, attempt, change="", **kwargs):
    if change == "amended":
        rework(sender, attempt)
    else:
        record_result(attempt=attempt)


@receiver(attempt_reopened, sender=Attempt)
def rework(sender, attempt, **kwargs):
    if attempt.context_kind == Opening.Kind.LESSON:
        rework_results(user_id=attempt.user_id, lesson_key=UUID(attempt.context_key))


@receiver(post_save, sender=Quiz)
def quiz_changes(sender, **kwargs):
    """Lesson pages and outlines tell the quiz's title."""
    drop_kept_pages()


@receiver(page_published, sender=LessonPage)
def lesson_is_published(sender, instance, **kwargs):
    """Whoever may read a lesson may take its quiz."""
    if instance.quiz_id:
        open_lesson_quiz(lesson_key=instance.translation_key, quiz_key=instance.quiz.translation_key)

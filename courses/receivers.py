"""News from below: ended quiz attempts, and pages that changed."""

from uuid import UUID

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from courses.models import CoursePage, LessonPage
from courses.operations.lessons import record_result, rework_results
from courses.queries.catalogue import forget_catalogue
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


def forget(sender, **kwargs):
    forget_catalogue()


# Any page: a section that moves changes the addresses of what is below it.
for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
    signal.connect(forget, dispatch_uid="courses_catalogue")
for model in (CoursePage, LessonPage):
    post_delete.connect(forget, sender=model, dispatch_uid=f"courses_catalogue_{model.__name__}")
post_save.connect(forget, sender=Quiz, dispatch_uid="courses_catalogue_quiz")

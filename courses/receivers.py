"""News from below: ended quiz attempts, and pages that changed."""

from functools import partial
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext as _
from django_h5p.models import Attempt as H5PAttempt
from django_h5p.signals import attempt_completed
from wagtail.signals import page_published

from cms.keeping import drop_kept_pages
from courses.models import CourseProgress, LessonPage
from courses.operations.assignments import continue_class
from courses.operations.lessons import NewEvent, record_events, record_result, rework_results
from courses.operations.openings import open_lesson_quiz
from courses.operations.rebuilding import rework_persons, year_of_attempt
from courses.places import place_of
from courses.queries import catalogue
from courses.signals import course_finished
from courses.tasks import issue_earned
from quizzes.models import Attempt, Opening, Quiz
from quizzes.signals import attempt_finished, attempt_reopened, ways_asked
from schools.models import PersonMerge, SchoolClass
from schools.signals import class_continued, persons_merged


@receiver(attempt_finished, sender=Attempt)
def keep_result(sender, attempt, change="", **kwargs):
    if change in {"amended", "marked", "regraded"}:
        rework(sender, attempt)
    elif attempt.context_kind == Opening.Kind.LESSON:
        record_result(attempt=attempt)


@receiver(attempt_reopened, sender=Attempt)
def rework(sender, attempt, **kwargs):
    if attempt.context_kind == Opening.Kind.LESSON:
        rework_results(user_id=attempt.user_id, lesson_key=UUID(attempt.context_key))


@receiver(attempt_completed, sender=H5PAttempt)
def exercise_is_done(sender, attempt, **kwargs):
    """An H5P exercise of a lesson counts as a self-check: seen and answered. Its score is practice and goes no further.

    The context is what cms.blocks signed: the lesson's key and the block's id.
    """
    if attempt.context_kind != LessonPage.content_format:
        return
    key, _colon, block = attempt.context_key.partition(":")
    lesson = catalogue.lesson(UUID(key), attempt.language or catalogue.main_language())
    if lesson is None:
        return
    event = NewEvent(id=uuid5(attempt.uuid, "completed"), kind="self_check", at=attempt.finished_at, block=block)
    record_events(user=attempt.user, place=place_of(lesson), events=[event])


@receiver(class_continued, sender=SchoolClass)
def class_goes_on(sender, before, after, **kwargs):
    """A class whose school was merged keeps what it was given to do."""
    continue_class(before=before, after=after)


@receiver(persons_merged, sender=PersonMerge)
def person_is_one(sender, merge, undone, **kwargs):
    """Progress is worked out anew from what belongs to each account now."""
    rework_persons(merge=merge, undone=undone)


@receiver(post_save, sender=Quiz)
def quiz_changes(sender, **kwargs):
    """Lesson pages and outlines tell the quiz's title."""
    drop_kept_pages()


@receiver(page_published, sender=LessonPage)
def lesson_is_published(sender, instance, **kwargs):
    """Whoever may read a lesson may take its quiz."""
    if instance.quiz_id:
        open_lesson_quiz(lesson_key=instance.translation_key, quiz_key=instance.quiz.translation_key)


@receiver(ways_asked, sender=Attempt)
def ways_from_a_lessons_quiz(sender, attempt, language, **kwargs):
    """After a lesson's quiz: on to the next lesson when it was passed, else the lesson once more."""
    if attempt.context_kind != Opening.Kind.LESSON:
        return []
    lesson = catalogue.lesson(UUID(attempt.context_key), language)
    course = catalogue.course(lesson.course_key, language) if lesson else None
    if lesson is None or course is None:
        return []
    _before, after = course.around(lesson.key)
    again = {"label": _("Read the lesson again"), "url": lesson.url, "icon": "book-open"}
    on = (
        {"label": _("Next lesson: %(title)s") % {"title": after.title}, "url": after.url, "icon": "arrow-right"}
        if after
        else {"label": _("Back to the course"), "url": course.url, "icon": "list-checks"}
    )
    return [on, again] if attempt.passed else [again, on]


@receiver(course_finished, sender=CourseProgress)
def certify(sender, course_key, school_year, user_ids, **kwargs):
    """Whoever has finished a course with a certificate gets it, in the background."""
    course = catalogue.course(course_key, settings.LANGUAGE_CODE)
    if course and course.certificate:
        earned = partial(issue_earned.delay, str(course_key), list(user_ids), school_year)
        transaction.on_commit(earned, robust=True)


@receiver(attempt_finished, sender=Attempt)
def certify_by_mark(sender, attempt, **kwargs):
    """A better quiz may be what was missing. Asks the cache alone, for a submit must stay cheap."""
    if attempt.context_kind != Opening.Kind.LESSON:
        return
    course = catalogue.course_of(UUID(attempt.context_key), settings.LANGUAGE_CODE)
    if course and course.certificate and course.certificate.mark is not None:
        earned = partial(issue_earned.delay, str(course.key), [attempt.user_id], year_of_attempt(attempt))
        transaction.on_commit(earned, robust=True)

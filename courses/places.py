"""From a published lesson to the place its events belong to."""

from courses.operations.lessons import Place
from courses.queries.catalogue import LessonFacts


def place_of(lesson: LessonFacts) -> Place:
    return Place(lesson.key, lesson.course_key, lesson.revision_id, lesson.language)

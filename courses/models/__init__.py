from courses.models.certificates import Certificate
from courses.models.pages import CoursePage, LessonPage
from courses.models.records import (
    Assignment,
    Attendance,
    ClassAssignment,
    ClassSession,
    CourseProgress,
    DueExtension,
    LessonEvent,
    LessonProgress,
)

__all__ = [
    "Assignment",
    "Attendance",
    "Certificate",
    "ClassAssignment",
    "ClassSession",
    "CoursePage",
    "CourseProgress",
    "DueExtension",
    "LessonEvent",
    "LessonPage",
    "LessonProgress",
]

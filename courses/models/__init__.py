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
    "ClassAssignment",
    "ClassSession",
    "CourseProgress",
    "DueExtension",
    "LessonEvent",
    "LessonProgress",
]

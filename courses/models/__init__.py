from courses.models.certificates import Certificate
from courses.models.family import FamilyAnswer, FamilyTask
from courses.models.pages import CoursePage, LessonPage
from courses.models.polls import ClassPoll, PollAnswer
from courses.models.readings import ReadingConfirmation, RequiredReading
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
from courses.models.trainings import OnlineTraining, PresentWithoutAccount, Training, TrainingAttendance

__all__ = [
    "Assignment",
    "Attendance",
    "Certificate",
    "ClassAssignment",
    "ClassPoll",
    "ClassSession",
    "CoursePage",
    "CourseProgress",
    "DueExtension",
    "FamilyAnswer",
    "FamilyTask",
    "LessonEvent",
    "LessonPage",
    "LessonProgress",
    "OnlineTraining",
    "PollAnswer",
    "PresentWithoutAccount",
    "ReadingConfirmation",
    "RequiredReading",
    "Training",
    "TrainingAttendance",
]

"""Results of a made-up province (`generate_load_data`): events and the progress that they say, for every class and year."""

import random
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings

from cms.models import SectionPage
from courses.models import CoursePage, CourseProgress, LessonEvent, LessonPage, LessonProgress
from courses.queries import catalogue
from schools.operations.loads.people import Made, Part, Size, moments
from schools.operations.loads.rows import Table

LESSONS_OF_A_COURSE = 3
# Of a hundred pupils so many have begun the class's course; of those begun, so many finish a lesson.
BEGUN, DONE = 72, 70

EVENTS = [
    "id",
    "event_id",
    "school_year",
    "user_id",
    "lesson_key",
    "course_key",
    "block",
    "kind",
    "at",
    "received_at",
    "language",
]
LESSONS = [
    "id",
    "user_id",
    "school_year",
    "lesson_key",
    "course_key",
    "state",
    "started_at",
    "finished_at",
    "last_at",
    "events_at",
    "blocks_seen",
    "position",
    "quiz_passed",
    "quiz_attempts",
    "language",
    "class_key",
    "school_key",
    "unit_key",
]
COURSES = ["id", "user_id", "school_year", "course_key", "started_at", "lessons_started", "lessons_done"]


class Results:
    """The part of this room. A class works on one course a year; its pupils are in it as classes are."""

    def begin(self, size: Size) -> None:
        self.courses = _courses(size.courses)
        self.no_blocks = _no_blocks()
        self.tables = Table(LessonEvent, EVENTS), Table(LessonProgress, LESSONS), Table(CourseProgress, COURSES)

    def add(self, made: list[Made], draw: random.Random) -> int:
        """Returns how many lessons were begun."""
        events, lessons, courses = [], [], []
        if self.courses:
            for school_class in made:
                _class_works(school_class, draw.choice(self.courses), draw, self, (events, lessons, courses))
        for table, rows in zip(self.tables, (events, lessons, courses), strict=True):
            table.write(rows)
        return len(lessons)


def _class_works(school_class: Made, course, draw: random.Random, part: Results, rows) -> None:
    course_key, lesson_keys = course
    events, lessons, courses = rows
    tables = part.tables
    year, language = school_class.year.code, settings.LANGUAGE_CODE
    times = moments(school_class.year, draw)
    for user in school_class.users:
        if draw.randrange(100) >= BEGUN:
            continue
        at = first = next(times)
        started = done = 0
        for lesson_key in lesson_keys:
            last, is_done = at, draw.randrange(100) < DONE
            events.append(_event(tables[0], draw, year, user, lesson_key, course_key, "opened", at, language))
            if is_done:
                last = at + timedelta(minutes=5 + draw.randrange(25))
                events.append(_event(tables[0], draw, year, user, lesson_key, course_key, "finished", last, language))
            lessons.append(
                (
                    tables[1].take_id(),
                    user,
                    year,
                    lesson_key,
                    course_key,
                    "finished" if is_done else "started",
                    at,
                    last if is_done else None,
                    last,
                    last,
                    part.no_blocks,
                    "",
                    False,
                    0,
                    language,
                    school_class.key,
                    school_class.school_key,
                    school_class.unit_key,
                )
            )
            started += 1
            done += is_done
            if not is_done:
                break
            at = last + timedelta(minutes=1)
        courses.append((tables[2].take_id(), user, year, course_key, first, started, done))


def _event(table: Table, draw, year, user, lesson_key, course_key, kind, at, language) -> tuple:
    key = UUID(int=draw.getrandbits(128), version=4)
    return table.take_id(), key, year, user, lesson_key, course_key, "", kind, at, at, language


def _courses(number: int) -> list[tuple[UUID, list[UUID]]]:
    """(key, keys of its lessons) of so many published courses; missing ones are made where there is a section for them."""
    language = settings.LANGUAGE_CODE
    section = SectionPage.objects.filter(kind=SectionPage.Kind.COURSES, locale__language_code=language).first()
    found = []
    for page in catalogue.courses_in(language)[:number]:
        lessons = list(LessonPage.objects.child_of(page).live().values_list("translation_key", flat=True))
        if lessons:
            found.append((page.translation_key, lessons[:LESSONS_OF_A_COURSE]))
    while section and len(found) < number:
        found.append(_make_course(section, len(found) + 1))
    return found


def _make_course(section: SectionPage, number: int) -> tuple[UUID, list[UUID]]:
    key = uuid4().hex[:6]
    course = CoursePage(
        title=f"Khóa học đo thử {number}",
        slug=f"khoa-do-thu-{number}-{key}",
        locale=section.locale,
        summary="Khóa học để đo tốc độ của trang.",
    )
    section.add_child(instance=course)
    course.save_revision().publish()
    keys = []
    for place in range(1, LESSONS_OF_A_COURSE + 1):
        lesson = LessonPage(
            title=f"Bài {place}",
            slug=f"bai-do-thu-{place}-{key}",
            locale=section.locale,
            summary="Bài học để đo tốc độ của trang.",
            body=[{"type": "text", "id": str(uuid4()), "value": "<p>Em đọc kỹ tên trang trước khi bấm.</p>"}],
        )
        course.add_child(instance=lesson)
        lesson.save_revision().publish()
        keys.append(lesson.translation_key)
    return course.translation_key, keys


def _no_blocks():
    """An empty list as either engine takes it in a JSON column."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    from psycopg.types.json import Jsonb

    return Jsonb([])


def part() -> Part:
    results = Results()
    return Part(results.begin, results.add)

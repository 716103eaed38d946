"""Working progress out again from the raw records: for one lesson after a late or changed record, or for everything."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from courses.models import Attendance, CourseProgress, LessonEvent, LessonProgress
from courses.moment import moments_of, school_year_on
from courses.progress import (
    LESSON_KINDS,
    CourseEvent,
    Event,
    Lesson,
    Presence,
    QuizResult,
    project_course,
    project_lesson,
)
from courses.queries.catalogue import course_key_of
from courses.signals import progress_moved
from quizzes.models import Attempt, Opening
from schools.models import PersonMerge

LESSON_FIELDS = [
    "state",
    "started_at",
    "finished_at",
    "last_at",
    "events_at",
    "attended_on",
    "blocks_seen",
    "position",
    "quiz_best",
    "quiz_passed",
    "quiz_attempts",
    "quiz_at",
    "quiz_seconds",
    "revision_id",
    "language",
]
COURSE_FIELDS = ["started_at", "finished_at", "lessons_started", "lessons_done"]


def fields_of(lesson: Lesson) -> dict:
    return asdict(lesson) | {"state": lesson.state}


def state_of(row: LessonProgress) -> Lesson:
    """The stored row as the projection's value."""
    return Lesson(**{name: getattr(row, name) for name in LESSON_FIELDS if name != "state"})


def result_of(attempt: Attempt) -> QuizResult:
    percent = Decimal(100) * attempt.score / attempt.max_score if attempt.max_score else Decimal(0)
    at = attempt.submitted_at or attempt.closed_at
    return QuizResult(
        at=at,
        number=attempt.number,
        percent=percent.quantize(Decimal("0.01")),
        passed=bool(attempt.passed),
        seconds=max(0, int((at - attempt.started_at).total_seconds())),
    )


def presence_of(attendance: Attendance) -> Presence:
    """Attendance counts from the day the lesson was held, even when it is entered days later."""
    session = attendance.session
    end_of_day = timezone.make_aware(datetime.combine(session.held_on, time(23, 59, 59)))
    return Presence(
        at=min(attendance.recorded_at, end_of_day),
        held_on=session.held_on,
        revision_id=session.revision_id,
        language=session.language,
    )


def event_of(row: LessonEvent) -> Event:
    return Event(row.at, row.event_id, row.kind, row.block, row.revision_id, row.language)


def year_of_attempt(attempt: Attempt) -> str:
    return attempt.school_year or school_year_on(timezone.localdate(attempt.closed_at))


class Raw:
    """The raw records of some learners in one lesson, by (user, school year)."""

    def __init__(self, lesson_key: UUID, user_ids: Iterable[int]):
        self.events, self.results, self.presences = defaultdict(list), defaultdict(list), defaultdict(list)
        self.course_keys: dict[tuple[int, str], UUID | None] = {}
        user_ids = list(user_ids)
        for row in LessonEvent.objects.filter(user__in=user_ids, lesson_key=lesson_key, kind__in=LESSON_KINDS):
            self.events[row.user_id, row.school_year].append(event_of(row))
            self.course_keys.setdefault((row.user_id, row.school_year), row.course_key)
        attempts = Attempt.objects.filter(
            user__in=user_ids,
            context_kind=Opening.Kind.LESSON,
            context_key=str(lesson_key),
            state__in=[Attempt.State.SUBMITTED, Attempt.State.CLOSED],
        )
        for attempt in attempts.defer("questions", "answers"):
            self.results[attempt.user_id, year_of_attempt(attempt)].append(result_of(attempt))
        attendances = Attendance.objects.filter(
            user__in=user_ids, session__lesson_key=lesson_key, withdrawn_at=None
        ).select_related("session__school_class__school_year")
        for attendance in attendances:
            whose = attendance.user_id, attendance.session.school_class.school_year.code
            self.presences[whose].append(presence_of(attendance))
            self.course_keys.setdefault(whose, attendance.session.course_key)

    def projected(self) -> dict[tuple[int, str], Lesson]:
        whose = {*self.events, *self.results, *self.presences}
        return {
            key: project_lesson(events=self.events[key], results=self.results[key], presences=self.presences[key])
            for key in whose
        }


@transaction.atomic
def rebuild_lesson(
    *, lesson_key: UUID, user_ids: Iterable[int], course_key: UUID | None = None, check: bool = False
) -> list[dict]:
    """Make the progress of these learners in a lesson what their records say; returns the differences there were.

    `course_key` is used where neither the row nor a record knows the course. With `check` nothing is written.
    """
    user_ids = list(user_ids)
    raw = Raw(lesson_key, user_ids)
    wanted = raw.projected()
    rows = {
        (row.user_id, row.school_year): row
        for row in _read(LessonProgress, check).filter(user__in=user_ids, lesson_key=lesson_key)
    }
    differences, made, changed, gone = [], [], [], []
    moments = moments_of({user for user, _year in wanted.keys() - rows.keys()}) if wanted.keys() - rows.keys() else {}
    for whose, lesson in wanted.items():
        row = rows.get(whose)
        if row is None:
            user_id, year = whose
            moment = moments.get(user_id)
            place = moment._asdict() if moment and moment.school_year == year else {}
            row = LessonProgress(
                **fields_of(lesson),
                **(place | {"school_year": year}),
                user_id=user_id,
                lesson_key=lesson_key,
                course_key=raw.course_keys.get(whose) or course_key,
            )
            made.append(row)
            differences.append(_difference(whose, lesson_key, "missing", []))
            continue
        fields = fields_of(lesson)
        wrong = [name for name, value in fields.items() if getattr(row, name) != value]
        if wrong:
            for name in wrong:
                setattr(row, name, fields[name])
            changed.append(row)
            differences.append(_difference(whose, lesson_key, "changed", wrong))
    for whose in rows.keys() - wanted.keys():
        gone.append(rows[whose].pk)
        differences.append(_difference(whose, lesson_key, "without records", []))
    if not check and differences:
        LessonProgress.objects.bulk_create(made, batch_size=500)
        LessonProgress.objects.bulk_update(changed, LESSON_FIELDS, batch_size=200)
        LessonProgress.objects.filter(pk__in=gone).delete()
        courses = {row.course_key for row in (*made, *rows.values()) if row.course_key}
        for key in courses:
            rebuild_course(course_key=key, user_ids=user_ids)
        moved = defaultdict(list)
        for one in differences:
            moved[one["school_year"]].append(one["user_id"])
        for year, users in moved.items():
            progress_moved.send(LessonProgress, user_ids=users, school_year=year)
    return differences


@transaction.atomic
def rebuild_course(*, course_key: UUID | None, user_ids: Iterable[int], check: bool = False) -> list[dict]:
    """The same for the progress in a course, from the stored progress in its lessons; nothing without a course."""
    user_ids = list(user_ids) if course_key else []
    lessons, events = defaultdict(list), defaultdict(list)
    for user_id, year, *times in LessonProgress.objects.filter(user__in=user_ids, course_key=course_key).values_list(
        "user_id", "school_year", "started_at", "finished_at"
    ):
        lessons[user_id, year].append(tuple(times))
    for user_id, year, *event in LessonEvent.objects.filter(
        user__in=user_ids, course_key=course_key, kind__in=COURSE_KINDS
    ).values_list("user_id", "school_year", "at", "event_id", "kind"):
        events[user_id, year].append(CourseEvent(*event))
    rows = {
        (row.user_id, row.school_year): row
        for row in _read(CourseProgress, check).filter(user__in=user_ids, course_key=course_key)
    }
    differences, made, changed = [], [], []
    for whose, begun in lessons.items():
        fields = asdict(project_course(begun, events[whose]))
        row = rows.get(whose)
        if row is None:
            made.append(CourseProgress(user_id=whose[0], school_year=whose[1], course_key=course_key, **fields))
            differences.append(_difference(whose, course_key, "missing", []))
            continue
        wrong = [name for name, value in fields.items() if getattr(row, name) != value]
        if wrong:
            for name in wrong:
                setattr(row, name, fields[name])
            changed.append(row)
            differences.append(_difference(whose, course_key, "changed", wrong))
    gone = [rows[whose].pk for whose in rows.keys() - lessons.keys()]
    differences += [_difference(whose, course_key, "without records", []) for whose in rows.keys() - lessons.keys()]
    if not check:
        CourseProgress.objects.bulk_create(made, batch_size=500)
        CourseProgress.objects.bulk_update(changed, COURSE_FIELDS, batch_size=500)
        CourseProgress.objects.filter(pk__in=gone).delete()
    return differences


@transaction.atomic
def rework_persons(*, merge: PersonMerge, undone: bool) -> None:
    """Make the progress of two accounts that were merged, or parted again, what their records now say.

    Who was ticked twice in one session was there once: the tick of the closed account is withdrawn meanwhile.
    """
    users = [merge.kept_id, merge.other_id]
    left = Attendance.objects.filter(user=merge.other_id)
    if undone:
        left.filter(withdrawn_at=merge.merged_at).update(withdrawn_at=None)
    else:
        left.filter(withdrawn_at=None).update(withdrawn_at=merge.merged_at)
    keys = dict(LessonProgress.objects.filter(user__in=users).values_list("lesson_key", "course_key"))
    events = LessonEvent.objects.filter(user__in=users).exclude(kind__in=COURSE_KINDS)
    for lesson_key, course_key in events.values_list("lesson_key", "course_key").distinct():
        keys.setdefault(lesson_key, course_key)
    for lesson_key, course_key in keys.items():
        rebuild_lesson(lesson_key=lesson_key, user_ids=users, course_key=course_key)
    courses = CourseProgress.objects.filter(user__in=users).values_list("course_key", flat=True).distinct()
    for course_key in {*courses, *(key for key in keys.values() if key)}:
        rebuild_course(course_key=course_key, user_ids=users)


def _read(model: type[LessonProgress] | type[CourseProgress], check: bool):
    """Rows to compare with. Only who will write locks them: a lock is a write, and a check reads millions."""
    return model._default_manager.all() if check else model._default_manager.select_for_update()


COURSE_KINDS = [LessonEvent.Kind.COURSE_FINISHED, LessonEvent.Kind.COURSE_REOPENED]


def _difference(whose: tuple[int, str], key: UUID, what: str, fields: list[str]) -> dict:
    return {"user_id": whose[0], "school_year": whose[1], "key": str(key), "what": what, "fields": fields}


@dataclass(frozen=True)
class Step:
    """How far `rebuild_everything` is: `done` of `total` lessons and courses, and what the last of them showed."""

    done: int
    total: int
    checked: int
    differences: list[dict]


def rebuild_everything(*, check: bool = False, batch: int = 500) -> Iterator[Step]:
    """Rebuild, or with `check` only compare, every lesson and then every course, in batches of learners.

    Lessons come first, because the progress in a course is worked out from them. Each batch is a transaction of its own.
    """
    lessons = _learners_of_lessons()
    courses = _learners_of_courses()
    total, done = len(lessons) + len(courses), 0
    for lesson_key, user_ids in lessons.items():
        for start in range(0, len(user_ids), batch):
            users = user_ids[start : start + batch]
            course_key = None if check else course_key_of(lesson_key)
            found = rebuild_lesson(lesson_key=lesson_key, user_ids=users, course_key=course_key, check=check)
            yield Step(done, total, len(users), found)
        done += 1
    for course_key, user_ids in (courses if check else _learners_of_courses()).items():
        for start in range(0, len(user_ids), batch):
            users = user_ids[start : start + batch]
            yield Step(done, total, len(users), rebuild_course(course_key=course_key, user_ids=users, check=check))
        done += 1


def _learners_of_lessons() -> dict[UUID, list[int]]:
    found: dict[UUID, set[int]] = defaultdict(set)
    for rows in (
        LessonProgress.objects.values_list("lesson_key", "user_id"),
        LessonEvent.objects.filter(kind__in=LESSON_KINDS).values_list("lesson_key", "user_id").distinct(),
        Attendance.objects.filter(withdrawn_at=None).values_list("session__lesson_key", "user_id").distinct(),
    ):
        for key, user_id in rows.iterator(chunk_size=5000):
            found[key].add(user_id)
    attempts = Attempt.objects.filter(context_kind=Opening.Kind.LESSON, closed_at__isnull=False)
    for key, user_id in attempts.values_list("context_key", "user_id").distinct().iterator(chunk_size=5000):
        found[UUID(key)].add(user_id)
    return {key: sorted(users) for key, users in sorted(found.items())}


def _learners_of_courses() -> dict[UUID, list[int]]:
    found: dict[UUID, set[int]] = defaultdict(set)
    for rows in (
        CourseProgress.objects.values_list("course_key", "user_id"),
        LessonProgress.objects.exclude(course_key=None).values_list("course_key", "user_id").distinct(),
    ):
        for key, user_id in rows.iterator(chunk_size=5000):
            found[key].add(user_id)
    return {key: sorted(users) for key, users in sorted(found.items())}

"""Who counts as reached, and since when: the rule of the ledger, worked out from the records of some people.

- **reached**: opened a lesson, took its quiz, or was recorded present when it was held in class; never merely assigned.
- **started**: did something in a lesson: saw a step, answered, took the quiz, or was present.
- **finished**: finished at least one lesson.
- **passed**: passed the quiz of at least one lesson.

Each step counts from the first time in the school year. Only pupils of a class count; a guest who is on no roster is not
known to be a person of the roll and waits until matched.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Min, Q

from courses.models import Attendance, LessonEvent, LessonProgress
from courses.operations.rebuilding import presence_of, result_of, year_of_attempt
from quizzes.models import Attempt, Opening
from schools.models import Membership, School, SchoolClass, SchoolYear, Unit
from schools.models.rolls import level_of

DOING = [LessonEvent.Kind.SEEN, LessonEvent.Kind.SELF_CHECK, LessonEvent.Kind.FINISHED]


@dataclass(frozen=True)
class Reached:
    """The projected fields of a `Reach` row, under the same names."""

    school_id: int
    unit_id: int
    class_key: UUID
    grade: int
    level: str
    language: str
    reached_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    passed_at: datetime | None


FIELDS = list(Reached.__dataclass_fields__)


def reached_of(user_ids: Iterable[int], year: SchoolYear) -> dict[int, Reached]:
    """What the records of the year say of these people; who was not reached is missing. Eight queries a call."""
    user_ids = list(user_ids)
    rows: dict[int, list[LessonProgress]] = defaultdict(list)
    for row in (
        LessonProgress.objects.filter(user__in=user_ids, school_year=year.code)
        .only("user_id", "lesson_key", "class_key", "school_key", "unit_key", "started_at", "finished_at", "quiz_passed",
              "quiz_at", "school_year", "language")
        .order_by("started_at", "lesson_key")
    ):  # fmt: skip
        rows[row.user_id].append(row)
    enrolled = set(
        Membership.objects.filter(user__in=list(rows), is_guest=False, school_class__school_year=year).values_list(
            "user", flat=True
        )
    )
    firsts = {user: first for user in rows.keys() & enrolled if (first := _with_a_place(rows[user]))}
    places = _Places(firsts.values())
    times = _Times(list(firsts), year.code)
    found = {}
    for user, first in firsts.items():
        place = places.of(first)
        if place:
            found[user] = Reached(**place, **times.of(user, rows[user]))
    return found


def _with_a_place(rows: list[LessonProgress]) -> LessonProgress | None:
    return next((row for row in rows if row.class_key and row.school_key), None)


class _Places:
    """Class, grade, level, school and unit of the moment, from the keys a progress row carries."""

    def __init__(self, rows: Iterable[LessonProgress]):
        rows = list(rows)
        self.grades = dict(
            SchoolClass.objects.filter(uuid__in={row.class_key for row in rows}).values_list("uuid", "grade")
        )
        self.schools = {
            uuid: (pk, kind, unit)
            for uuid, pk, kind, unit in School.objects.filter(uuid__in={row.school_key for row in rows}).values_list(
                "uuid", "pk", "kind", "unit"
            )
        }
        self.units = dict(Unit.objects.filter(uuid__in={row.unit_key for row in rows}).values_list("uuid", "pk"))

    def of(self, row: LessonProgress) -> dict | None:
        if row.school_key not in self.schools:
            return None
        school, kind, unit = self.schools[row.school_key]
        grade = self.grades.get(row.class_key) or 0
        return {
            "school_id": school,
            "unit_id": self.units.get(row.unit_key, unit),
            "class_key": row.class_key,
            "grade": grade,
            "level": str(level_of(kind, grade)),
        }


class _Times:
    """The first time of each step, and the language of the first record."""

    def __init__(self, user_ids: list[int], year: str):
        self.doing: dict[int, list[datetime]] = defaultdict(list)
        self.passing: dict[int, list[datetime]] = defaultdict(list)
        self.spoken: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        events = LessonEvent.objects.filter(user__in=user_ids, school_year=year)
        for user, language, first, done in (
            events.values("user", "language")
            .annotate(first=Min("at"), done=Min("at", filter=Q(kind__in=DOING)))
            .values_list("user", "language", "first", "done")
        ):
            self.spoken[user].append((first, language))
            if done:
                self.doing[user].append(done)
        for attendance in Attendance.objects.filter(
            user__in=user_ids, withdrawn_at=None, session__school_class__school_year__code=year
        ).select_related("session"):
            presence = presence_of(attendance)
            self.doing[attendance.user_id].append(presence.at)
            self.spoken[attendance.user_id].append((presence.at, presence.language))
        for attempt in Attempt.objects.filter(
            user__in=user_ids,
            context_kind=Opening.Kind.LESSON,
            state__in=[Attempt.State.SUBMITTED, Attempt.State.CLOSED],
            school_year__in=["", year],
        ).only("user_id", "score", "max_score", "submitted_at", "closed_at", "started_at", "number", "passed",
               "school_year", "language"):  # fmt: skip
            if year_of_attempt(attempt) != year:
                continue
            result = result_of(attempt)
            self.doing[attempt.user_id].append(result.at)
            self.spoken[attempt.user_id].append((result.at, attempt.language))
            if result.passed:
                self.passing[attempt.user_id].append(result.at)

    def of(self, user: int, rows: list[LessonProgress]) -> dict:
        reached = min(row.started_at for row in rows)
        finished = _earliest(row.finished_at for row in rows)
        passed = _earliest(self.passing[user]) or _earliest(row.quiz_at for row in rows if row.quiz_passed)
        started = _earliest([*self.doing[user], finished, passed])
        # A device's clock may be a little behind: the steps keep their order.
        started = max(started, reached) if started else None
        language = min(self.spoken[user])[1] if self.spoken[user] else rows[0].language
        return {
            "language": language,
            "reached_at": reached,
            "started_at": started,
            "finished_at": max(finished, started) if finished and started else None,
            "passed_at": max(passed, started) if passed and started else None,
        }


def _earliest(times) -> datetime | None:
    return min((one for one in times if one), default=None)

"""Who has not done it: one function behind the screen, the .xlsx, the print and the API (product.md §2.5); how its rows
are written is in `status_list`."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Avg, Exists, F, FilteredRelation, Max, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from courses.models import Assignment, ClassAssignment, DueExtension, LessonProgress
from schools.models import Membership
from schools.permissions import classes_with_right

# States in the order in which a teacher chases.
TODO, DOING, DONE, LATE = "todo", "doing", "done", "late"
STATES = (TODO, DOING, DONE, LATE)


class Row(NamedTuple):
    """One pupil. Times are aware datetimes; `score` is out of ten; `done` and `total` count the lessons of a course."""

    number: int | None
    user_key: UUID
    code: str
    name: str
    birth_date: date | None
    state: str
    score: float | None
    attempts: int
    seconds: int | None
    submitted_at: datetime | None
    last_at: datetime | None
    done: int
    is_guest: bool
    due_at: datetime | None
    attended_on: date | None
    was_late: bool
    left_on: date | None
    user_id: int


@dataclass(frozen=True)
class Status:
    """The rows not started first, and how many there are in each state (pupils who left are counted in none)."""

    class_assignment: ClassAssignment
    rows: list[Row]
    taken_at: datetime
    total_lessons: int
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def pupils(self) -> int:
        return sum(self.counts.values())

    def in_state(self, state: str) -> list[Row]:
        """Rows of one state; all of them when `state` is not one."""
        return [row for row in self.rows if row.state == state and not row.left_on] if state in STATES else self.rows

    def not_done(self) -> list[Row]:
        """The pupils to remind, in class order."""
        return sorted((row for row in self.rows if row.state != DONE and not row.left_on), key=lambda row: row.number)


def class_assignments(user) -> QuerySet[ClassAssignment]:
    """What `user` may follow, each with `may_assign`: whether they may also change it, and `may_grade`."""
    return (
        ClassAssignment.objects.visible_to(user)
        .select_related("assignment__school_year", "assignment__created_by__person", "school_class__school")
        .annotate(
            may_assign=Exists(classes_with_right(user, "assign").filter(pk=OuterRef("school_class"))),
            may_grade=Exists(classes_with_right(user, "grade").filter(pk=OuterRef("school_class"))),
        )
    )


def class_status(class_assignment: ClassAssignment, *, total_lessons: int = 1, now: datetime | None = None) -> Status:
    """Everybody on the class's roster with what they have done of the assignment.

    Two statements for a lesson, three for a course, however many pupils: extensions, the roster with codes and
    progress, and for a course the results of its quizzes. Pupils who left since the assignment opened come last, with their last day.
    `total_lessons` is how many lessons the course has now.
    """
    now = now or timezone.now()
    given = class_assignment.assignment
    of_course = given.kind == Assignment.Kind.COURSE
    extensions = dict(DueExtension.objects.filter(class_assignment=class_assignment).values_list("user_id", "due_at"))
    results = _course_results(class_assignment) if of_course else {}
    due_at, today = class_assignment.due_at, timezone.localdate(now)
    rows: list[tuple] = []
    counts = dict.fromkeys(STATES, 0)
    seen: set[int] = set()
    number = 0
    for (
        user_id,
        user_key,
        code,
        name,
        birth_date,
        is_guest,
        left_on,
        started_at,
        finished_at,
        done,
        best,
        attempts,
        seconds,
        submitted_at,
        last_at,
        attended_on,
    ) in _roster(class_assignment, of_course, today):
        gone = left_on is not None and left_on < today
        if user_id in seen:
            continue
        seen.add(user_id)
        if of_course:
            best, attempts, seconds, submitted_at, last_at = results.get(user_id, (None, 0, None, None, None))
        extended = extensions.get(user_id)
        effective = extended if extended and extended > due_at else due_at
        if finished_at is not None:
            state = DONE
        elif effective < now:
            state = LATE
        else:
            state = DOING if started_at is not None else TODO
        if not gone:
            number += 1
            counts[state] += 1
        rank = 3 if gone else 2 if state == DONE else 1 if started_at is not None else 0
        rows.append(
            (
                rank,
                Row(
                    number=None if gone else number,
                    user_key=user_key,
                    code=code or "",
                    name=name,
                    birth_date=birth_date,
                    state=state,
                    score=None if best is None else float(round(best / 10, 2)),
                    attempts=attempts or 0,
                    seconds=seconds,
                    submitted_at=submitted_at or finished_at,
                    last_at=last_at,
                    done=done or 0,
                    is_guest=is_guest,
                    due_at=extended,
                    attended_on=attended_on,
                    was_late=finished_at is not None and finished_at > effective,
                    left_on=left_on if gone else None,
                    user_id=user_id,
                ),
            )
        )
    # A stable sort: within each group the class order of the query stays.
    rows.sort(key=lambda ranked: ranked[0])
    return Status(class_assignment, [row for _rank, row in rows], now, total_lessons, counts)


def _roster(class_assignment: ClassAssignment, of_course: bool, today: date) -> Iterable[tuple]:
    """The class list in Vietnamese name order, those in the class today before those who left, with their progress."""
    given = class_assignment.assignment
    relation, key = ("course_progress", "course_key") if of_course else ("lesson_progress", "lesson_key")
    opened_on = timezone.localdate(given.opens_at)
    progress = {
        f"user__{relation}__{key}": given.target_key,
        f"user__{relation}__school_year": given.school_year.code,
    }
    rows = (
        Membership.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=opened_on), school_class=class_assignment.school_class_id
        )
        .filter(starts_on__lte=today)
        .annotate(
            progress=FilteredRelation(f"user__{relation}", condition=Q(**progress)),
            identifier=FilteredRelation(
                "user__identifiers",
                condition=Q(
                    user__identifiers__school=class_assignment.school_class.school_id, user__identifiers__valid_to=None
                ),
            ),
        )
        .order_by("name_sort", F("ends_on").desc(nulls_first=True), "pk", "identifier__pk")
    )
    common = (
        "user_id",
        "user__uuid",
        "identifier__code",
        "user__person__full_name",
        "user__person__birth_date",
        "is_guest",
        "ends_on",
        "progress__started_at",
        "progress__finished_at",
    )
    if of_course:
        found = rows.values_list(*common, "progress__lessons_done")
        return ((*row, None, 0, None, None, None, None) for row in found)
    found = rows.values_list(
        *common,
        "progress__quiz_best",
        "progress__quiz_attempts",
        "progress__quiz_seconds",
        "progress__quiz_at",
        "progress__last_at",
        "progress__attended_on",
    )
    return ((*row[:9], int(row[8] is not None), *row[9:]) for row in found)


def _course_results(class_assignment: ClassAssignment) -> dict[int, tuple]:
    """{user id: (mean best percentage, attempts, seconds, last submission, last activity)} over a course's lessons."""
    given = class_assignment.assignment
    members = Membership.objects.filter(school_class=class_assignment.school_class_id).values("user")
    rows = (
        LessonProgress.objects.filter(course_key=given.target_key, school_year=given.school_year.code, user__in=members)
        .values("user_id")
        .annotate(
            best=Avg("quiz_best"),
            attempts=Sum("quiz_attempts"),
            seconds=Sum("quiz_seconds"),
            submitted=Max("quiz_at"),
            last=Max("last_at"),
        )
        .values_list("user_id", "best", "attempts", "seconds", "submitted", "last")
    )
    return {user_id: tuple(rest) for user_id, *rest in rows}

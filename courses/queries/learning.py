"""«Việc của em hôm nay»: what a pupil has to do, in the order in which it presses."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from courses.models import Assignment, ClassAssignment, DueExtension, LessonProgress
from courses.moment import moment_of
from courses.queries import catalogue
from courses.queries.catalogue import CourseFacts
from schools.models import Membership

SOON = timedelta(days=3)
# Done and overdue work stays on the list for so long after its due date.
KEEP_DONE = timedelta(days=60)


@dataclass(frozen=True)
class Work:
    """One assignment to the class as its pupil sees it. `url` leads to where to go on; `done` of `total` lessons."""

    key: UUID
    title: str
    url: str
    kind: str
    state: str
    due_at: datetime
    due_today: bool
    teacher: str
    note: str
    begun: bool
    done: int
    total: int
    minutes: int
    class_name: str


@dataclass(frozen=True)
class Today:
    overdue: list[Work]
    soon: list[Work]
    later: list[Work]
    done: list[Work]
    go_on: dict | None
    started: list[dict]

    @property
    def has_work(self) -> bool:
        return bool(self.overdue or self.soon or self.later)

    @property
    def open_keys(self) -> set[str]:
        """Keys of the assignments that stand on the page as cards to do."""
        return {str(work.key) for work in [*self.overdue, *self.soon, *self.later]}

    @property
    def done_keys(self) -> set[str]:
        return {str(work.key) for work in self.done}


def today_of(user, language: str, now: datetime | None = None) -> Today:
    """Assignments of the user's classes by how soon they are due, and the lesson they were last in.

    Four statements once the catalogue is warm, however many assignments there are.
    """
    now = now or timezone.now()
    year = moment_of(user).school_year
    given = list(
        ClassAssignment.objects.in_force()
        .filter(
            school_class__in=Membership.objects.current().filter(user=user).values("school_class"),
            assignment__opens_at__lte=now,
            due_at__gte=now - timedelta(days=365),
        )
        .select_related("assignment__created_by__person", "school_class")
        .order_by("due_at", "pk")[:200]
    )
    extensions = dict(
        DueExtension.objects.filter(user=user, class_assignment__in=given).values_list("class_assignment_id", "due_at")
    )
    progress = {
        row.lesson_key: row
        for row in LessonProgress.objects.filter(Q(user_id=user.pk), school_year=year)
        .defer("blocks_seen")
        .order_by("last_at")
    }
    groups: dict[str, list[Work]] = {"overdue": [], "soon": [], "later": [], "done": []}
    for row in given:
        work = _work(row, extensions.get(row.pk), progress, language, now)
        if work is None:
            continue
        if work.state == "done":
            if work.due_at > now - KEEP_DONE:
                groups["done"].append(work)
        elif work.due_at < now:
            groups["overdue"].append(work)
        else:
            groups["soon" if work.due_at - now <= SOON else "later"].append(work)
    return Today(**groups, go_on=_go_on(progress, language), started=_started(progress, given, language))


def _work(row: ClassAssignment, extended: datetime | None, progress: dict, language: str, now: datetime) -> Work | None:
    target = catalogue.target(row.target_key, language)
    if target is None:
        return None  # taken down: nothing to do
    due_at = max(row.due_at, extended) if extended else row.due_at
    states = [progress.get(lesson.key) for lesson in target.lessons]
    done = sum(bool(one and one.finished_at) for one in states)
    if target.lessons and done == len(target.lessons):
        state = "done"
    elif due_at < now:
        state = "late"
    else:
        state = "doing" if any(states) else "todo"
    next_lesson = next(
        (lesson for lesson, one in zip(target.lessons, states, strict=True) if not (one and one.finished_at)), None
    )
    is_course = row.assignment.kind == Assignment.Kind.COURSE
    return Work(
        key=row.uuid,
        title=target.title,
        url=target.url if is_course and (done == 0 or not next_lesson) else (next_lesson or target).url,
        kind=row.assignment.kind,
        state=state,
        due_at=due_at,
        due_today=timezone.localdate(due_at) == timezone.localdate(now),
        teacher=row.assignment.created_by.get_full_name(),
        note=row.assignment.note,
        begun=any(states),
        done=done,
        total=len(target.lessons),
        minutes=target.minutes,
        class_name=row.school_class.name,
    )


def _go_on(progress: dict[UUID, LessonProgress], language: str) -> dict | None:
    """The lesson the reader was in last and has not finished, at the block where they left."""
    for row in reversed(progress.values()):
        if row.finished_at is None and (lesson := catalogue.lesson(row.lesson_key, language)):
            place = f"#block-{row.position}" if row.position in lesson.block_ids else ""
            return {"title": lesson.title, "url": f"{lesson.url}{place}", "last_at": row.last_at}
    return None


def _started(progress: dict[UUID, LessonProgress], given: list[ClassAssignment], language: str) -> list[dict]:
    """Courses begun without being assigned, the latest first."""
    assigned = {row.target_key for row in given}
    found: dict[UUID, CourseFacts] = {}
    for row in reversed(progress.values()):
        key = row.course_key
        if key and key not in found and key not in assigned and (course := catalogue.course(key, language)):
            found[key] = course
    return [
        {
            "title": course.title,
            "url": course.url,
            "total": len(course.lessons),
            "done": sum(bool((row := progress.get(lesson.key)) and row.finished_at) for lesson in course.lessons),
        }
        for course in list(found.values())[:6]
    ]

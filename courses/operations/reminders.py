"""What the site itself says to pupils about their work: due tomorrow, and not begun. Each once for a piece of work."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from courses.models import Assignment, ClassAssignment, CourseProgress, DueExtension, LessonProgress
from schools.models import Membership
from schools.operations.notifications import notify

# Not begun so long after it was opened is worth a word, unless it is due so soon that the other one comes.
NOT_BEGUN_AFTER = timedelta(days=3)
SOON = timedelta(days=1)


def remind_of_work(now: datetime | None = None) -> dict[str, int]:
    """Leave the reminders of a morning; returns how many were new: `{"due_soon", "not_started"}`.

    Run twice in a day it reminds nobody twice. A pupil with a later date of their own is reminded by that one.
    """
    now = now or timezone.now()
    made = {"due_soon": 0, "not_started": 0}
    for row in _rows(now):
        done, begun = _progress(row)
        members = set(
            Membership.objects.current()
            .filter(school_class=row.school_class_id, is_guest=False)
            .values_list("user_id", flat=True)
        )
        later = dict(
            DueExtension.objects.filter(class_assignment=row, due_at__gt=row.due_at).values_list("user_id", "due_at")
        )
        waiting = members - done
        soon = {user_id for user_id in waiting if now < later.get(user_id, row.due_at) <= now + SOON}
        made["due_soon"] += _say(row, soon, "due_soon", later)
        if row.assignment.opens_at <= now - NOT_BEGUN_AFTER and row.due_at > now:
            made["not_started"] += _say(row, waiting - begun - soon, "not_started", later)
    return made


def _rows(now: datetime) -> QuerySet[ClassAssignment]:
    """Assignments in force that are not long over; extensions reach a little further."""
    return (
        ClassAssignment.objects.in_force()
        .filter(assignment__opens_at__lte=now, due_at__gt=now - timedelta(days=60))
        .select_related("assignment__school_year")
    )


def _progress(row: ClassAssignment) -> tuple[set[int], set[int]]:
    """Who is done, and who has begun, in one statement."""
    lesson = row.assignment.kind == Assignment.Kind.LESSON
    found = (
        LessonProgress.objects.filter(lesson_key=row.target_key)
        if lesson
        else CourseProgress.objects.filter(course_key=row.target_key)
    )
    rows = list(
        found.filter(school_year=row.assignment.school_year.code).values_list("user_id", "finished_at").iterator()
    )
    return {user_id for user_id, finished_at in rows if finished_at}, {user_id for user_id, _finished in rows}


def _say(row: ClassAssignment, users: set[int], kind: str, later: dict[int, datetime]) -> int:
    given = row.assignment
    count = 0
    for due_at in {later.get(user_id, row.due_at) for user_id in users}:
        count += notify(
            users=[user_id for user_id in users if later.get(user_id, row.due_at) == due_at],
            # «reminder» at its head: settled like the teacher's own when the work is done.
            key=f"reminder:{row.uuid}:{kind}:{timezone.localdate(due_at):%y%m%d}",
            kind=kind,
            context={
                "title": given.title_at_the_time,
                "target": str(given.target_key),
                "due": f"{timezone.localtime(due_at):%d/%m}",
            },
            url=reverse("courses:open", args=[given.kind, given.target_key]),
        )
    return count

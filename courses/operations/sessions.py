"""A lesson held in class with one projector: «có mặt, đã học trên lớp» counts like taking the lesson online."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from courses.models import Attendance, ClassSession, CourseProgress, LessonEvent, LessonProgress
from courses.operations.lessons import Place, finish_courses
from courses.operations.rebuilding import rebuild_course, rebuild_lesson
from courses.problems import HeldInTheFuture, NotInTheClass
from schools.models import Membership, SchoolClass


@transaction.atomic
def record_attendance(
    *,
    school_class: SchoolClass,
    place: Place,
    held_on: date,
    present: Iterable[int],
    actor,
) -> ClassSession:
    """Set who was present at the lesson held in `school_class` on `held_on`: exactly the users `present`.

    Called again for the same day it corrects the list; a name taken away loses what the attendance gave and nothing
    else. Raises HeldInTheFuture, NotInTheClass. The caller has checked that `actor` may record here.
    """
    present = set(present)
    if held_on > timezone.localdate():
        raise HeldInTheFuture()
    in_class = set(
        Membership.objects.current(held_on)
        .filter(school_class=school_class, user__in=present)
        .values_list("user_id", flat=True)
    ) | set(
        # Somebody entered on the roster after the lesson may still have sat in it.
        Membership.objects.current()
        .filter(school_class=school_class, user__in=present)
        .values_list("user_id", flat=True)
    )
    if present - in_class:
        raise NotInTheClass()
    session, _made = ClassSession.objects.select_for_update().get_or_create(
        school_class=school_class,
        lesson_key=place.lesson_key,
        held_on=held_on,
        defaults={
            "held_by": actor,
            "course_key": place.course_key,
            "revision_id": place.revision_id,
            "language": place.language,
        },
    )
    rows = {row.user_id: row for row in session.attendances.all()}
    ticked = {user_id for user_id, row in rows.items() if row.withdrawn_at is None}
    added, removed = present - ticked, ticked - present
    now = timezone.now()
    Attendance.objects.bulk_create(
        [Attendance(session=session, user_id=user_id, recorded_at=now) for user_id in added - rows.keys()]
    )
    session.attendances.filter(user__in=added & rows.keys()).update(withdrawn_at=None, recorded_at=now)
    session.attendances.filter(user__in=removed).update(withdrawn_at=now)
    if added or removed:
        _rework(session, place, added, removed)
        record(
            actor=actor,
            action="record_attendance",
            target_kind="class",
            target_key=str(school_class.uuid),
            target_label=school_class.name,
            detail={
                "lesson": str(place.lesson_key),
                "held_on": held_on.isoformat(),
                "added": len(added),
                "removed": len(removed),
            },
        )
    return session


def _rework(session: ClassSession, place: Place, added: set[int], removed: set[int]) -> None:
    lesson_key, course_key = session.lesson_key, session.course_key
    rebuild_lesson(lesson_key=lesson_key, user_ids=added | removed, course_key=course_key)
    if course_key is None:
        return
    finish_courses(course_key=course_key, lesson_key=lesson_key, user_ids=added, place=place)
    year = session.school_class.school_year.code
    done = LessonProgress.objects.filter(
        user__in=removed, lesson_key=lesson_key, school_year=year, state=LessonProgress.State.FINISHED
    ).values("user")
    undone = (
        CourseProgress.objects.filter(user__in=removed, course_key=course_key, school_year=year)
        .exclude(user__in=done)
        .exclude(finished_at=None)
    )
    now = timezone.now()
    reopened = list(undone.values_list("user_id", flat=True))
    # Of those left with no lesson at all the row is gone; for the rest the course is open again.
    LessonEvent.objects.bulk_create(
        [_reopening(user_id, year, lesson_key, course_key, place, now) for user_id in reopened]
    )
    rebuild_course(course_key=course_key, user_ids=reopened)


def _reopening(user_id: int, year: str, lesson_key: UUID, course_key: UUID, place: Place, now) -> LessonEvent:
    return LessonEvent(
        event_id=uuid4(),
        school_year=year,
        user_id=user_id,
        lesson_key=lesson_key,
        course_key=course_key,
        kind=LessonEvent.Kind.COURSE_REOPENED,
        at=now,
        received_at=now,
        revision_id=place.revision_id,
        language=place.language,
    )

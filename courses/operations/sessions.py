"""A lesson held in class with one projector: «có mặt, đã học trên lớp» counts like taking the lesson online."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from cms.audit.operations import record
from courses.models import Attendance, ClassSession, CourseProgress, LessonEvent, LessonProgress
from courses.operations.lessons import Place, finish_courses
from courses.operations.messages import settle_work
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
    else. Raises HeldInTheFuture, NotInTheClass. The caller has checked that `actor` may record here. The session carries
    `saved_at`, the moment by which `undo_attendance` knows this change; None where nothing changed.
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
    session.saved_at = now if added or removed else None
    if session.saved_at:
        _rework(session, place, added, removed)
        _log("record_attendance", session, added, removed, actor)
    return session


@transaction.atomic
def undo_attendance(*, session: ClassSession, saved_at: datetime, place: Place, actor) -> int:
    """Take back the one change of the list made at `saved_at`: who it added is off again, who it took off is back.

    Names that were changed once more since then stay as they are; a second call changes nothing. Returns how many names
    changed. The caller has checked that `actor` may record here.
    """
    session = ClassSession.objects.select_for_update().get(pk=session.pk)
    rows = session.attendances
    added = set(rows.filter(recorded_at=saved_at, withdrawn_at=None).values_list("user_id", flat=True))
    removed = set(rows.filter(withdrawn_at=saved_at).values_list("user_id", flat=True))
    rows.filter(user__in=removed).update(withdrawn_at=None)
    rows.filter(user__in=added).update(withdrawn_at=timezone.now())
    if added or removed:
        _rework(session, place, removed, added)
        _log("undo_attendance", session, removed, added, actor)
    return len(added | removed)


def _log(action: str, session: ClassSession, added: set[int], removed: set[int], actor) -> None:
    record(
        actor=actor,
        action=action,
        target_kind="class",
        target_key=str(session.school_class.uuid),
        target_label=session.school_class.name,
        detail={
            "lesson": str(session.lesson_key),
            "held_on": session.held_on.isoformat(),
            "added": len(added),
            "removed": len(removed),
        },
    )


def _rework(session: ClassSession, place: Place, added: set[int], removed: set[int]) -> None:
    lesson_key, course_key = session.lesson_key, session.course_key
    rebuild_lesson(lesson_key=lesson_key, user_ids=added | removed, course_key=course_key)
    settle_work(target_key=lesson_key, user_ids=added)
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

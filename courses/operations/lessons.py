"""What a learner does in a lesson, recorded as it happens or as it arrives, and folded into their progress at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction
from django.db.models import Case, Count, F, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from courses.models import CourseProgress, LessonEvent, LessonProgress
from courses.moment import moment_of
from courses.operations.messages import settle_work
from courses.operations.rebuilding import (
    event_of,
    fields_of,
    rebuild_course,
    rebuild_lesson,
    result_of,
    state_of,
    year_of_attempt,
)
from courses.progress import LESSON_KINDS, advance_lesson
from courses.queries.catalogue import course_key_of, lesson_keys_of
from courses.signals import course_finished, progress_moved
from quizzes.models import Attempt, Opening

# A device whose clock is further back than this is taken to be wrong, and its events to have happened now.
OLDEST = timedelta(days=120)


@dataclass(frozen=True)
class NewEvent:
    """An event as the device tells it. `at` is by the device's clock."""

    id: UUID
    kind: str
    at: datetime
    block: str = ""


@dataclass(frozen=True)
class Place:
    """The lesson an event belongs to, as it was shown: its course, revision and language."""

    lesson_key: UUID
    course_key: UUID | None
    revision_id: int | None
    language: str


def happened_at(at: datetime, sent_at: datetime | None, now: datetime) -> datetime:
    """When it happened by the server's clock: as long before now as it was before sending, and never in the future."""
    ago = (sent_at - at) if sent_at else (now - at)
    if not timedelta(0) <= ago <= OLDEST:
        ago = timedelta(0)
    return now - ago


def record_events(
    *, user, place: Place, events: Iterable[NewEvent], sent_at: datetime | None = None
) -> LessonProgress | None:
    """Store what is new among `events` and bring the learner's progress up to it; returns the progress row.

    Idempotent by event id and indifferent to order: an event that arrives late is put in its place. `sent_at` is the
    device's clock at the moment of sending, which makes a wrong clock harmless. Three statements in the ordinary case;
    more when a lesson is begun or finished. The caller has checked that the lesson may be read.
    """
    now = timezone.now()
    rows = _rows(user, place, events, sent_at, now)
    try:
        return _record(user, place, rows)
    except IntegrityError:
        # Two devices began the lesson, or the course, in the same moment: the second finds the first one's row.
        return _record(user, place, rows)


def _rows(user, place: Place, events: Iterable[NewEvent], sent_at: datetime | None, now: datetime) -> list[LessonEvent]:
    year = moment_of(user).school_year
    return [
        LessonEvent(
            event_id=event.id,
            school_year=year,
            user_id=user.pk,
            lesson_key=place.lesson_key,
            course_key=place.course_key,
            block=event.block,
            kind=event.kind,
            at=happened_at(event.at, sent_at, now),
            received_at=now,
            revision_id=place.revision_id,
            language=place.language,
        )
        for event in {event.id: event for event in events}.values()
        if event.kind in LESSON_KINDS
    ]


@transaction.atomic
def _record(user, place: Place, rows: list[LessonEvent]) -> LessonProgress | None:
    moment = moment_of(user)
    new = [event_of(event) for event in _insert_new(rows)]
    mine = LessonProgress.objects.filter(user_id=user.pk, lesson_key=place.lesson_key, school_year=moment.school_year)
    row = mine.select_for_update().first()
    if not new:
        return row
    before = state_of(row) if row else None
    if row is None:
        row = LessonProgress.objects.create(
            user_id=user.pk,
            lesson_key=place.lesson_key,
            course_key=place.course_key,
            **moment._asdict(),
            **fields_of(advance_lesson(None, new)),
        )
        _count(row, begun=True, done=bool(row.finished_at))
    elif before.events_at is None or all(event.at > before.events_at for event in new):
        after = advance_lesson(before, new)
        changed = [name for name, value in fields_of(after).items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, getattr(after, name))
        row.save(update_fields=changed)
        if after.started_at < before.started_at:
            rebuild_course(course_key=row.course_key, user_ids=[user.pk])
        elif row.finished_at and not before.finished_at:
            _count(row, begun=False, done=True)
    else:
        rebuild_lesson(lesson_key=place.lesson_key, user_ids=[user.pk], course_key=place.course_key)
        row = mine.get()
    if _is_a_step(row, before):
        progress_moved.send(LessonProgress, user_ids=[user.pk], school_year=row.school_year)
    if row.finished_at and not (before and before.finished_at):
        settle_work(target_key=row.lesson_key, user_ids=[user.pk])
        finish_courses(course_key=row.course_key, lesson_key=row.lesson_key, user_ids=[user.pk], place=place)
    return row


def _is_a_step(row: LessonProgress, before) -> bool:
    """Whether the learner was reached, began or finished by this; further blocks of a lesson are no news."""
    return (
        before is None
        or bool(row.blocks_seen) != bool(before.blocks_seen)
        or (row.started_at, row.finished_at) != (before.started_at, before.finished_at)
    )


def _insert_new(rows: list[LessonEvent]) -> list[LessonEvent]:
    """Insert in one statement, leaving out those whose id is known; returns the ones that were new.

    Written by hand because the ORM cannot say which rows an insert that ignores conflicts has made.
    """
    if not rows:
        return []
    fields = [field for field in LessonEvent._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    values = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(rows))
    statement = (
        f"INSERT INTO {quote(LessonEvent._meta.db_table)} ({', '.join(quote(field.column) for field in fields)}) "  # noqa: S608 (names of our own columns)
        f"VALUES {values} ON CONFLICT DO NOTHING RETURNING {quote('event_id')}"
    )
    parameters = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        made = {UUID(str(event_id)) for (event_id,) in cursor.fetchall()}
    return [row for row in rows if row.event_id in made]


def _count(row: LessonProgress, *, begun: bool, done: bool) -> None:
    """One more lesson begun or done in the course, without recounting it."""
    if row.course_key is None:
        return
    found = CourseProgress.objects.filter(
        user_id=row.user_id, course_key=row.course_key, school_year=row.school_year, started_at__lte=row.started_at
    ).update(lessons_started=F("lessons_started") + int(begun), lessons_done=F("lessons_done") + int(done))
    if not found:
        rebuild_course(course_key=row.course_key, user_ids=[row.user_id])


@transaction.atomic
def finish_courses(*, course_key: UUID | None, lesson_key: UUID, user_ids: Iterable[int], place: Place) -> int:
    """Record that the course is finished for those who have now done every lesson it has; returns how many they are."""
    wanted = lesson_keys_of(course_key) if course_key else []
    if not course_key or not wanted:
        return 0
    # Rows of other years or of lessons no longer in the course must not make up for a missing one.
    candidates = {
        row.user_id: row
        for row in CourseProgress.objects.select_for_update().filter(
            user__in=list(user_ids), course_key=course_key, finished_at=None, lessons_done__gte=len(wanted)
        )
    }
    if not candidates:
        return 0
    done = (
        LessonProgress.objects.filter(user__in=candidates, lesson_key__in=wanted, state=LessonProgress.State.FINISHED)
        .values("user_id", "school_year")
        .annotate(lessons=Count("pk"))
    )
    now = timezone.now()
    events = [
        LessonEvent(
            event_id=uuid4(),
            school_year=one["school_year"],
            user_id=one["user_id"],
            lesson_key=lesson_key,
            course_key=course_key,
            kind=LessonEvent.Kind.COURSE_FINISHED,
            at=now,
            received_at=now,
            revision_id=place.revision_id,
            language=place.language,
        )
        for one in done
        if one["lessons"] == len(wanted) and one["school_year"] == candidates[one["user_id"]].school_year
    ]
    LessonEvent.objects.bulk_create(events, batch_size=500)
    CourseProgress.objects.filter(pk__in=[candidates[event.user_id].pk for event in events]).update(finished_at=now)
    if events:
        settle_work(target_key=course_key, user_ids=[event.user_id for event in events])
    for year in {event.school_year for event in events}:
        course_finished.send(
            sender=CourseProgress,
            course_key=course_key,
            school_year=year,
            user_ids=[event.user_id for event in events if event.school_year == year],
        )
    return len(events)


@transaction.atomic
def record_result(*, attempt: Attempt) -> None:
    """Fold one ended attempt at a lesson's quiz into the progress of its learner: one statement when they had begun, and one of news for the rooms above.

    Attempts made elsewhere (a contest, an open practice) are not a lesson's and change nothing here.
    """
    if attempt.context_kind != Opening.Kind.LESSON:
        return
    result = result_of(attempt)
    lesson_key = UUID(attempt.context_key)
    found = LessonProgress.objects.filter(
        user_id=attempt.user_id,
        lesson_key=lesson_key,
        school_year=year_of_attempt(attempt),
        started_at__lte=result.at,
    ).update(
        # Greatest() compares text with numbers on SQLite, where a decimal parameter is text.
        quiz_best=Case(When(quiz_best__gte=result.percent, then=F("quiz_best")), default=Value(result.percent)),
        quiz_attempts=Greatest(F("quiz_attempts"), result.number),
        quiz_seconds=Case(
            When(quiz_at__gt=result.at, then=F("quiz_seconds")),
            When(quiz_at=result.at, quiz_seconds__gt=result.seconds, then=F("quiz_seconds")),
            default=Value(result.seconds),
        ),
        quiz_at=Greatest(Coalesce(F("quiz_at"), result.at), result.at),
        last_at=Greatest(F("last_at"), result.at),
        **({"quiz_passed": True} if result.passed else {}),
    )
    if found:
        progress_moved.send(LessonProgress, user_ids=[attempt.user_id], school_year=year_of_attempt(attempt))
    else:
        rework_results(user_id=attempt.user_id, lesson_key=lesson_key)


def rework_results(*, user_id: int, lesson_key: UUID) -> None:
    """Work the learner's progress in a lesson out again, after a score was changed or taken back."""
    rebuild_lesson(lesson_key=lesson_key, user_ids=[user_id], course_key=course_key_of(lesson_key))

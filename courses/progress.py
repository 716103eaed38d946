"""What a learner's records add up to. Pure functions: no database, no clock, so a rebuild must give what is stored.

`project_lesson` is the definition; `advance_lesson` is the same for records later than all that are folded in, and
is what a live request uses. The lesson is *finished* by the learner's «Em đã học xong» or by attendance in class, at
whichever came first; whether its quiz was passed is kept apart (docs/decisions: when a lesson is done).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from courses.models.records import LessonEvent

Kind = LessonEvent.Kind
LESSON_KINDS = frozenset({Kind.OPENED, Kind.SEEN, Kind.SELF_CHECK, Kind.FINISHED})


class Event(NamedTuple):
    """What the projection reads of a `LessonEvent`. Events are folded by time, then by id."""

    at: datetime
    event_id: UUID
    kind: str
    block: str
    revision_id: int | None
    language: str


class QuizResult(NamedTuple):
    """One ended attempt at the lesson's quiz: the `number`-th of this learner; `percent` is from 0 to 100."""

    at: datetime
    number: int
    percent: Decimal
    passed: bool
    seconds: int = 0


class Presence(NamedTuple):
    """Attendance at the lesson held in class; `at` is the moment it counts from."""

    at: datetime
    held_on: date
    revision_id: int | None
    language: str


@dataclass(frozen=True)
class Lesson:
    """The projected fields of a `LessonProgress` row, under the same names."""

    started_at: datetime
    last_at: datetime
    finished_at: datetime | None = None
    events_at: datetime | None = None
    attended_on: date | None = None
    blocks_seen: list[str] = field(default_factory=list)
    position: str = ""
    quiz_best: Decimal | None = None
    quiz_passed: bool = False
    quiz_attempts: int = 0
    quiz_at: datetime | None = None
    quiz_seconds: int | None = None
    revision_id: int | None = None
    language: str = ""

    @property
    def state(self) -> str:
        return "finished" if self.finished_at else "started"


def project_lesson(
    *, events: Iterable[Event] = (), results: Iterable[QuizResult] = (), presences: Iterable[Presence] = ()
) -> Lesson | None:
    """The state of one learner in one lesson and year, from all their records in any order; None without any record.

    An event given twice counts once. Course events are ignored.
    """
    state = None
    for result in results:
        state = add_result(state, result)
    for presence in sorted(presences, key=lambda p: (p.at, p.revision_id or 0, p.language)):
        state = add_presence(state, presence)
    return advance_lesson(state, events)


def advance_lesson(state: Lesson | None, events: Iterable[Event]) -> Lesson | None:
    """`state` after `events`, all of which must be later than `state.events_at`."""
    seen = set(state.blocks_seen) if state else set()
    blocks = list(state.blocks_seen) if state else []
    for event in _in_order(events):
        if event.kind not in LESSON_KINDS:
            continue
        if event.block and event.kind != Kind.OPENED and event.block not in seen:
            seen.add(event.block)
            blocks.append(event.block)
        state = state or Lesson(started_at=event.at, last_at=event.at)
        state = replace(
            state,
            started_at=min(state.started_at, event.at),
            last_at=max(state.last_at, event.at),
            events_at=event.at,
            finished_at=_earliest(state.finished_at, event.at) if event.kind == Kind.FINISHED else state.finished_at,
            position=event.block or state.position,
            revision_id=event.revision_id or state.revision_id,
            language=event.language or state.language,
        )
    return replace(state, blocks_seen=blocks) if state else None


def add_result(state: Lesson | None, result: QuizResult) -> Lesson:
    """`state` with one more ended attempt. The same attempt twice changes nothing."""
    state = state or Lesson(started_at=result.at, last_at=result.at)
    latest = max((state.quiz_at or result.at, state.quiz_seconds or 0), (result.at, result.seconds))
    return replace(
        state,
        started_at=min(state.started_at, result.at),
        last_at=max(state.last_at, result.at),
        quiz_best=result.percent if state.quiz_best is None else max(state.quiz_best, result.percent),
        quiz_passed=state.quiz_passed or result.passed,
        quiz_attempts=max(state.quiz_attempts, result.number),
        quiz_at=latest[0],
        quiz_seconds=latest[1],
    )


def add_presence(state: Lesson | None, presence: Presence) -> Lesson:
    """`state` with attendance in class, which finishes the lesson. The same attendance twice changes nothing."""
    state = state or Lesson(started_at=presence.at, last_at=presence.at)
    return replace(
        state,
        started_at=min(state.started_at, presence.at),
        last_at=max(state.last_at, presence.at),
        finished_at=_earliest(state.finished_at, presence.at),
        attended_on=min(state.attended_on, presence.held_on) if state.attended_on else presence.held_on,
        revision_id=state.revision_id or presence.revision_id,
        language=state.language or presence.language,
    )


def _in_order(events: Iterable) -> list:
    """Each event once, by time and then by id."""
    return sorted({event.event_id: event for event in events}.values(), key=lambda e: (e.at, e.event_id))


def _earliest(one: datetime | None, other: datetime) -> datetime:
    return min(one, other) if one else other


@dataclass(frozen=True)
class Course:
    """The projected fields of a `CourseProgress` row, under the same names."""

    started_at: datetime
    finished_at: datetime | None
    lessons_started: int
    lessons_done: int


class CourseEvent(NamedTuple):
    at: datetime
    event_id: UUID
    kind: str


def project_course(
    lessons: Iterable[tuple[datetime, datetime | None]], events: Iterable[CourseEvent] = ()
) -> Course | None:
    """The state of one learner in one course and year, from (started_at, finished_at) of each lesson begun."""
    begun = list(lessons)
    if not begun:
        return None
    finished_at = None
    for event in _in_order(events):
        finished_at = event.at if event.kind == Kind.COURSE_FINISHED else None
    return Course(
        started_at=min(started for started, _ in begun),
        finished_at=finished_at,
        lessons_started=len(begun),
        lessons_done=sum(finished is not None for _, finished in begun),
    )

"""Progress is a pure function of the records: whatever the order in which they come, and however often."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress import (
    CourseEvent,
    Event,
    Presence,
    QuizResult,
    add_presence,
    add_result,
    advance_lesson,
    project_course,
    project_lesson,
)

START = datetime(2026, 10, 1, tzinfo=UTC)


def moments():
    return st.integers(0, 50).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def event_lists(draw):
    made = draw(
        st.lists(
            st.tuples(
                moments(),
                st.sampled_from(["opened", "seen", "self_check", "finished", "course_finished"]),
                st.sampled_from(["", "b1", "b2", "b3"]),
                st.sampled_from([None, 7, 8]),
                st.sampled_from(["vi", "en"]),
            ),
            max_size=12,
        )
    )
    return [Event(at, UUID(int=number), *rest) for number, (at, *rest) in enumerate(made, 1)]


results = st.lists(
    st.builds(
        QuizResult,
        at=moments(),
        number=st.integers(1, 5),
        percent=st.decimals(0, 100, places=2),
        passed=st.booleans(),
        seconds=st.integers(0, 900),
    ),
    max_size=5,
)
presences = st.lists(
    st.builds(
        Presence,
        at=moments(),
        held_on=st.just(date(2026, 10, 1)),
        revision_id=st.sampled_from([None, 5]),
        language=st.just("vi"),
    ),
    max_size=2,
)


@pytest.mark.slow
@given(event_lists(), results, presences, st.randoms())
def test_order_and_repetition_do_not_matter(events, attempts, attended, random):
    once = project_lesson(events=events, results=attempts, presences=attended)
    shuffled = [list(rows) * 2 for rows in (events, attempts, attended)]
    for rows in shuffled:
        random.shuffle(rows)
    assert project_lesson(events=shuffled[0], results=shuffled[1], presences=shuffled[2]) == once


@given(event_lists(), results, presences, moments())
def test_advancing_by_later_events_is_projecting_all(events, attempts, attended, cut):
    before = [event for event in events if event.at <= cut]
    after = [event for event in events if event.at > cut]
    state = project_lesson(events=before, results=attempts, presences=attended)
    assert advance_lesson(state, after) == project_lesson(events=events, results=attempts, presences=attended)


@given(event_lists(), results, presences)
def test_results_and_presence_may_come_after_the_events(events, attempts, attended):
    state = project_lesson(events=events, presences=attended)
    for result in attempts:
        state = add_result(state, result)
    assert state == project_lesson(events=events, results=attempts, presences=attended)
    state = project_lesson(events=events, results=attempts)
    for presence in attended[:1]:
        state = add_presence(state, presence)
    assert state == project_lesson(events=events, results=attempts, presences=attended[:1])


def test_what_a_pupil_did_adds_up():
    events = [
        Event(START, UUID(int=1), "opened", "", 7, "vi"),
        Event(START + timedelta(minutes=1), UUID(int=2), "seen", "b1", 7, "vi"),
        Event(START + timedelta(minutes=3), UUID(int=4), "seen", "b1", 8, "en"),
        Event(START + timedelta(minutes=2), UUID(int=3), "self_check", "b2", 7, "vi"),
    ]
    lesson = project_lesson(events=events)
    assert lesson.state == "started"
    assert lesson.blocks_seen == ["b1", "b2"]
    assert (lesson.position, lesson.revision_id, lesson.language) == ("b1", 8, "en")
    lesson = add_result(lesson, QuizResult(START + timedelta(minutes=9), 1, Decimal("60.00"), True))
    lesson = add_result(lesson, QuizResult(START + timedelta(minutes=8), 2, Decimal("40.00"), False))
    assert (lesson.quiz_best, lesson.quiz_passed, lesson.quiz_attempts) == (Decimal("60.00"), True, 2)
    assert lesson.state == "started", "a quiz passed is not a lesson read"
    lesson = advance_lesson(lesson, [Event(START + timedelta(minutes=5), UUID(int=9), "finished", "", 8, "vi")])
    assert (lesson.state, lesson.finished_at) == ("finished", START + timedelta(minutes=5))


def test_nothing_recorded_is_no_progress():
    assert project_lesson() is None
    assert project_course([]) is None


def test_a_course_reopened_is_open_until_finished_again():
    lessons = [(START, START + timedelta(hours=1)), (START + timedelta(days=1), None)]
    finished = CourseEvent(START + timedelta(hours=2), UUID(int=1), "course_finished")
    reopened = CourseEvent(START + timedelta(hours=3), UUID(int=2), "course_reopened")
    again = CourseEvent(START + timedelta(hours=4), UUID(int=3), "course_finished")
    course = project_course(lessons, [finished])
    assert (course.started_at, course.lessons_started, course.lessons_done) == (START, 2, 1)
    assert course.finished_at == finished.at
    assert project_course(lessons, [reopened, finished]).finished_at is None
    assert project_course(lessons, [again, reopened, finished]).finished_at == again.at

"""The projection behind the ledger: who counts as reached, moved as it happens, equal to a rebuild."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.operations.lessons import record_events
from courses.operations.sessions import record_attendance
from quizzes.operations import reopen_attempt, save_answers, start_attempt, submit_attempt
from reports.models import ClassTally, Move, Reach, RosterCount, WeekTally
from reports.operations.ledger import LATE, count_rosters, monday, take_in_moves
from schools.models import Membership
from schools.operations.merging import merge_persons, undo_merge
from schools.operations.rollovers import Decisions, roll_over
from schools.operations.transfers import accept_transfer, ask_transfer
from tests.factories import courses as make
from tests.factories.constraints import refused
from tests.factories.quizzes import right_answers
from tests.factories.schools import make_class, make_pupil, make_school, school_year

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(school_class):
    return make.lessons_of(make.course(1, quizzes=[make.quiz(2)]))[0]


def opens(pupil, lesson, *kinds, at=None, language=""):
    place = make.place(lesson)
    if language:
        place = type(place)(place.lesson_key, place.course_key, place.revision_id, language)
    events = [make.event(kind, block="b1" if kind == "seen" else "", at=at) for kind in kinds or ("opened",)]
    record_events(user=pupil, place=place, events=events)


def takes_the_quiz(pupil, lesson, right=True):
    quiz = lesson.quiz
    attempt, _new = start_attempt(user=pupil, quiz_key=quiz.translation_key, idempotency_key=str(uuid4()))
    if right:
        saves = [(key, 1, value, None) for key, value in right_answers(quiz).items()]
        save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    return attempt


def rebuilt(*args) -> dict:
    out = StringIO()
    try:
        call_command("rebuild_progress", *args, "--json", stdout=out)
    except CommandError as error:
        assert error.returncode == 1
    return json.loads(out.getvalue())


def counts() -> tuple[int, int, int, int]:
    rows = ClassTally.objects.values_list("reached", "started", "finished", "passed")
    return tuple(map(sum, zip(*rows, strict=True))) if rows else (0, 0, 0, 0)


def agrees() -> bool:
    return rebuilt("--check")["differences"] == 0


@pytest.mark.slow
def test_each_step_moves_the_figures_as_it_happens(pupil, lesson, school_class):
    opens(pupil, lesson)
    assert Move.objects.count() == 1, "one insert with the progress, nothing else"
    take_in_moves()
    assert (counts(), Move.objects.count()) == ((1, 0, 0, 0), 0)
    row = Reach.objects.get()
    assert (row.user, row.school, row.unit, row.class_key, row.grade, row.level, row.language) == (
        pupil, school_class.school, school_class.school.unit, school_class.uuid, 10, "thpt", "vi",
    )  # fmt: skip
    opens(pupil, lesson, "seen")
    take_in_moves()
    assert counts() == (1, 1, 0, 0)
    takes_the_quiz(pupil, lesson)
    take_in_moves()
    assert counts() == (1, 1, 0, 1)
    opens(pupil, lesson, "finished")
    take_in_moves()
    assert counts() == (1, 1, 1, 1)
    assert agrees()


def test_more_of_the_same_is_no_news(pupil, lesson):
    opens(pupil, lesson, "opened", "seen")
    Move.objects.all().delete()
    place = make.place(lesson)
    record_events(user=pupil, place=place, events=[make.event("seen", block="b2"), make.event("seen", block="b3")])
    assert not Move.objects.exists()


@pytest.mark.slow
def test_a_person_counts_once_whatever_they_do_and_how_often_it_is_taken_in(pupil, lesson):
    other = make.lessons_of(make.course(1, title="Tránh bẫy"))[0]
    for one in (lesson, other, lesson):
        opens(pupil, one, "opened", "seen")
    take_in_moves()
    take_in_moves()
    assert counts() == (1, 1, 0, 0)
    assert WeekTally.objects.get().reached == 1


def test_present_in_class_counts_like_online_and_an_untick_takes_it_back(pupil, teacher, lesson, school_class):
    fields = {
        "school_class": school_class,
        "place": make.place(lesson),
        "held_on": timezone.localdate(),
        "actor": teacher,
    }
    record_attendance(present=[pupil.pk], **fields)
    take_in_moves()
    assert counts() == (1, 1, 1, 0)
    record_attendance(present=[], **fields)
    take_in_moves()
    assert (counts(), Reach.objects.count(), WeekTally.objects.count()) == ((0, 0, 0, 0), 0, 0)
    assert agrees()


def test_assigned_is_not_reached(pupil, teacher, lesson, school_class):
    make.assignment(lesson, school_class, teacher)
    take_in_moves()
    assert not Reach.objects.exists()


@pytest.mark.slow
def test_a_score_taken_back_takes_the_pass_back(pupil, lesson):
    opens(pupil, lesson)
    attempt = takes_the_quiz(pupil, lesson)
    take_in_moves()
    assert counts() == (1, 1, 0, 1)
    attempt.refresh_from_db()
    reopen_attempt(attempt=attempt, seconds=600, reason="Mất mạng", granted_by=None)
    take_in_moves()
    assert counts() == (1, 0, 0, 0)
    assert agrees()


def test_a_moved_pupil_stays_where_they_were_reached(pupil, lesson, other_class):
    opens(pupil, lesson)
    take_in_moves()
    before = Reach.objects.values().get()
    make.leave(pupil, make_class_of(pupil))
    Membership.objects.create(user=pupil, school_class=other_class)
    from django.core.cache import cache

    cache.clear()
    opens(pupil, lesson, "finished")
    take_in_moves()
    row = Reach.objects.values().get()
    for name in ("school_id", "unit_id", "class_key", "reached_at"):
        assert row[name] == before[name]
    assert agrees()


def make_class_of(pupil):
    return Membership.objects.get(user=pupil, ends_on=None).school_class


def test_a_guest_waits_until_known(pupil, lesson):
    Membership.objects.filter(user=pupil).update(is_guest=True)
    opens(pupil, lesson)
    take_in_moves()
    assert not Reach.objects.exists()
    member = Membership.objects.get(user=pupil)
    member.is_guest = False
    member.save()
    take_in_moves()
    assert counts() == (1, 0, 0, 0)


def test_staff_learn_too_and_are_no_pupils(teacher, lesson):
    opens(teacher, lesson)
    take_in_moves()
    assert not Reach.objects.exists()


def test_the_language_is_that_of_the_first_lesson(pupil, lesson):
    now = timezone.now()
    opens(pupil, lesson, at=now - timedelta(hours=2), language="km")
    take_in_moves()
    opens(pupil, lesson, "seen", at=now - timedelta(hours=1), language="vi")
    take_in_moves()
    assert [(row.language, row.reached, row.started) for row in ClassTally.objects.all()] == [("km", 1, 1)]
    assert agrees()


@pytest.mark.slow
def test_a_rebuild_finds_and_mends_what_is_wrong(pupil, other_pupil, lesson):
    for person in (pupil, other_pupil):
        opens(person, lesson, "opened", "finished")
    take_in_moves()
    Reach.objects.filter(user=pupil).update(level="thcs")
    ClassTally.objects.filter(grade=10).update(reached=9)
    WeekTally.objects.first().delete()
    Reach.objects.filter(user=other_pupil).delete()
    assert rebuilt("--check")["differences"] >= 3
    assert rebuilt()["differences"] >= 3
    assert agrees()
    assert counts() == (2, 2, 2, 0)


def test_counts_that_cannot_be_are_made_again_and_stop_nothing(pupil, other_pupil, lesson):
    opens(pupil, lesson, "opened", "seen")
    take_in_moves()
    ClassTally.objects.all().delete()
    opens(pupil, lesson, "finished")
    opens(other_pupil, lesson)
    take_in_moves()
    assert counts() == (2, 1, 1, 0)
    assert agrees()


def test_a_rebuild_makes_everything_from_nothing(pupil, other_pupil, lesson):
    opens(pupil, lesson, "opened", "seen")
    takes_the_quiz(other_pupil, lesson)
    take_in_moves()
    before = [list(model.objects.order_by("school", "reached").values("school", "reached", "started", "passed"))
              for model in (ClassTally, WeekTally)]  # fmt: skip
    for model in (ClassTally, WeekTally, Reach):
        model.objects.all().delete()
    rebuilt()
    after = [list(model.objects.order_by("school", "reached").values("school", "reached", "started", "passed"))
             for model in (ClassTally, WeekTally)]  # fmt: skip
    assert before == after
    assert RosterCount.objects.count() == 2


def test_news_that_nobody_took_in_is_a_difference_after_a_while(pupil, lesson):
    opens(pupil, lesson)
    assert agrees(), "it has a minute"
    Move.objects.update(at=timezone.now() - LATE - timedelta(seconds=1))
    assert rebuilt("--check")["differences"] == 1


@pytest.mark.slow
def test_taking_in_costs_as_much_for_three_as_for_thirty(school_class, lesson, django_assert_max_num_queries):
    for number in (3, 30):
        people = [make_pupil(school_class, f"Lê Văn Số {n}") for n in range(number)]
        for person in people:
            opens(person, lesson)
        with django_assert_max_num_queries(26):
            take_in_moves()
    assert counts()[0] == 33


def test_a_week_begins_on_monday_in_the_provinces_own_time():
    assert monday(datetime(2026, 11, 22, 16, 59, tzinfo=UTC)).isoformat() == "2026-11-16"
    assert monday(datetime(2026, 11, 22, 17, 0, tzinfo=UTC)).isoformat() == "2026-11-23"


def test_class_lists_are_counted_without_guests_and_those_who_left(pupil, school_class):
    make_pupil(school_class, "Khách").memberships.update(is_guest=True)
    gone = make_pupil(school_class, "Đã Đi")
    make.leave(gone, school_class)
    year = school_year()
    assert count_rosters(school_year=year) == 1
    row = RosterCount.objects.get()
    assert (row.school, row.class_key, row.pupils) == (school_class.school, school_class.uuid, 1)
    make_pupil(school_class, "Người Mới")
    elsewhere = make_class(make_school(), "10A1")
    make_pupil(elsewhere)
    count_rosters(school_year=year, school_ids=[school_class.school_id])
    assert list(RosterCount.objects.values_list("pupils", flat=True)) == [2]


def test_the_tables_refuse_steps_out_of_order(pupil, lesson):
    opens(pupil, lesson, "opened", "seen")
    take_in_moves()
    with refused("reach_finished_was_started"):
        Reach.objects.update(started_at=None, finished_at=timezone.now())
    with refused("reach_comes_before_the_start"):
        Reach.objects.update(started_at=timezone.now() - timedelta(days=400))
    with refused("class_tally_steps_in_order"):
        ClassTally.objects.update(started=5)


@pytest.mark.slow
def test_two_accounts_of_one_person_count_once_and_twice_after_the_undo(pupil, lesson, school_class):
    other = make_pupil(school_class, "Trùng Tên")
    opens(pupil, lesson)
    opens(other, lesson, "opened", "finished")
    take_in_moves()
    assert counts()[0] == 2
    merge = merge_persons(kept=pupil, other=other, actor=None)
    take_in_moves()
    assert counts() == (1, 1, 1, 0)
    assert agrees()
    undo_merge(merge=merge, actor=None)
    take_in_moves()
    assert counts() == (2, 1, 1, 0)
    assert agrees()


def test_whoever_changes_a_class_list_changes_its_count(
    pupil, other_pupil, school_class, other_class, school_admin, django_capture_on_commit_callbacks
):
    """A merge, its undo, a pupil handed on to another school, a new pupil, and a year that is turned."""
    second = make_class(school_class.school, "10A9")
    twin = make_pupil(second, "Trùng Tên", code="T1")
    count_rosters(school_year=school_year())

    def rosters(work) -> dict:
        with django_capture_on_commit_callbacks(execute=True):
            work()
        # Every stored count is what a count of everything would make of it.
        found = dict(RosterCount.objects.values_list("class_key", "pupils"))
        for code in ("2026-2027", "2027-2028"):
            count_rosters(school_year=school_year(code))
        assert found == dict(RosterCount.objects.values_list("class_key", "pupils"))
        return found

    before = rosters(lambda: None)
    merges = []
    merged = rosters(lambda: merges.append(merge_persons(kept=pupil, other=twin, actor=None)))
    assert sum(merged.values()) == sum(before.values()) - 1
    assert rosters(lambda: undo_merge(merge=merges[0], actor=None)) == before
    asked = ask_transfer(
        user=twin, school=second.school, to_school=other_class.school, giver="representative", evidence="Đơn 1",
        reason="", actor=school_admin,
    )  # fmt: skip
    moved = rosters(lambda: accept_transfer(transfer=asked, to_class=other_class, actor=school_admin))
    assert (moved[second.uuid], moved[other_class.uuid]) == (0, before.get(other_class.uuid, 0) + 1)
    assert rosters(lambda: make_pupil(second, "Mới"))[second.uuid] == 1
    turned = rosters(
        lambda: roll_over(
            school=second.school, from_year=school_year(), to_year=school_year("2027-2028"), decisions=Decisions(),
            actor=None,
        )
    )  # fmt: skip
    assert turned[second.uuid] == 0 and sum(turned.values()) == sum(moved.values()) + 1

"""Answers in any order, any number of times, from any clock: the result is the same and nothing in time is lost."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from quizzes.merging import LATENCY, Save, effective_time, merge

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
NOW = START + timedelta(minutes=10)
saves = st.builds(
    Save, question=st.sampled_from("abc"), seq=st.integers(1, 6), value=st.sampled_from(["x", "y", "z", None])
)


def put(stored, incoming, *, now=NOW, sent_at=None, deadline=None, grace=120):
    return merge(
        stored,
        incoming,
        now=now,
        sent_at=sent_at,
        started_at=START,
        deadline=deadline,
        grace=timedelta(seconds=grace),
    )


def values(answers):
    return {question: (answer["seq"], answer["value"]) for question, answer in answers.items()}


@given(st.lists(saves, unique_by=lambda save: (save.question, save.seq)), st.randoms())
def test_the_order_of_arrival_does_not_matter(batch, chance):
    at_once = put({}, batch).answers
    shuffled = chance.sample(batch, len(batch))
    one_by_one = {}
    for save in shuffled:
        one_by_one = put(one_by_one, [save]).answers
    assert values(one_by_one) == values(at_once)
    for question, (seq, _value) in values(at_once).items():
        assert seq == max(save.seq for save in batch if save.question == question)


@given(st.lists(saves))
def test_a_replay_changes_nothing(batch):
    once = put({}, batch)
    again = put(once.answers, batch)
    assert again.answers == once.answers
    assert not again.changed


def test_of_one_sequence_number_the_first_value_wins():
    first = put({}, [Save("a", 1, "x")])
    second = put(first.answers, [Save("a", 1, "y")])
    assert second.answers["a"]["value"] == "x"
    assert put({}, [Save("a", 1, "x"), Save("a", 1, "y")]).answers["a"]["value"] == "x"


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_a_wrong_browser_clock_never_breaks_the_sum_nor_gives_time(sent_at, answered_at):
    assert effective_time(now=NOW, sent_at=sent_at, answered_at=answered_at) <= NOW


@given(st.integers(0, 600), st.integers(0, 600), st.integers(0, 300))
def test_after_the_deadline_only_what_was_given_in_time_is_taken(overdue, waited, grace):
    deadline = NOW - timedelta(seconds=overdue)
    clock = datetime(2001, 1, 1, tzinfo=UTC)
    save = Save("a", 1, "x", clock)
    merged = put({}, [save], sent_at=clock + timedelta(seconds=waited), deadline=deadline, grace=grace)
    in_time = timedelta(seconds=overdue - waited) <= LATENCY
    taken = overdue == 0 or (overdue <= grace and in_time)
    assert merged.changed == taken
    assert merged.late == (taken and overdue > 0)
    assert merged.refused == (set() if taken else {"a"})


def test_a_refused_answer_leaves_the_earlier_one():
    kept = put({}, [Save("a", 1, "x")]).answers
    late = put(kept, [Save("a", 2, "y")], deadline=NOW - timedelta(hours=1))
    assert late.answers == kept
    assert late.refused == {"a"}


def test_a_final_answer_stays_whatever_comes_later():
    stored = put({}, [Save("a", 1, "x")]).answers
    stored["a"]["final"] = True
    later = put(stored, [Save("a", 2, "y"), Save("b", 1, "z")])
    assert values(later.answers) == {"a": (1, "x"), "b": (1, "z")}


def test_without_a_way_back_the_moment_of_answering_decides_not_that_of_arrival():
    def at(seconds):
        return START + timedelta(seconds=seconds)

    def given_in_order(stored, incoming):
        return merge(
            stored,
            incoming,
            now=NOW,
            sent_at=NOW,
            started_at=START,
            deadline=None,
            grace=timedelta(0),
            one_way=["a", "b", "c"],
        )

    second = given_in_order({}, [Save("b", 1, "x", at(60))]).answers
    assert values(given_in_order(second, [Save("a", 1, "y", at(30))]).answers) == {"a": (1, "y"), "b": (1, "x")}
    back = given_in_order(second, [Save("a", 1, "y", at(90)), Save("c", 1, "z", at(95))])
    assert (values(back.answers), back.passed) == ({"b": (1, "x"), "c": (1, "z")}, {"a"})
    emptied = given_in_order(second, [Save("b", 2, None, at(70)), Save("a", 1, "y", at(80))])
    assert emptied.passed == set(), "a question left empty leaves the ones before it open"

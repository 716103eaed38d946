"""Assignment, results and agreement: pure functions, held against all possibilities and against published figures."""

import itertools
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contests.jury.agreement import alpha, lean_of, verdict
from contests.jury.assigning import assign
from contests.jury.scoring import MEAN, MEDIAN, TRIMMED, Criterion, at_the_line, combine, spread_of, total_of
from contests.jury.terms import JuryTerms
from contests.problems import RulesRefused


def pairs(entries: int, jurors: int):
    return st.sets(st.tuples(st.integers(0, entries - 1), st.integers(0, jurors - 1)))


@settings(max_examples=80, deadline=None)
@given(barred=pairs(5, 4), wanted=st.integers(1, 3))
def test_no_other_assignment_is_more_even(barred, wanted):
    entries, jurors = range(5), range(4)
    found = assign(entries=entries, jurors=jurors, barred=barred, wanted=wanted, seed="x")
    assert not set(found.new) & barred
    assert len(set(found.new)) == len(found.new)
    free = {one: [juror for juror in jurors if (one, juror) not in barred] for one in entries}
    for one in entries:
        has = sum(entry == one for entry, _juror in found.new)
        assert has == min(wanted, len(free[one]))
        assert found.short.get(one, 0) == wanted - has
    # Every possibility: of each entry every choice of as many jurors as can be had.
    choices = [list(itertools.combinations(free[one], min(wanted, len(free[one])))) for one in entries]
    best = min(
        sum(load**2 for load in (sum(juror in chosen for chosen in combination) for juror in jurors))
        for combination in itertools.product(*choices)
    )
    assert sum(load**2 for load in found.loads.values()) == best


@settings(max_examples=40, deadline=None)
@given(entries=st.integers(1, 30), jurors=st.integers(3, 9), wanted=st.integers(1, 3), seed=st.text(max_size=3))
def test_without_conflicts_loads_differ_by_one_at_most(entries, jurors, wanted, seed):
    found = assign(entries=range(entries), jurors=range(jurors), wanted=wanted, seed=seed)
    assert max(found.loads.values()) - min(found.loads.values()) <= 1
    assert not found.short
    assert found.new == assign(entries=range(entries), jurors=range(jurors), wanted=wanted, seed=seed).new


@settings(max_examples=40, deadline=None)
@given(barred=pairs(8, 5), held=pairs(8, 5), most=st.integers(0, 8))
def test_what_stands_stays_and_nobody_gets_more_than_they_can_take(barred, held, most):
    held -= barred
    found = assign(
        entries=range(8), jurors=range(5), barred=barred, held=held, wanted=2, most=dict.fromkeys(range(5), most)
    )
    assert not set(found.new) & (barred | held)
    for juror in range(5):
        before = sum(one == juror for _entry, one in held)
        assert found.loads[juror] <= max(most, before)
    for entry in range(8):
        has = sum(one == entry for one, _juror in [*held, *found.new])
        assert has + found.short.get(entry, 0) == max(2, sum(one == entry for one, _juror in held))


def test_three_hundred_entries_and_conflicts_take_less_than_two_seconds():
    entries, jurors = range(300), range(24)
    barred = {(entry, juror) for entry in entries for juror in jurors if (entry * 7 + juror) % 5 == 0}
    began = time.perf_counter()
    found = assign(entries=entries, jurors=jurors, barred=barred, wanted=3, seed="2026")
    assert time.perf_counter() - began < 2
    assert len(found.new) == 900
    assert max(found.loads.values()) - min(found.loads.values()) <= 1


def test_every_juror_who_may_scores_every_entry():
    found = assign(entries="ab", jurors=[1, 2, 3], barred={("a", 2)}, wanted=None)
    assert set(found.new) == {("a", 1), ("a", 3), ("b", 1), ("b", 2), ("b", 3)}


CRITERIA = [Criterion("noi_dung", Decimal(40), Decimal(10)), Criterion("sang_tao", Decimal(60), Decimal(5))]


def test_a_total_is_weighted_and_waits_for_every_criterion():
    assert total_of({"noi_dung": Decimal(5)}, CRITERIA) is None
    assert total_of({}, []) is None
    assert total_of({"noi_dung": Decimal(5), "sang_tao": Decimal(5)}, CRITERIA) == Decimal("80.00")
    assert total_of({"noi_dung": Decimal(10), "sang_tao": Decimal(5)}, CRITERIA) == 100


def test_results_are_combined_as_the_rules_say():
    given = [Decimal(40), Decimal(80), Decimal(81), Decimal("82.5")]
    assert combine(given, MEDIAN) == Decimal("80.50")
    assert combine(given, MEAN) == Decimal("70.88")
    assert combine(given, TRIMMED) == Decimal("80.50")
    assert combine(given[:2], TRIMMED) == 60
    assert combine([], MEDIAN) is None
    assert (spread_of(given), spread_of([])) == (Decimal("42.5"), 0)


@given(st.lists(st.decimals(0, 100, places=2), min_size=1, max_size=9), st.sampled_from([MEDIAN, MEAN, TRIMMED]))
def test_a_result_lies_among_what_was_given_whatever_the_order(given, how):
    found = combine(given, how)
    assert min(given) <= found <= max(given)
    assert combine(given[::-1], how) == found


def test_ties_at_a_prize_line_are_found():
    results = [("a", Decimal(90)), ("b", Decimal(80)), ("c", Decimal(80)), ("d", Decimal(70)), ("e", Decimal(70))]
    assert at_the_line(results, [1, 1]) == {"b", "c"}
    assert at_the_line(results, [1, 2]) == set()
    assert at_the_line(results, [1, 3, 9]) == {"d", "e"}


# Krippendorff 2011, the reliability data of four observers and twelve units; its interval alpha is 0.849.
_ = None
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]


def test_agreement_is_that_of_the_published_example():
    units = [[value for value in column if value is not None] for column in zip(*OBSERVERS, strict=True)]
    assert alpha(units) == pytest.approx(0.849, abs=0.0005)
    assert verdict(alpha(units)) == "good"


@given(st.lists(st.lists(st.integers(0, 100), min_size=2, max_size=4), min_size=2, max_size=6))
def test_agreement_is_full_only_where_nobody_differs(units):
    found = alpha(units)
    if found is not None:
        assert found <= 1 + 1e-9
        assert (abs(found - 1) < 1e-9) == all(len(set(one)) == 1 for one in units)


def test_nothing_is_said_of_too_little():
    assert alpha([[1, 2]]) is None
    assert alpha([[5, 5], [5, 5]]) is None
    assert alpha([[1], [2], [3]]) is None
    assert verdict(None) == ""


def test_who_gives_more_than_the_others_is_seen():
    given = [("1", "a", Decimal(80)), ("1", "b", Decimal(60)), ("2", "a", Decimal(70)), ("2", "c", Decimal(60))]
    assert lean_of([*given, ("3", "d", Decimal(99))]) == {"a": 15, "b": -20, "c": -10}


def test_terms_of_a_jury_are_checked():
    assert [JuryTerms.read(None).jurors_for(works) for works in (1, 60, 61)] == [None, None, 3]
    assert [JuryTerms.read({"jurors": how}).jurors_for(99) for how in (None, 5)] == [None, 5]
    assert JuryTerms.read({"jurors": None, "combine": "trimmed"}).combine == "trimmed"
    for wrong in ({"jurors": 0}, {"jurors": True}, {"combine": "best"}, {"dispute": 101}, {"tiệc": 1}):
        with pytest.raises(RulesRefused):
            JuryTerms.read(wrong)

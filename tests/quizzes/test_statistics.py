"""Figures of a quiz: as Moodle computes them for recorded attempts, as the definitions say for any attempts."""

import csv
from decimal import Decimal
from math import comb, isclose
from pathlib import Path
from statistics import correlation, mean, median, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading import clean, grade
from quizzes.statistics import (
    LIMITS,
    Observation,
    Tally,
    Verdict,
    item_figures,
    parts_of,
    random_guess,
    reliability,
    score_figures,
    thirds,
    verdicts_of,
)
from quizzes.statistics.items import effective_weights

_BESIDE = [folder / "shared" / "samples" / "quiz_stats" for folder in Path(__file__).resolve().parents]
ROUNDED = 1.5e-5  # how far Moodle's own test lets its figures be off


def rows(name: str) -> list[dict]:
    path = next((folder / name for folder in _BESIDE if (folder / name).exists()), None)
    if path is None:
        pytest.skip("the recorded attempts are not beside the checkout (../shared/samples/quiz_stats)")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marks(folder: str = "statistics/") -> list[dict[str, float]]:
    """What each attempt earned, by slot, and in all."""
    return [
        {name.replace("slots.", "").replace(".mark", ""): float(value) for name, value in row.items()}
        for row in rows(f"{folder}results00.csv")
    ]


def observed(attempts: list[dict[str, float]], slot: str, *, beside: bool = True) -> list[Observation]:
    """The marks of a slot with the rest of each quiz; not `beside`: with the whole quiz.

    So Moodle does for one question of several that may stand in a slot.
    """
    # The sum is that of the recorded marks: the file rounds its own to five digits.
    whole = [sum(one[str(number)] for number in range(1, 8)) for one in attempts]
    return [
        Observation(one[slot], score - one[slot] if beside else score)
        for one, score in zip(attempts, whole, strict=True)
    ]


# --- Moodle's figures --------------------------------------------------------------------------------------------------


def test_items_are_as_moodle_computes_them():
    attempts, steps = marks(), rows("statistics/steps00.csv")
    whole = {str(slot): item_figures(observed(attempts, str(slot))) for slot in range(1, 8)}
    weights = dict(zip(whole, effective_weights(whole.values()), strict=True))
    compared = 0
    for expected in rows("statistics/qstats00.csv"):
        slot = expected["slot"]
        figures = whole[slot]
        if expected["subqname"] or expected["variant"]:
            mine = [
                one
                for one, step in zip(attempts, steps, strict=True)
                if (not expected["subqname"] or step["randqs.1"] == expected["subqname"])
                and (not expected["variant"] or step["variants.2"] == expected["variant"])
            ]
            figures = item_figures(observed(mine, slot, beside=not expected["subqname"]))
        elif expected["effectiveweight"]:
            assert weights[slot] * 100 == pytest.approx(float(expected["effectiveweight"]), rel=ROUNDED)
        assert figures.attempts == int(expected["s"])
        assert figures.facility == pytest.approx(float(expected["facility"]), rel=ROUNDED)
        assert figures.deviation == pytest.approx(float(expected["sd"]), rel=ROUNDED)
        assert figures.discrimination * 100 == pytest.approx(float(expected["discriminationindex"]), rel=ROUNDED)
        assert figures.efficiency * 100 == pytest.approx(float(expected["discriminativeefficiency"]), rel=ROUNDED)
        if expected["markvariance"]:
            assert figures.variance == pytest.approx(float(expected["markvariance"]), rel=ROUNDED)
        compared += 1
    assert compared == 10


def test_the_quiz_is_as_moodle_computes_it():
    """The whole quiz's figures are in no file: they are those of Moodle's test of the same attempts
    (mod/quiz/report/statistics/tests/stats_from_steps_walkthrough_test.php, quiz 00)."""
    attempts = marks()
    scores: dict[float, int] = {}
    for one in attempts:
        score = round(sum(one[str(slot)] for slot in range(1, 8)), 7)
        scores[score] = scores.get(score, 0) + 1
    figures = score_figures(scores)
    assert figures.attempts == 25
    assert figures.mean == pytest.approx(4.617333332, rel=ROUNDED)
    assert figures.median == pytest.approx(4.5, rel=ROUNDED)
    assert figures.deviation == pytest.approx(0.8117265554, rel=ROUNDED)
    assert figures.skewness == pytest.approx(-0.092502502, rel=ROUNDED)
    assert figures.kurtosis == pytest.approx(-0.7073968557, rel=ROUNDED)
    found = reliability(
        variances=[item_figures(observed(attempts, str(slot))).variance for slot in range(1, 8)],
        score_variance=figures.deviation**2,
    )
    assert found.consistency * 100 == pytest.approx(-87.2230935542, rel=ROUNDED)
    assert found.error_ratio * 100 == pytest.approx(136.8294900795, rel=ROUNDED)
    assert found.standard_error == pytest.approx(1.1106813066, rel=ROUNDED)


# --- Moodle's marks ----------------------------------------------------------------------------------------------------


def option(id: str, text: str = "", fraction: str | None = None, **more) -> dict:
    one = {"id": id, "text": {"vi": text or id}, "correct": fraction == "1"}
    return one | ({} if fraction is None else {"fraction": fraction}) | more


def paper_question(id: str, type: str, options: list[dict], targets: list[dict] = (), **scoring) -> dict:
    return {
        "id": id,
        "type": type,
        "points": "1",
        "options": options,
        "targets": [{"correct": False, "kind": "", **one} for one in targets],
        "scoring": scoring,
    }


FROG = paper_question("1", "short", [option("frog", fraction="1"), option("toad", fraction="0.8"), option("*")])
PI = paper_question("1", "numeric", [option("pi", "3.14", "1", tolerance="0")])
ANIMALS = [{"id": one, "text": {"vi": one}} for one in ("amphibian", "mammal", "insect")]
MATCH = paper_question(
    "3",
    "matching",
    [option(one, target=kind) for one, kind in (("frog", "amphibian"), ("cat", "mammal"), ("newt", "amphibian"))],
    ANIMALS,
)
TRUE = paper_question("4", "true_false", [option("1", fraction="1"), option("0")])
TWO = paper_question(
    "5", "multiple", [option("One", fraction="0.5"), option("Two"), option("Three", fraction="0.5"), option("Four")]
)
ONE = paper_question("6", "single", [option("One", fraction="1"), option("Two"), option("Three"), option("Four")])
VERSE = paper_question(
    "7",
    "gaps",
    [option("Owl", fraction="1", target="7.1"), option("Pussy-cat", fraction="1", target="7.2")]
    + [option(one, target="7.2") for one in ("Bow-wow", "Wiggly worm")],
    [{"id": "7.1", "kind": "text"}, {"id": "7.2", "kind": "select"}],
)


def asked_and_said(step: dict, sums: dict[str, str]) -> list[tuple[dict, object]]:
    """The questions of a recorded attempt that map to types of ours, with what was answered.

    A calculated question is another number for each variant: it maps where the right number of its variant is known.
    """
    said = {name.removeprefix("responses."): value for name, value in step.items()}
    found = [
        (FROG if step["randqs.1"] == "shortanswer" else PI, said["1.answer"]),
        (MATCH, {one: said[f"3.{one}"] for one in ("frog", "cat", "newt")}),
        (TRUE, said["4.answer"]),
        (TWO, [one for one in ("One", "Two", "Three", "Four") if said[f"5.{one}"] == "1"]),
        (ONE, said["6.answer"]),
        (VERSE, {"7.1": said["7.1.answer"], "7.2": said["7.2.answer"]}),
    ]
    if right := sums.get(step["variants.2"]):
        within = str(abs(Decimal(right)) * Decimal("0.01"))
        found.append((paper_question("2", "numeric", [option("sum", right, "1", tolerance=within)]), said["2.answer"]))
    return found


@pytest.mark.parametrize(("folder", "attempts", "compared"), [("statistics/", 25, 160), ("", 10, 62)])
def test_our_marks_are_moodles(folder, attempts, compared):
    # The tables of answers tell the right sum of a variant.
    sums = {
        row["variant"]: row["actualresponse"]
        for row in rows("statistics/responsecounts00.csv")
        if row["slot"] == "2" and row["modelresponse"].startswith("{a} + {b}")
    }
    seen = same = 0
    for step, expected in zip(rows(f"{folder}steps00.csv"), marks(folder), strict=True):
        found = asked_and_said(step, sums)
        questions = [question for question, _said in found]
        values = {question["id"]: clean(question, said) for question, said in found}
        result = grade(questions=questions, values=values, pass_percent=50)
        for id, mark in result.marks.items():
            assert float(mark.fraction) == pytest.approx(expected[id], abs=1e-6), (step, id)
            same += 1
        if len(found) == 7:
            assert float(result.score) == pytest.approx(expected["summarks"], abs=0.005)
        seen += 1
    assert (seen, same) == (attempts, compared)


# --- The definitions ---------------------------------------------------------------------------------------------------

points = st.sampled_from([0.0, 0.25, 0.5, 1.0])
some = st.lists(st.tuples(points, st.integers(0, 36).map(lambda quarter: quarter / 4)), min_size=3, max_size=40)


@given(some)
def test_discrimination_is_the_correlation_with_the_rest(pairs):
    figures = item_figures([Observation(mark, rest) for mark, rest in pairs])
    own, rest = [mark for mark, _rest in pairs], [rest for _mark, rest in pairs]
    assert isclose(figures.facility, mean(own), abs_tol=1e-9)
    assert isclose(figures.deviation, stdev(own), abs_tol=1e-9)
    if len(set(own)) > 1 and len(set(rest)) > 1:
        assert isclose(figures.discrimination, correlation(own, rest), abs_tol=1e-9)
        assert figures.efficiency <= 1
        assert (figures.efficiency > 0) == (figures.discrimination > 0)
    else:
        assert figures.discrimination is None


@given(some, st.integers(1, 4))
def test_counted_attempts_are_the_same_as_one_by_one(pairs, times):
    one_by_one = item_figures([Observation(mark, rest) for mark, rest in pairs for _ in range(times)])
    counted = item_figures([Observation(mark, rest, times) for mark, rest in pairs])
    assert one_by_one.attempts == counted.attempts
    for name in ("facility", "deviation", "variance", "discrimination", "efficiency"):
        assert getattr(one_by_one, name) == pytest.approx(getattr(counted, name), abs=1e-9), name


@given(some)
def test_the_worth_of_a_question_changes_neither_index(pairs):
    plain = item_figures([Observation(mark, rest) for mark, rest in pairs])
    tenfold = item_figures([Observation(mark * 10, rest) for mark, rest in pairs], worth=10)
    for name in ("facility", "deviation", "discrimination", "efficiency"):
        assert getattr(plain, name) == pytest.approx(getattr(tenfold, name), abs=1e-9), name


@given(st.lists(st.integers(0, 40).map(lambda quarter: quarter / 4), min_size=1, max_size=60))
def test_thirds_and_median_of_any_scores(values):
    scores = {value: values.count(value) for value in values}
    figures = score_figures(scores)
    assert isclose(figures.mean, mean(values), abs_tol=1e-9)
    assert isclose(figures.median, median(values), abs_tol=1e-9)
    found = thirds(scores)
    if found is None:
        return
    low, high = [one for one in values if found.is_low(one)], [one for one in values if found.is_high(one)]
    assert (len(low), len(high)) == (found.low, found.high)
    assert max(low) < min(high)
    assert min(len(low), len(high)) >= len(values) // 3


def test_nothing_comes_of_nothing():
    assert item_figures([]).facility is None
    assert score_figures({}).mean is None
    alone = item_figures([Observation(0.5, 3)])
    assert (alone.facility, alone.deviation, alone.discrimination) == (0.5, None, None)
    assert score_figures({4: 1}).deviation is None
    assert score_figures({4: 9}).skewness is None
    assert reliability(variances=[0.2], score_variance=0.2) is None
    assert reliability(variances=[0.2, 0.2], score_variance=0.0) is None
    assert thirds({5: 30}) is None
    with pytest.raises(ValueError, match="worth"):
        item_figures([], worth=0)


def test_what_blind_guessing_earns():
    assert random_guess(ONE) == 0.25
    assert random_guess(TRUE) == 0.5
    assert random_guess(MATCH) == pytest.approx(1 / 3)
    assert random_guess(FROG) == 0
    assert random_guess(TWO) is None
    assert random_guess(VERSE) is None
    four = [option(letter, fraction="1" if letter in "AC" else None) for letter in "ABCD"]
    national = paper_question("8", "statements", four, credit=["0.1", "0.25", "0.5", "1"])
    earned = [0, 0.1, 0.25, 0.5, 1]
    assert random_guess(national) == pytest.approx(sum(comb(4, hits) * earned[hits] for hits in range(5)) / 16)
    assert random_guess(paper_question("9", "ordering", [option(one) for one in "ABC"])) == pytest.approx(1 / 6)


# --- Who chose what ----------------------------------------------------------------------------------------------------


def lines(part) -> dict:
    return {line.key: (line.right, line.tally.all, line.tally.low, line.tally.high) for line in part.lines}


def test_options_with_who_chose_them():
    (part,) = parts_of(ONE, [("One", Tally(6, 1, 4)), ("Four", Tally(3, 2, 0)), ("gone", Tally(1, 1, 0))])
    assert lines(part) == {
        "One": (True, 6, 1, 4), "Two": (False, 0, 0, 0), "Three": (False, 0, 0, 0), "Four": (False, 3, 2, 0),
    }  # fmt: skip
    assert part.answered.all == 10
    (several,) = parts_of(TWO, [(["One", "Three"], Tally(5)), (["One", "Two"], Tally(2))])
    assert several.several
    assert [lines(several)[one][:2] for one in ("One", "Two", "Three", "Four")] == [
        (True, 7), (False, 2), (True, 5), (False, 0),
    ]  # fmt: skip


def test_each_line_of_a_question_is_a_part():
    said = [({"frog": "mammal", "cat": "mammal"}, Tally(4)), ({"frog": "amphibian"}, Tally(2))]
    frog, cat, newt = parts_of(MATCH, said)
    assert lines(frog)["mammal"][:2] == (False, 4)
    assert lines(frog)["amphibian"][:2] == (True, 2)
    assert (cat.answered.all, newt.answered.all) == (4, 0)
    order = paper_question("9", "ordering", [option(one) for one in "ABC"])
    first, _second, last = parts_of(order, [(["B", "A", "C"], Tally(3))])
    assert lines(first)["B"][:2] == (False, 3)
    assert lines(last)["C"][:2] == (True, 3)
    owl, cat = parts_of(VERSE, [({"7.1": "owl", "7.2": "Bow-wow"}, Tally(2)), ({"7.1": "Dog"}, Tally(1))])
    assert lines(owl) == {"owl": (True, 2, 0, 0), "Dog": (False, 1, 0, 0)}
    assert lines(cat)["Bow-wow"][:2] == (False, 2)
    statements = paper_question("8", "statements", [option("A", fraction="1"), option("B")])
    true, false = parts_of(statements, [({"A": True, "B": True}, Tally(5))])
    assert lines(true) == {True: (True, 5, 0, 0), False: (False, 0, 0, 0)}
    assert lines(false)[True][:2] == (False, 5)


def test_typed_answers_are_told_by_how_often_they_came():
    typed = [("frog", Tally(5)), (" Frog ", Tally(2)), ("toad", Tally(3))]
    typed += [(f"word {number}", Tally(1)) for number in range(20)]
    (part,) = parts_of(FROG, typed)
    assert [(line.key, line.right, line.tally.all) for line in part.lines[:2]] == [
        ("frog", True, 7),
        ("toad", False, 3),
    ]
    assert (len(part.lines), part.lines[-1].key, part.lines[-1].tally.all) == (9, None, 14)
    assert part.answered.all == 30
    assert parts_of(paper_question("1", "long", []), [("a page", Tally(1))]) == []


# --- What is said of a question ----------------------------------------------------------------------------------------


def spread(right: int, of: int, *, upside_down: bool = False) -> list[Observation]:
    """`right` of `of` attempts answer it; those who do have the higher rests, or the lower ones."""
    ranks = range(of)
    knows = set(ranks[:right] if upside_down else ranks[of - right :])
    return [Observation(float(rank in knows), rank / 10) for rank in ranks]


def options_said(right: Tally, wrong: Tally) -> list:
    return parts_of(ONE, [("One", right), ("Two", wrong), ("Three", Tally(1)), ("Four", Tally(1))])


def test_a_good_question_is_called_good():
    assert verdicts_of(item_figures(spread(15, 30)), options_said(Tally(15, 1, 10), Tally(13, 9, 0))) == [Verdict.GOOD]


def test_a_key_that_the_best_do_not_choose_is_doubted():
    parts = options_said(Tally(8, 7, 0), Tally(20, 3, 10))
    said = verdicts_of(item_figures(spread(8, 30, upside_down=True)), parts)
    assert said[:2] == [Verdict.WRONG_KEY, Verdict.UPSIDE_DOWN]


def test_few_attempts_say_nothing():
    parts = options_said(Tally(1), Tally(6, 0, 3))
    few = item_figures(spread(1, LIMITS.few - 1, upside_down=True))
    assert verdicts_of(few, parts) == [Verdict.TOO_FEW]
    assert Verdict.TOO_FEW not in verdicts_of(item_figures(spread(1, LIMITS.few)), parts)


def test_hard_easy_blank_and_idle():
    parts = options_said(Tally(2), Tally(26))
    assert Verdict.VERY_HARD in verdicts_of(item_figures(spread(2, 30)), parts)
    assert Verdict.VERY_EASY in verdicts_of(item_figures(spread(28, 30)), parts)
    assert Verdict.OFTEN_BLANK in verdicts_of(item_figures(spread(12, 30)), parts, blank=6)
    assert Verdict.OFTEN_BLANK not in verdicts_of(item_figures(spread(12, 30)), parts, blank=5)
    by_chance = [Observation(float(rank % 4 == 0), rank / 10) for rank in range(30)]
    assert Verdict.LIKE_GUESSING in verdicts_of(item_figures(by_chance), parts, guess=0.25)
    assert Verdict.LIKE_GUESSING not in verdicts_of(item_figures(spread(8, 30)), parts, guess=0.25)
    idle = parts_of(ONE, [("One", Tally(15, 1, 9)), ("Two", Tally(15, 8, 1))])
    assert Verdict.IDLE_OPTION in verdicts_of(item_figures(spread(15, 30)), idle)
    assert verdicts_of(item_figures(spread(15, 30)), idle, cancelled=True) == [Verdict.CANCELLED]


def test_a_question_that_tells_nobody_apart_is_flat():
    mixed = [Observation(float(rank % 2), rank / 10) for rank in range(30)]
    assert Verdict.FLAT in verdicts_of(item_figures(mixed), options_said(Tally(15, 5, 5), Tally(13, 4, 4)))

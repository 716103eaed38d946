from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes import drawing, grading
from quizzes.kinds import kind_of


def question(type="single", right=("a",), options="abcd", points="1.00", **more):
    return {
        "id": more.pop("id", "q"),
        "type": type,
        "points": points,
        "options": [{"id": one, "correct": one in right} for one in options],
        "scoring": {},
        **more,
    }


@pytest.mark.parametrize(
    ("asked", "value", "fraction"),
    [
        (question(), "a", 1),
        (question(), "b", 0),
        (question("true_false", options="ab"), "a", 1),
        (question("multiple", right="ab"), ["a", "b"], 1),
        (question("multiple", right="ab"), ["a"], 0),
        (question("multiple", right="ab"), ["a", "b", "c"], 0),
        (question("multiple", right="ab", scoring={"partial": True}), ["a"], "0.5"),
        (question("multiple", right="ab", scoring={"partial": True}), ["a", "b", "c"], "0.5"),
        (question("multiple", right="ab", scoring={"partial": True}), ["c", "d"], 0),
        (question("multiple", right="abc", scoring={"partial": True}), ["a"], "0.333333"),
    ],
)
def test_fractions(asked, value, fraction):
    assert kind_of(asked).fraction(asked, grading.clean(asked, value)) == Decimal(fraction)


@pytest.mark.parametrize(
    ("type", "value", "cleaned"),
    [
        ("single", "a", "a"),
        ("single", None, None),
        ("multiple", "a", ["a"]),
        ("multiple", ["b", "a", "b"], ["a", "b"]),
        ("multiple", [], None),
        ("multiple", None, None),
    ],
)
def test_values_have_one_form(type, value, cleaned):
    assert grading.clean(question(type), value) == cleaned


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("single", "z"),
        ("single", ["a"]),
        ("single", 1),
        ("single", {}),
        ("multiple", ["z"]),
        ("multiple", [1]),
        ("multiple", 5),
    ],
)
def test_what_is_no_answer_is_refused(type, value):
    with pytest.raises(grading.NotAnAnswer):
        grading.clean(question(type), value)


@given(st.lists(st.sampled_from("abcdz"), max_size=12), st.integers(0, 100))
def test_the_score_is_the_exact_sum_and_never_leaves_its_bounds(chosen, pass_percent):
    asked = [question(id=f"q{n}", points="0.10") for n in range(len(chosen))]
    values = {f"q{n}": (None if one == "z" else one) for n, one in enumerate(chosen)}
    result = grading.grade(questions=asked, values=values, pass_percent=pass_percent)
    assert result.score == Decimal(chosen.count("a")) / 10
    assert 0 <= result.score <= result.max_score == Decimal(len(chosen)) / 10
    assert result.answered == sum(one != "z" for one in chosen)
    assert result.passed == (chosen.count("a") * 100 >= pass_percent * len(chosen))


SETTINGS = {"shuffle_questions": True, "shuffle_options": True}


def document(count, draws=(), **settings):
    return {
        "settings": SETTINGS | settings,
        "questions": [question(id=f"q{n}") for n in range(count)],
        "draws": list(draws),
    }


@given(st.integers(1, 12), st.text())
def test_a_draw_asks_every_fixed_question_once_with_every_option(count, seed):
    asked = drawing.draw(document(count), seed=seed)
    assert sorted(one for one, _options in asked) == sorted(f"q{n}" for n in range(count))
    assert all(sorted(options) == list("abcd") for _one, options in asked)
    assert asked == drawing.draw(document(count), seed=seed)


@given(st.text())
def test_drawn_questions_are_as_many_as_asked_for_and_never_twice(seed):
    paper = document(
        10, [{"ids": [f"q{n}" for n in range(2, 8)], "count": 3}, {"ids": ["q6", "q7", "q8", "q9"], "count": 2}]
    )
    asked = [one for one, _options in drawing.draw(paper, seed=seed)]
    assert {"q0", "q1"} <= set(asked)
    assert len(asked) == len(set(asked)) == 7


def test_without_shuffling_the_editors_order_stands():
    asked = drawing.draw(document(4, shuffle_questions=False, shuffle_options=False), seed="any")
    assert asked == [[f"q{n}", list("abcd")] for n in range(4)]


def test_true_and_false_keep_their_order():
    paper = document(1)
    paper["questions"][0] |= {"type": "true_false"}
    orders = {tuple(drawing.draw(paper, seed=str(n))[0][1]) for n in range(20)}
    assert orders == {tuple("abcd")}

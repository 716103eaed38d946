"""Every type of question: what answers it, what each answer earns, and what of it reaches a browser."""

import random
from decimal import Decimal

import pytest

from quizzes.kinds import KINDS, NotAnAnswer, clean, kind_of
from quizzes.kinds.typed import numbers_in, same_text
from quizzes.models import Question


def option(key, text="", correct=False, **more):
    return {"id": key, "text": {"vi": text or key}, "correct": correct, **more}


def target(key, **more):
    return {"id": key, "text": {"vi": key}, "kind": "", "area": None, "correct": False, **more}


PAIRS = {
    "type": "matching",
    "options": [option("a", target="1"), option("b", target="2"), option("c", target="3")],
    "targets": [target("1"), target("2"), target("3"), target("4")],
}
GROUPS = {
    "type": "zones",
    "options": [option("a", target="1"), option("b", target="1"), option("c", target="2"), option("d")],
    "targets": [target("1"), target("2")],
}
ORDER = {"type": "ordering", "options": [option(one) for one in "abcd"]}
STATEMENTS = {
    "type": "statements",
    "options": [option("a", correct=True), option("b"), option("c", correct=True), option("d")],
    "scoring": {"credit": ["0.1", "0.25", "0.5", "1"]},
}
GAPS = {
    "type": "gaps",
    "options": [
        option("o1", "VNeID", True, target="1"),
        option("o2", "Zalo", target="1"),
        option("o3", "căn cước", True, target="2"),
        option("o4", "12", True, target="3"),
    ],
    "targets": [target("1", kind="select"), target("2", kind="text"), target("3", kind="number")],
}
NUMBER = {
    "type": "numeric",
    "options": [option("a", "3,14", True, tolerance="0.01"), option("b", "3", fraction="0.5")],
}
SHORT = {"type": "short", "options": [option("a", "Căn cước", True), option("b", "thẻ *", fraction="0.5")]}
AREAS = {"type": "hotspot", "options": [], "targets": [target("1", correct=True), target("2")]}
WEIGHTED = {
    "type": "multiple",
    "options": [option("a", fraction="0.5"), option("b", fraction="0.5"), option("c", fraction="-0.5")],
}
LONG = {"type": "long", "options": []}


@pytest.mark.parametrize(
    ("question", "value", "fraction"),
    [
        (PAIRS, {"a": "1", "b": "2", "c": "3"}, "1"),
        (PAIRS, {"a": "1", "b": "4"}, "0.333333"),
        (PAIRS | {"scoring": {"all_or_nothing": True}}, {"a": "1", "b": "2"}, "0"),
        (GROUPS, {"a": "1", "b": "1", "c": "2"}, "1"),
        (GROUPS, {"a": "1", "b": "1", "c": "2", "d": "1"}, "0.666667"),
        (GROUPS, {"d": "1"}, "0"),
        (ORDER, list("abcd"), "1"),
        (ORDER, list("abdc"), "0"),
        (ORDER | {"scoring": {"partial": True}}, list("abdc"), "0.333333"),
        (ORDER | {"scoring": {"partial": True}}, list("dcba"), "0"),
        (STATEMENTS, {"a": True, "b": False, "c": True, "d": False}, "1"),
        (STATEMENTS, {"a": True, "b": False, "c": True}, "0.5"),
        (STATEMENTS, {"a": True, "b": False, "c": False, "d": True}, "0.25"),
        (STATEMENTS, {"a": True, "b": True}, "0.1"),
        (STATEMENTS, {"a": False}, "0"),
        (STATEMENTS | {"scoring": {}}, {"a": True, "b": False}, "0.5"),
        (GAPS, {"1": "o1", "2": "Căn  cước", "3": "12"}, "1"),
        (GAPS, {"1": "o2", "2": "hộ chiếu", "3": "12,0"}, "0.333333"),
        (NUMBER, "3.14", "1"),
        (NUMBER, "3,145", "1"),
        (NUMBER, "3,16", "0"),
        (NUMBER, "3", "0.5"),
        (NUMBER, "ba", "0"),
        (SHORT, "  căn CƯỚC ", "1"),
        (SHORT, "can cuoc", "0"),
        (SHORT | {"scoring": {"accents": False}}, "can cuoc", "1"),
        (SHORT | {"scoring": {"case": True}}, "căn cước", "0"),
        (SHORT, "Thẻ căn cước", "0.5"),
        (AREAS, "1", "1"),
        (AREAS, "2", "0"),
        (WEIGHTED, ["a", "b"], "1"),
        (WEIGHTED, ["a", "c"], "0"),
        (WEIGHTED, ["a", "b", "c"], "0.5"),
    ],
)
def test_what_an_answer_earns(question, value, fraction):
    question = {"id": "q", "scoring": {}} | question
    assert kind_of(question).fraction(question, clean(question, value)) == Decimal(fraction)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (PAIRS, {"a": "9"}),
        (PAIRS, {"z": "1"}),
        (PAIRS, ["a"]),
        (PAIRS, "a"),
        (PAIRS, {"a": 1}),
        (ORDER, ["a", "b"]),
        (ORDER, ["a", "a", "b", "c"]),
        (ORDER, "abcd"),
        (ORDER, [["a"], "b", "c", "d"]),
        (STATEMENTS, {"a": "true"}),
        (STATEMENTS, {"z": True}),
        (STATEMENTS, [True]),
        (GAPS, {"1": "o3"}),
        (GAPS, {"1": "VNeID"}),
        (GAPS, {"9": "x"}),
        (GAPS, {"2": 5}),
        (GAPS, {"2": "x" * 301}),
        (NUMBER, 3.14),
        (SHORT, ["x"]),
        (SHORT, "x" * 301),
        (AREAS, "3"),
        (LONG, {"text": "x"}),
        (LONG, "x" * 20_001),
    ],
)
def test_what_is_no_answer_is_refused(question, value):
    with pytest.raises(NotAnAnswer):
        clean({"id": "q", "scoring": {}} | question, value)


@pytest.mark.parametrize(
    ("question", "value"),
    [
        (PAIRS, {}),
        (PAIRS, {"a": None}),
        (ORDER, []),
        (STATEMENTS, {}),
        (GAPS, {"2": "  "}),
        (NUMBER, ""),
        (SHORT, " "),
        (LONG, "\n"),
        (AREAS, None),
    ],
)
def test_an_emptied_answer_is_no_answer(question, value):
    assert clean({"id": "q", "scoring": {}} | question, value) is None


EVERY = [PAIRS, GROUPS, ORDER, STATEMENTS, GAPS, NUMBER, SHORT, AREAS, WEIGHTED]


@pytest.mark.parametrize("question", EVERY, ids=lambda one: one["type"])
def test_the_right_answer_earns_everything_and_is_in_its_stored_form(question):
    question = {"id": "q", "scoring": {}} | question
    right = kind_of(question).right(question)
    assert clean(question, right) == right
    assert kind_of(question).fraction(question, right) == 1


def test_a_written_text_waits_for_a_person():
    assert kind_of(LONG).fraction(LONG, clean(LONG, "Em nghĩ là…")) is None


def test_every_type_of_the_bank_has_a_kind():
    assert set(KINDS) == set(Question.Type.values)


@pytest.mark.parametrize("seed", range(30))
def test_an_ordering_is_never_shown_in_its_right_order(seed):
    shown = kind_of(ORDER).shown(ORDER, random.Random(seed), shuffle=False)
    assert sorted(shown) == list("abcd")
    assert shown != list("abcd")


def test_the_sides_of_pairs_are_mixed_even_where_a_quiz_shuffles_nothing():
    orders = {tuple(kind_of(PAIRS).shown(PAIRS, random.Random(seed), shuffle=False)[3:]) for seed in range(30)}
    assert len(orders) > 5


def test_accepted_answers_are_never_among_what_is_shown():
    chance = random.Random(1)
    assert kind_of(SHORT).shown(SHORT, chance, shuffle=True) == []
    assert kind_of(NUMBER).shown(NUMBER, chance, shuffle=True) == []
    shown = kind_of(GAPS).shown(GAPS, chance, shuffle=True)
    assert set(shown) == {"1", "o1", "o2", "2", "3"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3", ["3"]),
        ("−2,5", ["-2.5"]),
        ("3.14", ["3.14"]),
        ("1.000", ["1.000", "1000"]),
        ("1.234.567", ["1234567"]),
        ("1.234.567,8", ["1234567.8"]),
        ("1,234.5", ["1234.5"]),
        ("1 000", ["1000"]),
        ("5e3", ["5E+3"]),
        ("3 quả", []),
        ("", []),
        ("1,,2", []),
        ("٣", ["3"]),
    ],
)
def test_numbers_as_people_write_them(text, numbers):
    assert [str(one) for one in numbers_in(text)] == numbers


def test_a_star_in_an_accepted_answer_stands_for_anything_and_nothing_else_does():
    assert same_text("Trang a.b", "trang *", {})
    assert not same_text("Trang axb", "trang a.b", {})

"""What a survey asks, and what may be told of its answers: rules without a database."""

from itertools import combinations

import pytest

from support.surveys.document import asked_of, faults, languages_ready, read, read_answers
from support.surveys.presets import presets
from support.surveys.telling import FEWEST, hidden_groups, joined_choices, joined_steps, veiled, with_percent


def question(key, kind="single", **row):
    options = [{"key": each, "texts": {"vi": each}} for each in "abc"] if kind in {"single", "multiple"} else []
    return {"key": key, "kind": kind, "texts": {"vi": {"text": key}}, "options": options} | row


def test_the_templates_have_no_fault_in_either_language():
    assert set(presets()) == {"hai-long", "nhu-cau", "danh-gia-bai-hoc"}
    for preset in presets().values():
        questions = read(preset.questions)
        assert faults(questions, "vi") == []
        assert languages_ready(questions, preset.texts, "vi") == ["vi", "en"]
    assert [preset.key for preset in presets().values() if preset.starts] == ["danh-gia-bai-hoc"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "ít nhất một câu hỏi"),
        ([question("x"), question("x")], "hai lần"),
        ([question("x", options=[{"key": "a", "texts": {"vi": "a"}}])], "ít nhất hai"),
        ([question("x", texts={"en": {"text": "x"}})], "chưa có chữ"),
        ([question("y", when={"question": "x", "is": ["a"]}), question("x")], "không đứng trước"),
        ([question("x", when={"question": "x", "is": ["a"]})], "không đứng trước"),
        ([question("x"), question("y", when={"question": "x", "is": ["z"]})], "không có"),
        ([question("x", "scale", top=11)], "bậc"),
        ([question("x", "scale", tells=True), question("y", "scale", tells=True)], "Chỉ một câu"),
        ([question("x", tells=True)], "không phải thang"),
    ],
)
def test_a_fault_is_said_in_words(rows, words):
    assert any(words in fault for fault in faults(read(rows), "vi"))


def test_what_was_not_asked_is_left_out_and_not_missed():
    """A hidden question hides what hangs on it, and a sent answer to it is dropped, required or not."""
    questions = read(
        [
            question("a"),
            question("b", when={"question": "a", "is": ["a", "b"]}, required=True),
            question("c", "scale", when={"question": "b", "is": ["c"]}, required=True),
            question("d", "multiple"),
            question("e", "long"),
        ]
    )
    assert [one.key for one in asked_of(questions, {"a": "c", "b": "c"})] == ["a", "d", "e"]
    found = read_answers(questions, {"a": "c", "b": "c", "c": 5, "d": ["c", "a"], "e": " vài \n chữ "})
    assert (found.values, found.words, found.errors) == ({"a": "c", "d": ["a", "c"]}, {"e": "vài chữ"}, {})
    assert set(read_answers(questions, {"a": "a"}).errors) == {"b"}
    assert set(read_answers(questions, {"a": "a", "b": "c"}).errors) == {"c"}
    for wrong in (
        {"a": "z"},
        {"a": {"x": 1}},
        {"d": ["a", "z"]},
        {"a": "a", "b": "c", "c": 6},
        {"a": "a", "b": "c", "c": True},
    ):
        assert read_answers(questions, wrong).errors


def test_no_bar_tells_of_fewer_than_five_and_none_can_be_subtracted():
    """Every way 12 people can choose among four steps or answers: what is joined is never small, and adds up."""
    for cuts in combinations(range(12 + 3), 3):
        edges = (-1, *cuts, 12 + 3)
        counts = [edges[place + 1] - edges[place] - 1 for place in range(4)]
        for bars in (
            joined_steps([(str(place), count) for place, count in enumerate(counts, 1)]),
            joined_choices([(str(place), str(place), count) for place, count in enumerate(counts)], "khác"),
        ):
            assert sum(bar.count for bar in bars) == 12
            assert all(bar.count == 0 or bar.count >= FEWEST for bar in bars)
            assert sorted(key for bar in bars for key in bar.keys) == sorted({key for bar in bars for key in bar.keys})
    assert [bar.label for bar in joined_steps([("1", 1), ("2", 0), ("3", 2), ("4", 9), ("5", 30)])] == ["1–4", "5"]
    assert with_percent(joined_steps([("1", 2), ("2", 0), ("3", 4)]), 6) == []
    assert [bar.count for bar in veiled([("a", "a", 4), ("b", "b", 0), ("c", "c", 9)])] == [9, None, 0]


def test_a_small_group_hides_in_another():
    assert hidden_groups({"a": 20, "b": 9, "c": 7}) == set()
    assert hidden_groups({"a": 20, "b": 9, "c": 3}) == {"b", "c"}
    assert hidden_groups({"a": 20, "b": 2, "c": 1}) == {"a", "b", "c"}
    assert hidden_groups({"a": 20, "b": 3, "c": 3, "d": 0}) == {"b", "c"}

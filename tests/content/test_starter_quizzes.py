"""The starter quizzes as files: answerable, explained, and not passed by a pattern in the answers."""

import re
import uuid
from collections import Counter

import pytest

from tests.content.starter_files import (
    COURSES,
    FINAL,
    VOCABULARY,
    bilingual,
    by_folder,
    course_files,
    languages,
    lesson_files,
    picture_path,
    questions_of_all,
    quiz_files,
    read,
)

# Types with options of which some are right; those with places to fill; those with things put into an order.
CHOSEN = {"single", "multiple", "true_false", "statements", "picture_choice"}
PLACED = {"matching", "zones"}
TYPES = CHOSEN | PLACED | {"ordering", "gaps", "numeric", "short", "hotspot"}

quizzes = pytest.mark.parametrize("path", quiz_files(), ids=by_folder)
taught = pytest.mark.parametrize("path", [p for p in quiz_files() if p.parent.name != FINAL], ids=by_folder)
finals = pytest.mark.parametrize("path", [p for p in quiz_files() if p.parent.name == FINAL], ids=by_folder)


@pytest.mark.slow
def test_no_identity_is_used_twice():
    keys = [str(read(path)["key"]) for path in (*course_files(), *lesson_files(), *quiz_files())]
    for question in questions_of_all():
        keys.append(str(question["id"]))
        keys.extend(str(part["id"]) for name in ("options", "targets") for part in question.get(name, []))
    assert len(keys) == len(set(keys))
    assert all(uuid.UUID(key).version == 4 for key in keys)


@pytest.mark.slow
@quizzes
def test_quiz_is_long_enough_and_about_situations(path):
    quiz = read(path)
    questions = quiz["questions"]
    assert len(questions) >= (10 if "bai-rut-gon" in path.parts else 8)
    assert quiz["attempts"] >= 5
    assert 0 < quiz["pass_percent"] <= 100
    assert len({question["type"] for question in questions}) >= 3
    assert sum(question["situation"] for question in questions) >= 0.6 * len(questions)
    topics = {record["slug"] for record in read(VOCABULARY / "topics.yaml")}
    codes = {record["code"] for record in read(VOCABULARY / "procedures.yaml")} | {None}
    for question in questions:
        assert question["type"] in TYPES
        assert question["topic"] in topics
        assert question["procedure"] in codes
        assert question["difficulty"] in (1, 2, 3)
        assert re.search(r"\d{1,2}/\d{1,2}/\d{4}", question["source"])


@quizzes
def test_every_question_can_be_answered_and_says_why(path):
    quiz = read(path)
    for question in quiz["questions"]:
        for where, pair in bilingual(question, question["stem"]["vi"]):
            assert set(pair) == languages(quiz), where
            assert all(text.strip() for text in pair.values()), where
        assert question["explanation"]["vi"]
        options, targets = question.get("options", []), question.get("targets", [])
        if question["type"] != "short":
            unexplained = [option["id"] for option in options if not option.get("why", {}).get("vi")]
            assert question["type"] == "numeric" or not unexplained, question["stem"]["vi"]
        _check_options(question, options, targets)
        for name in filter(None, [question.get("picture"), *(option.get("picture") for option in options)]):
            assert picture_path(path, name).is_file(), name
        assert bool(question.get("picture")) == bool(question.get("picture_alt")), question["stem"]["vi"]


def _check_options(question, options, targets):
    kind, stem = question["type"], question["stem"]["vi"]
    right = [option for option in options if option.get("correct")]
    places = [str(target["id"]) for target in targets]
    if kind in {"single", "picture_choice", "true_false"}:
        assert len(right) == 1, stem
        assert len(options) == 2 if kind == "true_false" else len(options) >= (4 if kind == "single" else 3), stem
    elif kind == "multiple":
        assert 2 <= len(right) < len(options), stem
        assert len(options) >= 4, stem
    elif kind == "statements":
        assert len(options) == 4, stem
        assert 0 < len(right) < 4, stem
    elif kind in PLACED:
        assert {str(option["target"]) for option in options} <= set(places), stem
        assert len(options) >= 3, stem
        if kind == "matching":
            assert len({option["target"] for option in options}) == len(options), stem
    elif kind == "ordering":
        assert len(options) >= 3, stem
    elif kind == "gaps":
        assert re.findall(r"\[\[(\d+)\]\]", stem) == [str(number + 1) for number in range(len(targets))], stem
        for target in targets:
            mine = [option for option in options if str(option["target"]) == str(target["id"])]
            assert sum(option["correct"] for option in mine) >= 1, stem
            assert target["kind"] == "text" or any(not option["correct"] for option in mine), stem
    elif kind == "hotspot":
        assert question["picture"]
        assert sum(target["correct"] for target in targets) >= 1, stem
        for x, y, width, height in (target["area"] for target in targets):
            assert min(x, y) >= 0, stem
            assert max(x + width, y + height) <= 1000, stem
    else:
        assert right, stem
        assert kind != "numeric" or all(float(option["text"]["vi"].replace(",", ".")) is not None for option in right)


@pytest.mark.slow
@quizzes
def test_what_a_question_rests_on_is_in_its_lesson(path):
    """The sections a source names, in quotation marks, are headings, titles or steps of the lesson beside the quiz, or
    of the lesson that a question of a final test goes back to."""
    for question in read(path)["questions"]:
        lesson = path.with_name("lesson.yaml")
        if path.parent.name == FINAL:
            lesson = path.parent.parent / f"bai-{_lesson_of(question)}" / "lesson.yaml"
        said = {_bare(text) for _, pair in bilingual(read(lesson)["blocks"]) for text in pair.values()}
        for name in re.findall(r"“([^”]+)”", question["source"]):
            assert any(_bare(name) in text for text in said), (question["stem"]["vi"], name)


@taught
def test_the_fifteen_minute_form_of_a_lesson_holds_enough_to_pass_its_quiz(path):
    lesson, quiz = read(path.with_name("lesson.yaml")), read(path)
    said = {
        _bare(text)
        for block in lesson["blocks"]
        if block["id"] in lesson["cuts"][15]
        for _, pair in bilingual(block)
        for text in pair.values()
    }
    held = sum(
        all(any(_bare(name) in text for text in said) for name in re.findall(r"“([^”]+)”", question["source"]))
        for question in quiz["questions"]
    )
    assert held >= quiz["pass_percent"] / 100 * len(quiz["questions"]), held


@pytest.mark.parametrize("number", [1, 2])
def test_the_form_a_class_gets_first_holds_everything_the_quiz_asks(number):
    path = COURSES / "cong-dan-so" / f"bai-{number}" / "quiz.yaml"
    lesson = read(path.with_name("lesson.yaml"))
    shown = [block for block in lesson["blocks"] if block["id"] in lesson["cuts"][lesson["minutes"]]]
    said = {_bare(text) for _, pair in bilingual(shown) for text in pair.values()}
    for question in read(path)["questions"]:
        for name in re.findall(r"“([^”]+)”", question["source"]):
            assert any(_bare(name) in text for text in said), (question["stem"]["vi"], name)


def _lesson_of(question) -> int:
    return int(re.match(r"Bài (\d+),", question["source"]).group(1))


@finals
def test_a_final_test_is_twenty_questions_in_half_an_hour_from_every_lesson(path):
    quiz = read(path)
    assert (len(quiz["questions"]), quiz["time_limit_minutes"], quiz["pass_percent"]) == (20, 30, 60)
    lessons = read(path.parent.parent / "course.yaml")["lessons"]
    assert {_lesson_of(question) for question in quiz["questions"]} == set(range(1, len(lessons)))


def _bare(text: str) -> str:
    return re.sub(r"[‘’“”]", "", text)


@quizzes
def test_right_answers_follow_no_pattern(path):
    """Choosing always one place, or always the longest or shortest text, stays well below the pass mark."""
    quiz = read(path)
    for language in languages(quiz):
        singles = [question for question in quiz["questions"] if question["type"] == "single"]
        places, longest, shortest = _pattern(singles, language)
        assert max(places.values()) <= len(singles) / 2, places
        assert longest <= len(singles) / 2, (language, longest)
        assert shortest <= len(singles) / 2, (language, shortest)


@pytest.mark.slow
def test_right_answers_follow_no_pattern_over_all_quizzes():
    singles = [question for question in questions_of_all() if question["type"] == "single"]
    places, longest, shortest = _pattern(singles, "vi")
    assert max(longest, shortest) <= 0.35 * len(singles)
    assert max(places.values()) <= 0.35 * len(singles), places
    truths = Counter(q["options"][0]["correct"] for q in questions_of_all() if q["type"] == "true_false")
    assert min(truths[True], truths[False]) >= sum(truths.values()) / 3, truths


def _pattern(singles, language):
    """Where right answers stand, and how often one is the longest or the shortest of its question."""
    places, longest, shortest = Counter(), 0, 0
    for question in singles:
        lengths = [len(option["text"][language]) for option in question["options"]]
        right = next(place for place, option in enumerate(question["options"]) if option["correct"])
        places[right] += 1
        longest += lengths[right] == max(lengths) and lengths.count(max(lengths)) == 1
        shortest += lengths[right] == min(lengths) and lengths.count(min(lengths)) == 1
        assert max(lengths) <= 2.6 * min(lengths), question["stem"][language]
    return places, longest, shortest


@quizzes
def test_no_question_asks_for_decree_numbers_dates_or_amounts(path):
    for question in read(path)["questions"]:
        parts = [*question.get("options", []), *question.get("targets", [])]
        asked = question["stem"]["vi"] + " ".join(part["text"]["vi"] for part in parts)
        assert not re.search(r"\d+/\d{4}|NĐ-CP|Nghị định|\d[\d.]* đồng|Thông tư|ngày làm việc", asked), asked

"""Every type of question from the editor's row to the receipt."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest

from quizzes import queries
from quizzes.models import Attempt, Paper, Question
from quizzes.operations import load_quiz, save_answers, start_attempt, submit_attempt
from tests.factories import quizzes as make
from tests.factories.cms import PictureFactory

pytestmark = pytest.mark.django_db

FORBIDDEN = {"correct", "right", "fraction", "feedback", "explanation", "why", "tolerance"}


@pytest.fixture
def picture(db):
    return PictureFactory()


def every_type(picture) -> list[Question]:
    questions = []
    for type in make.SHAPES:
        fields = {"picture": picture, "picture_alt": "Thanh địa chỉ"} if type == "hotspot" else {}
        made = make.of_type(type, **fields)
        if type == "picture_choice":
            for option in made.options.all():
                option.picture = picture
            made.save()
        questions.append(made)
    return questions


def keys_in(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_in(inner)


def test_a_quiz_of_every_type_is_taken_and_marked(picture):
    quiz = make.quiz(every_type(picture), shuffle_questions=True)
    make.opening(quiz)
    pupil = make.pupil(make.school_class())
    attempt, _made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")
    told = queries.started(attempt)
    assert not FORBIDDEN & set(keys_in(told))
    assert {one["type"] for one in told["questions"]} == set(Question.Type.values)
    answers = make.right_answers(quiz)
    answers = {one: value if value is not None else "Em mở Cổng rồi gõ mã hồ sơ." for one, value in answers.items()}
    saves = [(one, 1, value, None) for one, value in answers.items()]
    save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    ended = submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    assert ended.answered == len(make.SHAPES)
    # All but the text that a person marks.
    assert ended.score == len(make.SHAPES) - 1
    assert ended.needs_marking
    assert Attempt.objects.get(needs_marking=True) == ended
    waiting = ended.answer_rows.get(fraction=None)
    assert waiting.value == "Em mở Cổng rồi gõ mã hồ sơ."


def test_what_is_typed_never_meets_its_accepted_answers_in_a_browser():
    quiz = make.quiz([make.of_type("short"), make.of_type("numeric"), make.of_type("gaps")])
    make.opening(quiz)
    attempt, _made = start_attempt(user=make.pupil(), quiz_key=quiz.quiz_key, idempotency_key="k")
    text = json.dumps(queries.started(attempt), ensure_ascii=False)
    assert "mình em" not in text
    assert "tài khoản VNeID" not in text
    assert '"VNeID"' in text, "the choices of a gap are shown"


def document(question: dict) -> dict:
    return {"key": str(uuid4()), "title": {"vi": "Bài mẫu"}, "questions": [question]}


def text(words: str) -> dict:
    return {"vi": words}


def entry(type: str, **more) -> dict:
    return {"id": str(uuid4()), "type": type, "stem": text("Câu hỏi?"), "options": [], **more}


def matching() -> dict:
    targets = [{"id": str(uuid4()), "text": text(f"vế {n}")} for n in range(3)]
    options = [{"id": str(uuid4()), "text": text(f"ý {n}"), "target": targets[n]["id"]} for n in range(2)]
    return entry("matching", targets=targets, options=options)


def numeric() -> dict:
    return entry("numeric", options=[{"id": str(uuid4()), "text": text("3,5"), "tolerance": "0.5", "correct": True}])


def statements() -> dict:
    options = [{"id": str(uuid4()), "text": text(f"ý {n}"), "correct": n % 2 == 0} for n in range(4)]
    return entry("statements", options=options)


@pytest.mark.parametrize("make_entry", [matching, numeric, statements])
def test_a_document_loads_once_and_a_second_time_changes_nothing(make_entry):
    make.locale()
    wanted = document(make_entry())
    assert load_quiz(wanted).created == 2
    again = load_quiz(wanted)
    assert (again.created, again.changed, again.kept) == (0, 0, 2)


def test_four_statements_earn_by_the_table_as_it_was_when_the_paper_was_made():
    make.locale()
    wanted = document(statements())
    load_quiz(wanted)
    question = Question.objects.get()
    assert question.credit_table.fractions == ["0.1", "0.25", "0.5", "1"]
    paper = Paper.objects.get()
    question.credit_table.fractions = ["0.25", "0.5", "0.75", "1"]
    question.credit_table.save()
    paper.refresh_from_db()
    assert paper.document["questions"][0]["scoring"]["credit"] == ["0.1", "0.25", "0.5", "1"]
    assert Decimal(paper.document["questions"][0]["points"]) == 1


def test_a_question_its_type_cannot_use_is_refused_and_says_why():
    make.locale()
    broken = matching()
    broken["options"][0]["target"] = str(uuid4())
    with pytest.raises(ValueError, match=broken["id"]):
        load_quiz(document(broken))
    assert not Question.objects.exists()

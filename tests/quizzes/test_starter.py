"""The starter quizzes: loaded once, brought up to date, and never over an editor's own words."""

import copy
from pathlib import Path

import pytest
import yaml

from cms.vocabulary.models import Topic
from quizzes.models import Option, Paper, Question, Quiz
from quizzes.operations import load_quiz
from tests.factories import quizzes as make
from tests.factories.cms import VectorPictureFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "courses" / "starter").glob("**/quiz.yaml"))
# One in two languages.
FILE = ROOT / "courses" / "starter" / "cong-dan-so" / "bai-1" / "quiz.yaml"


@pytest.fixture
def document():
    make.locale("en")
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    for topic in {question["topic"] for question in read["questions"]}:
        Topic.objects.create(slug=topic, name=topic, locale=make.locale())
    return read


def counts(loaded):
    return (loaded.created, loaded.changed, loaded.kept)


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-3:-1]))
@pytest.mark.slow
def test_every_starter_quiz_loads_and_a_second_time_changes_nothing(path):
    make.locale("en")
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    number = len(document["questions"]) + 1
    assert counts(load_quiz(document)) == (number, 0, 0)
    assert counts(load_quiz(document)) == (0, 0, number)
    paper = Paper.objects.get()
    assert str(paper.quiz_key) == document["key"]
    assert [one["id"] for one in paper.document["questions"]] == [one["id"] for one in document["questions"]]
    languages = set(document["title"])
    assert set(paper.document["title"]) == languages
    assert all(set(one["stem"]) == languages for one in paper.document["questions"])
    assert all(quiz.live for quiz in Quiz.objects.all())


@pytest.mark.slow
def test_a_changed_document_changes_its_question_only(document):
    load_quiz(document)
    options = set(Option.objects.values_list("pk", flat=True))
    newer = copy.deepcopy(document)
    newer["questions"][0]["stem"]["vi"] = "Câu hỏi mới?"
    assert counts(load_quiz(newer)) == (0, 1, len(document["questions"]))
    assert set(Option.objects.values_list("pk", flat=True)) == options
    assert Paper.objects.get(is_current=True).document["questions"][0]["stem"]["vi"] == "Câu hỏi mới?"


@pytest.mark.slow
def test_what_an_editor_changed_is_kept(document):
    load_quiz(document)
    edited = Question.objects.get(translation_key=document["questions"][0]["id"], locale=make.locale())
    edited.stem = "Lời của biên tập viên?"
    edited.save()
    newer = copy.deepcopy(document)
    newer["questions"][0]["stem"]["vi"] = "Câu hỏi mới?"
    newer["pass_percent"] = 80
    assert counts(load_quiz(newer)) == (0, 1, len(document["questions"]))
    edited.refresh_from_db()
    assert edited.stem == "Lời của biên tập viên?"
    assert Paper.objects.get(is_current=True).document["settings"]["pass_percent"] == 80


@pytest.mark.slow
def test_a_question_nobody_could_answer_is_refused_and_nothing_is_loaded(document):
    for option in document["questions"][-1]["options"]:
        option["correct"] = False
    with pytest.raises(ValueError, match=document["questions"][-1]["id"]):
        load_quiz(document)
    assert not Question.objects.exists()


@pytest.mark.slow
def test_a_drawing_stays_a_drawing_on_the_paper(document):
    words = {"vi": "Hình minh hoạ", "en": "A drawing"}
    document["questions"][0] |= {"picture": "hinh.svg", "picture_alt": words}
    load_quiz(document, pictures={"hinh.svg": VectorPictureFactory(starter_key="hinh.svg")})
    shown = Paper.objects.get().document["questions"][0]["picture"]
    assert shown["alt"] == words
    assert [source["file"].rpartition(".")[2] for source in shown["sources"]] == ["svg"]

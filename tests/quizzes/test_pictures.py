"""Several pictures of a question: from a Word paper to the bank, to a pupil's page, to paper and back."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from docx.oxml.ns import qn

from quizzes.exchange.formats import read_questions
from quizzes.exchange.frozen import items_of_paper
from quizzes.exchange.paper import write_paper
from quizzes.exchange.storing import fingerprint, for_export, items_of, store_items
from quizzes.models import Paper as FrozenPaperRow
from quizzes.models import Question, QuestionPicture
from quizzes.operations import start_attempt
from quizzes.papers import paper
from quizzes.sheets import preview_of_question
from tests.factories import quizzes as make
from tests.factories.cms import picture_bytes
from tests.quizzes.exchange.word import Paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def reading():
    made = (
        Paper().lines("Câu 1. So sánh hai hình sau.").picture(alt="Hình trái").picture(alt="Hình phải", size=(50, 20))
    )
    made.picture("A. ", alt="Ý một")
    # A second one in the option's own line.
    paragraph = made.document.paragraphs[-1]
    paragraph.add_run().add_picture(io.BytesIO(picture_bytes(60, 20)))
    list(paragraph._p.iter(qn("wp:docPr")))[-1].set("descr", "Ý một, nhìn gần")
    return made.lines("B. Ý hai\nĐáp án: A").read()


@pytest.fixture
def question(reading):
    make.locale()
    store_items(bank=make.bank(), reading=reading)
    Question.objects.update(review=Question.Review.APPROVED)
    return Question.objects.get()


def test_two_pictures_of_a_stem_are_read_from_word(reading):
    assert reading.skipped == []
    item = reading.items[0]
    assert [one.alt for one in item.pictures] == ["Hình trái", "Hình phải"]
    assert [[one.alt for one in option.pictures] for option in item.options] == [["Ý một", "Ý một, nhìn gần"], []]


def test_pictures_are_stored_and_given_out_as_they_came(question, reading):
    assert [one.alt for one in question.more_pictures.all() if one.option_key is None] == ["Hình phải"]
    out = items_of(for_export(make.bank()))
    assert [fingerprint(one) for one in out] == [fingerprint(one) for one in reading]
    assert [one.alt for one in out[0].pictures] == ["Hình trái", "Hình phải"]


@pytest.mark.slow
def test_a_pupil_sees_them_all_before_and_after(question):
    quiz = make.quiz([question])
    make.opening(quiz)
    pupil = make.pupil(make.school_class())
    attempt = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")[0]
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(pupil)
    page = client.get(reverse("quiz_attempt", args=[attempt.uuid])).content.decode()
    for alt in ("Hình trái", "Hình phải", "Ý một, nhìn gần"):
        assert f'alt="{alt}"' in page
    shown = paper(attempt.paper_id).public(attempt.questions, "vi")[0]
    assert [one["alt"] for one in shown["more_pictures"]] == ["Hình phải"]
    assert len(preview_of_question(question)["questions"][0]["more_pictures"]) == 1


@pytest.mark.slow
def test_a_printed_paper_shows_them_and_reads_back(question, reading):
    document = FrozenPaperRow.objects.get(quiz_key=make.quiz([question]).quiz_key).document
    for items in (items_of(for_export(make.bank())), items_of_paper(document, language="vi", seed="x")):
        written = write_paper(items, title="Đề")
        assert written.left_out == []
        again = read_questions(written.data, name=written.name)
        assert again.skipped == []
        assert [one.alt for one in again.items[0].pictures] == ["Hình trái", "Hình phải"]
        assert [len(one.pictures) for one in again.items[0].options] == [len(one.pictures) for one in items[0].options]


def test_a_question_of_one_picture_keeps_its_paper_and_its_fingerprint():
    made = make.question()
    document = FrozenPaperRow.objects.get(quiz_key=make.quiz([made]).quiz_key).document
    assert "more_pictures" not in document["questions"][0]
    assert not QuestionPicture.objects.exists()

"""No question enters a scored contest before a reviewer has put a name to it (domain rule of the truth guard)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cms.audit.models import AuditEvent
from quizzes import problems
from quizzes.models import Opening, Paper, Question, QuizQuestion
from quizzes.operations import approve_questions, freeze_paper, open_quiz, unsigned_questions
from tests.factories import quizzes as make
from tests.factories import schools as people

pytestmark = pytest.mark.django_db

CONTEST = {"context_kind": Opening.Kind.CONTEST, "context_key": "vong-1", "audience": {"kind": "by_operation"}}


@pytest.fixture
def questions():
    return [make.question("Câu một?"), make.question("Câu hai?")]


@pytest.fixture
def quiz(questions):
    return make.quiz(questions)


@pytest.fixture
def reviewer():
    return people.make_with_role("reviewer")


def approve_url(*questions):
    ids = "&".join(f"id={question.pk}" for question in questions)
    return f"{reverse('wagtail_bulk_action', args=['quizzes', 'question', 'approve'])}?{ids}&next=/admin/"


def test_what_nobody_signed_is_not_opened_for_a_contest(quiz, questions, reviewer):
    with pytest.raises(problems.UnsignedQuestions) as refused:
        open_quiz(quiz_key=quiz.quiz_key, **CONTEST)
    assert "2" in str(refused.value)
    assert "Câu một?" in str(refused.value)
    assert set(refused.value.extra["questions"]) == {str(one.translation_key) for one in questions}
    assert not Opening.objects.exists()
    approve_questions(questions=questions[:1], by=reviewer)
    with pytest.raises(problems.UnsignedQuestions):
        open_quiz(quiz_key=quiz.quiz_key, **CONTEST)
    approve_questions(questions=questions, by=reviewer)
    assert open_quiz(quiz_key=quiz.quiz_key, **CONTEST).context_kind == "contest"


def test_a_lesson_may_be_practised_meanwhile(quiz):
    assert open_quiz(quiz_key=quiz.quiz_key, context_kind="lesson", context_key="k", audience={"kind": "everyone"})


def test_a_question_that_comes_later_stays_out_until_it_is_signed(
    quiz, questions, reviewer, django_capture_on_commit_callbacks
):
    approve_questions(questions=questions, by=reviewer)
    open_quiz(quiz_key=quiz.quiz_key, **CONTEST)
    late = make.question("Câu thêm?")
    QuizQuestion.objects.create(quiz=quiz, question=late, sort_order=9)
    freeze_paper(quiz_key=quiz.quiz_key)
    assert len(Paper.objects.get(is_current=True).document["questions"]) == 2
    with django_capture_on_commit_callbacks(execute=True):
        approve_questions(questions=[late], by=reviewer)
    assert len(Paper.objects.get(is_current=True).document["questions"]) == 3


def test_the_first_name_stays_and_is_logged_once(questions, reviewer):
    other = people.make_with_role("reviewer")
    assert approve_questions(questions=questions, by=reviewer) == 2
    assert approve_questions(questions=questions, by=other) == 0
    assert set(Question.objects.values_list("approved_by", flat=True)) == {reviewer.pk}
    assert AuditEvent.objects.filter(action="approve_question", actor=reviewer.uuid).count() == 2


def test_a_name_without_approval_is_refused_by_the_database(questions, reviewer):
    approve_questions(questions=questions, by=reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.update(review="draft")


def test_a_reviewer_approves_from_the_list_and_an_editor_cannot(client, quiz, questions, reviewer):
    client.force_login(people.make_with_role("editor"))
    assert "Chỉ người thẩm định" in client.get(approve_url(*questions)).content.decode()
    client.post(approve_url(*questions))
    assert len(unsigned_questions(quiz_key=quiz.quiz_key)) == 2
    client.force_login(reviewer)
    page = client.get(approve_url(*questions)).content.decode()
    assert "Câu hai?" in page
    assert questions[0].explanation in page
    client.post(approve_url(*questions))
    assert unsigned_questions(quiz_key=quiz.quiz_key) == []
    client.get("/admin/snippets/quizzes/question/")


@pytest.mark.slow
def test_other_words_take_the_name_away(client, questions, reviewer):
    from tests.quizzes.test_rights import address, question_form

    question = questions[0]
    approve_questions(questions=[question], by=reviewer)
    form = question_form([(one.text, one.is_correct) for one in question.options.all()], stem="Lời khác?")
    client.force_login(people.make_with_role("editor"))
    client.post(address("question", "edit", question.pk), form)
    question.refresh_from_db()
    assert (question.review, question.approved_by, question.approved_at) == ("draft", None, None)
    client.force_login(reviewer)
    client.post(address("question", "edit", question.pk), form | {"review": "approved"})
    question.refresh_from_db()
    assert question.approved_by == reviewer


@pytest.mark.slow
def test_the_starter_questions_are_nobodys_yet(starter_site):
    assert Question.objects.filter(review="approved").count() >= 240
    assert not Question.objects.exclude(approved_by=None).exists()

"""Questions and quizzes in Wagtail's admin."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from quizzes.models import Paper, Question, Quiz
from schools.models import User
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(settings):
    settings.REQUIRE_TOTP = False
    user = User.objects.create(username="editor", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(user)
    return client


def question_form(options, **fields):
    rows = [{"text": text, "is_correct": "on" if right else "", "why": "", "id": ""} for text, right in options]
    return nested_form_data(
        {
            "bank": make.bank().pk,
            "type": "single",
            "stem": "Câu hỏi mới?",
            "explanation": "",
            "picture": "",
            "picture_alt": "",
            "topic": "",
            "difficulty": 1,
            "grade_band": "any",
            "procedure_code": "",
            "source": "",
            "review": "approved",
            "options": inline_formset(rows),
            "targets": inline_formset([]),
            "scoring": "",
        }
        | fields
    )


def test_lists_and_filters_open(editor):
    make.quiz([make.question(topic=make.topic())])
    for model, query in (
        ("questionbank", ""),
        ("question", f"?bank={make.bank().pk}&difficulty=1&type=single"),
        ("quiz", ""),
    ):
        page = editor.get(reverse(f"wagtailsnippets_quizzes_{model}:list") + query)
        assert page.status_code == 200
    assert "Cổng Dịch vụ công" in editor.get(reverse("wagtailsnippets_quizzes_question:list")).content.decode()


def test_a_question_is_made_with_its_options(editor):
    make.locale()
    answer = editor.post(
        reverse("wagtailsnippets_quizzes_question:add"),
        question_form([("Phương án một", True), ("Phương án hai", False)]),
    )
    assert answer.status_code == 302, answer.context["form"].errors
    made = Question.objects.get()
    assert [option.is_correct for option in made.options.all()] == [True, False]


@pytest.mark.parametrize(
    ("options", "fields", "said"),
    [
        ([("Một", False), ("Hai", False)], {}, "đúng một phương án đúng"),
        ([("Một", True), ("Hai", True)], {}, "đúng một phương án đúng"),
        ([("Một", True)], {}, "ít nhất hai phương án"),
        ([("Một", True), (" một ", False)], {}, "giống nhau"),
        ([("Một", True), ("Hai", False), ("Ba", False)], {"type": "true_false"}, "đúng hai phương án"),
        ([("Một", False), ("Hai", False)], {"type": "multiple"}, "ít nhất một phương án đúng"),
    ],
)
def test_a_question_nobody_could_answer_is_refused_with_the_reason(options, fields, said, editor):
    page = editor.post(reverse("wagtailsnippets_quizzes_question:add"), question_form(options, **fields))
    assert page.status_code == 200
    assert said in " ".join(page.context["form"].non_field_errors())
    assert not Question.objects.exists()


def test_publishing_a_quiz_freezes_its_paper(editor, django_capture_on_commit_callbacks):
    question = make.question()
    form = {
        "title": "Bài mới",
        "description": "",
        "time_limit_minutes": "15",
        "attempts": "3",
        "which_counts": "best",
        "pass_percent": "50",
        "feedback": "after_submit",
        "quiz_questions": inline_formset([{"question": question.pk, "points": "1", "section": "0"}]),
        "draws": inline_formset([]),
        "sections": inline_formset([]),
        "layout": "one",
        "navigation": "free",
        "action-publish": "1",
    }
    with django_capture_on_commit_callbacks(execute=True):
        answer = editor.post(reverse("wagtailsnippets_quizzes_quiz:add"), nested_form_data(form))
    assert answer.status_code == 302, answer.context["form"].errors
    quiz = Quiz.objects.get()
    assert quiz.live
    assert Paper.objects.get(quiz_key=quiz.quiz_key).document["settings"]["time_limit_seconds"] == 900


def test_an_empty_quiz_or_an_unapproved_question_is_refused(editor):
    draft = make.question("Chưa duyệt?", review="draft")
    base = {
        "title": "Bài mới",
        "description": "",
        "time_limit_minutes": "",
        "attempts": "3",
        "which_counts": "best",
        "pass_percent": "50",
        "feedback": "after_submit",
        "draws": inline_formset([]),
        "sections": inline_formset([]),
        "layout": "one",
        "navigation": "free",
    }
    for rows, said in (
        ([], "ít nhất một câu hỏi"),
        ([{"question": draft.pk, "points": "1", "section": "0"}], "chưa được duyệt"),
    ):
        form = nested_form_data(base | {"quiz_questions": inline_formset(rows)})
        page = editor.post(reverse("wagtailsnippets_quizzes_quiz:add"), form)
        assert page.status_code == 200
        assert said in " ".join(page.context["form"].non_field_errors())


def test_the_preview_shows_the_key():
    from django.template.loader import render_to_string

    from quizzes.sheets import preview_of

    page = render_to_string("quizzes/preview.html", preview_of(make.quiz()))
    assert "Đáp án đúng" in page

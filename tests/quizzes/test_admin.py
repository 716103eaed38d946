"""Questions and quizzes in Wagtail's admin."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from quizzes.models import Paper, Question, Quiz
from tests.factories import quizzes as make
from tests.factories import schools as people
from tests.factories.cms import PictureFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    client = Client()
    client.force_login(people.make_with_role("editor"))
    return client


def question_form(options, **fields):
    """`options` are (text, right), or the fields of a row."""
    rows = [
        {"why": "", "id": ""}
        | (row if isinstance(row, dict) else {"text": row[0], "is_correct": "on" if row[1] else ""})
        for row in options
    ]
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
            "more_pictures": inline_formset([]),
            "scoring": "",
        }
        | fields
    )


@pytest.mark.slow
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


def test_sounds_are_chosen_as_pictures_are(editor):
    """Of the question and of each option, new rows included: not from a list of the names of all there are."""
    text = editor.get(reverse(Question.snippet_viewset.get_url_name("add"))).content.decode()
    for field in ("audio", "options-__prefix__-audio"):
        assert f'id="id_{field}-chooser"' in text
        assert not re.search(rf'<select[^>]*name="{field}"', text)


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


def edit_address(question) -> str:
    return reverse("wagtailsnippets_quizzes_question:edit", args=[question.pk])


@pytest.mark.slow
def test_places_are_named_by_their_number(editor):
    make.locale()
    rows = [{"text": text, "kind": "", "id": "", "ORDER": order} for text, order in (("Đáng ngờ", 2), ("Đáng tin", 1))]
    options = [
        {"text": text, "target_key": place, "why": "", "id": ""}
        for text, place in (("dichvucong.gov.vn", 1), ("dichvucong.example", 2), ("Cả hai", ""))
    ]
    form = question_form(options, type="zones", targets=inline_formset(rows))
    answer = editor.post(reverse("wagtailsnippets_quizzes_question:add"), form)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Question.objects.get()
    names = {target.translation_key: target.text for target in made.targets.all()}
    placed = {option.text: names.get(option.target_key) for option in made.options.all()}
    # By the order on the screen, whatever the order in which the rows were typed.
    assert placed == {"dichvucong.gov.vn": "Đáng tin", "dichvucong.example": "Đáng ngờ", "Cả hai": None}
    page = editor.get(edit_address(made))
    assert [form.initial["target_key"] for form in page.context["form"].formsets["options"].forms] == [1, 2, None]
    assert "quizzes/admin-question.js" in page.content.decode()


@pytest.mark.slow
def test_a_place_that_is_not_there(editor):
    make.locale()
    rows = [{"text": text, "kind": "", "id": ""} for text in ("Đáng tin", "Đáng ngờ")]
    options = [{"text": "gov.vn", "target_key": 1, "id": ""}, {"text": "vn", "target_key": 3, "id": ""}]
    form = question_form(options, type="zones", targets=inline_formset(rows))
    page = editor.post(reverse("wagtailsnippets_quizzes_question:add"), form)
    assert page.status_code == 200
    assert "Không có chỗ số 3" in page.content.decode()
    assert not Question.objects.exists()


@pytest.mark.slow
def test_a_quizs_form_says_where_it_is_open(editor):
    quiz = make.quiz(1)
    address = reverse("wagtailsnippets_quizzes_quiz:edit", args=[quiz.pk])
    assert "Chưa ở đâu" in editor.get(address).content.decode()
    make.opening(quiz, {"kind": "classes", "keys": ["a", "b"]})
    page = editor.get(address).content.decode()
    assert "2 lớp" in page
    assert reverse("quiz_corrections", args=[quiz.quiz_key]).split("/corrections")[0] in page


@pytest.mark.slow
def test_pictures_after_the_first_name_their_option_by_its_number(editor):
    make.locale()
    pictures = [PictureFactory(), PictureFactory()]
    rows = [
        {"picture": pictures[0].pk, "alt": "Của câu", "option_key": "", "id": ""},
        {"picture": pictures[1].pk, "alt": "Của ý hai", "option_key": 2, "id": ""},
    ]
    form = question_form([("Một", True), ("Hai", False)], more_pictures=inline_formset(rows))
    answer = editor.post(reverse("wagtailsnippets_quizzes_question:add"), form)
    assert answer.status_code == 302, answer.context["form"].errors
    made = Question.objects.get()
    texts = {one.translation_key: one.text for one in made.options.all()}
    assert [(one.alt, texts.get(one.option_key)) for one in made.more_pictures.all()] == [
        ("Của câu", None),
        ("Của ý hai", "Hai"),
    ]
    page = editor.get(edit_address(made))
    assert [one.initial["option_key"] for one in page.context["form"].formsets["more_pictures"].forms] == [None, 2]
    rows[1]["option_key"] = 3
    form = question_form([("Một", True), ("Hai", False)], more_pictures=inline_formset(rows))
    page = editor.post(reverse("wagtailsnippets_quizzes_question:add"), form)
    assert "Không có phương án số 3" in page.content.decode()


@pytest.mark.slow
def test_an_error_is_said_beside_what_is_mended(editor):
    page = editor.post(reverse("wagtailsnippets_quizzes_question:add"), question_form([("Một", False), ("Hai", False)]))
    assert "đúng một phương án đúng" in " ".join(page.context["form"].formsets["options"].non_form_errors())
    wrong = [{"text": "1", "is_correct": "on", "fraction": "2", "id": ""}, {"text": "2", "tolerance": "-1", "id": ""}]
    page = editor.post(reverse("wagtailsnippets_quizzes_question:add"), question_form(wrong))
    told = [form.errors for form in page.context["form"].formsets["options"].forms]
    assert [list(one) for one in told] == [["fraction"], ["tolerance"]]
    area = {"text": "Đây", "kind": "", "x": 900, "y": 0, "width": 300, "height": 100, "id": ""}
    form = question_form([], type="hotspot", targets=inline_formset([area]))
    page = editor.post(reverse("wagtailsnippets_quizzes_question:add"), form)
    assert "nằm trong hình" in page.content.decode()

"""Who may do what with questions and quizzes in the editors' admin, as the real roles."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.snippets.models import get_snippet_models

from quizzes.models import Question
from tests.factories import quizzes as make
from tests.factories import schools as people
from tests.quizzes.test_admin import question_form

pytestmark = pytest.mark.django_db
OPTIONS = [("Phương án một", True), ("Phương án hai", False)]


def as_role(kind) -> Client:
    client = Client()
    client.force_login(people.make_with_role(kind))
    return client


def address(model: str, view: str, *args) -> str:
    return reverse(f"wagtailsnippets_quizzes_{model}:{view}", args=args)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["questionbank", "question", "quiz"])
@pytest.mark.parametrize(("kind", "may_add"), [("editor", True), ("translator", False), ("reviewer", False)])
def test_lists_open_and_forms_where_the_role_allows(kind, may_add, model):
    quiz = make.quiz([make.question()])
    row = {"questionbank": make.bank(), "question": Question.objects.get(), "quiz": quiz}[model]
    client = as_role(kind)
    assert client.get(address(model, "list")).status_code == 200
    # A translator's rights end at the languages they were given; a bank is in none.
    opens = kind != "translator" or model == "questionbank"
    assert (client.get(address(model, "edit", row.pk)).status_code == 200) is opens
    added = client.get(address(model, "add"))
    # Wagtail sends those who may not back to its first page.
    assert (added.status_code == 200) is may_add
    assert "/admin/snippets/quizzes/" in client.get("/admin/").content.decode()


@pytest.mark.parametrize(("kind", "may"), [("editor", True), ("reviewer", True), ("translator", False)])
def test_editors_and_reviewers_publish_quizzes_and_translators_do_not(kind, may):
    assert people.make_with_role(kind).has_perm("quizzes.publish_quiz") is may


def test_others_stay_outside():
    for kind in ("juror", "province_officer"):
        assert as_role(kind).get(address("question", "list")).status_code == 302


def test_every_snippet_of_our_rooms_can_be_kept_by_editors():
    editor = people.make_with_role("editor")
    ours = [m for m in get_snippet_models() if m._meta.app_label in {"quizzes", "vocabulary", "cms"}]
    assert len(ours) >= 10
    for model in ours:
        name = model._meta.model_name
        assert editor.has_perms([f"{model._meta.app_label}.{verb}_{name}" for verb in ("add", "change", "view")]), name


@pytest.mark.slow
def test_only_reviewers_approve_a_question():
    question = make.question(review="draft")
    form = question_form([(o.text, o.is_correct) for o in question.options.all()], stem="Sửa lời?")
    # A translator's rights end at the languages they were given, and Vietnamese is none of them.
    as_role("translator").post(address("question", "edit", question.pk), form)
    question.refresh_from_db()
    assert question.stem != "Sửa lời?"
    saved = as_role("editor").post(address("question", "edit", question.pk), form, follow=True)
    assert "Chỉ người thẩm định" in saved.content.decode()
    question.refresh_from_db()
    assert (question.stem, question.review) == ("Sửa lời?", "draft")
    as_role("reviewer").post(address("question", "edit", question.pk), form)
    question.refresh_from_db()
    assert question.review == "approved"


def test_a_new_question_of_an_editor_is_a_draft_and_a_change_makes_it_one_again():
    make.locale()
    editor = as_role("editor")
    assert editor.post(address("question", "add"), question_form(OPTIONS)).status_code == 302
    question = Question.objects.get()
    assert question.review == "draft"
    Question.objects.update(review="approved")
    editor.post(address("question", "edit", question.pk), question_form(OPTIONS, stem="Lời khác?"))
    question.refresh_from_db()
    assert (question.stem, question.review) == ("Lời khác?", "draft")

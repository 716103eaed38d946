"""Questions in and out in the admin: upload, preview, commit, undo, exports; what is not yours is not there."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quizzes.exchange.formats import read_questions
from quizzes.exchange.items import Reading
from quizzes.exchange.storing import store_items
from quizzes.models import Question, QuestionImport
from quizzes.operations.imports import forget_old_imports, obstacle_to_undo
from tests.factories import h5p
from tests.factories import quizzes as make
from tests.factories import schools as people
from tests.quizzes.exchange.bank import items
from tests.quizzes.exchange.word import Paper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor():
    make.locale()
    client = Client()
    client.force_login(people.make_with_role("editor"))
    return client


def upload(client, data, name="de.docx"):
    return client.post(reverse("quizzes_exchange", args=[make.bank().pk]), {"file": SimpleUploadedFile(name, data)})


def paper():
    out = (
        Paper()
        .lines("Câu 1. Hỏi gì?")
        .picture(alt="Bản đồ")
        .lines("A. Một\nB. Hai\nĐáp án: A\nCâu 3. Không rõ?\nA. Một\nB. Hai")
    )
    out.line(("Câu 4. ", ""), ("TiÕng ViÖt?", "", ".VnTime"))
    return out.lines("A. Có\nB. Không\nĐáp án: B").data()


@pytest.mark.slow
def test_a_paper_is_looked_at_committed_and_undone(editor):
    answer = upload(editor, paper())
    found = QuestionImport.objects.get()
    assert answer["Location"] == reverse("quizzes_import", args=[found.uuid])
    assert (found.state, found.report["new"], len(found.report["skipped"])) == ("preview", 2, 1)
    assert not Question.objects.exists(), "nothing is stored before somebody looked"
    page = editor.get(answer["Location"]).content.decode()
    for words in ("Hỏi gì?", "TiÕng ViÖt?", "Tiếng Việt?", found.report["skipped"][0]["reason"], "2 câu hỏi"):
        assert words in page
    picture = editor.get(reverse("quizzes_import_picture", args=[found.uuid, next(iter(found.report["pictures"]))]))
    assert picture["Content-Type"] == "image/png"

    kept = [found.file_key, *found.report["pictures"].values()]
    for _again in range(2):
        editor.post(reverse("quizzes_import_commit", args=[found.uuid]))
    found.refresh_from_db()
    assert (found.state, len(found.created_keys), found.file_key) == ("committed", 2, "")
    assert Question.objects.count() == 2
    assert not any(storages["private"].exists(key) for key in kept), "the file is erased"

    editor.post(reverse("quizzes_import_undo", args=[found.uuid]))
    found.refresh_from_db()
    assert (found.state, Question.objects.count()) == ("undone", 0)


@pytest.mark.slow
def test_an_import_whose_question_is_in_a_quiz_stays(editor):
    upload(editor, paper())
    found = QuestionImport.objects.get()
    editor.post(reverse("quizzes_import_commit", args=[found.uuid]))
    question = Question.objects.first()
    question.review = "approved"
    question.save()
    make.quiz([question])
    editor.post(reverse("quizzes_import_undo", args=[found.uuid]))
    found.refresh_from_db()
    assert (found.state, Question.objects.count()) == ("committed", 2)
    found.refresh_from_db()
    assert obstacle_to_undo(found)


def test_giving_up_erases_the_file_and_stores_nothing(editor):
    upload(editor, paper())
    found = QuestionImport.objects.get()
    kept = [found.file_key, *found.report["pictures"].values()]
    editor.post(reverse("quizzes_import_give_up", args=[found.uuid]))
    assert not QuestionImport.objects.exists()
    assert not any(storages["private"].exists(key) for key in kept)
    assert not Question.objects.exists()


def test_a_file_that_nobody_imports_is_erased_after_a_week(editor):
    upload(editor, paper())
    found = QuestionImport.objects.get()
    assert forget_old_imports() == 0
    QuestionImport.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert forget_old_imports() == 1
    assert not storages["private"].exists(found.file_key)
    assert not QuestionImport.objects.exists()


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"PK\x03\x04 hong", b"chi la van ban"])
def test_what_cannot_be_read_is_refused_in_plain_words_and_erased(editor, data):
    answer = upload(editor, data)
    found = QuestionImport.objects.get()
    assert (found.state, found.file_key) == ("failed", "")
    assert found.report["refused"] in editor.get(answer["Location"]).content.decode()
    assert upload(editor, b"").status_code == 422


@pytest.mark.slow
def test_the_second_upload_of_the_same_file_finds_nothing_new(editor):
    upload(editor, paper())
    editor.post(reverse("quizzes_import_commit", args=[QuestionImport.objects.get().uuid]))
    upload(editor, paper())
    again = QuestionImport.objects.first()
    assert (again.report["new"], again.report["unchanged"]) == (0, 2)


@pytest.mark.parametrize("format", ["gift", "moodle-xml", "qti3", "xlsx", "paper"])
@pytest.mark.slow
def test_every_export_downloads_and_says_what_it_leaves_out(editor, format):
    bank = make.bank()
    store_items(bank=bank, reading=Reading("aiken", items()))
    address = reverse("quizzes_export", args=[bank.pk, format])
    first = editor.get(address)
    file = editor.get(address + "?anyway=1")
    assert file["Content-Disposition"].startswith("attachment")
    if format in {"xlsx", "qti3"}:
        assert first["Content-Disposition"] == file["Content-Disposition"], "all fits: no page in between"
        assert len(read_questions(file.content, name="x").items) == len(items())
    else:
        assert "<table" in first.content.decode(), "what does not fit is told before the download"


@pytest.mark.slow
def test_a_bank_goes_out_as_h5p_once_its_libraries_are_there(editor):
    bank = make.bank()
    store_items(bank=bank, reading=Reading("aiken", items()))
    address = reverse("quizzes_export", args=[bank.pk, "h5p"])
    told = editor.get(address, follow=True)
    assert "H5P.QuestionSet" in " ".join(str(one) for one in told.context["messages"])
    h5p.install_named(*h5p.OF_QUESTIONS)
    assert "do người chấm" in editor.get(address).content.decode()
    file = editor.get(address + "?anyway=1")
    assert [one.type for one in read_questions(file.content, name="x.h5p")] == [
        "single",
        "multiple",
        "true_false",
        "matching",
        "ordering",
        "single",
    ]


@pytest.mark.slow
def test_chosen_questions_and_a_quiz_go_out_as_h5p(editor):
    h5p.install_named(*h5p.OF_QUESTIONS)
    first, second, third = make.question("Một?"), make.question("Hai?"), make.question("Ba?")
    chosen = editor.get(
        reverse("wagtail_bulk_action", args=["quizzes", "question", "export_h5p"]), {"id": [first.pk, third.pk]}
    )
    file = editor.get(chosen["Location"])
    assert [one.stem for one in read_questions(file.content, name="x.h5p")] == ["Một?", "Ba?"]
    quiz = make.quiz([third, second])
    address = reverse("quizzes_export_quiz", args=[quiz.quiz_key, "h5p"])
    assert [one.stem for one in read_questions(editor.get(address).content, name="x.h5p")] == ["Ba?", "Hai?"]
    assert address in editor.get(reverse("wagtailsnippets_quizzes_quiz:list")).content.decode()
    pupil = Client()
    pupil.force_login(make.pupil())
    assert pupil.get(address).status_code in {302, 403}
    assert pupil.get(chosen["Location"]).status_code in {302, 403}


def test_the_template_downloads_and_the_list_of_banks_leads_here(editor):
    answer = editor.get(reverse("quizzes_template"))
    assert read_questions(io.BytesIO(answer.content).read(), name="mau.xlsx").items
    bank = make.bank()
    page = editor.get(reverse("wagtailsnippets_quizzes_questionbank:list")).content.decode()
    assert reverse("quizzes_exchange", args=[bank.pk]) in page


@pytest.mark.slow
def test_anothers_import_and_a_pupils_visit_are_turned_away(editor):
    upload(editor, paper())
    found = QuestionImport.objects.get()
    other = Client()
    other.force_login(people.make_with_role("editor"))
    names = ("quizzes_import", "quizzes_import_progress")
    assert [other.get(reverse(name, args=[found.uuid])).status_code for name in names] == [404, 404]
    for name in ("commit", "undo", "give_up"):
        assert other.post(reverse(f"quizzes_import_{name}", args=[found.uuid])).status_code == 404
    pupil = Client()
    pupil.force_login(make.pupil())
    assert pupil.get(reverse("quizzes_exchange", args=[make.bank().pk])).status_code in {302, 403}
    assert QuestionImport.objects.get().state == "preview"

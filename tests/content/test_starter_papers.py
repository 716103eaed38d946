"""The words for teachers in the starter content: there for every lesson, whole, and safe to use in class."""

import io
import re
import unicodedata

import pytest
from docx import Document

from cms.starter import Run
from cms.word_height import height, room
from courses.models import LessonPage
from courses.papers.plan import FREE, fits, write_plan
from courses.papers.sheets import Sheet
from courses.papers.worksheet import write_worksheet
from courses.queries import catalogue
from courses.queries.papers import forms_of
from courses.starter_papers import read_papers
from tests.content.starter_files import by_folder, lesson_files, read, sentences

REAL = {"dichvucong.gov.vn", "hotro.dichvucong.gov.vn"}
PHASES = ["opening", "learning", "practice", "applying"]

plans = pytest.mark.parametrize("path", [path.with_name("plan.yaml") for path in lesson_files()], ids=by_folder)


def texts(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


@plans
def test_every_lesson_has_its_plan_and_it_reads_without_fault(path):
    run = Run()
    found = read_papers(run, path)["vi"]
    assert run.faults == []
    assert found["plan"]
    assert 2 <= len(found["worksheet"]) <= 4, "it must fit on one sheet with the questions and the family task"


@plans
def test_every_phase_is_thought_of_in_every_form(path):
    moves = read(path)["moves"]
    assert [phase for phase in PHASES if any(move["phase"] == phase for move in moves)] == PHASES
    assert [move["phase"] for move in moves] == sorted((move["phase"] for move in moves), key=PHASES.index)
    for phase in PHASES:
        assert any("from" not in move for move in moves if move["phase"] == phase), f"{phase} in fifteen minutes"


@plans
def test_tasks_that_can_be_wrong_have_an_answer(path):
    for task in read(path)["worksheet"]:
        if task["type"] == "choose":
            assert task.get("answer"), task["task"]


@plans
def test_words_are_composed_short_and_point_nowhere_real(path):
    for text in texts(read(path)):
        assert unicodedata.is_normalized("NFC", text)
        for sentence in sentences(text):
            assert len(sentence.split()) <= 45, sentence
        for host in re.findall(r"https?://([^/”\s]+)", text):
            assert host in REAL or host.endswith(".example"), host


@pytest.mark.slow
@pytest.mark.any_database
@pytest.mark.django_db
def test_every_plan_stays_on_one_page_and_every_worksheet_on_one_leaf(starter_site):
    """In every form. Reckoned without a word processor (cms.word_height), with room for what is reckoned too low."""
    lessons = LessonPage.objects.live().filter(locale__language_code="vi").select_related("locale", "quiz")
    assert lessons.count() == len(lesson_files())
    for page in lessons:
        facts = catalogue.lesson(page.translation_key, "vi")
        for minutes in forms_of(facts):
            sheet = Sheet(page, facts, minutes=minutes)
            plan = Document(
                io.BytesIO(write_plan(sheet, school="Trường THPT Châu Thành", teacher="Nguyễn Thị Ổi").data)
            )
            assert fits(plan), (page.title, minutes)
            assert plan.styles["Normal"].font.size.pt >= 10, (page.title, minutes)
        worksheet = Document(io.BytesIO(write_worksheet(Sheet(page, facts)).data))
        assert height(worksheet) <= 2 * room(worksheet) - FREE, page.title

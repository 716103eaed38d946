"""The words for teachers in the starter content: there for every lesson, whole, and safe to use in class."""

import re
import unicodedata

import pytest

from cms.starter import Run
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

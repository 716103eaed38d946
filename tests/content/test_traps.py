"""The course on scams: ten made-up traps, each with its signs, a choice and what to do when it is too late."""

import re
from itertools import pairwise

import pytest

from cms.blocks import is_made_up
from tests.content.starter_files import COURSES, bilingual, lesson_files, read

LESSONS = lesson_files([COURSES / "tranh-bay" / "course.yaml"])


def exercises(lesson):
    """[(number of the trap, its mock-up, the block after that, the text on what to do)]"""
    blocks = lesson["blocks"]
    after = {block["id"]: following for block, following in pairwise(blocks)}
    by_id = {block["id"]: block for block in blocks}
    for block in blocks:
        if block["type"] == "mockup":
            number = block["id"].removeprefix("bay-")
            yield int(number), block, after[block["id"]], by_id[f"lo-bam-{number}"]


def test_there_are_ten_traps_in_order():
    assert [number for path in LESSONS for number, *_ in exercises(read(path))] == list(range(1, 11))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
def test_each_trap_has_signs_a_choice_and_a_way_out(path):
    for number, mockup, choice, way_out in exercises(read(path)):
        assert len(mockup["signs"]) >= 3, number
        assert choice["type"] == "self_check", number
        assert choice["id"] == f"chon-{number}"
        assert way_out["kind"] == "warning", number
        assert way_out["title"]["vi"].startswith("Đã lỡ "), number
        assert way_out["title"]["vi"].endswith("làm gì?"), number


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.parent.name)
def test_nothing_in_a_trap_can_be_real(path):
    for number, mockup, _choice, _way_out in exercises(read(path)):
        assert is_made_up(mockup.get("address", "")), number
        words = " ".join(pair["vi"] for _, pair in bilingual(mockup))
        assert not re.search(r"https?://|\b0\d{8,}|\b1[89]00\d{4,}", words), number

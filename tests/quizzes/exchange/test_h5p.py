"""Question sets for H5P: out with installed libraries, back as the same questions; without libraries, a plain word."""

import io

import pytest
from django_h5p.operations import import_package

from quizzes.exchange.formats import detect, read_questions, write_questions
from quizzes.exchange.items import Impossible, Item, OptionItem, TargetItem, Unreadable
from quizzes.exchange.storing import fault_of, fingerprint
from tests.factories import h5p as packages
from tests.quizzes.exchange.bank import items, picture

pytestmark = pytest.mark.django_db

RIGHT = True
FITTING = [
    *(one for one in items() if one.label in {"1", "3", "5", "7", "9"}),
    Item("z", "zones", "Xếp nhóm.", [OptionItem("Mèo", target=0), OptionItem("Rắn", target=1), OptionItem("Chó", target=0)],
         [TargetItem("Thú"), TargetItem("Bò sát")]),
    Item("g", "gaps", "Thủ đô là [[1]],\nnăm [[2]] < 3.", [
        OptionItem("Hà Nội", RIGHT, target=0), OptionItem("Thăng Long", RIGHT, target=0), OptionItem("5", RIGHT, target=1)],
        [TargetItem("chỗ trống 1", "text"), TargetItem("chỗ trống 2", "number")], explanation="Vì thế"),
    Item("n", "numeric", "Bao nhiêu?", [OptionItem("3,14", RIGHT), OptionItem("3.14", RIGHT)]),
    Item("s", "short", "Tên gì?", [OptionItem("VNeID", RIGHT)], scoring={"case": True}, topic="dinh-danh"),
    Item("p", "single", "Hình gì, biết \\(x^2\\)?", [OptionItem("Ảnh", RIGHT, why="Vì\nthế"), OptionItem("Không")],
         picture=picture(), explanation="Hai\ndòng"),
    Item("m", "multiple", "Những gì?", [OptionItem("A", RIGHT), OptionItem("B", RIGHT), OptionItem("C")]),
]  # fmt: skip


@pytest.fixture
def libraries():
    """Small libraries that bear the names; what they play is tried in a browser with the real ones."""
    packages.install_named(*packages.OF_QUESTIONS)


def told(item):
    return (
        fingerprint(item),
        item.stem,
        item.explanation,
        item.difficulty,
        item.source,
        item.topic,
        item.scoring,
        [option.why for option in item.options],
        [one.kind for one in item.targets],
        item.picture and item.picture.alt,
    )


def test_written_and_read_again_it_is_the_same_bank(libraries):
    assert [fault_of(one) for one in FITTING] == [""] * len(FITTING)
    written = write_questions(FITTING, format="h5p", title="Đề H5P")
    assert (written.left_out, written.name) == ([], "de-h5p.h5p")
    assert detect(written.data, name="x.zip") == "h5p"
    reading = read_questions(written.data, name=written.name)
    assert reading.skipped == []
    assert [told(one) for one in reading] == [told(one) for one in FITTING]


def test_the_package_is_taken_by_our_own_check_and_brings_nothing_new(libraries):
    written = write_questions(FITTING, format="h5p", title="Đề H5P")
    report = import_package(file=io.BytesIO(written.data), file_name=written.name, may_install=False)
    assert report.libraries_added == []
    assert {one.machine_name for one in report.version.libraries.all()} == set(packages.OF_QUESTIONS)
    assert report.version.main_library.machine_name == "H5P.QuestionSet"


def test_what_h5p_cannot_ask_is_listed_with_a_reason(libraries):
    written = write_questions(items(), format="h5p", title="Đề")
    left = {one.label: str(one.reason) for one in written.left_out}
    assert set(left) == {"2", "4", "6", "8", "10", "11", "12", "13", "15", "16", "17"}
    assert all(left.values())
    odd = Item("o", "short", "Hỏi?", [OptionItem("km/h", RIGHT)])
    assert [one.label for one in write_questions([odd], format="h5p", title="Đề").left_out] == ["o"]


def test_without_libraries_it_is_said_what_to_do():
    with pytest.raises(Impossible) as refused:
        write_questions(FITTING, format="h5p", title="Đề")
    assert "H5P.QuestionSet" in str(refused.value)
    assert "Bài tập H5P" in str(refused.value)


def test_a_type_whose_library_is_missing_is_left_out():
    packages.install_named("H5P.QuestionSet", "H5P.MultiChoice")
    written = write_questions(FITTING, format="h5p", title="Đề")
    assert {one.label for one in written.left_out} == {"5", "7", "9", "z", "g", "n", "s", "p"}
    assert "H5P.TrueFalse" in str(next(one.reason for one in written.left_out if one.label == "5"))


@pytest.mark.parametrize(
    ("sample", "types"),
    [
        ("assembled/QuestionSet.h5p", ["single", "true_false"]),
        ("valid/H5P.Blanks-1.12.h5p", ["gaps"]),
        ("valid/H5P.DragText-1.8.h5p", ["matching"]),
        ("valid/H5P.SingleChoiceSet-1.11.h5p", None),
        ("valid/H5P.MultiChoice-1.14.h5p", None),
    ],
)
def test_packages_made_by_others_are_read(sample, types):
    data = packages.sample(sample).read()
    reading = read_questions(data, name="x.h5p")
    assert reading.items
    assert [fault_of(one) for one in reading] == [""] * len(reading.items)
    if types:
        assert [one.type for one in reading] == types


def test_what_is_no_question_is_told():
    reading = read_questions(packages.sample("valid/H5P.Accordion-1.0.h5p").read(), name="x.h5p")
    assert (reading.items, len(reading.skipped)) == ([], 1)
    assert "H5P.Accordion" in str(reading.skipped[0].reason)
    with pytest.raises(Unreadable):
        read_questions(packages.sample("malformed/bad_content_json.h5p").read(), name="x.h5p")

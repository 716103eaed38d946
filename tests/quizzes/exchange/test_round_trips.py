"""What is written is read back as the same questions, in every format; what a format cannot hold is listed."""

import pytest

from quizzes.exchange.formats import EXPORTS, read_questions, write_questions
from quizzes.exchange.items import Reading
from quizzes.exchange.storing import fault_of, fingerprint, for_export, items_of, store_items
from quizzes.models import Question
from tests.factories import quizzes as make
from tests.quizzes.exchange.bank import items

CANNOT = {
    "gift": {"10", "14", "15", "16", "17"},
    "moodle-xml": {"16"},
    "qti3": set(),
    "xlsx": set(),
}


def told(item):
    """Everything a round trip must keep."""
    return (
        fingerprint(item),
        item.explanation,
        item.difficulty,
        item.source,
        item.scoring,
        item.credit,
        [option.why for option in item.options],
        [picture.alt for picture in item.pictures],
        [len(option.pictures) for option in item.options],
    )


@pytest.mark.parametrize("format", CANNOT)
def test_written_and_read_again_it_is_the_same_bank(format):
    written = write_questions(items(), format=format, title="Ngân hàng: thử {nghiệm}")
    assert {one.label for one in written.left_out} == CANNOT[format]
    assert all(str(one.reason) for one in written.left_out)
    again = read_questions(written.data, name=written.name)
    assert again.format == {"qti3": "qti"}.get(format, format)
    assert not again.skipped
    kept = [item for item in items() if item.label not in CANNOT[format]]
    for before, after in zip(kept, again.items, strict=True):
        assert told(after) == told(before)


def test_the_test_bank_is_sound_and_holds_every_type():
    assert [fault_of(item) for item in items()] == [""] * len(items())
    assert {item.type for item in items()} == set(Question.Type.values)
    # H5P needs libraries; test_h5p.py has it.
    assert set(CANNOT) == set(EXPORTS) - {"h5p"}


@pytest.mark.slow
@pytest.mark.django_db
def test_what_the_bank_holds_comes_out_as_it_went_in():
    make.locale()
    bank = make.bank("vong")
    store_items(bank=bank, reading=Reading("aiken", items()))
    out = items_of(for_export(bank))
    assert [fingerprint(item) for item in out] == [fingerprint(item) for item in items()]
    again = store_items(bank=bank, reading=Reading("aiken", out))
    assert (again.created, again.unchanged) == ([], len(items()))


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_giving_out_a_bank_takes_as_many_queries_whatever_it_holds(count, django_assert_num_queries):
    make.locale()
    for _number in range(count):
        make.of_type("matching")
    questions = for_export(make.bank())
    # questions with picture, topic and table; options (no pictures to fetch); places; more pictures
    with django_assert_num_queries(4):
        items_of(questions)

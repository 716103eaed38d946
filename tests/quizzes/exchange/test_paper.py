"""Papers for print: the first variant reads back as the same questions; every variant's key fits its own order."""

import io

import pytest
from docx import Document

from quizzes.exchange.formats import read_questions
from quizzes.exchange.items import Item, OptionItem
from quizzes.exchange.paper import reads_back, write_paper
from quizzes.exchange.storing import fingerprint
from tests.quizzes.exchange.bank import items, picture

CHOICES = [
    Item(str(number), "single", f"Câu hỏi số {number}?", [
        OptionItem(f"{word} {number}", word == "Ba") for word in ("Một", "Hai", "Ba", "Bốn")], explanation=f"Vì {number}.")
    for number in range(1, 13)
]  # fmt: skip
STATEMENTS = [
    Item("s", "statements", "Mỗi ý?", [OptionItem("Ý một", True), OptionItem("Ý hai"), OptionItem("Ý ba", True), OptionItem("Ý bốn")],
         credit=["0.1", "0.25", "0.5", "1"]),
]  # fmt: skip
TYPED = [
    Item("n", "numeric", "Bao nhiêu?", [OptionItem("-2,5", True)]),
    Item("t", "short", "Tên?", [OptionItem("VNeID", True)]),
]
PICTURES = [
    Item("p", "picture_choice", "Chọn hình.", [
        OptionItem("Mèo", True, picture=picture("a.png", "Mèo")), OptionItem("Chó", picture=picture("b.png", "Chó"))]),
]  # fmt: skip
ALL = [*CHOICES, *PICTURES, *STATEMENTS, *TYPED]


@pytest.mark.parametrize("variants", [1, 4])
def test_the_first_variant_reads_back_as_the_same_questions(variants):
    written = write_paper(ALL, title="Đề kiểm tra 15 phút", variants=variants, seed="x")
    reading = read_questions(written.data, name=written.name)
    assert (written.left_out, reading.skipped) == ([], [])
    assert [fingerprint(one) for one in reading.items] == [fingerprint(one) for one in ALL]
    assert [one.explanation for one in reading.items] == [one.explanation for one in ALL]


def _texts(data):
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


def test_each_variant_has_all_questions_in_another_order_and_its_own_right_key():
    data = write_paper(CHOICES, title="Đề", variants=3, seed="x").data
    texts = _texts(data)
    starts = [place for place, text in enumerate(texts) if text.startswith("Mã đề ")][:3]
    table = [[cell.text for cell in row.cells] for row in Document(io.BytesIO(data)).tables[0].rows]
    assert table[0] == ["Câu", "101", "102", "103"]
    orders = []
    for column, start in enumerate(starts, start=1):
        stems, right = [], []
        for place in range(start, texts.index("----- HẾT -----", start)):
            if texts[place].startswith("Câu "):
                stems.append(texts[place].partition(". ")[2])
                options = texts[place + 1].split("\t")
                right += [one[0] for one in options if one[3:].startswith("Ba ")]
        assert sorted(stems) == sorted(one.stem for one in CHOICES)
        assert right == [row[column] for row in table[1:]]
        orders.append(stems)
    assert len({tuple(order) for order in orders}) == 3


def test_options_that_point_at_others_keep_their_places():
    item = Item("1", "single", "Hỏi?", [OptionItem("Một"), OptionItem("Hai"), OptionItem("Tất cả các ý trên", True)])
    texts = _texts(write_paper([item], title="Đề", variants=12, seed="x").data)
    assert texts.count("A. Một\tB. Hai\tC. Tất cả các ý trên") + texts.count("A. Một\tB. Hai") == 12


def test_what_paper_cannot_ask_is_listed():
    left = {one.label for one in write_paper(items(), title="Đề").left_out}
    assert left == {
        one.label for one in items() if one.type in {"multiple", "matching", "zones", "ordering", "gaps", "hotspot"}
    }
    assert not reads_back(items()[1])

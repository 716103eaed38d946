"""Tables of questions: headers anywhere, every way to spell an answer, cells that spreadsheets would calculate."""

import io

import pytest
from openpyxl import Workbook, load_workbook

from quizzes.exchange.formats import read_questions, write_questions
from quizzes.exchange.items import Item, OptionItem, Unreadable
from quizzes.exchange.sheets import template
from quizzes.exchange.storing import fault_of
from quizzes.models import Question

HEAD = ["Câu hỏi", "Loại", "A", "B", "C", "D", "Đáp án", "Chủ đề", "Mức độ", "Giải thích"]


def table(*rows, head=HEAD, above=()):
    workbook = Workbook()
    for row in [*above, head, *rows]:
        workbook.active.append(list(row))
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def read(*rows, **options):
    return read_questions(table(*rows, **options), name="cau-hoi.xlsx")


def test_the_header_is_found_by_name_wherever_it_is():
    head = ["STT", "ĐÁP ÁN ", "d", "c", "b", "a", "Nội dung", "Mức độ:"]
    reading = read(
        [1, "B", "Bốn", "Ba", "Hai", "Một", "Hỏi gì?", "Vận dụng"], head=head, above=[["Trường THPT Mẫu"], []]
    )
    item = reading.items[0]
    assert (item.stem, [one.text for one in item.options]) == ("Hỏi gì?", ["Một", "Hai", "Ba", "Bốn"])
    assert ([one.text for one in item.options if one.correct], item.difficulty) == (["Hai"], 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_of_any_kind(delimiter, encoding):
    text = (
        delimiter.join(["Câu hỏi", "A", "B", "Đáp án"]) + "\n" + delimiter.join(['"Hỏi, gì; hả?"', "Một", "Hai", "B"])
    )
    reading = read_questions(text.encode(encoding), name="cau-hoi.csv")
    assert (reading.items[0].stem, reading.items[0].options[1].correct) == ("Hỏi, gì; hả?", True)


def test_the_type_is_told_by_the_cells_where_no_word_tells_it():
    reading = read(
        ["Một?", "", "a", "b", "", "", "B"],
        ["Bốn ý?", "", "a", "b", "c", "d", "Đ, S, Đ, S"],
        ["Số?", "", "", "", "", "", 3.5],
        ["Chữ?", "", "", "", "", "", "VNeID | VNEID"],
    )
    assert [one.type for one in reading.items] == ["single", "statements", "numeric", "short"]
    assert reading.items[1].credit == ["0.1", "0.25", "0.5", "1"]
    assert [fault_of(one) for one in reading.items] == [""] * 4


@pytest.mark.parametrize(
    "row",
    [
        ["Hai đúng?", "", "a", "b", "c", "", "A, C"],
        ["Hai đúng?", "Một lựa chọn", "a", "b", "c", "", "A, C"],
        ["Không có?", "", "a", "b", "", "", ""],
        ["Ngoài?", "", "a", "b", "", "", "D"],
        ["Một ý?", "", "a", "", "", "", "A"],
        ["Cách quãng?", "", "a", "", "c", "", "C"],
        ["Loại lạ?", "Vẽ tranh", "a", "b", "", "", "A"],
        ["Thiếu ý?", "Đúng sai nhiều ý", "a", "b", "c", "d", "Đ, S"],
        ["Không gì?", "", "", "", "", "", ""],
        ["Lỗi?", "", "#REF!", "b", "", "", "A"],
        ["Chưa tính?", "", "=1+1", "b", "", "", "A"],
    ],
    ids=lambda row: f"{row[0]}{row[1]}",
)
def test_a_row_that_is_not_clear_is_refused_alone(row):
    reading = read(row, ["Rõ?", "", "a", "b", "", "", "A"])
    assert [(one.label, bool(one.reason)) for one in reading.skipped] == [("hàng 2", True)]
    assert [one.stem for one in reading.items] == ["Rõ?"]


def test_cells_that_a_spreadsheet_would_calculate_are_plain_text_and_come_back():
    texts = ["=1+1", "+84", "-5", "@ten", "'=a", "\\(x\\)"]
    item = Item("1", "single", "=HYPERLINK(1)", [OptionItem(text, text == "-5") for text in texts])
    data = write_questions([item], format="xlsx", title="x").data
    shown = [cell.value for cell in load_workbook(io.BytesIO(data)).active[2] if cell.value]
    assert not [text for text in shown if text.startswith(("=", "+", "-", "@"))]
    back = read_questions(data, name="x.xlsx").items[0]
    assert (back.stem, [one.text for one in back.options]) == (item.stem, texts)


def test_the_template_reads_back_and_shows_every_type_that_text_can_hold():
    written = template()
    reading = read_questions(written.data, name=written.name)
    assert (reading.skipped, [fault_of(one) for one in reading.items if fault_of(one)]) == ([], [])
    assert {one.type for one in reading.items} == set(Question.Type.values) - {"picture_choice", "hotspot"}
    assert load_workbook(io.BytesIO(written.data)).sheetnames == ["Câu hỏi", "Hướng dẫn"]


@pytest.mark.parametrize("data", [table(head=["a", "b"]), table()[:900], b'C\xc3\xa2u h\xe1\xbb\x8fi;A\n"dang do'])
def test_what_is_no_table_of_questions_is_refused_in_a_sentence(data):
    with pytest.raises(Unreadable) as refusal:
        read_questions(data, name="cau-hoi.csv", format="xlsx")
    assert str(refusal.value).strip().endswith(".")

"""Reading class lists: every shape and trap schools have sent, and nothing that is not asked for."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from django.utils import translation

from schools.rosters.columns import Field
from schools.rosters.reading import read_roster, read_staff
from schools.rosters.records import Choices
from schools.rosters.tables import UnreadableFile
from schools.rosters.values import Order, class_in_sheet_name, class_in_title, read_code, read_status
from tests.schools.workbooks import HEADER, pupils, sample, saved, workbook

TODAY = date(2026, 11, 23)


def read(raw: bytes, **choices):
    return read_roster(raw, choices=Choices(**choices), today=TODAY)


def first(raw: bytes, **choices):
    return read(raw, **choices).rows[0]


def codes_of(row) -> list[str]:
    return [one.code for one in row.reasons]


# --- Real files -------------------------------------------------------------------------------------------------------


def test_a_list_like_vnedu():
    result = read(sample("roster-vnedu-like.xlsx"))
    assert len(result.rows) == 120
    assert not any(row.reasons for row in result.rows)
    row = result.rows[0]
    assert (row.number, row.code, row.full_name, row.birth_date, row.gender, row.class_name) == (
        7, "007700000", "Thạch Gia Trúc", date(2008, 7, 22), "male", "12A1",
    )  # fmt: skip
    assert result.rows[2].full_name == "Đỗ Quốc Ngân", "trailing blanks are gone"


def test_a_list_like_smas():
    result = read(sample("roster-smas-like.xlsx"))
    assert len(result.rows) == 60
    assert result.rows[0].full_name == "Thạch Gia Trúc"
    assert result.rows[1].birth_date == date(2008, 7, 16), "an Excel serial in General format"
    assert result.rows[5].gender == "female"
    assert result.rows[0].gender == "male"
    assert [q.kind for q in result.questions] == ["century"]
    assert result.questions[0].rows == sum("ambiguous_year" in codes_of(row) for row in result.rows) == 20
    answered = read(sample("roster-smas-like.xlsx"), century=2000)
    assert not any(row.reasons for row in answered.rows)
    assert answered.rows[2].birth_date == date(2008, 9, 9)


def test_a_list_full_of_traps():
    rows = {row.number: row for row in read(sample("roster-with-traps.xlsx")).rows}
    assert {number: codes_of(row) for number, row in rows.items() if row.reasons} == {
        33: ["missing_code"], 34: ["no_such_day"], 35: ["missing_class"], 36: ["formula_without_value"],
        37: ["date_in_future"], 39: ["name_too_long"],
    }  # fmt: skip


# --- Headers ----------------------------------------------------------------------------------------------------------


def test_title_rows_and_a_signature_are_no_pupils():
    raw = workbook(
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO", None, None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["TRƯỜNG THPT MẪU"],
        [],
        ["DANH SÁCH HỌC SINH"],
        HEADER,
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        [1, "001", "Lê An", "05/09/2010", "Nam", "10A1"],
        [],
        [2, "002", "Lê Bình", "06/09/2010", "Nữ", "10A1"],
        ["Tổng số: 2 học sinh"],
        [None, "Tổng cộng: 2"],
        [None, None, "Người lập bảng", None, None, "HIỆU TRƯỞNG"],
        [None, None, "(Ký, ghi rõ họ tên)"],
        [None, None, "Trần Thị Hoa", None, None, "Nguyễn Văn Minh"],
        [None, None, None, "Biên Hòa, ngày 5 tháng 9 năm 2026"],
    )
    result = read(raw)
    assert [row.code for row in result.rows] == ["001", "002"]
    assert not any(row.reasons for row in result.rows)


@pytest.mark.parametrize(
    "header",
    [
        ["stt", "mã hs", "họ tên", "ngày sinh", "gt", "lớp"],
        ["STT", "MÃ ĐỊNH DANH\nBỘ GD&ĐT", "HỌ VÀ TÊN HỌC SINH", "NGÀY, THÁNG, NĂM SINH", "Phái", "LỚP HỌC"],
        ["No.", "Student code", "Full name", "Date of birth", "Gender", "Class"],
        ["TT", "Mã học sinh (*)", "Họ và têm", "Ngày sịnh (dd/mm/yyyy)", "Giới tính *", "Tên lớp"],
        ["Số TT", "MSHS", "Ho va ten", "Ngay sinh", "Gioi tinh", "Lop"],
        ["STT", "Mã số HS", "Họ  và  tên", "NTNS", "Nam/Nữ", "Lớp"],
    ],
)
def test_headers_by_any_name(header):
    row = first(pupils(("0012", "Lê Thị An", "05/09/2010", "Nữ", "10A1"), header=header))
    assert (row.code, row.full_name, row.birth_date, row.gender, row.class_name) == (
        "0012", "Lê Thị An", date(2010, 9, 5), "female", "10A1",
    )  # fmt: skip


def test_family_and_given_name_under_one_merged_header():
    raw = workbook(
        ["STT", "Mã HS", "Họ và tên", None, "Lớp"],
        [1, "001", "Nguyễn Thị Minh", "Khai", "10A1"],
        [2, "002", "Lê Văn", "Tám", "10A1"],
        merges=["C1:D1"],
    )
    assert [row.full_name for row in read(raw).rows] == ["Nguyễn Thị Minh Khai", "Lê Văn Tám"]


@pytest.mark.parametrize(
    ("header", "merged", "cell"),
    [
        (["STT", "Mã học sinh", "Họ và tên", None, "Lớp"], "C1:D1", "C1:D1 “Họ và tên”"),
        (["STT", "Mã học sinh", "Lớp", "Họ và tên", None], "D1:E1", "D1:E1 “Họ và tên”"),
        (["Mã học sinh", None, "Họ và tên", "Ngày sinh", "Lớp"], "A1:B1", "A1:B1 “Mã học sinh”"),
    ],
)
def test_a_header_merged_over_two_things_is_refused_once_with_its_cell(header, merged, cell):
    values = {"STT": 1, "Mã học sinh": 1, "Họ và tên": "Lê Văn An", "Ngày sinh": "22/07/2008", "Lớp": "10A1"}
    raw = workbook(header, [values.get(label, "22/07/2008") for label in header], merges=[merged])
    with pytest.raises(UnreadableFile, match=cell), translation.override("en"):
        read(raw)


def test_a_header_merged_over_an_empty_column_is_fine():
    raw = workbook(
        ["Mã học sinh", "Họ và tên", "Ngày sinh", None, "Lớp"],
        ["001", "Lê Văn An", "22/07/2008", None, "10A1"],
        merges=["C1:D1"],
    )
    assert first(raw).birth_date == date(2008, 7, 22)


def test_family_and_given_name_without_a_merge():
    rows = [[n, f"00{n}", "Lê Văn", name, "10A1"] for n, name in enumerate(["An", "Bình", "Châu"], 1)]
    assert first(workbook(["STT", "Mã HS", "Họ và tên", None, "Lớp"], *rows)).full_name == "Lê Văn An"
    assert first(workbook(["STT", "Mã HS", "HỌ VÀ", "TÊN", "Lớp"], *rows)).full_name == "Lê Văn An"
    assert first(workbook(["STT", "Mã HS", "Họ đệm", "Tên", "Lớp"], *rows)).full_name == "Lê Văn An"


def test_three_header_rows_with_parents_beside_the_pupil():
    raw = workbook(
        ["Học sinh", None, None, None, "Cha", None, "Mẹ", None],
        ["Mã HS", "Họ và tên", "Ngày sinh", "Lớp", "Họ và tên", "Ngày sinh", "Họ và tên", "Số điện thoại"],
        ["001", "Lê An", "05/09/2010", "10A1", "Lê Cha", "01/01/1980", "Trần Mẹ", "0912345678"],
        merges=["A1:D1", "E1:F1", "G1:H1"],
    )
    row = first(raw)
    assert (row.full_name, row.birth_date) == ("Lê An", date(2010, 9, 5))


def test_day_month_and_year_in_three_columns():
    raw = workbook(
        ["Mã HS", "Họ và tên", "Ngày sinh", None, None, "Nam", "Nữ", "Lớp"],
        [None, None, "Ngày", "Tháng", "Năm", None, None, None],
        ["001", "Lê An", 5, 9, 2010, None, "x", "10A1"],
        ["002", "Lê Bình", 6, 9, 2010, "x", None, "10A1"],
        merges=["C1:E1"],
    )
    assert [(row.birth_date, row.gender) for row in read(raw).rows] == [
        (date(2010, 9, 5), "female"),
        (date(2010, 9, 6), "male"),
    ]


def test_a_title_above_each_class_of_one_sheet():
    head = ["STT", "Mã HS", "Họ và tên", "Ngày sinh"]
    raw = workbook(
        ["DANH SÁCH LỚP 10A1 NĂM HỌC 2026-2027"],
        head,
        [1, "001", "Lê An", "05/09/2010"],
        ["Tổng số: 1"],
        ["LỚP: 10 TOÁN"],
        head,
        [1, "002", "Lê Bình", "05/09/2010"],
    )
    assert [(row.code, row.class_name) for row in read(raw).rows] == [("001", "10A1"), ("002", "10 TOÁN")]


def test_every_sheet_is_read_and_may_name_the_class():
    head = ["Mã HS", "Họ và tên", "Ngày sinh"]
    raw = workbook(
        head,
        ["001", "Lê An", "05/09/2010"],
        title="10A1",
        sheets=[
            ("Lớp 10A2 (40)", [head, ["002", "Lê Bình", "05/09/2010"]]),
            ("Hướng dẫn", [["Điền các cột có dấu (*)"]]),
        ],
    )
    assert [(r.sheet, r.class_name) for r in read(raw).rows] == [("10A1", "10A1"), ("Lớp 10A2 (40)", "10A2")]


def test_a_class_cell_merged_over_its_pupils():
    raw = workbook(
        ["Lớp", "Mã HS", "Họ và tên"],
        ["10A1", "001", "Lê An"],
        [None, "002", "Lê Bình"],
        ["10A2", "003", "Lê Châu"],
        merges=["A2:A3"],
    )
    assert [row.class_name for row in read(raw).rows] == ["10A1", "10A1", "10A2"]


def test_the_grade_completes_a_bare_class():
    raw = workbook(["Mã HS", "Họ và tên", "Khối", "Lớp"], ["001", "Lê An", 10, "A1"])
    assert first(raw).class_name == "10A1"


def test_nothing_outside_the_map_is_kept():
    header = [
        *HEADER, "Dân tộc", "Tôn giáo", "Số CCCD", "SĐT", "Địa chỉ", "Họ tên bố", "Mã định danh cá nhân", "Tình trạng sức khỏe",
        "Ghi chú",
    ]  # fmt: skip
    secret = [
        "Chơ Ro",
        "Công giáo",
        "079210000001",
        "0912345678",
        "Ấp 1",
        "Lê Cha",
        "079210000001",
        "Cận thị",
        "gọi mẹ",
    ]
    raw = pupils(
        ("001", "Lê An", "05/09/2010", "Nam", "10A1", *secret),
        ("002", "Lê Sai", "31/02/2010", "Nam", "10A1", *secret),
        header=header,
    )
    result = read(raw)
    text = repr(result)
    for value in secret:
        assert value not in text
    assert result.rows[1].reasons


def test_citizen_ids_are_never_taken_as_codes():
    rows = [(f"0792100{n:05d}", f"Lê {name}", "05/09/2010", "Nam", "10A1") for n, name in enumerate(["An", "Bình"])]
    header = ["STT", "Mã định danh", *HEADER[2:]]
    result = read(pupils(*rows, header=header))
    assert [codes_of(row) for row in result.rows] == [["code_is_citizen_id"]] * 2
    assert not any("0792100" in f"{row.code}{row.reasons}" for row in result.rows)


def test_a_column_chosen_by_a_person():
    raw = pupils(("001", "Lê An", "05/09/2010", "Nam", "10A1"), header=["STT", "Số hiệu", *HEADER[2:]])
    with pytest.raises(UnreadableFile):
        read(raw)
    assert first(raw, columns={"so hieu": "code"}).code == "001"
    plain = pupils(("001", "Lê An", "05/09/2010", "Nam", "10A1"))
    assert Field.GENDER not in first(plain, columns={"gioi tinh": ""}).fields


# --- Cells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        "05/09/2010", "5/9/2010", "5-9-2010", "05.09.2010", "05 / 09 / 2010", "'05/09/2010", "2010-09-05",
        "2010/9/5", "2010-09-05 00:00:00", "05/09/2010 00:00:00", "05/09/2010 12:00:00 SA", "ngày 5 tháng 9 năm 2010",
        "5 tháng 9 năm 2010", "05092010", 5092010, 20100905, "05-Sep-2010", datetime(2010, 9, 5), date(2010, 9, 5),
        40426, "40426", 40426.0, "\u00a005/09/2010 ", "０５/０９/２０１０", "05/09/2010.",
    ],
)  # fmt: skip
def test_dates_in_every_disguise(value):
    row = first(pupils(("001", "Lê An", value, "Nam", "10A1")))
    assert (row.birth_date, row.reasons) == (date(2010, 9, 5), [])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("31/02/2010", "no_such_day"), ("29/02/2009", "no_such_day"), ("05/09/2031", "date_in_future"),
        ("05/09/1899", "date_too_long_ago"), ("05/09/2025", "date_too_recent"), ("hôm qua", "not_a_date"),
        ("2010", "not_a_date"), ("05/09", "not_a_date"), ("5/9/10", "ambiguous_year"), ("5-9-8", "ambiguous_year"),
        ("05/09/010", "not_a_date"), ("050910", "ambiguous_year"), ("#N/A", "not_a_date"),
    ],
)  # fmt: skip
def test_dates_that_are_refused(value, reason):
    raw = pupils(("001", "Lê An", value, "Nam", "10A1"), ("002", "Lê Bình", "25/09/2010", "Nam", "10A1"))
    assert codes_of(first(raw)) == [reason]


def test_a_month_that_cannot_be_is_refused_when_days_come_first():
    raw = pupils(("001", "Lê An", "07/22/2010", "Nam", "10A1"), ("002", "Lê Bình", "25/09/2010", "Nam", "10A1"))
    assert codes_of(first(raw)) == ["no_such_month"]


def test_month_first_is_asked_and_never_guessed():
    raw = pupils(("001", "Lê An", "07/22/2010", "Nam", "10A1"), ("002", "Lê Bình", "05/09/2010", "Nam", "10A1"))
    result = read(raw)
    assert [codes_of(row) for row in result.rows] == [["no_such_month"], ["ambiguous_order"]]
    assert [(q.kind, q.rows) for q in result.questions] == [("order", 2)]
    answered = read(raw, order=Order.MONTH_FIRST)
    assert [row.birth_date for row in answered.rows] == [date(2010, 7, 22), date(2010, 5, 9)]


def test_dates_mixed_up_by_a_foreign_excel_are_noticed():
    rows = [(f"00{n}", f"Lê An {n}", datetime(2010, 9, n + 1), "Nam", "10A1") for n in range(1, 7)]
    rows += [(f"01{n}", f"Lê Bình {n}", f"{n + 12}/09/2010", "Nam", "10A1") for n in range(1, 7)]
    result = read(pupils(*rows))
    assert [(q.kind, q.rows) for q in result.questions] == [("swapped", 6)]
    assert read(pupils(*rows), order=Order.SWAPPED).rows[0].birth_date == date(2010, 2, 9)
    assert read(pupils(*rows), order=Order.DAY_FIRST).rows[0].birth_date == date(2010, 9, 2)


def test_years_alone_are_not_dates():
    result = read(pupils(("001", "Lê An", 2010, "Nam", "10A1"), header=[*HEADER[:3], "Năm sinh", *HEADER[4:]]))
    assert not result.rows[0].reasons
    assert Field.BIRTH_DATE not in result.rows[0].fields
    assert result.warnings


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("007700000", "007700000"), (7700000, "7700000"), (7700000.0, "7700000"), (" 0077 00000 ", "007700000"),
        ("'007", "007"), ("HS-001", "HS-001"), ("7700000.0", "7700000"), ("ＨＳ００１", "HS001"), ("79/001", "79/001"),
    ],
)  # fmt: skip
def test_codes(value, code):
    assert read_code(value) == (code, None)


@pytest.mark.parametrize(
    ("value", "reason"),
    [("1.23E+11", "code_shortened"), (10**17, "code_shortened"), ("=1+1", "bad_code"), ("<script>1", "bad_code"),
     ("1" * 41, "bad_code"), (datetime(2010, 1, 1), "bad_code")],
)  # fmt: skip
def test_codes_that_are_refused(value, reason):
    assert read_code(value)[1].code == reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("=HYPERLINK(1)", "not_a_name"), ("<b>An</b>", "not_a_name"), ("123", "not_a_name"), ("A" * 121, "name_too_long"),
        ("-", "not_a_name"), ("Lê @n", "not_a_name"), ("Lê An 22/07/2008", "number_in_name"),
        ("Lê An 079208001234", "number_in_name"), ("Lê An 22-7", "number_in_name"),
    ],
)  # fmt: skip
def test_names_that_are_refused(name, reason):
    raw = pupils(("001", "x", "05/09/2010", "Nam", "10A1"))
    book = openpyxl.load_workbook(io.BytesIO(raw))
    book.active["C2"].value = name
    book.active["C2"].data_type = "s"
    assert codes_of(first(saved(book))) == [reason]


@pytest.mark.parametrize(
    "name", ["K'Brế", "Y Blăm Ê-ban", "H’Hen Niê", "Nguyễn Văn An (B)", "Ý", "Trần Thị Bé 2", "陳大文"]
)
def test_names_that_are_taken(name):
    assert first(pupils(("001", name, "05/09/2010", "Nam", "10A1"))).full_name == name


def test_a_class_that_excel_made_a_date():
    assert codes_of(first(pupils(("001", "Lê An", "05/09/2010", "Nam", datetime(2026, 1, 10))))) == ["class_is_date"]


@pytest.mark.parametrize(
    ("value", "name"),
    [("Lớp 10A1", "10A1"), ("10a1 ", "10a1"), (10.1, "10.1"), ("LỚP: 10 Toán", "10 Toán"), ("10/2", "10/2")],
)
def test_class_cells(value, name):
    assert first(pupils(("001", "Lê An", "05/09/2010", "Nam", value))).class_name == name


def test_classes_in_titles_and_sheet_names():
    assert class_in_title("DANH SÁCH HỌC SINH LỚP 10A1 NĂM HỌC 2026-2027") == "10A1"
    assert class_in_title("Lớp: 10/2") == "10/2"
    assert class_in_title("DANH SÁCH KHỐI LỚP 10 NĂM HỌC 2026") == ""
    assert class_in_sheet_name("Lớp 10A1 (45)") == "10A1"
    assert class_in_sheet_name("10_1") == "10_1"
    assert class_in_sheet_name("Sheet1") == class_in_sheet_name("DanhSach") == ""


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Đang học", "stays"), ("Đã chuyển trường", "left"), ("Thôi học", "left"), ("Chuyển đi", "left"), ("Bỏ học", "left"),
        ("Chuyển đến từ HK1", "stays"), ("Chuyển lớp", "stays"), ("Chuyển đến trường khác", "left"), ("", ""),
        ("Nghỉ học", "left"), ("Tạm nghỉ", "stays"), ("Đã tốt nghiệp", "left"), ("Xyz", "unknown"), ("CHUYỂN TRƯỜNG", "left"),
    ],
)  # fmt: skip
def test_statuses(text, status):
    assert read_status(text) == status


def test_formulas_give_their_values_or_a_reason():
    book = openpyxl.Workbook()
    book.active.append(["Mã HS", "Họ và tên", "Lớp"])
    book.active.append(["001", '="Lê "&"An"', "10A1"])
    raw = saved(book)
    assert codes_of(first(raw)) == ["formula_without_value"]
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = (
        sheet.replace(b"<v></v>", "<v>Lê An</v>".encode())
        .replace(b"<v />", "<v>Lê An</v>".encode())
        .replace(b'<c r="B2">', b'<c r="B2" t="str">')
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert first(stream.getvalue()).full_name == "Lê An"


# --- Text files and old encodings -----------------------------------------------------------------------------------------

TABLE = "STT;Mã học sinh;Họ và tên;Ngày sinh;Giới tính;Lớp\r\n1;001;Nguyễn Thị Thúy;05/09/2010;Nữ;10A1\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_text_tables(encoding, delimiter):
    row = first(TABLE.replace(";", delimiter).encode(encoding))
    assert (row.number, row.code, row.full_name, row.class_name) == (2, "001", "Nguyễn Thị Thúy", "10A1")


def test_a_text_table_that_names_its_separator():
    assert first(f"sep=;\r\n{TABLE}".encode()).number == 3


def test_a_text_table_in_tcvn3_is_converted_and_said():
    table = "STT;M· häc sinh;Hä vµ tªn;Ngµy sinh;Líp\r\n1;001;NguyÔn ThÞ Thóy;05/09/2010;10A1\r\n"
    result = read(table.encode("latin-1"))
    assert result.rows[0].full_name == "Nguyễn Thị Thúy"
    assert result.warnings
    assert (result.repairs[0].before, result.repairs[0].after) == ("NguyÔn ThÞ Thóy", "Nguyễn Thị Thúy")


@pytest.mark.parametrize(
    ("header", "name", "font"),
    [
        (["M· HS", "Hä vµ tªn", "Líp"], "NguyÔn V¨n Hïng", ".VnTime"),
        (["M· HS", "Hä vµ tªn", "Líp"], "NguyÔn V¨n Hïng", None),
        (["Maõ HS", "Hoï vaø teân", "Lôùp"], "Nguyeãn Vaên Huøng", "VNI-Times"),
        (["Mã HS", "Họ và tên", "Lớp"], "Nguyeãn Vaên Huøng", None),
    ],
)
def test_workbooks_in_old_encodings(header, name, font):
    result = read(workbook(header, ["001", name, "10A1"], font=font))
    assert result.rows[0].full_name == "Nguyễn Văn Hùng"
    assert result.repairs[0].before == name


# --- Files that are no list ---------------------------------------------------------------------------------------------


def truncated() -> bytes:
    raw = pupils(("001", "Lê An", "05/09/2010", "Nam", "10A1"))
    return raw[: len(raw) // 2]


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 130 * 1024 * 1024)
    return stream.getvalue()


def zipped(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "empty"),
        (truncated(), "damaged"),
        (OLE, "Save As"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"<html><table><tr><td>M\xc3\xa3 HS</td></tr></table></html>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "web page"),
        (zipped(word__document="<w/>"), "not a table"),
        (b"%PDF-1.7", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "not a table"),
        (b"hello world", "not a table"),
        (workbook(["Họ và tên", "Ngày sinh"], ["Lê An", "05/09/2010"]), "Mã học sinh"),
        (workbook(["a", "b"], [1, 2]), "No list of pupils"),
        (workbook(), "empty"),
    ],
)
def test_files_that_cannot_be_read_say_what_to_do(raw, words):
    with translation.override("en"):
        with pytest.raises(UnreadableFile) as refused:
            read(raw)
        assert words in str(refused.value)


@pytest.mark.slow
def test_a_file_that_unpacks_without_end_is_refused():
    with translation.override("en"), pytest.raises(UnreadableFile, match="unpacks"):
        read(bomb())


def test_a_sheet_formatted_down_to_the_last_row():
    raw = pupils(("001", "Lê An", "05/09/2010", "Nam", "10A1"))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    blanks = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(3, 60_000)).encode()
    sheet = parts["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", blanks + b"</sheetData>")
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:F2"', b'ref="A1:XFD1048576"')
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert [row.code for row in read(stream.getvalue()).rows] == ["001"]


# --- Staff ------------------------------------------------------------------------------------------------------------------


def test_a_list_of_staff():
    raw = workbook(
        ["DANH SÁCH GIÁO VIÊN"],
        ["STT", "Họ và tên", "Tên đăng nhập", "Môn dạy", "Lớp chủ nhiệm", "Các lớp dạy", "CCCD"],
        [1, "Lê Thị An", "An.Le", "Tin học", "10A1", "10A1, 10A2; 11A1", "079200000001"],
        [2, "Trần Bình", "binhtt", "Toán", None, "10A2", "079200000002"],
        [3, "Trần Có Dấu", "bình", "Toán", None, None, None],
    )
    result = read_staff(raw)
    assert [(r.username, r.subject, r.homeroom, r.taught) for r in result.rows[:2]] == [
        ("an.le", "Tin học", ["10A1"], ["10A1", "10A2", "11A1"]),
        ("binhtt", "Toán", [], ["10A2"]),
    ]
    assert codes_of(result.rows[2]) == ["bad_username"]
    assert "079200000001" not in repr(result)

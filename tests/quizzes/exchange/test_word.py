"""Word papers: every convention of Vietnamese teachers, and that nothing is ever guessed."""

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from quizzes.exchange.formats import read_questions
from quizzes.exchange.items import Unreadable
from quizzes.exchange.storing import fault_of
from tests.quizzes.exchange.word import Paper, single

OPTIONS = ["Một", "Hai", "Ba", "Bốn"]


def asked(start="Câu 1. ", mark="B", looks="u", whole=False):
    paper = Paper()
    paper.line(f"{start}Hỏi gì?")
    for letter, text in zip("ABCD", OPTIONS, strict=True):
        on = looks if letter == mark else ""
        paper.line((f"{letter}. ", on), (text, on if whole else ""))
    return paper


@pytest.mark.parametrize(
    "start",
    ["Câu 1. ", "Câu 1: ", "Câu 1) ", "CÂU 1. ", "Bài 1. ", "Question 1: ", "1. ", "1) ", "1: ", "Câu 1 (0,25 điểm): "],
)
def test_every_way_to_start_a_question(start):
    assert single(asked(start).read()) == ("Hỏi gì?", OPTIONS, ["Hai"])


@pytest.mark.parametrize("looks", ["u", "b", "i", "r", "h"])
@pytest.mark.parametrize("whole", [False, True])
def test_every_way_to_mark_the_right_one(looks, whole):
    assert single(asked(looks=looks, whole=whole).read())[2] == ["Hai"]


def test_bold_everywhere_marks_nothing_and_an_odd_colour_does():
    paper = Paper()
    paper.line("Câu 1. Hỏi gì?")
    for letter, text in zip("ABCD", OPTIONS, strict=True):
        paper.line((f"{letter}. ", "b"), text)
    paper.line("Câu 2. Hỏi gì nữa?")
    for letter, text in zip("ABCD", OPTIONS, strict=True):
        paper.line((f"{letter}. ", "br" if letter == "C" else "bB"), text)
    reading = paper.read()
    assert [one.label for one in reading.skipped] == ["câu 1"]
    assert single(reading) == ("Hỏi gì nữa?", OPTIONS, ["Ba"])


def test_a_word_underlined_inside_an_option_is_no_mark():
    paper = Paper()
    paper.line("Câu 1. Từ nào đọc khác?")
    paper.line("A. h", ("ea", "u"), "d")
    paper.line(("B", "u"), ". br", ("ea", "u"), "k")
    paper.line("C. br", ("ea", "u"), "d")
    assert single(paper.read())[2] == ["break"]


@pytest.mark.parametrize(
    "lines",
    [
        "A. Một\tB. Hai\tC. Ba\tD. Bốn",
        "A. Một    B. Hai    C. Ba    D. Bốn",
        "A. Một B. Hai C. Ba D. Bốn",
        "A. Một\tB. Hai\nC. Ba\tD. Bốn",
        "A) Một\nB) Hai\nC) Ba\nD) Bốn",
    ],
)
def test_options_on_one_line_or_several(lines):
    paper = Paper().lines(f"Câu 1. Hỏi gì?\n{lines}\nĐáp án: B")
    assert single(paper.read()) == ("Hỏi gì?", OPTIONS, ["Hai"])


def test_a_letter_inside_an_option_is_no_label():
    paper = Paper().lines(
        "Câu 1. Chất nào?\nA. vitamin B. và vitamin C. thường\nB. muối\nC. nước\nD. vi khuẩn E. coli\nĐáp án: D"
    )
    assert single(paper.read())[1] == ["vitamin B. và vitamin C. thường", "muối", "nước", "vi khuẩn E. coli"]


def test_options_in_table_cells_and_up_to_eight():
    paper = Paper().lines("Câu 1. Hỏi gì?").table(["A. Một", "B. Hai"], ["C. Ba", "D. Bốn"])
    paper.lines(
        "Đáp án: C\nCâu 2. Tám ý?\n" + "\n".join(f"{letter}. Ý {letter}" for letter in "ABCDEFGH") + "\nĐáp án: H"
    )
    reading = paper.read()
    assert single(reading)[1:] == (OPTIONS, ["Ba"])
    assert single(reading, 1)[2] == ["Ý H"]


KEYS = [
    "1-B 2-A", "1b, 2a", "1.B  2.A", "1 B 2 A", "1-B\n2-A", "Câu 1: B\nCâu 2: A",
    [["1", "2"], ["B", "A"]], [["Câu", "1", "2"], ["Đáp án", "B", "A"]], [["1", "B"], ["2", "A"]],
    [["Câu", "Đáp án"], ["1", "B"], ["2", "A"]], [["1-B", "2-A"]], [["1.B"], ["2.A"]],
    [["Câu 1", "Câu 2"], ["B", "A"]],
]  # fmt: skip


@pytest.mark.parametrize("ended", [True, False])
@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_form_of_an_answer_key(key, ended):
    paper = Paper().lines(
        "Câu 1. Hỏi gì?\nA. Một\nB. Hai\nC. Ba\nD. Bốn\nCâu 2. Hỏi gì nữa?\nA. Một\nB. Hai\nC. Ba\nD. Bốn"
    )
    paper.lines(("----- HẾT -----\n" if ended else "") + "BẢNG ĐÁP ÁN")
    if isinstance(key, str):
        paper.lines(key)
    else:
        paper.table(*key)
    reading = paper.read()
    assert [single(reading, place)[2] for place in (0, 1)] == [["Hai"], ["Một"]]


def test_a_key_by_parts_whose_numbers_begin_anew():
    question = "Câu 1. Hỏi {}?\nA. Một\nB. Hai\n"
    paper = Paper().lines(
        f"PHẦN I. Một\n{question.format('a')}PHẦN II. Hai\n{question.format('b')}HẾT\nĐÁP ÁN\nPhần I\n1-A\nPhần II\n1-B"
    )
    reading = paper.read()
    assert [(single(reading, place)[0], single(reading, place)[2]) for place in (0, 1)] == [
        ("Hỏi a?", ["Một"]),
        ("Hỏi b?", ["Hai"]),
    ]
    loose = Paper().lines(f"I. Một\n{question.format('a')}II. Hai\n{question.format('b')}HẾT\nĐÁP ÁN\n1-A").read()
    assert (len(loose.items), len(loose.skipped)) == (0, 2)


def test_a_key_with_a_column_for_each_variant():
    paper = (
        Paper()
        .lines("Mã đề 102\nCâu 1. Hỏi gì?\nA. Một\nB. Hai\nHẾT\nĐÁP ÁN")
        .table(["Câu", "101", "102"], ["1", "A", "B"])
    )
    assert single(paper.read())[2] == ["Hai"]


def test_explanations_after_a_question_and_after_the_key():
    paper = Paper().lines("""
Câu 1. Hỏi gì?
A. Một
B. Hai
Đáp án: A
Lời giải: Vì một là một.
Hai dòng.
Câu 2. Hỏi gì nữa?
A. Một
B. Hai
HẾT
BẢNG ĐÁP ÁN
2-B
HƯỚNG DẪN GIẢI
Câu 2. Vì hai là hai.
""")
    assert [one.explanation for one in paper.read().items] == ["Vì một là một.\nHai dòng.", "Vì hai là hai."]


STATEMENTS = ["Ý một", "Ý hai", "Ý ba", "Ý bốn"]


def test_four_statements_by_underline_by_table_and_by_key():
    paper = Paper()
    paper.line("Câu 1. Về tài khoản:")
    for letter, text in zip("abcd", STATEMENTS, strict=True):
        paper.line((f"{letter})", "u" if letter in "ac" else ""), f" {text}")
    paper.line("Câu 2. Về tài khoản nữa:")
    paper.table(["Phát biểu", "Đúng", "Sai"], *[[f"{letter}) {text}", "X" if letter in "ac" else "", "" if letter in "ac" else "X"]
                                               for letter, text in zip("abcd", STATEMENTS, strict=True)])  # fmt: skip
    paper.line("Câu 3. Và nữa:")
    paper.table(
        ["Phát biểu", "Đ/S"], *[[text, "Đ" if place in {0, 2} else "S"] for place, text in enumerate(STATEMENTS)]
    )
    paper.lines("Câu 4. Cuối:\na) Ý một\nb) Ý hai\nc) Ý ba\nd) Ý bốn\nĐáp án: Đ S Đ S")
    paper.lines("Câu 5. Bảng:\na) Ý một\nb) Ý hai\nc) Ý ba\nd) Ý bốn\nHẾT\nĐÁP ÁN\nCâu 5: a) Đ b) S c) Đ d) S")
    reading = paper.read()
    assert not reading.skipped
    for item in reading.items:
        assert (item.type, [one.text for one in item.options]) == ("statements", STATEMENTS)
        assert [one.correct for one in item.options] == [True, False, True, False]
        assert item.credit == ["0.1", "0.25", "0.5", "1"]


def test_short_answers_are_numbers_where_they_are():
    reading = Paper().lines("Câu 1. Bao nhiêu?\nĐáp án: -2,5\nCâu 2. Tên gì?\nĐáp án: VNeID hoặc VNEID").read()
    assert [(one.type, [option.text for option in one.options]) for one in reading.items] == [
        ("numeric", ["-2,5"]),
        ("short", ["VNeID", "VNEID"]),
    ]
    assert [fault_of(one) for one in reading.items] == ["", ""]


def test_pictures_belong_to_what_they_stand_by():
    paper = Paper().lines("Câu 1. Hình gì?").picture(alt="Bản đồ").lines("A. Một\nB. Hai\nĐáp án: A\nCâu 2. Chọn hình.")
    paper.picture("A. ", alt="Mèo").line("B.")
    paper.picture(alt="Chó").lines("Đáp án: B\nCâu 3. Sau cùng?\nA. Một\nB. Hai").picture(alt="Cây").lines("Đáp án: A")
    one, two, three = paper.read().items
    assert (one.type, one.picture.alt, one.options[0].picture) == ("single", "Bản đồ", None)
    assert (two.type, [option.picture.alt for option in two.options]) == ("picture_choice", ["Mèo", "Chó"])
    assert [option.text for option in two.options] == ["Mèo", "Chó"]
    assert three.picture.alt == "Cây"


def numbered(paper, *levels):
    """A numbering with these (format, text) by level; a function that adds a numbered line."""
    definitions = "".join(
        f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for place, (shape, text) in enumerate(levels)
    )
    root = paper.document.part.numbering_part.element
    root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{definitions}</w:abstractNum>'))
    root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))

    def line(level, text, looks=""):
        paragraph = paper.line(text)
        underline = '<w:rPr><w:u w:val="single"/></w:rPr>' if looks else ""
        paragraph._p.insert(0, parse_xml(
            f'<w:pPr {nsdecls("w")}><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>{underline}</w:pPr>'))  # fmt: skip

    return line


@pytest.mark.parametrize("text", ["Câu %1.", "%1."])
def test_automatic_numbers_are_read_though_no_text_holds_them(text):
    paper = Paper()
    line = numbered(paper, ("decimal", text), ("upperLetter", "%2."))
    for stem, right in (("Hỏi gì?", "Hai"), ("Hỏi gì nữa?", "Bốn")):
        line(0, stem)
        for option in OPTIONS:
            line(1, option, "u" if option == right else "")
    reading = paper.read()
    assert [one.label for one in reading.items] == ["câu 1", "câu 2"]
    assert [single(reading, place) for place in (0, 1)] == [
        ("Hỏi gì?", OPTIONS, ["Hai"]),
        ("Hỏi gì nữa?", OPTIONS, ["Bốn"]),
    ]


REFUSED = {
    "two marked": lambda paper: [paper.line(("A. Một", "u")), paper.line(("B. Hai", "u")), paper.line("C. Ba")],
    "marked in two ways": lambda paper: [paper.line(("A. Một", "u")), paper.line(("B. Hai", "b")), paper.line("C. Ba")],
    "none": lambda paper: [paper.lines("A. Một\nB. Hai")],
    "one option": lambda paper: [paper.line(("A. Một", "u"))],
    "a letter missing": lambda paper: [paper.line(("A. Một", "u")), paper.line("C. Ba")],
    "a letter twice": lambda paper: [paper.line(("A. Một", "u")), paper.lines("B. Hai\nB. Ba")],
    "mark and key differ": lambda paper: [paper.line(("A. Một", "u")), paper.lines("B. Hai\nĐáp án: B")],
    "an answer that is no option": lambda paper: [paper.lines("A. Một\nB. Hai\nĐáp án: D")],
    "two answers": lambda paper: [paper.lines("A. Một\nB. Hai\nĐáp án: A, B")],
    "an empty option": lambda paper: [paper.lines("A. Một\nB.\nĐáp án: A")],
    "statements unmarked": lambda paper: [paper.lines("a) Một\nb) Hai")],
    "no answer": lambda paper: [],
    "a thousand options": lambda paper: [paper.lines("\n".join(f"{chr(65 + n % 26)}. Ý {n}" for n in range(1000)) + "\nĐáp án: A")],
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_not_clear_is_refused_alone(fault):
    paper = Paper()
    paper.line("Câu 1. Không rõ?")
    REFUSED[fault](paper)
    paper.lines("Câu 2. Rõ?\nA. Một\nB. Hai\nĐáp án: A")
    reading = paper.read()
    assert [(one.label, bool(one.reason)) for one in reading.skipped] == [("câu 1", True)]
    assert [one.stem for one in reading.items] == ["Rõ?"]


def test_a_number_left_out_is_a_warning():
    reading = Paper().lines("Câu 1. Một?\nA. Một\nB. Hai\nĐáp án: A\nCâu 3. Ba?\nA. Một\nB. Hai\nĐáp án: A").read()
    assert len(reading.items) == 2
    assert len(reading.warnings) == 1


FRACTION = "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>x</m:t></m:r></m:den></m:f>"


def _e(text, name="e"):
    return f"<m:{name}><m:r><m:t>{text}</m:t></m:r></m:{name}>"


@pytest.mark.parametrize(
    ("omml", "tex"),
    [
        (FRACTION, r"\frac{1}{x}"),
        (f"<m:sSup>{_e('x')}{_e('2', 'sup')}</m:sSup>", "x^{2}"),
        (f"<m:sSub>{_e('a')}{_e('n', 'sub')}</m:sSub>", "a_{n}"),
        (f'<m:rad><m:radPr><m:degHide m:val="1"/></m:radPr><m:deg/>{_e("x")}</m:rad>', r"\sqrt{x}"),
        (f"<m:rad>{_e('3', 'deg')}{_e('x')}</m:rad>", r"\sqrt[3]{x}"),
        (f'<m:nary><m:naryPr><m:chr m:val="∑"/></m:naryPr>{_e("i", "sub")}{_e("n", "sup")}{_e("i")}</m:nary>', r"\sum_{i}^{n} i"),
        (f"<m:nary>{_e('0', 'sub')}{_e('1', 'sup')}{_e('x')}</m:nary>", r"\int_{0}^{1} x"),
        (f"<m:d>{_e('x+1')}</m:d>", r"\left( x+1 \right)"),
        (f'<m:d><m:dPr><m:begChr m:val="["/><m:endChr m:val="]"/></m:dPr>{_e("x")}</m:d>', r"\left[ x \right]"),
        (f"<m:m><m:mr>{_e('a')}{_e('b')}</m:mr><m:mr>{_e('c')}{_e('d')}</m:mr></m:m>", r"\begin{matrix}a & b \\ c & d\end{matrix}"),
        ("<m:r><m:t>α≤π</m:t></m:r>", r"\alpha \le \pi"),
        (f"<m:func><m:fName><m:r><m:t>sin</m:t></m:r></m:fName>{_e('x')}</m:func>", r"\sin {x}"),
    ],
)  # fmt: skip
def test_equations_become_tex(omml, tex):
    paper = Paper().formula("Câu 1. Tính ", omml, " với mọi x.").lines("A. Một\nB. Hai\nĐáp án: A")
    reading = paper.read()
    assert reading.items[0].stem == f"Tính \\({tex}\\) với mọi x."
    assert not reading.warnings


def test_an_unknown_part_of_an_equation_is_told_and_its_letters_kept():
    reading = (
        Paper().formula("Câu 1. Tính ", "<m:strange><m:r><m:t>x</m:t></m:r></m:strange>").lines("Đáp án: 1").read()
    )
    assert reading.items[0].stem == "Tính \\(x\\)"
    assert "strange" in str(reading.warnings[0])


def test_an_embedded_object_is_told_not_guessed():
    paper = Paper()
    paragraph = paper.line("Câu 1. Tính ")
    paragraph.runs[0]._r.append(parse_xml(f"<w:object {nsdecls('w')}/>"))
    paper.lines("Đáp án: 1\nCâu 2. Rõ?\nĐáp án: 2")
    reading = paper.read()
    assert "MathType" in str(reading.skipped[0].reason)
    assert len(reading.items) == 1


def test_old_letters_by_their_font_are_turned_and_shown():
    paper = Paper()
    paper.line(("Câu 1. ", ""), ("TiÕng ViÖt lµ g×?", "", ".VnTime"))
    paper.line("A. ", ("Tieáng Vieät", "", "VNI-Times"))
    paper.lines("B. Hai\nĐáp án: A")
    reading = paper.read()
    assert single(reading)[:2] == ("Tiếng Việt là gì?", ["Tiếng Việt", "Hai"])
    assert ("TiÕng ViÖt lµ g×?", "Tiếng Việt là gì?") in reading.before_after


def test_letters_in_pieces_and_hard_spaces_read_like_others():
    text = "Câu\u00a01. Hỏi gì?\nA.\u00a0Một\nB. Hai\nĐáp án: B"
    assert single(Paper().lines(unicodedata.normalize("NFD", text)).read()) == ("Hỏi gì?", ["Một", "Hai"], ["Hai"])


def _packed(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return file.getvalue()


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda: _packed({"word/document.xml": "<broken"}),
        lambda: _packed({"word/document.xml": ENTITY}),
        lambda: _packed({"word/document.xml": b"0" * 400_000_000}),
        lambda: _packed({"word/document.xml": "x", **{f"word/{n}.xml": "" for n in range(5000)}}),
        lambda: Paper().lines("Chỉ là văn bản.").data(),
        lambda: Paper().lines("Câu 1. Cụt").data()[:3000],
    ],
    ids=["broken", "entity", "bomb", "many parts", "no question", "cut short"],
)
def test_a_hostile_or_odd_file_is_refused_in_a_sentence(make):
    data = make()
    with pytest.raises(Unreadable) as refusal:
        read_questions(data, name="de.docx", format="docx")
    assert str(refusal.value).strip().endswith(".")


@pytest.mark.parametrize(("name", "count"), [("exam-answer-table.docx", 7), ("exam-underlined.docx", 5)])
def test_papers_of_teachers(name, count):
    path = Path(__file__).parents[4] / "shared/samples/school" / name
    if not path.exists():
        pytest.skip("the samples are not beside this checkout")
    reading = read_questions(path.read_bytes(), name=name)
    assert (len(reading.items), reading.skipped, reading.warnings) == (count, [], [])

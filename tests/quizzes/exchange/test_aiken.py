"""Aiken files, and what every import has in common: dry run, repeat, skipping with the reason."""

import json
import unicodedata
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quizzes.exchange.formats import read_questions
from quizzes.exchange.items import Unreadable
from quizzes.models import Question, QuestionBank
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db

TONES = "\u0300\u0301\u0303\u0309\u0323"
GOOD = """Địa chỉ của Cổng Dịch vụ công quốc gia là gì?
A. dichvucong.gov.vn
B) dichvucong.vn
ANSWER: A

Mã OTP được đọc cho ai?
Chọn một ý.
A. Không ai cả
B. Công an
C. Ngân hàng
ANSWER: A
"""
FAULTY = """Câu không có đáp án
A. Một
B. Hai

Câu chỉ có một ý
A. Một
ANSWER: A

Câu chỉ vào chỗ trống
A. Một
B. Hai
ANSWER: D

Câu tốt
A. Một
B. Hai
ANSWER: B
"""


def run(*arguments):
    out = StringIO()
    code = 0
    try:
        call_command(*arguments, "--json", stdout=out)
    except CommandError as error:
        code = error.returncode
    return code, json.loads(out.getvalue())


@pytest.fixture
def file(tmp_path):
    make.locale()

    def written(text, name="cau-hoi.txt", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return str(path)

    return written


def test_a_good_file_is_taken_once_and_the_second_time_nothing_changes(file):
    path = file(GOOD)
    assert run("import_questions", path, "--bank", "moi") == (
        0,
        {"format": "aiken", "created": 2, "unchanged": 0, "skipped": [], "warnings": []},
    )
    assert run("import_questions", path, "--bank", "moi")[1] == {
        "format": "aiken",
        "created": 0,
        "unchanged": 2,
        "skipped": [],
        "warnings": [],
    }
    question = Question.objects.get(stem__contains="OTP")
    assert question.stem == "Mã OTP được đọc cho ai?\nChọn một ý."
    assert question.review == "draft", "an editor approves what came in"
    assert [(one.text, one.is_correct) for one in question.options.all()] == [
        ("Không ai cả", True),
        ("Công an", False),
        ("Ngân hàng", False),
    ]


def test_a_dry_run_reports_and_writes_nothing(file):
    code, report = run("import_questions", file(GOOD), "--bank", "moi", "--dry-run")
    assert (code, report["created"]) == (0, 2)
    assert not Question.objects.exists()
    assert not QuestionBank.objects.exists()


def test_what_cannot_be_understood_is_skipped_with_its_place_and_the_rest_is_taken(file):
    code, report = run("import_questions", file(FAULTY), "--bank", "moi")
    assert (code, report["created"]) == (0, 1)
    assert [one["item"] for one in report["skipped"]] == ["dòng 1", "dòng 5", "dòng 9"]
    assert all(one["reason"] for one in report["skipped"])


def test_a_file_with_nothing_to_take_changes_nothing_and_says_why(file):
    code, report = run("import_questions", file("Câu lạc\nA. Một\nANSWER: A\n"), "--bank", "moi")
    assert (code, report["created"], len(report["skipped"])) == (1, 0, 1)
    assert not QuestionBank.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
def test_any_encoding_reads_the_same(file, encoding):
    text = "Hỏi gì?\nA. Có\nB. Không\nANSWER: A\n"
    if encoding == "cp1258":
        text = "".join(_with_tones_apart(letter) for letter in text)
    _code, report = run("import_questions", file(text, encoding=encoding), "--bank", "moi")
    assert report["created"] == 1
    assert Question.objects.get().stem == "Hỏi gì?"


def _with_tones_apart(letter):
    """As the Vietnamese code page writes it: the letter, then its tone."""
    parts = unicodedata.normalize("NFD", letter)
    base = "".join(one for one in parts if one not in TONES)
    return unicodedata.normalize("NFC", base) + "".join(one for one in parts if one in TONES)


def test_tcvn3_is_turned_into_todays_letters_and_shown():
    text = "TiÕng ViÖt cã dÊu hay kh«ng?\nA. Cã\nB. Kh«ng\nANSWER: A\n"
    reading = read_questions(text.encode(), name="cu.txt", format="aiken")
    assert reading.items[0].stem == "Tiếng Việt có dấu hay không?"
    assert ("TiÕng ViÖt cã dÊu hay kh«ng?", "Tiếng Việt có dấu hay không?") in reading.before_after


@pytest.mark.parametrize(
    "data",
    [b"", b"  \n ", b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"PK\x03\x04 broken", b"\x00\x01\x02" * 100, b"chi la van ban"],
)
def test_what_is_no_file_of_questions_is_refused_in_a_sentence(data):
    with pytest.raises(Unreadable) as refusal:
        read_questions(data, name="la.docx")
    assert str(refusal.value).endswith(".")

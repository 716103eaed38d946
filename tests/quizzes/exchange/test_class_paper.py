"""The test a teacher prints for a class: every variant's key earns full marks by the quiz's own marking."""

import io
import re

import pytest
from django.urls import reverse
from docx import Document

from quizzes.exchange.frozen import items_of_paper
from quizzes.exchange.paper import Head, write_paper
from quizzes.kinds import kind_of
from quizzes.models import Paper
from quizzes.permissions import may_print_quiz
from tests.factories import quizzes as make
from tests.factories.schools import make_teacher, make_with_role

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.any_database]

TYPES = ["single", "true_false", "multiple", "statements", "numeric", "short", "matching", "zones", "ordering", "gaps"]
NUMBERS = range(1, 5)


@pytest.fixture
def quiz():
    """Two questions of every type that paper can ask, one that it cannot, and a text."""
    questions = []
    for type in TYPES:
        for number in (1, 2):
            question = make.of_type(type)
            question.stem = f"{question.stem} [{type} {number}]"
            question.save()
            questions.append(question)
    return make.quiz([*questions, make.of_type("hotspot"), make.of_type("long")], title="Bài cuối khóa")


def document_of(quiz) -> dict:
    return Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True).document


def written(quiz, **how):
    items = items_of_paper(document_of(quiz), language="vi", seed="x")
    return write_paper(items, title="Bài cuối khóa", variants=4, seed="x", by_hand=True, head=Head(minutes=30), **how)


class Variant:
    """One variant as a pupil holds it: {(part, number): (question, {letter or number: text})}."""

    def __init__(self, lines: list[tuple[str, list[list[str]] | None]], questions: list[dict]):
        self.asked = {}
        part, current = "", None
        for text, table in lines:
            if found := re.match(r"PHẦN (\w+)\.", text):
                part = found[1]
            elif found := re.match(r"Câu (\d+)\. ", text):
                mark = re.search(r"\[(\w+ \d)\]", text)
                question = next((one for one in questions if mark and mark[0] in one["stem"]["vi"]), None)
                current = {}
                self.asked[part, int(found[1])] = (question, current)
            elif current is not None and table:
                for left, right in table:
                    for cell in filter(None, (left, right)):
                        sign, _gap, words = cell.partition(" ")
                        current[sign.rstrip(".)")] = words
            elif current is not None:
                for piece in re.sub(r"^([A-H]\.)\t", r"\1 ", text).split("\t"):
                    if found := re.match(r"([A-Ha-h])[.)] (.+)", piece):
                        current[found[1]] = found[2]
                if groups := re.match(r"Các nhóm: (.+?)\. Viết", text):
                    current |= {one[0]: one[1].strip() for one in re.findall(r"\((\d)\) ([^(]+)", groups[1])}


def read(data: bytes, questions: list[dict]) -> tuple[list[Variant], list[list[list[str]]]]:
    """The four variants, and the tables of the key."""
    document = Document(io.BytesIO(data))
    lines, keys, tables = [[]], [], iter(document.tables)
    for child in document.element.body.iterchildren():
        name = child.tag.rpartition("}")[2]
        if name == "p":
            text = "".join(
                "\t" if one.tag.endswith("}tab") else one.text or ""
                for one in child.iter()
                if one.tag.endswith(("}t", "}tab")) and not one.getparent().tag.endswith("}tabs")
            )
            lines[-1].append((text, None))
            if text == "----- HẾT -----":
                lines.append([])
        elif name == "tbl":
            rows = [[cell.text for cell in row.cells] for row in next(tables).rows]
            (keys.append(rows) if rows[0][0] == "Câu" else lines[-1].append(("", rows)))
    return [Variant(one, questions) for one in lines[:-1]], keys


def by_words(rows, words: str) -> str:
    return next(one["id"] for one in rows if one["text"]["vi"] == words)


def value_of(question: dict, cell: str, shown: dict[str, str]):
    """A pupil's answer who writes what the key says."""
    options, targets, type = question["options"], question.get("targets", []), question["type"]
    if type in {"single", "true_false"}:
        return by_words(options, shown[cell])
    if type == "multiple":
        return [by_words(options, shown[letter]) for letter in cell.split(", ")]
    if type == "statements":
        return {
            by_words(options, shown[letter]): said == "Đ"
            for letter, said in zip("abcdefgh", cell.split(), strict=False)
        }
    if type == "ordering":
        return [by_words(options, shown[letter]) for letter in cell.split(" – ")]
    if type in {"matching", "zones"}:
        pairs = [pair.split("–") for pair in cell.split("; ")]
        return {by_words(options, shown[left]): by_words(targets, shown[right]) for left, right in pairs}
    if type == "gaps":
        filled = dict(re.findall(r"\((\d)\) ([^;]+)", cell))
        answers = {}
        for number, gap in enumerate(targets, start=1):
            word = filled[str(number)].split(" / ")[0]
            mine = [one for one in options if one.get("target") == gap["id"]]
            answers[gap["id"]] = by_words(mine, word) if gap["kind"] == "select" else word
        return answers
    return cell.split(" hoặc ")[0]


def test_every_key_of_every_variant_earns_full_marks(quiz):
    questions = document_of(quiz)["questions"]
    variants, keys = read(written(quiz).data, questions)
    assert len(variants) == 4
    parts = ["I", "II", "III", "IV", "V"]
    assert [len(table) - 1 for table in keys] == [4, 2, 4, 2, 8]
    marked = 0
    for part, table in zip(parts, keys, strict=True):
        assert table[0] == ["Câu", "101", "102", "103", "104"]
        for row in table[1:]:
            for variant, cell in zip(variants, row[1:], strict=True):
                question, shown = variant.asked[part, int(row[0])]
                value = kind_of(question).clean(question, value_of(question, cell, shown))
                assert kind_of(question).fraction(question, value) == 1, (question["type"], cell, shown)
                marked += 1
    assert marked == 4 * 2 * len(TYPES)


def test_the_variants_differ_and_ask_the_same(quiz):
    questions = document_of(quiz)["questions"]
    variants, _keys = read(written(quiz).data, questions)
    orders = [[asked[0]["id"] if asked[0] else "long" for asked in one.asked.values()] for one in variants]
    assert len({tuple(order) for order in orders}) == 4
    assert len({frozenset(order) for order in orders}) == 1


def test_what_paper_cannot_ask_is_named_beside_the_key(quiz):
    made = written(quiz)
    assert len(made.left_out) == 1
    texts = [one.text for one in Document(io.BytesIO(made.data)).paragraphs]
    end = texts.index("CÂU KHÔNG IN ĐƯỢC TRÊN GIẤY")
    assert "Chỉ vào tên miền thật sự" in texts[end + 1]
    last_paper = len(texts) - 1 - texts[::-1].index("----- HẾT -----")
    assert end > last_paper, "on the teacher's sheet"


def test_no_order_printed_is_the_answer(quiz):
    questions = document_of(quiz)["questions"]
    variants, _keys = read(written(quiz).data, questions)
    for variant in variants:
        for question, shown in variant.asked.values():
            if question and question["type"] == "ordering":
                assert list(shown.values()) != [one["text"]["vi"] for one in question["options"]]


def test_the_file_is_the_same_each_time(client, quiz, school_class):
    make.opening(quiz, context_kind="lesson")
    client.force_login(make_teacher(school_class))
    first, again = (client.get(reverse("quiz_paper", args=[quiz.quiz_key])) for _time in range(2))
    assert first.status_code == 200
    assert "bai-cuoi-khoa.docx" in first["Content-Disposition"]
    questions = document_of(quiz)["questions"]
    assert read(first.content, questions)[1] == read(again.content, questions)[1]


# --- Who may ---


def test_teachers_print_what_is_open_to_all_or_to_their_class(quiz, pupil, teacher, other_teacher, school_class):
    assert not may_print_quiz(teacher, quiz.quiz_key), "open to nobody"
    make.opening(quiz, {"kind": "classes", "keys": [str(school_class.uuid)]})
    assert may_print_quiz(teacher, quiz.quiz_key)
    assert not may_print_quiz(other_teacher, quiz.quiz_key)
    make.opening(quiz, context_kind="lesson")
    assert may_print_quiz(other_teacher, quiz.quiz_key)
    assert not may_print_quiz(pupil, quiz.quiz_key)


def test_nobody_prints_what_a_contest_asks(quiz, teacher):
    make.opening(quiz, context_kind="lesson")
    make.opening(make.signed(quiz), context_kind="contest", context_key="cuoc-thi")
    assert not may_print_quiz(teacher, quiz.quiz_key)
    assert may_print_quiz(make_with_role("editor"), quiz.quiz_key)


def test_the_button_stands_at_the_quiz_for_a_teacher_only(client, quiz, pupil, school_class):
    make.opening(quiz, context_kind="lesson")
    where = reverse("quiz_paper", args=[quiz.quiz_key])
    client.force_login(make_teacher(school_class))
    assert where in client.get(reverse("quiz", args=[quiz.quiz_key])).content.decode()
    client.force_login(pupil)
    assert where not in client.get(reverse("quiz", args=[quiz.quiz_key])).content.decode()
    assert client.get(where).status_code == 404

"""A quiz on paper: sheets with a QR code for each pupil, typed in row by row, counted like any attempt."""

import json
import re
from copy import deepcopy
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.audit.models import AuditEvent
from courses.models import LessonProgress
from quizzes.models import Attempt, Cancellation, PaperSheet
from quizzes.on_paper import typing
from quizzes.on_paper.asking import draw_sheet, left_out
from quizzes.operations import reopen_attempt, start_attempt
from quizzes.operations.corrections import regrade
from quizzes.operations.on_paper import enter_sheet, print_sheets
from quizzes.papers import paper
from quizzes.permissions import opening_for_paper
from quizzes.problems import NothingForPaper, TakenOnPaper, WronglyTyped
from schools.models import SchoolClass, Teaching
from tests.factories import courses as make
from tests.factories import quizzes as make_quiz
from tests.factories.constraints import once, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def room_made(shared_database):
    """A class of three with a lesson's quiz of four questions with one letter each."""
    school_class, teacher, people = make.classroom(3)
    quiz = make.quiz(4, shuffle_questions=True, shuffle_options=True)
    (lesson,) = make.lessons_of(make.course(1, quizzes=[quiz]))
    make.assignment(lesson, school_class, teacher)
    school_class = SchoolClass.objects.select_related("school__unit", "school_year").get(pk=school_class.pk)
    return school_class, teacher, people, quiz, lesson


@pytest.fixture
def room(db, room_made):
    return deepcopy(room_made)


def sheets(room) -> list[PaperSheet]:
    school_class, teacher, _people, quiz, _lesson = room
    opening = opening_for_paper(quiz.quiz_key, school_class)
    return print_sheets(opening=opening, school_class=school_class, actor=teacher)


def line(sheet: PaperSheet, right: int | None = None) -> str:
    """The letters of a sheet with the first `right` answers right and the others wrong."""
    frozen = paper(sheet.paper_id)
    letters = []
    for place, (one, order) in enumerate(sheet.questions):
        question = frozen.by_id[one]
        wanted = {option["id"]: option["correct"] for option in question["options"]}
        good = right is None or place < right
        letters.append("ABCDEFGH"[next(n for n, option in enumerate(order) if wanted[option] == good)])
    return "".join(letters)


def desk(room, **query) -> str:
    school_class, _teacher, _people, quiz, _lesson = room
    return reverse("quiz_on_paper", args=[school_class.uuid, quiz.quiz_key], query=query or None)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_sheet_for_everybody_once_with_variants_of_neighbours(room):
    school_class, teacher, people, _quiz, _lesson = room
    made = sheets(room)
    assert [sheet.user for sheet in made] == people
    assert [sheet.variant for sheet in made] == [0, 1, 2]
    assert len({json.dumps(sheet.questions) for sheet in made}) == 3
    late = make.pupil(school_class, "Vũ Thị Xuân")
    again = sheets(room)
    assert [sheet.pk for sheet in again[:3]] == [sheet.pk for sheet in made], "printed again it is the same sheet"
    assert again[3].user == late
    columns = ("quizzes_papersheet.opening_id", "quizzes_papersheet.class_key", "quizzes_papersheet.user_id")
    with refused(once("paper_sheet_once_in_a_class", *columns)):
        PaperSheet.objects.create(
            opening=made[0].opening,
            paper=made[0].paper,
            user=people[0],
            class_key=school_class.uuid,
            variant=3,
            questions=[],
            printed_by=teacher,
        )


def test_what_is_typed_counts_like_an_attempt_and_is_marked_as_paper(room):
    school_class, teacher, people, _quiz, lesson = room
    first, second, _third = sheets(room)
    enter_sheet(sheet=first, typed=line(first).lower(), total=False, actor=teacher)
    enter_sheet(sheet=second, typed=line(second, right=1), total=False, actor=teacher)
    attempt = Attempt.objects.get(user=people[0])
    assert (attempt.score, attempt.max_score, attempt.passed) == (4, 4, True)
    assert (attempt.entered, attempt.state, attempt.class_key) == ("answers", "submitted", school_class.uuid)
    assert attempt.answer_rows.count() == 4
    progress = {row.user_id: row for row in LessonProgress.objects.filter(lesson_key=lesson.translation_key)}
    assert progress[people[0].pk].quiz_best == 100
    assert progress[people[1].pk].quiz_best == 25
    client = signed_in(teacher)
    given = school_class.class_assignments.get()
    page = client.get(reverse("courses:pupil", args=[given.uuid, people[0].uuid])).content.decode()
    assert "Trên giấy" in page
    slip = client.get(reverse("receipt", args=[attempt.receipt_code])).content.decode()
    assert "Trên giấy" in slip
    assert "8,5" not in slip


@pytest.mark.slow
def test_a_total_stands_for_the_answers_and_survives_a_new_marking(room):
    _school_class, teacher, people, quiz, lesson = room
    first, *_ = sheets(room)
    enter_sheet(sheet=first, typed="7,5", total=True, actor=teacher)
    attempt = Attempt.objects.get(user=people[0])
    assert (attempt.score, attempt.max_score, attempt.entered) == (3, 4, "total")
    assert LessonProgress.objects.get(user=people[0], lesson_key=lesson.translation_key).quiz_best == 75
    Cancellation.objects.create(quiz_key=quiz.quiz_key, question_key=first.questions[0][0], reason="Đề in sai")
    regrade(quiz_key=quiz.quiz_key, change_key=first.uuid, reason="Đề in sai")
    attempt.refresh_from_db()
    assert attempt.score == 3
    page = signed_in(people[0]).get(reverse("quiz_result", args=[attempt.uuid])).content.decode()
    assert "Trên giấy, chỉ có điểm" in page
    assert "0/4" not in page


@pytest.mark.slow
def test_the_line_is_the_truth_corrected_and_taken_back_with_the_log(room):
    _school_class, teacher, people, _quiz, lesson = room
    first, *_ = sheets(room)
    enter_sheet(sheet=first, typed=line(first), total=False, actor=teacher)
    receipt = Attempt.objects.get(user=people[0]).receipt_code
    enter_sheet(sheet=first, typed=line(first), total=False, actor=teacher)
    assert AuditEvent.objects.filter(action="enter_quiz_on_paper").count() == 1, "the same again changes nothing"
    enter_sheet(sheet=first, typed=line(first, right=2), total=False, actor=teacher)
    attempt = Attempt.objects.get(user=people[0])
    assert (attempt.score, attempt.receipt_code) == (2, receipt)
    assert LessonProgress.objects.get(user=people[0], lesson_key=lesson.translation_key).quiz_best == 50
    enter_sheet(sheet=first, typed="", total=False, actor=teacher)
    assert not Attempt.objects.filter(user=people[0]).exists()
    assert not LessonProgress.objects.filter(user=people[0], quiz_best__isnull=False).exists()
    events = list(AuditEvent.objects.filter(action="enter_quiz_on_paper").order_by("pk"))
    assert [bool(event.detail["typed"]) for event in events] == [True, True, False]
    assert events[2].detail["before"]["typed"] == line(first, right=2)


def test_beside_an_open_attempt_and_after_the_last_one(room):
    """The pupil began on a phone; then the class wrote on paper."""
    _school_class, teacher, people, quiz, _lesson = room
    online, _new = start_attempt(user=people[0], quiz_key=quiz.quiz_key, idempotency_key="dien-thoai")
    first, *_ = sheets(room)
    enter_sheet(sheet=first, typed=line(first), total=False, actor=teacher)
    online.refresh_from_db()
    assert online.is_open
    written = Attempt.objects.get(user=people[0], entered="answers")
    assert written.number == 2
    with pytest.raises(TakenOnPaper):
        reopen_attempt(attempt=written, seconds=600, reason="Nhầm", granted_by=teacher)
    with refused("attempt_on_paper_is_done"):
        Attempt.objects.filter(pk=online.pk).update(entered="answers")


@pytest.mark.parametrize("typed", ["ABX", "AB", "ABCDA", "AEZA", "A1BC"])
def test_wrong_keys_are_told_and_change_nothing(room, typed):
    _school_class, teacher, *_ = room
    first, *_ = sheets(room)
    with pytest.raises(WronglyTyped):
        enter_sheet(sheet=first, typed=typed, total=False, actor=teacher)
    assert not Attempt.objects.filter(entered="answers").exists()
    first.refresh_from_db()
    assert first.typed == ""


@pytest.mark.parametrize("typed", ["11", "-1", "7,555", "bảy", "NaN", "Infinity", "1e1000"])
def test_a_wrong_total_is_told(room, typed):
    _school_class, teacher, *_ = room
    first, *_ = sheets(room)
    with pytest.raises(WronglyTyped):
        enter_sheet(sheet=first, typed=typed, total=True, actor=teacher)


def test_every_type_that_paper_asks_is_read():
    questions = [
        make_quiz.question(),
        make_quiz.true_false(right=True),
        make_quiz.multiple(),
        make_quiz.of_type("statements"),
        make_quiz.of_type("numeric"),
        make_quiz.of_type("matching"),
        make_quiz.of_type("long"),
    ]
    quiz = make_quiz.quiz(questions, shuffle_questions=False, shuffle_options=False)
    frozen = paper(quiz_paper(quiz))
    order = draw_sheet(frozen.document, seed="x", variant=0)
    assert len(order) == 5
    assert len(left_out(frozen.document)) == 2
    asked = frozen.asked(order)
    by_type = {question["type"]: question for question in asked}
    statements = by_type["statements"]
    said = "".join("Đ" if option["correct"] else "S" for option in statements["options"])
    number = next(option for option in by_type["numeric"]["options"] if option["correct"])["text"]["vi"]
    values = typing.read_line(f"A Đ AB {said.lower()} {number}", asked, [one for _key, one in order])
    marks = {question["type"]: question["id"] in values for question in asked}
    assert all(marks.values())
    from quizzes.kinds import kind_of

    for question in asked:
        assert kind_of(question).fraction(question, values[question["id"]]) == 1, question["type"]
    assert typing.read_line("- - - - -", asked, [one for _key, one in order]) == {}
    with pytest.raises(typing.Mistyped) as slip:
        typing.read_line(f"A Đ AA {said} {number}", asked, [one for _key, one in order])
    assert slip.value.number == 3


def quiz_paper(quiz) -> int:
    from quizzes.models import Paper

    return Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True).pk


def test_half_points_are_exact():
    assert typing.points_for(Decimal("7.25"), Decimal("4.00")) == Decimal("2.90")


def test_a_quiz_of_texts_cannot_be_printed(room):
    school_class, teacher, _people, _quiz, _lesson = room
    quiz = make_quiz.quiz([make_quiz.of_type("long")])
    opening = make_quiz.opening(quiz)
    with pytest.raises(NothingForPaper):
        print_sheets(opening=opening, school_class=school_class, actor=teacher)


def test_the_sheets_hold_name_variant_and_a_code_and_never_an_answer(room):
    school_class, teacher, people, quiz, _lesson = room
    make.identify(people[0], school_class.school, "0026000101")
    client = signed_in(teacher)
    assert client.get(reverse("quiz_sheets", args=[school_class.uuid, quiz.quiz_key])).status_code == 200
    assert not PaperSheet.objects.exists(), "looking makes nothing"
    answer = client.post(reverse("quiz_make_sheets", args=[school_class.uuid, quiz.quiz_key]), follow=True)
    page = answer.content.decode()
    assert page.count('class="sheet"') == 3
    assert page.count('class="qr"') == 3
    assert "0026000101" in page
    assert "mã đề 101" in page.lower()
    assert "correct" not in page
    assert "Địa chỉ kết thúc bằng .gov.vn." not in page


@pytest.mark.slow
def test_the_desk_saves_row_by_row_and_as_a_whole(room):
    _school_class, teacher, _people, _quiz, _lesson = room
    first, second, third = sheets(room)
    client = signed_in(teacher)
    saved = client.post(desk(room), {"sheet": first.uuid, "typed": line(first)})
    assert (saved.status_code, saved.json()["text"]) == (200, "10 /10")
    wrong = client.post(desk(room), {"sheet": first.uuid, "typed": "AB"})
    assert wrong.status_code == 422
    assert "Cần 4 câu trả lời" in wrong.json()["text"]
    whole = {f"typed_{first.uuid}": line(first), f"typed_{second.uuid}": line(second), f"typed_{third.uuid}": "AB"}
    answer = client.post(desk(room), whole)
    assert answer.status_code == 422
    assert "Cần 4 câu trả lời" in answer.content.decode()
    assert PaperSheet.objects.exclude(attempt=None).count() == 2
    # In the other way of typing the rows are empty, and saving it so takes nothing back.
    totals = client.get(desk(room, mode="total"))
    assert all(row["typed"] == "" for row in totals.context["lines"])
    client.post(desk(room, mode="total"), {f"typed_{third.uuid}": "8", f"typed_{first.uuid}": ""})
    assert PaperSheet.objects.exclude(attempt=None).count() == 3


def test_only_who_grades_in_the_class_prints_and_types(room):
    school_class, teacher, people, quiz, _lesson = room
    first, *_ = sheets(room)
    _foreign, other_teacher, _others = make.classroom(1, name="11B")
    names = ("quiz_on_paper", "quiz_sheets")
    addresses = [reverse(name, args=[school_class.uuid, quiz.quiz_key]) for name in names]
    addresses.append(reverse("quiz_sheet", args=[first.uuid]))
    for address in addresses:
        assert Client().get(address).status_code == 302
        for user in (other_teacher, people[1]):
            assert signed_in(user).get(address).status_code == 404
    assert signed_in(teacher).get(addresses[2])["Location"].endswith(f"?at={first.uuid}#sheet-{first.uuid}")
    assert signed_in(people[0]).get(addresses[2]).status_code == 404, "nothing was typed in yet"
    enter_sheet(sheet=first, typed="8", total=True, actor=teacher)
    assert re.search("/result/$", signed_in(people[0]).get(addresses[2])["Location"])
    Teaching.objects.filter(user=teacher).update(can_grade=False)
    for address in addresses:
        assert signed_in(teacher).get(address).status_code == 404


def test_what_a_contest_asks_is_not_printed(room):
    school_class, teacher, _people, quiz, _lesson = room
    make_quiz.opening(make_quiz.signed(quiz), context_kind="contest", context_key="thi", closes_at=timezone.now())
    assert signed_in(teacher).get(desk(room)).status_code == 404
    assert opening_for_paper(quiz.quiz_key, school_class) is None


@pytest.mark.slow
def test_the_statements_of_desk_and_sheets_do_not_grow(room):
    school_class, teacher, _people, quiz, _lesson = room
    client = signed_in(teacher)
    counted = []
    for more in (0, 1, 3, 40):
        for number in range(more):
            make.pupil(school_class, f"Lê Thị Số {number}")
        sheets(room)
        row = []
        for address in (desk(room), reverse("quiz_sheets", args=[school_class.uuid, quiz.quiz_key])):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            row.append(len(queries))
        counted.append(row)
    assert counted == [counted[0]] * 4
    assert counted[0][0] <= 6
    assert counted[0][1] <= 7

"""The figures of a quiz: of whom, of which attempts, right to the digit, the same on the page and in the .xlsx."""

import io
import random
import re
from datetime import timedelta
from decimal import Decimal
from statistics import correlation, mean, stdev
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from quizzes.models import Answer, Attempt, Opening, Paper, Quiz
from quizzes.operations import (
    cancel_question,
    mark_answer,
    regrade,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.permissions import Sight, sight_of
from quizzes.queries.figures import Which, figures_of
from quizzes.statistics import Verdict
from schools.models import SchoolClass, Teaching
from tests.factories import figures as spread
from tests.factories import quizzes as make
from tests.factories import schools as people
from tests.quizzes.test_corrections import correct_the_key, key_at, take

pytestmark = pytest.mark.django_db
EVERYBODY = Sight(None, with_contests=True)


@pytest.fixture
def quiz():
    quiz = make.quiz(4)
    make.opening(quiz)
    return quiz


def read(quiz, *, sight=EVERYBODY, which=Which.COUNTED, **more):
    return figures_of(quiz_key=quiz.quiz_key, sight=sight, which=which, language="vi", **more)


def page_of(user) -> Client:
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(user)
    return client


def address(quiz, query: str = "", *, name: str = "quiz_figures") -> str:
    with translation.override("vi"):
        return reverse(name, args=[quiz.quiz_key]) + query


# --- What is counted ---------------------------------------------------------------------------------------------------


def test_figures_are_those_of_the_rows(quiz, school_class):
    """Against the definitions, written here once more over the stored rows."""
    spread.class_takes(school_class, quiz, pupils=25)
    figures = read(quiz)
    attempts = list(Attempt.objects.filter(quiz_key=quiz.quiz_key))
    scores = [float(one.score) for one in attempts]
    assert figures.attempts == 25
    assert figures.scores.mean == pytest.approx(mean(scores) / 4 * 10)
    assert figures.scores.deviation == pytest.approx(stdev(scores) / 4 * 10)
    assert sum(figures.steps) == 25
    assert figures.passed == sum(one.passed for one in attempts)
    variances = []
    for one in figures.questions:
        earned = dict(Answer.objects.filter(question_key=one.id).values_list("attempt", "points"))
        marks = [float(earned.get(attempt.pk, 0)) for attempt in attempts]
        rest = [float(attempt.score) - mark for attempt, mark in zip(attempts, marks, strict=True)]
        assert one.items.facility == pytest.approx(mean(marks))
        assert one.full == pytest.approx(mean(marks))
        assert one.items.discrimination == pytest.approx(correlation(marks, rest))
        assert one.blank.all == 25 - len(earned)
        assert sum(line.tally.all for line in one.parts[0].lines) == len(earned)
        variances.append(stdev(marks) ** 2)
    alpha = 4 / 3 * (1 - sum(variances) / stdev(scores) ** 2)
    assert figures.reliability.consistency == pytest.approx(alpha)
    assert sum(one.weight or 0 for one in figures.questions) == pytest.approx(1)


@pytest.mark.parametrize(("rule", "score"), [("best", 3), ("first", 1), ("last", 2)])
def test_the_attempt_that_counts_is_the_quizs_own(rule, score, pupil):
    quiz = make.quiz(3, which_counts=rule)
    make.opening(quiz)
    for right in ([0], [0, 1, 2], [1, 2]):
        take(pupil, quiz, right=right)
    assert read(quiz).scores.mean == pytest.approx(score / 3 * 10)
    assert read(quiz, which=Which.FIRST).scores.mean == pytest.approx(10 / 3)
    assert read(quiz, which=Which.ALL).attempts == 3
    assert read(quiz, which=Which.ALL).scores.mean == pytest.approx(2 / 3 * 10)


def test_what_was_mended_is_what_counts(quiz, pupil, other_pupil, teacher):
    take(pupil, quiz, right=[0])
    take(other_pupil, quiz, right=[1])
    correct_the_key(quiz, place=0, to=1)
    # A corrected key counts from when it was applied, with what it calls right.
    assert [one.full for one in read(quiz).questions] == [0.5, 0.5, 0, 0]
    present = Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True)
    regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Đáp án sai", key_id=present.pk)
    first = read(quiz).questions[0]
    assert first.full == 0
    assert [line.right for line in first.parts[0].lines] == [False, True, False]
    # A cancelled question earns everything, also for whoever left it out.
    cancel_question(quiz_key=quiz.quiz_key, question_key=key_at(quiz, 2), reason="Sai đề", actor=teacher)
    regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Sai đề")
    third = read(quiz).questions[2]
    assert (third.full, third.blank.all, third.verdicts) == (1, 2, [Verdict.CANCELLED])


def test_what_waits_for_a_mark_is_told_and_not_counted(pupil, teacher, school_class):
    quiz = make.quiz([make.of_type("long"), make.of_type("single")])
    make.opening(quiz)
    attempt = spread.take(pupil, quiz, knows=1, chance=random.Random(3))
    figures = read(quiz)
    assert (figures.attempts, figures.waiting, figures.questions) == (0, 1, [])
    written = Answer.objects.get(attempt=attempt, fraction=None)
    mark_answer(
        attempt=attempt, question_key=written.question_key, marker=teacher, points=Decimal("0.5"), points_by_criterion=None,
        comment="",
    )  # fmt: skip
    figures = read(quiz)
    assert (figures.attempts, figures.waiting) == (1, 0)
    assert (figures.questions[0].items.facility, figures.questions[0].parts) == (0.5, [])


def test_a_preview_and_a_running_attempt_are_not_counted(quiz, pupil, client):
    editor = people.make_with_role("editor")
    take(pupil, quiz, right=[0], submit=False)
    before = Attempt.objects.count()
    context = Quiz.objects.get(pk=quiz.pk).get_preview_context(_request(editor), "")
    assert context
    assert Attempt.objects.count() == before
    assert read(quiz).attempts == 0


def _request(user):
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = user
    return request


def test_drawn_questions_count_for_whoever_was_asked(school_class):
    for number in range(6):
        make.question(f"Câu trong kho {number}?")
    quiz = make.quiz(
        [make.question("Câu cố định?", bank=make.bank("khac"))], draws=[{"bank": make.bank(), "count": 2, "points": 2}]
    )
    make.opening(quiz)
    attempts = spread.class_takes(school_class, quiz, pupils=12)
    figures = read(quiz)
    asked = {}
    for attempt in attempts:
        for one, _options in attempt.questions:
            asked[one] = asked.get(one, 0) + 1
    assert {one.id: one.asked.all for one in figures.questions} == asked
    assert sum(one.asked.all for one in figures.questions) == 36
    # Not everybody was asked the same: one number for all would mean nothing.
    assert figures.reliability is None
    assert all(one.weight is None for one in figures.questions)
    for one in figures.questions:
        marks = {
            key: float(points)
            for key, points in Answer.objects.filter(question_key=one.id).values_list("attempt", "points")
        }
        assert one.items.facility == pytest.approx(sum(marks.values()) / one.asked.all / float(one.worth))


@pytest.mark.slow
def test_every_type_has_figures(school_class):
    types = [one for one in make.SHAPES if one != "long"]
    quiz = make.quiz([make.of_type(one) for one in types])
    make.opening(quiz)
    spread.class_takes(school_class, quiz, pupils=15)
    figures = read(quiz)
    assert [one.question["type"] for one in figures.questions] == types
    for one in figures.questions:
        answered = one.asked.all - one.blank.all
        assert one.parts, one.question["type"]
        assert max(part.answered.all for part in one.parts) == answered
        assert any(line.right for part in one.parts for line in part.lines)


def test_the_time_of_a_question_is_from_the_answer_before(quiz, pupil):
    attempt, _new = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")
    start = timezone.now() - timedelta(minutes=10)
    Attempt.objects.filter(pk=attempt.pk).update(started_at=start)
    asked = attempt.paper.document["questions"]
    at = [start + timedelta(seconds=seconds) for seconds in (20, 50, 110)]
    saves = [(one["id"], 1, one["options"][0]["id"], when) for one, when in zip(asked, at, strict=False)]
    save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=saves, sent_at=timezone.now())
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    figures = read(quiz)
    assert [one.seconds for one in figures.questions] == [pytest.approx(20, abs=1), 30, 60, None]
    assert figures.timed == 1


def test_answers_that_came_in_one_moment_tell_no_time(quiz, pupil):
    take(pupil, quiz, right=[0, 1])
    same = timezone.now()
    Answer.objects.update(answered_at=same)
    figures = read(quiz)
    assert (figures.timed, figures.seconds, figures.questions[0].seconds) == (0, None, None)


# --- Of whom -----------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_teacher_sees_her_classes_and_nobody_elses(quiz, school_class, teacher, other_teacher):
    spread.class_takes(school_class, quiz, pupils=3)
    elsewhere = SchoolClass.objects.exclude(pk=school_class.pk).get()
    spread.class_takes(elsewhere, quiz, pupils=2, seed=2)
    take(make.person("Khách Không Lớp"), quiz, right=[0])
    mine = read(quiz, sight=sight_of(teacher, quiz.quiz_key))
    assert (mine.attempts, [one.key for one in mine.classes]) == (3, [school_class.uuid])
    theirs = read(quiz, sight=sight_of(other_teacher, quiz.quiz_key))
    assert (theirs.attempts, [one.key for one in theirs.classes]) == (2, [elsewhere.uuid])
    every = read(quiz, sight=sight_of(people.make_with_role("editor"), quiz.quiz_key))
    assert (every.attempts, len(every.classes), every.classes[-1].key) == (6, 3, None)
    client = page_of(teacher)
    assert client.get(address(quiz, f"?class={school_class.uuid}")).status_code == 200
    for foreign in (elsewhere.uuid, uuid4(), "x"):
        assert client.get(address(quiz, f"?class={foreign}")).status_code == 404
        assert client.get(address(quiz, f"?class={foreign}", name="quiz_figures_xlsx")).status_code == 404


def test_a_quiz_that_is_not_hers_is_not_there(school_class, teacher, other_teacher, pupil):
    quiz = make.quiz(1)
    make.opening(quiz, {"kind": "classes", "keys": [str(school_class.uuid)]})
    assert page_of(teacher).get(address(quiz)).status_code == 200
    for nobody in (other_teacher, pupil):
        assert page_of(nobody).get(address(quiz)).status_code == 404
    assert Client().get(address(quiz)).status_code == 302
    assert page_of(people.make_with_role("editor")).get(f"/vi/quiz/{uuid4()}/figures/").status_code == 404


def test_a_contest_keeps_its_key_from_teachers_while_it_runs(quiz, school_class, teacher):
    spread.class_takes(school_class, quiz, pupils=2)
    contest = make.opening(
        make.signed(quiz), {"kind": "by_operation"}, context_kind=Opening.Kind.CONTEST, context_key="vong-1",
        closes_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    assert sight_of(teacher, quiz.quiz_key) is None
    # Over, the class's own attempts are seen again, those of the contest are its officers'.
    entered = make.pupil(school_class)
    start_attempt(user=entered, quiz_key=quiz.quiz_key, idempotency_key="k", opening=contest)
    submit_attempt(user=entered, attempt_uuid=Attempt.objects.get(user=entered).uuid)
    Opening.objects.filter(pk=contest.pk).update(closes_at=timezone.now() - timedelta(minutes=5))
    assert read(quiz, sight=sight_of(teacher, quiz.quiz_key)).attempts == 2
    assert read(quiz).attempts == 3


@pytest.mark.slow
def test_the_quizzes_of_a_class_lead_to_their_figures(quiz, school_class, teacher, other_teacher):
    with translation.override("vi"):
        there = reverse("quiz_class_figures", args=[school_class.uuid])
    assert "chưa làm bài kiểm tra nào" in page_of(teacher).get(there).content.decode()
    spread.class_takes(school_class, quiz, pupils=2)
    shown = page_of(teacher).get(there).content.decode()
    assert f"{address(quiz)}?class={school_class.uuid}" in shown
    assert page_of(other_teacher).get(there).status_code == 404


# --- The page and the workbook -----------------------------------------------------------------------------------------


def tables_of(page: str) -> dict[str, list[list[str]]]:
    """{name: rows, the headings first} of the tables of figures on a page."""
    found = {}
    for table in BeautifulSoup(page, "html.parser").select("table[data-figures]"):
        found[table["data-figures"]] = [
            [" ".join(cell.get_text(" ", strip=True).split()) for cell in row.select("th, td")]
            for row in table.select("tr")
        ]
    return found


def written(cell) -> str:
    """A cell of the workbook as a Vietnamese spreadsheet shows it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return " ".join(value.removeprefix("'").split())
    if cell.number_format == "0%":
        return f"{round(value * 100)}%"
    return str(int(value) if value == int(value) else round(value, 2)).replace(".", ",")


@pytest.mark.slow
def test_the_workbook_says_what_the_page_says(school_class, teacher):
    types = ["single", "multiple", "statements", "matching", "ordering", "gaps", "short", "numeric"]
    quiz = make.quiz([make.of_type(one) for one in types])
    make.opening(quiz)
    spread.class_takes(school_class, quiz, pupils=14)
    client = page_of(teacher)
    for query in ("?print=1", f"?print=1&attempts=all&class={school_class.uuid}"):
        page = tables_of(client.get(address(quiz, query)).content.decode())
        answer = client.get(address(quiz, query, name="quiz_figures_xlsx"))
        book = load_workbook(io.BytesIO(answer.content))
        sheets = [[[written(cell) for cell in row] for row in sheet.iter_rows(min_row=3)] for sheet in book]
        assert sheets[:4] == [page["summary"], page["scores"], page["classes"], page["questions"]]
        together = []
        for number in range(1, len(types) + 1):
            headings, *rows = page[f"choices-{number}"]
            parted = len(headings) == len(sheets[4][0]) - 1
            together += [[str(number), *([] if parted else [""]), *row] for row in rows]
        assert sheets[4][1:] == together
        assert len(together) > 30


def test_an_answer_that_a_spreadsheet_would_run_is_text(school_class, teacher, pupil):
    quiz = make.quiz([make.of_type("short")])
    make.opening(quiz)
    attempt, _new = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")
    evil = [(attempt.questions[0][0], 1, '=HYPERLINK("x")\x07', None)]
    save_answers(user=pupil, attempt_uuid=attempt.uuid, saves=evil, sent_at=None)
    submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
    answer = page_of(teacher).get(address(quiz, name="quiz_figures_xlsx"))
    values = [cell.value for row in load_workbook(io.BytesIO(answer.content)).worksheets[4].iter_rows() for cell in row]
    assert '\'=HYPERLINK("x")' in values


def test_a_key_that_the_best_do_not_choose_is_pointed_at(school_class, teacher):
    quiz = make.quiz(6)
    make.opening(quiz)
    # Whoever knows all the rest chooses the second option in the first question: its key is wrong.
    for number in range(12):
        user = make.pupil(school_class)
        strong = number < 6
        take(user, quiz, right=[1, 2, 3, 4, 5] if strong else [0], wrong=[0] if strong else [1, 2, 3, 4, 5])
    first = read(quiz).questions[0]
    assert first.verdicts[:2] == [Verdict.WRONG_KEY, Verdict.UPSIDE_DOWN]
    shown = page_of(teacher).get(address(quiz)).content.decode()
    assert "Nhóm điểm cao chọn “dichvucong.vn” nhiều hơn “dichvucong.gov.vn”" in shown
    assert "50% em làm đúng câu này" in shown


def test_few_attempts_are_said_to_be_few(quiz, school_class, teacher):
    page = page_of(teacher)
    assert "Chưa có em nào nộp bài kiểm tra này" in page.get(address(quiz)).content.decode()
    spread.class_takes(school_class, quiz, pupils=9)
    shown = page.get(address(quiz)).content.decode()
    assert "Mới có 9 lượt làm: chưa đủ để nhận xét từng câu" in shown
    assert {tuple(one.verdicts) for one in read(quiz).questions} == {(Verdict.TOO_FEW,)}


@pytest.mark.slow
def test_pages_of_questions_and_those_to_look_at(school_class, teacher):
    quiz = make.quiz(30)
    make.opening(quiz)
    for number in range(12):
        take(make.pupil(school_class), quiz, right=[0, 1] if number < 6 else [1], wrong=[2])
    page = page_of(teacher)
    first = tables_of(page.get(address(quiz)).content.decode())
    assert "choices-25" in first
    assert "choices-26" not in first
    assert "choices-26" in tables_of(page.get(address(quiz, "?page=2")).content.decode())
    assert "choices-30" in tables_of(page.get(address(quiz, "?print=1")).content.decode())
    looked = tables_of(page.get(address(quiz, "?show=look")).content.decode())
    assert "choices-2" not in looked
    assert "choices-3" in looked


@pytest.mark.slow
@pytest.mark.parametrize(("questions", "pupils"), [(1, 1), (3, 3), (3, 60)])
def test_the_statements_do_not_grow(questions, pupils, school_class, django_assert_num_queries):
    quiz = make.quiz(questions)
    make.opening(quiz)
    spread.class_takes(school_class, quiz, pupils=pupils)
    read(quiz)
    # papers; groups; classes; cancellations; answers; times
    with django_assert_num_queries(6):
        read(quiz)


@pytest.mark.slow
def test_the_page_costs_as_much_for_three_classes_as_for_one(quiz, teacher, school_class):
    client, costs = page_of(teacher), []
    for number in range(3):
        another = school_class
        if number:
            another = make.school_class(f"10A{number + 5}")
            Teaching.objects.create(
                user=teacher,
                school_class=another,
                kind=Teaching.Kind.SUBJECT,
                starts_on=school_class.school_year.starts_on,
            )
        spread.class_takes(another, quiz, pupils=2 + number, seed=number)
        client.get(address(quiz))
        with CaptureQueriesContext(connection) as queries:
            shown = client.get(address(quiz)).content.decode()
        assert len(tables_of(shown)["classes"]) == number + 2
        costs.append(len(queries))
    assert len(set(costs)) == 1, costs


@pytest.mark.slow
def test_figures_of_a_school_year(quiz, school_class):
    now, before = school_class.school_year.code, "2025-2026"
    spread.class_takes(school_class, quiz, pupils=4)
    client = page_of(people.make_with_role("editor"))
    assert "year=" not in client.get(address(quiz)).content.decode(), "one year needs no choice"
    old = Attempt.objects.filter(pk__in=Attempt.objects.values_list("pk", flat=True)[:1])
    old.update(school_year=before)
    every, of_now, of_before = (
        client.get(address(quiz, query)).content.decode() for query in ("", f"?year={now}", f"?year={before}")
    )
    assert [tables_of(page)["summary"][1][1] for page in (every, of_now, of_before)] == ["4", "3", "1"]
    assert f"?year={before}" in every
    assert f"năm học {before}" in of_before
    assert f"year={before}" in re.search(r'href="([^"]*attempts=all[^"]*)"', of_before)[1], (
        "other choices keep the year"
    )
    book = client.get(address(quiz, f"?year={now}", name="quiz_figures_xlsx"))
    assert book.status_code == 200
    assert client.get(address(quiz, "?year=x")).status_code == 404


# --- A whole province --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_a_province_took_is_computed_by_a_job_and_kept(
    quiz, school_class, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("quizzes.queries.figures.keeping.LARGE", 5)
    spread.class_takes(school_class, quiz, pupils=6)
    client = page_of(people.make_with_role("editor"))
    shown = client.get(address(quiz)).content.decode()
    assert "Tính số liệu" in shown
    assert not tables_of(shown)
    assert client.get(address(quiz, name="quiz_figures_xlsx")).status_code == 302
    assert "hx-get" in _while_it_waits(client, quiz)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address(quiz)).status_code == 302
    kept = tables_of(client.get(address(quiz, "?print=1")).content.decode())
    assert kept["summary"][1][1] == "6"
    # A year of its own is small enough to be read at once, or has a job of its own.
    Attempt.objects.filter(pk__in=Attempt.objects.values_list("pk", flat=True)[:2]).update(school_year="2025-2026")
    small = client.get(address(quiz, "?print=1&year=2025-2026")).content.decode()
    assert tables_of(small)["summary"][1][1] == "2"
    Attempt.objects.update(school_year=school_class.school_year.code)
    assert not tables_of(client.get(address(quiz, f"?year={school_class.school_year.code}")).content.decode())
    # Later attempts come in when it is asked for again; one class is never left to a job.
    spread.class_takes(school_class, quiz, pupils=1, seed=9)
    assert tables_of(client.get(address(quiz, "?print=1")).content.decode()) == kept
    of_class = client.get(address(quiz, f"?print=1&class={school_class.uuid}")).content.decode()
    assert tables_of(of_class)["summary"][1][1] == "7"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address(quiz))
    assert tables_of(client.get(address(quiz, "?print=1")).content.decode())["summary"][1][1] == "7"


def _while_it_waits(client, quiz) -> str:
    """The page while a job that was asked for has not begun; asked for twice, it is one job."""
    from cms.jobs.models import Job
    from quizzes.operations import compute_figures
    from quizzes.operations.figures import FIGURES_JOB

    asked = {"quiz_key": quiz.quiz_key, "attempts": "counted", "language": "vi", "actor": None}
    assert compute_figures(**asked) == compute_figures(**asked)
    shown = client.get(address(quiz)).content.decode()
    assert Job.objects.filter(kind=FIGURES_JOB).count() == 1
    Job.objects.filter(kind=FIGURES_JOB).delete()
    return shown


@pytest.mark.slow
def test_many_rows_give_the_same_figures_as_one_by_one(school_class):
    """The counted rows of the measuring factory, read as attempts that were really taken."""
    quiz = make.quiz([make.of_type(one) for one in ("single", "statements", "matching", "short")])
    opening = make.opening(quiz)
    spread.many(quiz, opening, attempts=400, classes=[school_class.uuid])
    figures = read(quiz)
    assert figures.attempts == 400
    for one in figures.questions:
        rows = Answer.objects.filter(question_key=UUID(one.id))
        assert one.items.facility == pytest.approx(sum(float(row.fraction) for row in rows) / 400)
        assert one.blank.all == 400 - rows.count()

"""Texts that a person marks: who sees which, points and rubrics, comments, and what the pupil reads."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from cms.audit.models import AuditEvent
from quizzes import problems
from quizzes.models import Answer, Criterion, EarlierResult, Marking, Rubric
from quizzes.operations import mark_answer, reopen_attempt, save_answers, start_attempt, submit_attempt
from quizzes.queries.marking import piles_of, sheet_to_mark
from quizzes.signals import attempt_finished
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db
TEXT = "Em mở VNeID rồi đọc từng mục cho bà nghe."


@pytest.fixture
def rubric(db):
    rubric = Rubric(title="Bài viết ngắn")
    rubric.criteria = [
        Criterion(title="Đúng việc", points=3, anchors="3: nêu đủ các bước", sort_order=0),
        Criterion(title="Dễ hiểu", points=1, sort_order=1),
    ]
    rubric.save()
    return rubric


def quiz_with(**fields):
    quiz = make.quiz([make.question(), make.of_type("long", **fields)])
    make.opening(quiz)
    return quiz


@pytest.fixture
def quiz(db):
    return quiz_with()


def written(user, quiz, text=TEXT):
    """An ended attempt: the choice right, the text as given."""
    attempt, _new = start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=f"{user.pk}-{quiz.pk}")
    choice, long = attempt.paper.document["questions"]
    right = next(option["id"] for option in choice["options"] if option["correct"])
    saves = [(choice["id"], 1, right, None), (long["id"], 1, text, None)]
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    return submit_attempt(user=user, attempt_uuid=attempt.uuid)


def long_of(attempt) -> UUID:
    return UUID(attempt.paper.document["questions"][1]["id"])


def page_of(user) -> Client:
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(user)
    return client


def desk(attempt) -> str:
    return reverse("quiz_mark", args=[attempt.quiz_key, long_of(attempt), attempt.uuid])


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_points_and_a_comment_end_the_waiting(quiz, pupil, teacher):
    attempt = written(pupil, quiz)
    assert (attempt.score, attempt.needs_marking) == (1, True)
    heard = []

    def listen(sender, attempt, change, **kwargs):
        heard.append((attempt.pk, change, attempt.score))

    attempt_finished.connect(listen)
    mark_answer(attempt=attempt, question_key=long_of(attempt), points=Decimal("0.5"), comment=" Rõ ý ", marker=teacher)
    attempt_finished.disconnect(listen)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.needs_marking) == (Decimal("1.5"), False)
    assert Answer.objects.get(question_key=long_of(attempt)).fraction == Decimal("0.5")
    assert heard == [(attempt.pk, "marked", Decimal("1.50"))]
    assert Marking.objects.get().comment == "Rõ ý"
    assert AuditEvent.objects.get(action="mark_answer").actor == teacher.uuid
    # It was never shown as a whole result: there is nothing old to keep.
    assert not EarlierResult.objects.exists()


def test_marked_again_the_newest_counts_and_the_old_result_is_kept(quiz, pupil, teacher):
    attempt = written(pupil, quiz)
    for points in ("1", "1", "0.25"):
        mark_answer(attempt=attempt, question_key=long_of(attempt), points=Decimal(points), marker=teacher)
    attempt.refresh_from_db()
    assert attempt.score == Decimal("1.25")
    # The second was the first sent twice.
    assert Marking.objects.count() == 2
    assert [row.score for row in EarlierResult.objects.all()] == [2]


def test_a_rubric_adds_up_to_its_share(rubric, pupil, teacher):
    attempt = written(pupil, quiz_with(rubric=rubric))
    first, second = (str(one.uuid) for one in rubric.criteria.all())
    given = {first: Decimal(2), second: Decimal(1)}
    marking = mark_answer(attempt=attempt, question_key=long_of(attempt), points_by_criterion=given, marker=teacher)
    attempt.refresh_from_db()
    assert (marking.fraction, attempt.score) == (Decimal("0.75"), Decimal("1.75"))
    assert marking.points_by_criterion == {first: "2", second: "1"}
    for wrong in ({first: Decimal(4), second: Decimal(0)}, {first: Decimal(1)}, {}):
        with pytest.raises(problems.BadPoints):
            mark_answer(attempt=attempt, question_key=long_of(attempt), points_by_criterion=wrong, marker=teacher)


@pytest.mark.parametrize("points", [Decimal(-1), Decimal("1.01"), None])
def test_points_beyond_the_question(points, quiz, pupil, teacher):
    attempt = written(pupil, quiz)
    with pytest.raises(problems.BadPoints):
        mark_answer(attempt=attempt, question_key=long_of(attempt), points=points, marker=teacher)
    assert not Marking.objects.exists()


def test_what_no_person_marks(quiz, pupil, teacher):
    attempt = written(pupil, quiz)
    choice = UUID(attempt.paper.document["questions"][0]["id"])
    with pytest.raises(problems.NothingToMark):
        mark_answer(attempt=attempt, question_key=choice, points=Decimal(0), marker=teacher)
    reopen_attempt(attempt=attempt, seconds=600, reason="Mất mạng", granted_by=teacher)
    with pytest.raises(problems.NothingToMark):
        mark_answer(attempt=attempt, question_key=long_of(attempt), points=Decimal(1), marker=teacher)


def test_the_queue_and_the_desk_on_the_page(quiz, pupil, other_pupil, teacher):
    attempts = [written(pupil, quiz), written(other_pupil, quiz, "Em gọi tổng đài.")]
    client = page_of(teacher)
    queue = reverse("quiz_marking")
    assert "2 bài chờ chấm" in text(client.get(queue))
    first = client.get(reverse("quiz_pile", args=[quiz.quiz_key, long_of(attempts[0])])).url
    shown = text(client.get(first))
    assert "Bài 1/2" in shown
    # Blind unless asked for.
    for one in attempts:
        assert one.user.get_full_name() not in shown
    named = text(client.get(f"{first}?names=1"))
    assert any(one.user.get_full_name() in named for one in attempts)
    refused = client.post(first, {"points": "7", "comment": ""})
    assert refused.status_code == 422
    assert not Marking.objects.exists()
    second = client.post(first, {"points": "0,5", "comment": "Tốt"}).url
    assert second != first
    assert client.post(f"{second}?names=1", {"points": "1", "comment": ""}).url == queue
    assert "đã chấm hết" in text(client.get(queue))
    # What was given stands in the form when it is opened again.
    assert 'value="0,5"' in text(client.get(first))


def test_an_answer_is_only_for_those_who_grade_its_class(quiz, pupil, teacher, other_teacher):
    attempt = written(pupil, quiz)
    assert page_of(teacher).get(desk(attempt)).status_code == 200
    for user in (pupil, other_teacher):
        client = page_of(user)
        assert client.get(desk(attempt)).status_code == 404
        assert client.post(desk(attempt), {"points": "1"}).status_code == 404
        assert client.get(reverse("quiz_pile", args=[quiz.quiz_key, long_of(attempt)])).status_code == 404
    assert page_of(pupil).get(reverse("quiz_marking")).status_code == 404
    assert TEXT not in text(page_of(other_teacher).get(reverse("quiz_marking")))
    assert piles_of(other_teacher, "vi") == []
    assert Client().get(desk(attempt)).status_code == 302
    assert not Marking.objects.exists()


def test_the_pupil_reads_that_it_waits_and_then_the_comment(quiz, pupil, teacher):
    attempt = written(pupil, quiz)
    result, slip = reverse("quiz_result", args=[attempt.uuid]), reverse("receipt", args=[attempt.receipt_code])
    client = page_of(pupil)
    assert "Đang chờ chấm" in text(client.get(result))
    assert "đang chờ chấm" in text(client.get(f"{slip}?language=vi"))
    mark_answer(
        attempt=attempt, question_key=long_of(attempt), points=Decimal(1), comment="Em viết rõ.", marker=teacher
    )
    after = text(client.get(result))
    assert "Em viết rõ." in after
    assert "Đang chờ chấm" not in after
    assert "đang chờ chấm" not in text(client.get(f"{slip}?language=vi"))


@pytest.mark.parametrize("count", [1, 3])
def test_queue_and_desk_cost_as_much_for_one_as_for_many(count, quiz, school_class, teacher, django_assert_num_queries):
    attempts = [written(make.pupil(school_class), quiz) for _number in range(count)]
    question = long_of(attempts[0])
    piles_of(teacher, "vi")
    # the answers by question
    with django_assert_num_queries(1):
        assert piles_of(teacher, "vi")[0].waiting == count
    # the pile; the attempt with its pupil; the marking
    with django_assert_num_queries(3):
        sheet_to_mark(teacher, quiz.quiz_key, question, attempts[0].uuid, "vi")

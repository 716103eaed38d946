"""A question on the wall: asked by a teacher, answered by phones without an account, counted, told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import ClassPoll, PollAnswer
from courses.operations import polls
from courses.operations.privacy import OWN
from courses.problems import PollClosed, PollFull
from quizzes.operations import open_quiz
from quizzes.queries.asking import typed_question
from tests.courses.test_papers import CHECK
from tests.factories import courses as make
from tests.factories.quizzes import signed

OPTIONS = [("x", "Tự gõ địa chỉ", True, ""), ("y", "Bấm liên kết trong tin nhắn", False, "")]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def put(user, *, options=OPTIONS, **fields) -> ClassPoll:
    question = typed_question(key="q", stem="Em vào Cổng bằng cách nào?", options=options, language="vi")
    return polls.ask_class(user=user, question=question, language="vi", **{"key": uuid4()} | fields)


def wall(poll) -> str:
    return reverse("courses:poll", args=[poll.uuid])


@pytest.fixture
def classroom(db):
    return make.classroom(2)


@pytest.fixture
def teacher(classroom):
    return classroom[1]


@pytest.mark.slow
def test_a_lesson_s_question_from_the_slides_to_the_right_answer(classroom):
    school_class, teacher, pupils = classroom
    quiz = signed(make.quiz(1))
    lesson = make.lesson(make.course(0), "Bài có câu hỏi", body=[{"id": str(uuid4()), **CHECK}], quiz=quiz)
    cache.clear()
    slides, ask = (reverse(f"courses:{name}", args=[lesson.translation_key]) for name in ("slides", "ask_lesson"))
    assert ask in signed_in(teacher).get(slides).text
    assert ask not in Client().get(slides).text
    assert ask not in signed_in(pupils[0]).get(slides).text
    assert signed_in(pupils[0]).get(ask).status_code == 404

    desk = signed_in(teacher)
    page = page_of(desk.get(ask))
    asked = [button["value"] for button in page.select("button[name=question]")]
    assert [asked[0], len(asked)] == [lesson.body[0].id, 2], "the self-check, and the question of the lesson's quiz"
    open_quiz(quiz_key=quiz.quiz_key, context_kind="contest", context_key="hoi-thi", audience={"kind": "everyone"})
    assert len(page_of(desk.get(ask)).select("button[name=question]")) == 1, "what a contest asks keeps its key"
    form = {"key": page.select_one("input[name=key]")["value"], "school_class": str(school_class.uuid)}
    assert desk.post(ask, form | {"question": str(uuid4())}).status_code == 404
    first = desk.post(ask, form | {"question": asked[0]})
    again = desk.post(ask, form | {"question": asked[0]})
    assert first["Location"] == again["Location"], "a second press is the first one"
    poll = ClassPoll.objects.get()
    assert (poll.asked_by, poll.school_class, poll.lesson_key) == (teacher, school_class, lesson.translation_key)

    shown = desk.get(wall(poll))
    assert "is-right" not in shown.text
    assert "Không phải đến quầy" not in shown.text
    assert f"{poll.code[:3]} {poll.code[3:]}" in shown.text
    # Two phones, one of which thinks again; a third keeps no cookies and sends its form twice.
    address = reverse("poll_answer", args=[poll.code.lower()])
    phones = [Client(enforce_csrf_checks=True) for _ in range(2)]
    toan, mot = (option["id"] for option in poll.question["options"])
    field = poll.question["id"]
    for phone in phones:
        assert phone.get(address).status_code == 200
        assert "Đã nhận câu trả lời" in phone.post(address, {field: mot}).text
    assert page_of(phones[0].get(address)).select_one("input[checked]")["value"] == mot
    phones[0].post(address, {field: toan})
    number = page_of(Client().get(address)).select_one("input[name=phone]")["value"]
    for _press in range(2):
        Client().post(address, {field: toan, "phone": number})
    assert Client().post(address, {field: "no such option"}).status_code == 422
    assert Client().post(address, {}).status_code == 422
    count = reverse("courses:poll_count", args=[poll.uuid])
    assert desk.get(count).json() == {"answered": 3, "open": True}
    assert number not in str(list(PollAnswer.objects.values())), "what tells phones apart is a hash"

    assert desk.post(wall(poll), {"do": "close"}).status_code == 302
    assert desk.get(count).json() == {"answered": 3, "open": False}
    assert not PollAnswer.objects.exists(), "numbers stay, rows go"
    poll.refresh_from_db()
    assert (poll.answered, poll.counts) == (3, {toan: 2, mot: 1})
    bars = page_of(desk.get(wall(poll)))
    assert [cell.get_text(" ", strip=True) for cell in bars.select(".poll-bars__number")] == ["2 (67%)", "1 (33%)"]
    assert not bars.select(".is-right")
    assert "2 học sinh" in bars.text and bars.select_one(".wall__note"), "three phones of two pupils"
    assert phones[1].post(address, {field: mot}).status_code == 409
    assert "đã đóng" in Client().get(address).text

    desk.post(wall(poll), {"do": "reveal"})
    told = page_of(desk.get(wall(poll)))
    assert [row.th.text.split()[0] for row in told.select("tr.is-right")] == ["A"]
    assert "Không phải đến quầy" in told.text
    assert desk.post(wall(poll), {"do": "again"}).status_code == 302
    later = ClassPoll.objects.get(closed_at=None)
    assert (later.question, later.school_class, later.answered) == (poll.question, school_class, 0)
    kept = desk.get(reverse("courses:polls")).text
    assert kept.count("Nhận kết quả qua bưu điện là loại nào?") >= 2
    assert "Bài có câu hỏi" in kept


@pytest.mark.django_db
def test_it_is_one_s_own(classroom, teacher):
    poll = put(teacher)
    _other_class, stranger, _pupils = make.classroom(1)
    colleague = make.teacher(make.school_class("11A1"), "Võ Văn Mít")
    for user in (stranger, colleague, classroom[2][0]):
        client = signed_in(user)
        assert client.get(wall(poll)).status_code == 404
        assert client.post(wall(poll), {"do": "close"}).status_code == 404
        assert client.get(reverse("courses:poll_count", args=[poll.uuid])).status_code == 404
    assert "Em vào Cổng" not in signed_in(colleague).get(reverse("courses:polls")).text
    assert signed_in(teacher).post(wall(poll), {"do": "explode"}).status_code == 404
    # A class that is not hers is no class to choose.
    form = {"key": str(uuid4()), "school_class": str(classroom[0].uuid), "stem": "?", "option_A": "a", "option_B": "b"}
    assert signed_in(stranger).post(reverse("courses:ask_own"), form).status_code == 422


@pytest.mark.django_db
def test_a_question_of_one_s_own(teacher):
    desk, own = signed_in(teacher), reverse("courses:ask_own")
    form = {"key": str(uuid4()), "stem": "Điều nào đúng?", "school_class": ""}
    for wrong in (
        {"option_A": "một mình"},
        {"option_A": "a", "option_B": "a"},
        {"option_A": "a", "option_B": "b", "right_C": "on"},
        {"stem": " ", "option_A": "a", "option_B": "b"},
    ):
        response = desk.post(own, form | wrong)
        assert response.status_code == 422
        assert page_of(response).select_one(".field__error")
    desk.post(own, form | {"option_A": "a", "right_A": "on", "option_B": "b", "option_D": "d", "right_D": "on"})
    poll = ClassPoll.objects.get()
    assert poll.question["type"] == "multiple"
    phone, address = Client(), reverse("poll_answer", args=[poll.code])
    phone.post(address, {poll.question["id"]: ["A", "D"]})
    assert poll.answers.get().value == ["A", "D"]
    # The next question closes this one; without a right answer there is none to show.
    desk.post(own, form | {"key": str(uuid4()), "option_A": "thích", "option_B": "không"})
    poll.refresh_from_db()
    assert (poll.answered, poll.counts) == (1, {"A": 1, "D": 1})
    views = ClassPoll.objects.get(closed_at=None)
    desk.post(wall(views), {"do": "close"})
    assert not page_of(desk.get(wall(views))).select("button[value=reveal]")


@pytest.mark.slow
@pytest.mark.django_db
def test_it_ends_by_itself_and_takes_no_flood(teacher, monkeypatch):
    poll = put(teacher)
    monkeypatch.setattr(polls, "MOST_ANSWERS", 2)
    for phone in "ab":
        polls.answer_poll(poll=poll, device=phone, value=["x"])
    with pytest.raises(PollFull):
        polls.answer_poll(poll=poll, device="c", value=["x"])
    polls.answer_poll(poll=poll, device="a", value=["y"])
    ClassPoll.objects.update(opened_at=timezone.now() - timedelta(hours=2), expires_at=timezone.now())
    with pytest.raises(PollClosed):
        polls.answer_poll(poll=poll, device="a", value=["x"])
    assert "đã đóng" in Client().get(reverse("poll_answer", args=[poll.code])).text
    assert OWN.forget(timezone.now()) == 1
    poll.refresh_from_db()
    assert (poll.answered, poll.counts) == (2, {"x": 1, "y": 1})
    assert not PollAnswer.objects.exists()

    cache.clear()
    codes = [Client().get(reverse("poll_answer", args=[f"AAAA{number:02}"])).status_code for number in range(101)]
    assert codes == [404] * 100 + [429]
    cache.clear()
    assert OWN.export(teacher)["questions_to_classes"][0]["answered"] == 2
    OWN.erase(teacher)
    assert not ClassPoll.objects.exists()


@pytest.mark.django_db
def test_the_database_keeps_the_rules(teacher):
    poll = put(teacher)
    wrongs = ({"answered": 3}, {"revealed_at": timezone.now()}, {"expires_at": poll.opened_at})
    for wrong in wrongs:
        with pytest.raises(IntegrityError), transaction.atomic():
            ClassPoll.objects.filter(pk=poll.pk).update(**wrong)
    ClassPoll.objects.update(closed_at=timezone.now())
    put(teacher)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClassPoll.objects.update(closed_at=None)


@pytest.mark.django_db
def test_queries_do_not_grow_with_rows(teacher):
    desk = signed_in(teacher)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            put(teacher)
        desk.get(reverse("courses:polls"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            desk.get(reverse("courses:polls"))
        counts.append(len(seen))
    assert counts[0] == counts[1], counts


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_forty_five_phones_at_once_lose_no_answer():
    _school_class, teacher, _pupils = make.classroom(0)
    poll = put(teacher)
    address = reverse("poll_answer", args=[poll.code])
    barrier = Barrier(45)

    def press(number: int) -> int:
        barrier.wait()
        try:
            return Client().post(address, {"q": "xy"[number % 2]}).status_code
        finally:
            connections.close_all()

    if connection.vendor == "sqlite":
        connection.close()
    with ThreadPoolExecutor(45) as pool:
        assert list(pool.map(press, range(45))) == [200] * 45
    assert polls.close_poll(poll=poll).counts == {"x": 23, "y": 22}

"""The pages around a quiz in a real browser: marking by keyboard, helping a class, corrections, review without a script."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from quizzes.models import Attempt, Criterion, Marking, ReviewCard, Rubric
from quizzes.operations import note_attempt, save_answers, start_attempt, submit_attempt
from tests.factories import quizzes as make
from tests.factories import schools as people

pytestmark = pytest.mark.browser


@pytest.fixture
def school_class(live_site):
    return make.school_class()


@pytest.fixture
def quiz(live_site):
    rubric = Rubric(title="Bài viết ngắn")
    rubric.criteria = [
        Criterion(title="Đúng việc", points=3, anchors="3: nêu đủ các bước", sort_order=0),
        Criterion(title="Dễ hiểu", points=1, sort_order=1),
    ]
    rubric.save()
    quiz = make.quiz([make.question(), make.of_type("matching"), make.of_type("long", rubric=rubric)])
    make.opening(quiz, closes_at=timezone.now() + timedelta(hours=3))
    return quiz


def written(user, quiz) -> Attempt:
    attempt = start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=str(uuid4()))[0]
    choice, _pairs, long = attempt.paper.document["questions"]
    wrong = next(option["id"] for option in choice["options"] if not option["correct"])
    saves = [(choice["id"], 1, wrong, None), (long["id"], 1, "Em mở VNeID rồi đọc từng mục cho bà nghe.", None)]
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    return submit_attempt(user=user, attempt_uuid=attempt.uuid)


def test_two_answers_are_marked_by_keyboard(desktop, sign_in, quiz, school_class, look):
    page, teacher = desktop, make.teacher(school_class)
    for _number in range(2):
        written(make.pupil(school_class), quiz)
    sign_in(page, teacher)
    page.goto("/vi/quiz/marking/")
    look(page, "marking-queue")
    page.locator("main .card a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/marking/*/*/*/")
    look(page, "marking-desk")
    first = page.url
    page.locator("main form input[type=text]").first.focus()
    for typed in ("2,5", "1", "Em viết rõ, lần sau nêu thêm bước trả kết quả."):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != first)
    assert [str(one.fraction) for one in Marking.objects.all()] == ["0.875000"]


def test_a_class_is_helped(desktop, sign_in, quiz, school_class, look):
    page, teacher = desktop, make.teacher(school_class)
    written(make.pupil(school_class), quiz)
    make.pupil(school_class, "Lò Văn Bun")
    sign_in(page, teacher)
    page.goto(f"/vi/quiz/rescue/{quiz.quiz_key}/{school_class.uuid}/")
    page.locator("label", has_text="Mở lại lượt cuối").click()
    page.locator("label", has_text="Mất mạng").click()
    look(page, "rescue")
    page.locator("main form button").click()
    page.locator("h2#given").wait_for()
    assert Attempt.objects.get().is_open


def test_a_question_is_cancelled(desktop, sign_in, quiz, school_class, look):
    page = desktop
    written(make.pupil(school_class), quiz)
    sign_in(page, people.make_with_role("editor"))
    page.goto(f"/vi/quiz/{quiz.quiz_key}/corrections/")
    look(page, "corrections")
    page.locator("main a", has_text="Huỷ câu này").first.click()
    page.locator("input[name=reason]").fill("Đề in nhầm")
    look(page, "cancel-question")
    page.locator("main form button").first.click()
    page.wait_for_url("**/jobs/*/")
    look(page, "regrade")
    assert Attempt.objects.get().score == 1


def test_review_card_by_card(phone, sign_in, quiz, school_class, look):
    page, pupil = phone, make.pupil(school_class)
    note_attempt(attempt=Attempt.objects.select_related("opening").get(pk=written(pupil, quiz).pk))
    ReviewCard.objects.update(due_on=timezone.localdate())
    sign_in(page, pupil)
    for card in ("choice", "pairs"):
        page.goto("/vi/quiz/review/")
        look(page, f"review-{card}")
        if card == "choice":
            page.locator("main .choice label").first.click()
        else:
            for number in range(page.locator("main select").count()):
                page.locator("main select").nth(number).select_option(index=1)
        page.locator("main form button").click()
        page.locator("main .notice").first.wait_for()
        look(page, f"review-{card}-checked")
    assert not ReviewCard.objects.filter(due_on=timezone.localdate()).exists()

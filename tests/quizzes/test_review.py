"""Spaced review: what was missed comes back after 1, 3, 7, 14 and 30 days, is checked on the server, and counts nowhere."""

from copy import deepcopy
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quizzes import problems
from quizzes.models import Attempt, Opening, Question, ReviewCard
from quizzes.operations import (
    answer_card,
    cancel_question,
    freeze_paper,
    note_attempt,
    note_finished_attempts,
    regrade,
    save_answers,
    start_attempt,
    submit_attempt,
)
from quizzes.queries.review import controls, forget_due, shown, value_of
from tests.factories import quizzes as make

pytestmark = pytest.mark.django_db
REVIEW = "/vi/quiz/review/"


@pytest.fixture(scope="module")
def quiz_made(shared_database):
    quiz = make.quiz(3)
    make.opening(quiz)
    return quiz


@pytest.fixture
def quiz(db, quiz_made):
    return deepcopy(quiz_made)


def take(user, quiz, *, right=(), wrong=()) -> Attempt:
    attempt, _new = start_attempt(user=user, quiz_key=quiz.quiz_key, idempotency_key=str(uuid4()))
    saves = []
    for place in (*right, *wrong):
        question = attempt.paper.document["questions"][place]
        option = next(one["id"] for one in question["options"] if one["correct"] is (place in right))
        saves.append((question["id"], 1, option, None))
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    return submit_attempt(user=user, attempt_uuid=attempt.uuid)


def test_each_ended_attempt_is_noted_once_and_one_that_runs_is_not(quiz, pupil, caplog):
    broken, running = take(pupil, quiz, wrong=[1]), make.pupil(make.school_class("10A2"))
    start_attempt(user=running, quiz_key=quiz.quiz_key, idempotency_key="k")
    assert (note_finished_attempts(), note_finished_attempts()) == (1, 0)
    Attempt.objects.filter(pk=broken.pk).update(noted_at=None, answers={"no such question": {}})
    take(running, quiz, wrong=[2])
    assert note_finished_attempts() == 1
    assert "could not be noted" in caplog.text
    assert ReviewCard.objects.filter(user=running).count() == 3


def make_due(card: ReviewCard) -> ReviewCard:
    ReviewCard.objects.filter(pk=card.pk).update(due_on=timezone.localdate())
    forget_due(card.user_id)
    card.refresh_from_db()
    return card


def options_of(card: ReviewCard) -> tuple[str, str]:
    """The right option of a card's question and a wrong one."""
    question = next(one for one in card.paper.document["questions"] if one["id"] == str(card.question_key))
    return tuple(next(one["id"] for one in question["options"] if one["correct"] is right) for right in (True, False))


def page_of(user) -> Client:
    client = Client(headers={"Accept-Language": "vi"})
    client.force_login(user)
    return client


def test_an_attempt_leaves_cards_of_what_was_missed(quiz, pupil):
    attempt = take(pupil, quiz, right=[0], wrong=[1])
    assert note_finished_attempts() == 1
    asked = [question["id"] for question in attempt.paper.document["questions"]]
    cards = {str(card.question_key): card for card in ReviewCard.objects.filter(user=pupil)}
    # The wrong one and the one left out; due tomorrow.
    assert set(cards) == {asked[1], asked[2]}
    assert {(card.box, card.missed) for card in cards.values()} == {(0, 1)}
    assert {card.due_on for card in cards.values()} == {timezone.localdate() + timedelta(days=1)}
    # Noted a second time, nothing moves.
    assert note_attempt(attempt=attempt) == 0
    assert {card.missed for card in ReviewCard.objects.all()} == {1}


def test_a_later_attempt_moves_them(quiz, pupil):
    note_attempt(attempt=take(pupil, quiz, right=[0], wrong=[1]))
    note_attempt(attempt=take(pupil, quiz, right=[0, 1], wrong=[2]))
    boxes = {card.box: card.missed for card in ReviewCard.objects.all()}
    assert boxes == {1: 1, 0: 2}


def test_who_answered_nothing_practises_nothing(quiz, pupil):
    assert note_attempt(attempt=take(pupil, quiz)) == 0


@pytest.mark.parametrize("feedback", ["score_only", "nothing"])
def test_a_key_that_is_never_shown_is_not_practised(feedback, pupil):
    quiz = make.quiz(2, feedback=feedback)
    make.opening(quiz)
    assert note_attempt(attempt=take(pupil, quiz, wrong=[0])) == 0


def test_after_a_contest_nothing_and_before_the_close_not_yet(pupil):
    quiz = make.quiz(1, feedback="after_close")
    opening = make.opening(quiz, closes_at=timezone.now() + timedelta(days=5))
    attempt = take(pupil, quiz, wrong=[0])
    note_attempt(attempt=attempt)
    assert ReviewCard.objects.get().due_on == timezone.localdate(opening.closes_at) + timedelta(days=1)
    ReviewCard.objects.all().delete()
    attempt.context_kind = Opening.Kind.CONTEST
    assert note_attempt(attempt=attempt) == 0


def test_a_cancelled_question_is_no_mistake(quiz, pupil, teacher):
    attempt = take(pupil, quiz, right=[0, 1], wrong=[2])
    key = attempt.paper.document["questions"][2]["id"]
    cancel_question(quiz_key=quiz.quiz_key, question_key=key, reason="Sai đề", actor=teacher)
    assert note_attempt(attempt=attempt) == 0


def test_through_the_boxes_and_gone(quiz, pupil):
    note_attempt(attempt=take(pupil, quiz, right=[0, 1], wrong=[2]))
    card = ReviewCard.objects.get()
    right, wrong = options_of(card)
    for days in (3, 7, 14, 30):
        checked = answer_card(user=pupil, card_id=make_due(card).pk, value=right)
        assert (checked.right, checked.learned) == (True, False)
        assert checked.due_on == timezone.localdate() + timedelta(days=days)
    # Sent twice: only checked.
    assert answer_card(user=pupil, card_id=card.pk, value=wrong).due_on == checked.due_on
    back = answer_card(user=pupil, card_id=make_due(card).pk, value=wrong)
    assert (back.right, back.due_on) == (False, timezone.localdate() + timedelta(days=1))
    ReviewCard.objects.update(box=4)
    assert answer_card(user=pupil, card_id=make_due(card).pk, value=right).learned
    assert not ReviewCard.objects.exists()


def test_a_mended_key_is_the_one_that_is_practised(quiz, pupil):
    note_attempt(attempt=take(pupil, quiz, right=[0, 1], wrong=[2]))
    card = make_due(ReviewCard.objects.get())
    _right, wrong = options_of(card)
    for option in Question.objects.get(translation_key=card.question_key).options.all():
        option.is_correct = str(option.translation_key) == wrong
        option.save()
    freeze_paper(quiz_key=quiz.quiz_key)
    assert answer_card(user=pupil, card_id=card.pk, value=wrong).right


def test_a_corrected_key_drops_and_adds_cards(quiz, pupil, other_pupil):
    """Whoever was right all along loses the card, whoever is wrong now gets one; what was practised since stays."""
    third = make.pupil(name="Vừ A Páo")
    attempts = {
        user.pk: take(user, quiz, right=[0, 1] + [2] * (user == other_pupil), wrong=[2] * (user != other_pupil))
        for user in (pupil, other_pupil, third)
    }
    for attempt in attempts.values():
        note_attempt(attempt=attempt)
    practised = make_due(ReviewCard.objects.get(user=third))
    right, wrong = options_of(practised)
    answer_card(user=third, card_id=practised.pk, value=right)
    assert set(ReviewCard.objects.values_list("user", flat=True)) == {pupil.pk, third.pk}
    for option in Question.objects.get(translation_key=practised.question_key).options.all():
        option.is_correct = str(option.translation_key) == wrong
        option.save()
    key = freeze_paper(quiz_key=quiz.quiz_key)
    for _twice in range(2):
        regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Đáp án sai", key_id=key.pk)
        assert set(ReviewCard.objects.values_list("user", flat=True)) == {other_pupil.pk, third.pk}
    added = ReviewCard.objects.get(user=other_pupil)
    assert (added.box, added.due_on) == (0, timezone.localdate() + timedelta(days=1))
    assert answer_card(user=other_pupil, card_id=added.pk, value=wrong).right


def test_a_cancelled_question_takes_its_cards_back(quiz, pupil, teacher):
    attempt = take(pupil, quiz, right=[0], wrong=[1, 2])
    note_attempt(attempt=attempt)
    kept, gone = (UUID(attempt.paper.document["questions"][place]["id"]) for place in (1, 2))
    cancel_question(quiz_key=quiz.quiz_key, question_key=gone, reason="Sai đề", actor=teacher)
    regrade(quiz_key=quiz.quiz_key, change_key=uuid4(), reason="Sai đề")
    assert list(ReviewCard.objects.values_list("question_key", flat=True)) == [kept]


def test_a_card_is_its_owners(quiz, pupil, other_pupil):
    note_attempt(attempt=take(pupil, quiz, right=[0, 1], wrong=[2]))
    card = make_due(ReviewCard.objects.get())
    with pytest.raises(problems.NoSuchQuestion):
        answer_card(user=other_pupil, card_id=card.pk, value=options_of(card)[0])
    stranger = page_of(other_pupil)
    assert "Câu hỏi số" not in stranger.get(REVIEW).content.decode()
    stranger.post(REVIEW, {"card": card.pk, "value": options_of(card)[0]})
    card.refresh_from_db()
    assert (card.box, card.due_on) == (0, timezone.localdate())
    assert Client().get(REVIEW).status_code == 302
    assert stranger.post(REVIEW, {"card": "x"}).status_code == 404


def test_the_page_without_a_script(quiz, pupil):
    note_attempt(attempt=take(pupil, quiz, right=[0], wrong=[1]))
    for card in ReviewCard.objects.all():
        make_due(card)
    client = page_of(pupil)
    first = client.get(REVIEW)
    assert "kết thúc bằng .gov.vn" not in first.content.decode()
    card = first.context["card"]
    _right, wrong = options_of(card)
    assert client.post(REVIEW, {"card": card.pk}).status_code == 422
    told = client.post(REVIEW, {"card": card.pk, "value": wrong}).content.decode()
    assert "Chưa đúng" in told
    assert "dichvucong.gov.vn" in told
    assert "kết thúc bằng .gov.vn" in told
    second = client.get(REVIEW).context["card"]
    assert second.pk != card.pk
    assert "Đúng" in client.post(REVIEW, {"card": second.pk, "value": options_of(second)[0]}).content.decode()
    assert "Hôm nay không có câu nào" in client.get(REVIEW).content.decode()
    # Nothing of it is an attempt.
    assert Attempt.objects.count() == 1


def test_todays_page_leads_there_when_a_card_is_due(quiz, pupil):
    client = page_of(pupil)
    note_attempt(attempt=take(pupil, quiz, right=[0, 1], wrong=[2]))
    today = reverse("courses:today")
    assert REVIEW not in client.get(today).content.decode()
    make_due(ReviewCard.objects.get())
    assert REVIEW in client.get(today).content.decode()


@pytest.mark.parametrize("type", [type for type in make.SHAPES if type != "long"])
def test_every_type_is_asked_and_checked_by_plain_controls(type, pupil):
    quiz = make.quiz([make.of_type(type)])
    make.opening(quiz)
    frozen = freeze_paper(quiz_key=quiz.quiz_key)
    [key, right] = next(iter(make.right_answers(quiz).items()))
    card = ReviewCard.objects.create(
        user=pupil, quiz_key=quiz.quiz_key, question_key=key, paper=frozen, due_on=timezone.localdate()
    )
    question = shown(card, "vi")
    post = {"card": [str(card.pk)]}
    for control in controls(question, right):
        chosen = [choice["value"] for choice in control["choices"] if choice["chosen"]]
        post[control["name"]] = [control["given"]] if control["kind"] == "text" else chosen
    client = page_of(pupil)
    assert client.get(REVIEW).status_code == 200
    assert client.post(REVIEW, {"card": card.pk}).status_code == 422
    answered = client.post(REVIEW, post)
    assert answered.context["checked"].right
    assert value_of(question, answered.wsgi_request.POST) is not None

"""The frame of a quiz in a real browser: the way through it, marks, the last question before the end, checking at once."""

import re
from pathlib import Path

import pytest
import yaml
from django.urls import reverse
from playwright.sync_api import expect

from quizzes.kinds import kind_of
from quizzes.models import QuizSection
from quizzes.operations import freeze_paper, load_quiz, start_attempt, submit_attempt
from quizzes.papers import paper
from tests.factories import quizzes as make

pytestmark = pytest.mark.browser
STARTER = sorted((Path(__file__).resolve().parents[2] / "courses" / "starter").glob("**/quiz.yaml"))


@pytest.fixture
def take(sign_in, live_site):
    """`take(page, questions, **rules)` opens a new attempt in the page."""

    def taken(page, questions=3, **rules):
        quiz = make.quiz(questions, **{"shuffle_options": False} | rules)
        make.opening(quiz)
        attempt, _made = start_attempt(user=make.pupil(), quiz_key=quiz.quiz_key, idempotency_key="k")
        sign_in(page, attempt.user)
        go(page, attempt)
        return attempt

    return taken


def go(page, attempt, where=""):
    page.goto(f"/vi/quiz/attempts/{attempt.uuid}/{where}")
    page.locator("[data-steps]:not([hidden])").wait_for()


def saved(page):
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "server", timeout=30_000)


def top_of(page, selector):
    return page.locator(selector).bounding_box()["y"]


def test_the_first_screen_and_the_way_to_the_end(phone, take, axe, screenshot):
    page = phone
    attempt = take(page, time_limit_minutes=15)
    expect(page.locator("#q-1 legend")).to_be_focused()
    # The bar stands at the lower edge, however short the question; nothing empty above the question.
    bar = page.locator("[data-steps]").bounding_box()
    assert abs(bar["y"] + bar["height"] - 740) <= 1
    head = page.locator(".quiz-bar").bounding_box()
    assert top_of(page, "#q-1 legend") - head["height"] <= 24
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("b")
    expect(page.locator("#q-1 [data-key]").nth(1)).to_be_checked()
    saved(page)

    flag = page.locator("#q-1 [data-flag]")
    flag.tap()
    expect(flag).to_contain_text("Đã đánh dấu")
    page.reload()
    page.locator("[data-steps]:not([hidden])").wait_for()
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "server")
    expect(flag).to_have_class(re.compile("is-flagged"))
    screenshot(page, "quiz-flagged-360")

    before = top_of(page, "[data-place]"), page.locator(".quiz-bar").bounding_box()["height"]
    page.context.set_offline(True)
    page.locator("#q-1 label").first.tap()
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "offline")
    assert (top_of(page, "[data-place]"), page.locator(".quiz-bar").bounding_box()["height"]) == before
    screenshot(page, "quiz-offline-360")
    page.context.set_offline(False)
    saved(page)

    page.locator("[data-all]").tap()
    page.locator("[data-submit]").tap()
    expect(page.locator("[data-sure-words]")).to_be_focused()
    expect(page.locator("[data-sure-words]")).to_have_text("Còn 2 câu chưa trả lời. Vẫn nộp?")
    for answer in ("[data-sure-no]", "[data-sure-yes]"):
        box = page.locator(answer).bounding_box()
        assert box["y"] + box["height"] <= page.locator(".quiz-foot").bounding_box()["y"], "the bar hides no answer"
    axe(page)
    screenshot(page, "quiz-sure-360")
    attempt.refresh_from_db()
    assert attempt.is_open
    page.keyboard.press("Escape")
    expect(page.locator("[data-submit]")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("[data-sure-no]").tap()
    expect(page.locator("#q-2 legend")).to_be_focused()
    page.locator("[data-all]").tap()
    page.locator("[data-submit]").tap()
    page.locator("[data-sure-yes]").tap()
    page.wait_for_url("**/result/")
    expect(page.locator("h1")).to_be_focused()
    screenshot(page, "quiz-result-ways-360")


def test_an_answer_is_checked_at_once_and_stays(phone, take, axe, screenshot):
    page = phone
    attempt = take(page, [make.question(), make.of_type("statements")], instant_feedback=True)
    assert "kết thúc bằng .gov.vn" not in page.content()
    page.locator("#q-1 [data-check]").tap()
    expect(page.locator("[data-name='check']")).to_be_visible()
    page.locator("#q-1 label").nth(1).tap()
    page.locator("#q-1 [data-check]").tap()
    expect(page.locator("#q-1 [data-outcome]")).to_be_focused()
    expect(page.locator("#q-1 [data-outcome]")).to_contain_text("Đã chọn – chưa đúng")
    axe(page)
    screenshot(page, "quiz-checked-360")
    page.reload()
    page.locator("[data-steps]:not([hidden])").wait_for()
    expect(page.locator("#q-1 [data-outcome]")).to_be_visible()
    page.keyboard.press("a")
    page.locator("[data-next]").tap()
    page.context.set_offline(True)
    page.locator("#q-2 label").first.tap()
    page.locator("#q-2 [data-check]").tap()
    expect(page.locator("[data-name='check']")).to_contain_text("Mất mạng")
    page.context.set_offline(False)
    saved(page)
    attempt.refresh_from_db()
    first = attempt.questions[0]
    assert attempt.answers[first[0]]["value"] == first[1][1]


def test_there_is_no_way_back(desktop, take, axe, screenshot):
    page = desktop
    attempt = take(page, navigation="sequential")
    expect(page.locator("[data-previous]")).to_be_hidden()
    page.locator("[data-next]").click()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#q-2")).to_be_visible()
    page.keyboard.press("a")
    saved(page)
    go(page, attempt, "#q-1")
    expect(page.locator("#q-2")).to_be_visible()
    expect(page.locator("#q-1")).to_be_hidden()
    axe(page)
    screenshot(page, "quiz-one-way-1280")


def test_all_questions_on_one_page_in_sections(desktop, sign_in, live_site, axe, screenshot):
    page = desktop
    quiz = make.quiz([make.question(), make.of_type("ordering"), make.of_type("gaps")], layout="all")
    quiz.sections = [
        QuizSection(title=title, introduction=words, locale=make.locale(), sort_order=place)
        for place, (title, words) in enumerate([("Phần I. Chọn", "Mỗi câu một ý."), ("Phần II. Làm", "")])
    ]
    quiz.save()
    for place, line in enumerate(quiz.quiz_questions.order_by("sort_order")):
        line.section = 1 if place == 0 else 2
        line.save()
    freeze_paper(quiz_key=quiz.quiz_key)
    make.opening(quiz)
    attempt, _made = start_attempt(user=make.pupil(), quiz_key=quiz.quiz_key, idempotency_key="k")
    sign_in(page, attempt.user)
    go(page, attempt)
    for number in (1, 2, 3):
        expect(page.locator(f"#q-{number}")).to_be_visible()
    expect(page.get_by_text("Phần II. Làm").locator("visible=true")).to_have_count(1)
    page.locator("#q-1 label").first.click()
    page.locator("#q-2 [data-move='1']").first.click()
    saved(page)
    axe(page)
    screenshot(page, "quiz-all-1280")
    attempt.refresh_from_db()
    assert attempt.answered == 2


def test_every_starter_question_fits_a_phone(phone, sign_in, live_site):
    """The page of each starter quiz with all its questions open, then its result: nothing is wider than the screen."""
    page = phone
    pupil = make.pupil()
    make.locale("en")
    sign_in(page, pupil)
    seen = 0
    for file in STARTER:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
        load_quiz(document)
        key = document["key"]
        make.open_quiz(quiz_key=key, context_kind="open", context_key=key, audience={"kind": "everyone"})
        attempt, _made = start_attempt(user=pupil, quiz_key=key, idempotency_key=key)
        go(page, attempt)
        page.evaluate("document.querySelectorAll('[data-question]').forEach((one) => { one.hidden = false; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, file
        seen += len(attempt.questions)
        for question in paper(attempt.paper_id).asked(attempt.questions):
            attempt.answers[question["id"]] = {
                "seq": 1,
                "value": kind_of(question).right(question),
                "answered_at": attempt.started_at.isoformat(),
            }
        attempt.save()
        submit_attempt(user=pupil, attempt_uuid=attempt.uuid)
        page.goto(reverse("quiz_result", args=[attempt.uuid]))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, file
    assert seen >= 20

"""A pupil takes a quiz in a real browser: by mouse and by keyboard, in two tabs, through reloads, without a line."""

import gzip
import re
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quizzes.models import Attempt
from quizzes.operations import start_attempt
from tests.factories import quizzes as make

pytestmark = pytest.mark.browser

# Everything newer than Chrome 80 and Safari 12.5 that a script could lean on.
FLOOR = """
for (const name of ["BroadcastChannel", "AbortController", "structuredClone", "ResizeObserver"]) delete window[name];
delete Element.prototype.replaceChildren;
delete Array.prototype.at; delete Array.prototype.flat; delete Object.fromEntries;
delete String.prototype.replaceAll; delete Promise.allSettled; delete Promise.any;
if (window.crypto) delete Crypto.prototype.randomUUID;
"""
NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined, configurable: true });"


@pytest.fixture
def pupil(live_site):
    return make.pupil(make.school_class())


@pytest.fixture
def quiz(live_site):
    questions = [make.question(english=True), make.true_false(english=True), make.multiple(english=True)]
    quiz = make.quiz(questions, english=True, time_limit_minutes=15, shuffle_options=False)
    make.opening(quiz)
    return quiz


@pytest.fixture
def attempt(quiz, pupil):
    return start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="from the test")[0]


def open_attempt(page, attempt, language="vi", where=""):
    page.goto(f"/{language}/quiz/attempts/{attempt.uuid}/{where}")
    page.locator("[data-steps]:not([hidden])").wait_for()


def state(page, name):
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", name, timeout=30_000)


def choose(page, text):
    page.locator("fieldset:visible label", has_text=text).first.click()


def forward(page):
    page.locator("[data-next]").click()


def right_options(attempt):
    """The ids of the right options, a list per question in the order asked."""
    from quizzes.papers import paper

    frozen = paper(attempt.paper_id)
    return [
        [option["id"] for option in frozen.by_id[one]["options"] if option["correct"]] for one, _o in attempt.questions
    ]


def pick(page, option):
    page.locator(f"label[for='{option}']").click()


def held(attempt):
    attempt.refresh_from_db()
    return {question: answer["value"] for question, answer in attempt.answers.items() if answer["value"] is not None}


def answer_all(page, attempt):
    for options in right_options(attempt):
        for option in options:
            pick(page, option)
        forward(page)


def submit_unfinished(page):
    """Submit although answers are missing: the page asks once."""
    page.locator("[data-all]").click()
    page.locator("[data-submit]").click()
    expect(page.locator("[data-sure-words]")).to_be_focused()
    page.locator("[data-sure-yes]").click()


def test_the_way_on_fits_a_small_phone_in_english(phone, sign_in, pupil, attempt):
    sign_in(phone, pupil)
    open_attempt(phone, attempt, "en")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    box = phone.locator("[data-next]").bounding_box()
    assert box["x"] + box["width"] <= 360
    assert box["height"] >= 44, "a thumb's width"


def test_from_the_door_to_the_receipt_by_touch(phone, sign_in, quiz, pupil, axe, screenshot):
    page = phone
    sign_in(page, pupil)
    page.goto(f"/vi/quiz/{quiz.quiz_key}/")
    axe(page)
    screenshot(page, "quiz-door-360")
    page.locator("main form button").click()
    page.locator("[data-steps]:not([hidden])").wait_for()
    axe(page)
    screenshot(page, "quiz-question-360")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    attempt = Attempt.objects.get()
    answer_all(page, attempt)
    state(page, "server")
    # This browser believes to be in UTC or wherever the machine stands; the pupil's day is the school's.
    saved_at = timezone.localtime(Attempt.objects.get().saved_at)
    expect(page.locator("[data-time]")).to_have_text(re.compile(rf"^{saved_at:%H}:\d\d:\d\d$"))
    axe(page)
    screenshot(page, "quiz-overview-360")
    page.locator("[data-submit]").click()
    page.wait_for_url("**/result/")
    axe(page)
    screenshot(page, "quiz-result-360")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == ("submitted", 3)
    page.goto(f"/receipts/{attempt.receipt_code}")
    axe(page)
    screenshot(page, "quiz-receipt-360")
    expect(page.locator(".receipt__code")).to_have_text(attempt.receipt_code)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_accessibility_faults_on_a_desktop(language, desktop, sign_in, quiz, attempt, pupil, axe, screenshot):
    page = desktop
    sign_in(page, pupil)
    for where in (f"/{language}/quiz/{quiz.quiz_key}/", f"/{language}/quiz/attempts/{attempt.uuid}/"):
        page.goto(where)
        axe(page)
    open_attempt(page, attempt, language)
    screenshot(page, f"quiz-question-1280-{language}")
    answer_all(page, attempt)
    page.locator("[data-submit]").click()
    page.wait_for_url("**/result/")
    axe(page)
    screenshot(page, f"quiz-result-1280-{language}")


def test_by_keyboard_only(desktop, sign_in, attempt, pupil):
    page = desktop
    sign_in(page, pupil)
    open_attempt(page, attempt)
    keys = page.keyboard

    def focused():
        return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")

    for _ in range(12):
        keys.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-question]') !== null"):
            break
    keys.press("a")
    assert page.evaluate("document.activeElement.checked")
    keys.press("ArrowRight")
    expect(page.locator("#q-2 legend")).to_be_focused()
    keys.press("2")
    keys.press("ArrowLeft")
    expect(page.locator("#q-1 legend")).to_be_focused()
    keys.press("ArrowRight")
    keys.press("1")
    keys.press("Enter")
    expect(page.locator("#q-3 legend")).to_be_focused()
    keys.press("a")
    keys.press("B")
    keys.press("b")
    keys.press("b")
    keys.press("ArrowRight")
    expect(page.locator("#overview-title")).to_be_focused()
    state(page, "server")
    for _ in range(12):
        keys.press("Tab")
        if page.evaluate("document.activeElement.hasAttribute('data-submit')"):
            break
    assert "Nộp" in focused() or "Submit" in focused()
    keys.press("Enter")
    page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.score, attempt.answered) == (3, 3)


def test_a_letter_typed_elsewhere_chooses_nothing(desktop, sign_in, attempt, pupil):
    page = desktop
    sign_in(page, pupil)
    open_attempt(page, attempt)
    page.locator("[data-all]").focus()
    page.keyboard.press("a")
    expect(page.locator("input:checked")).to_have_count(0)


def test_marks_survive_a_reload(desktop, sign_in, attempt, pupil):
    page = desktop
    sign_in(page, pupil)
    open_attempt(page, attempt)
    page.locator("#q-1 [data-flag]").click()
    forward(page)
    page.reload()
    page.locator("[data-steps]:not([hidden])").wait_for()
    expect(page.locator("#q-2")).to_be_visible()
    expect(page.locator("#q-1")).to_be_hidden()
    expect(page.locator("[data-go='1']")).to_have_class(re.compile("is-flagged"))


@pytest.mark.parametrize("cut", range(5))
def test_the_line_is_cut_at_every_step_and_no_answer_is_lost(cut, open_page, sign_in, attempt, pupil):
    """Steps: before the first answer, after the first, second, third, and at the moment of submitting."""
    page = open_page()
    sign_in(page, pupil)
    open_attempt(page, attempt)
    for number, options in enumerate(right_options(attempt)):
        if number == cut:
            page.context.set_offline(True)
        for option in options:
            pick(page, option)
        state(page, "server" if number < cut else "offline")
        forward(page)
    if cut == 3:
        page.context.set_offline(True)
    if cut < 4:
        before = len(held(attempt))
        assert before == min(cut, 3)
        if cut < 3:
            page.context.set_offline(False)
            state(page, "server")
            assert len(held(attempt)) == 3
            page.context.set_offline(True)
    else:
        page.context.set_offline(True)
    page.locator("[data-submit]").click()
    expect(page.locator("[data-notices] [data-name='submit']")).to_be_visible()
    attempt.refresh_from_db()
    assert attempt.is_open
    page.context.set_offline(False)
    page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.answered) == ("submitted", 3, 3)


def test_answers_that_reached_the_server_while_its_reply_was_lost_are_not_doubled(desktop, sign_in, attempt, pupil):
    page = desktop
    sign_in(page, pupil)
    open_attempt(page, attempt)
    lost = []

    def lose_the_reply(route):
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    page.route("**/answers", lose_the_reply, times=1)
    pick(page, right_options(attempt)[0][0])
    state(page, "server")
    assert lost
    attempt.refresh_from_db()
    assert [answer["seq"] for answer in attempt.answers.values()] == [1]
    page.route("**/submit", lose_the_reply, times=1)
    tries: list[float] = []
    page.on("request", lambda request: tries.append(time.monotonic()) if request.url.endswith("/submit") else None)
    submit_unfinished(page)
    page.wait_for_url("**/result/", timeout=30_000)
    assert Attempt.objects.get().state == "submitted"
    # A server that was started again is back in a second or two; the pupil does not wait longer than it.
    assert len(tries) == 2
    assert tries[1] - tries[0] < 4


def test_closing_and_opening_the_page_without_a_line_loses_nothing_and_submits_nothing(
    open_page, sign_in, attempt, pupil
):
    page = open_page()
    sign_in(page, pupil)
    open_attempt(page, attempt)
    page.context.set_offline(True)
    options = right_options(attempt)
    pick(page, options[0][0])
    state(page, "offline")
    page.close()
    assert held(attempt) == {}
    assert attempt.is_open
    again = page.context.new_page()
    page.context.set_offline(False)
    open_attempt(again, attempt)
    expect(again.locator(f"input[value='{options[0][0]}']")).to_be_checked()
    state(again, "server")
    assert len(held(attempt)) == 1


@pytest.mark.parametrize("old_browser", [False, True])
def test_two_tabs_converge(old_browser, open_page, sign_in, attempt, pupil):
    first = open_page()
    if old_browser:
        first.context.add_init_script(FLOOR)
    sign_in(first, pupil)
    second = first.context.new_page()
    open_attempt(first, attempt)
    open_attempt(second, attempt)
    options = right_options(attempt)
    wrong = next(one for one in attempt.questions[0][1] if one not in options[0])
    pick(first, wrong)
    expect(second.locator(f"input[value='{wrong}']")).to_be_checked()
    pick(second, options[0][0])
    expect(first.locator(f"input[value='{options[0][0]}']")).to_be_checked()
    state(first, "server"), state(second, "server")
    assert list(held(attempt).values()) == [options[0][0]]
    submit_unfinished(first)
    first.wait_for_url("**/result/")
    second.wait_for_url("**/result/")


def test_two_devices_the_first_answer_of_a_number_wins_and_the_other_is_told(open_page, sign_in, attempt, pupil):
    first, second = open_page(), open_page()
    for page in (first, second):
        sign_in(page, pupil)
        open_attempt(page, attempt)
    one, other = attempt.questions[0][1][:2]
    pick(first, one)
    state(first, "server")
    pick(second, other)
    expect(second.locator("[data-name='elsewhere']")).to_be_visible()
    expect(second.locator(f"input[value='{one}']")).to_be_checked()
    pick(second, other)
    state(second, "server")
    assert list(held(attempt).values()) == [other]


@pytest.mark.parametrize("script", [FLOOR, FLOOR + NO_DATABASE], ids=["floor", "floor without a database"])
def test_on_the_oldest_browser(script, open_page, sign_in, attempt, pupil):
    page = open_page()
    page.context.add_init_script(script)
    sign_in(page, pupil)
    open_attempt(page, attempt)
    page.context.set_offline(True)
    pick(page, right_options(attempt)[0][0])
    state(page, "offline")
    page.context.set_offline(False)
    page.reload()
    page.locator("[data-steps]:not([hidden])").wait_for()
    expect(page.locator(f"input[value='{right_options(attempt)[0][0]}']")).to_be_checked()
    answer_all(page, attempt)
    page.locator("[data-submit]").click()
    page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert attempt.score == 3


def test_without_a_script(open_page, sign_in, quiz, pupil, axe):
    page = open_page(java_script_enabled=False)
    sign_in(page, pupil)
    page.goto(f"/vi/quiz/{quiz.quiz_key}/")
    page.locator("main form button").click()
    attempt = Attempt.objects.get()
    options = right_options(attempt)
    page.locator(f"label[for='{options[0][0]}']").click()
    page.locator("[data-plain] button").click()
    assert len(held(attempt)) == 1
    expect(page.locator(f"input[value='{options[0][0]}']")).to_be_checked()
    for option in options[1] + options[2]:
        page.locator(f"label[for='{option}']").click()
    page.locator("[data-submit]").click()
    page.wait_for_url("**/result/")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score) == ("submitted", 3)


def test_time_runs_out_without_a_line(open_page, sign_in, attempt, pupil):
    from datetime import timedelta

    from django.utils import timezone

    page = open_page()
    sign_in(page, pupil)
    Attempt.objects.update(deadline=timezone.now() + timedelta(seconds=8))
    open_attempt(page, attempt)
    page.context.set_offline(True)
    pick(page, right_options(attempt)[0][0])
    state(page, "offline")
    expect(page.locator("[data-name='grace']")).to_be_visible(timeout=30_000)
    expect(page.locator("input:visible").first).to_be_disabled()
    page.context.set_offline(False)
    page.wait_for_url("**/result/", timeout=30_000)
    attempt.refresh_from_db()
    assert (attempt.score, attempt.late_sync) == (1, True)


def test_a_teacher_gives_more_time_while_the_quiz_is_taken(open_page, sign_in, attempt, pupil):
    from datetime import timedelta

    from django.utils import timezone

    from quizzes.operations import extend_pupil

    page = open_page()
    sign_in(page, pupil)
    Attempt.objects.update(deadline=timezone.now() + timedelta(seconds=6))
    open_attempt(page, attempt)
    extend_pupil(opening=attempt.opening, user=pupil, seconds=600, reason="Mất mạng", granted_by=None)
    page.wait_for_timeout(8000)
    expect(page.locator("#q-1 input").first).to_be_enabled()
    attempt.refresh_from_db()
    assert attempt.is_open


def test_the_whole_quiz_weighs_little_and_holds_no_key(open_page, sign_in, pupil, live_site):
    quiz = make.quiz([make.question(f"Câu hỏi dài số {n}: nên làm gì khi nhận được tin nhắn lạ?") for n in range(10)])
    make.opening(quiz)
    attempt, _made = start_attempt(user=pupil, quiz_key=quiz.quiz_key, idempotency_key="k")
    page = open_page()
    sign_in(page, pupil)
    bodies = {}
    page.on("response", lambda answer: bodies.update({answer.url: answer}))
    open_attempt(page, attempt)
    html = page.content()
    own = [url for url in bodies if "/quizzes/" in url or "/attempts/" in url]
    # Scripts and styles are stored compressed and travel so (cms/static_storage.py); pages as they are.
    weights = {url: len(gzip.compress(bodies[url].body()) if "/static/" in url else bodies[url].body()) for url in own}
    assert len(own) >= 5
    assert sum(weights.values()) <= 60_000, weights
    assert "correct" not in html
    assert "Vì " not in html
    assert "kết thúc bằng .gov.vn" not in html

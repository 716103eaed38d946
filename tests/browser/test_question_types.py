"""Every type of question in a real browser: by touch, by mouse and by keyboard, at 360 and at 1280 pixels, with axe.

One page for each type: what one way of answering gave is taken back before the next.
"""

import pytest
from playwright.sync_api import expect

from quizzes.kinds import kind_of
from quizzes.operations import start_attempt
from quizzes.papers import paper
from tests.factories import quizzes as make
from tests.factories.cms import PictureFactory
from tests.live import resize

pytestmark = pytest.mark.browser

PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
TEXT = "Em mở Cổng rồi gõ mã hồ sơ."
LONG_ADDRESS = "https://dichvucong.gov.vn/p/home/dvc-tra-cuu-ho-so.html?ma_ho_so=G22.99.08-251125-0001&nguon=tin-nhan"


def of_type(type):
    picture = PictureFactory() if type in {"hotspot", "picture_choice"} else None
    fields = {"picture": picture, "picture_alt": "Thanh địa chỉ"} if type == "hotspot" else {}
    made = make.of_type(type, **fields)
    if type == "picture_choice":
        for option in made.options.all():
            option.picture = picture
            option.save()
    if type == "single":
        made.stem = f"Địa chỉ {LONG_ADDRESS} có thật không? Biết \\(x^2 \\le \\frac{{1}}{{2}}\\)."
        made.save()
        option = made.options.last()
        option.text = f"Mở {LONG_ADDRESS}"
        option.save()
    return made


@pytest.fixture(params=list(make.SHAPES))
def type(request):
    return request.param


@pytest.fixture
def attempt(type, live_site):
    quiz = make.quiz([of_type(type)], title=f"Bài {type}")
    make.opening(quiz)
    return start_attempt(user=make.pupil(make.school_class()), quiz_key=quiz.quiz_key, idempotency_key="k")[0]


def wanted(attempt):
    """The question and the value that is right; for a text that a person marks, any."""
    question = paper(attempt.paper_id).asked(attempt.questions)[0]
    return question, kind_of(question).right(question) or TEXT


def saved(page, attempt, value):
    """Wait until the server holds `value`."""
    question = attempt.questions[0][0]
    for _ in range(100):
        attempt.refresh_from_db()
        if attempt.answers.get(question, {}).get("value") == value:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{attempt.answers} is not {value}")


def take_back(page, attempt, type):
    if type == "multiple":
        while page.locator("fieldset input:checked").count():
            page.locator("fieldset input:checked").first.press("Space")
    elif type in {"numeric", "short", "long"}:
        page.locator("fieldset [data-text]").fill("")
    elif type == "gaps":
        for field in page.locator("fieldset .gap").all():
            field.select_option("") if field.evaluate("one => one.tagName") == "SELECT" else field.fill("")
    else:
        page.locator("[data-clear]").click()
    saved(page, attempt, None)


# --- Answering: one function for touch or mouse, one for the keyboard -----------------------------------------------------


def by_pointer(page, type, question, value, press, drag):
    """Answer with `press(locator)`; `drag(from, to)` is what only a mouse does here."""
    if type in {"single", "true_false", "picture_choice"}:
        press(page.locator(f"label[for='{value}']"))
    elif type == "multiple":
        for one in value:
            press(page.locator(f"label[for='{one}']"))
    elif type == "statements":
        for one, said in value.items():
            press(page.locator(f"label[for='{one}-{str(said).lower()}']"))
    elif type == "hotspot":
        press(page.locator(f"[data-area='{value}']"))
    elif type == "matching":
        for one, target in value.items():
            page.locator(f"select[data-option='{one}']").select_option(target)
    elif type == "zones":
        for one, target in value.items():
            thing, zone = page.locator(f"[data-thing='{one}']"), page.locator(f"[data-zone='{target}']")
            if drag:
                drag(thing, zone.locator(".board__title"))
            else:
                press(thing)
                press(zone.locator("[data-put]"))
    elif type == "ordering":
        put_in_order(page, value, press, drag)
    elif type == "gaps":
        for one, text in value.items():
            field = page.locator(f"[data-target='{one}']")
            field.select_option(text) if field.evaluate("one => one.tagName") == "SELECT" else field.fill(text)
    else:
        page.locator("fieldset [data-text]").fill(value)


def order_shown(page):
    return page.locator("[data-item]").evaluate_all("rows => rows.map((row) => row.dataset.item)")


def put_in_order(page, value, press, drag):
    for place, one in enumerate(value):
        row = page.locator(f"[data-item='{one}']")
        if drag and order_shown(page)[place] != one:
            drag(row.locator("[data-place]"), page.locator("[data-item]").nth(place).locator("[data-place]"))
        while order_shown(page).index(one) > place:
            press(row.locator("[data-move='-1']"))
    assert order_shown(page) == value


def by_keyboard(page, type, question, value):
    """Keys only, from the question's first words on."""
    keys = page.keyboard
    page.locator("legend").focus()
    letters = "abcdefghij"
    if type in {"single", "true_false", "picture_choice", "hotspot", "multiple"}:
        shown = page.locator("fieldset [data-key]").evaluate_all("fields => fields.map((one) => one.value)")
        for one in value if isinstance(value, list) else [value]:
            keys.press(letters[shown.index(one)])
        return
    tab_to(page, "fieldset :is(input, select, textarea, button:not([hidden]))")
    if type == "statements":
        for option in page.locator("fieldset .line").all():
            radio = option.locator("input").first
            said = value[radio.get_attribute("id").removesuffix("-true")]
            keys.press("Space")
            if not said:
                keys.press("ArrowRight")
            keys.press("Tab")
    elif type == "matching":
        for select in page.locator("fieldset select").all():
            options = select.locator("option").evaluate_all("all => all.map((one) => one.value)")
            for _ in range(options.index(value[select.get_attribute("data-option")])):
                keys.press("ArrowDown")
            keys.press("Tab")
    elif type == "zones":
        for one, target in value.items():
            tab_to(page, f"[data-thing='{one}']")
            keys.press("Enter")
            tab_to(page, f"[data-zone='{target}'] [data-put]")
            keys.press("Enter")
            expect(page.locator(f"[data-thing='{one}']")).to_be_focused()
    elif type == "ordering":
        for place, one in enumerate(value):
            tab_to(page, f"[data-item='{one}'] [data-move='-1']")
            while order_shown(page).index(one) > place:
                keys.press("ArrowUp")
    elif type == "gaps":
        for field in page.locator("fieldset .gap").all():
            text = value[field.get_attribute("data-target")]
            if field.evaluate("one => one.tagName") == "SELECT":
                options = field.locator("option").evaluate_all("all => all.map((one) => one.value)")
                for _ in range(options.index(text)):
                    keys.press("ArrowDown")
            else:
                keys.type(text)
            keys.press("Tab")
    else:
        keys.type(value)


def tab_to(page, selector):
    """Press Tab, or Shift and Tab, until what `selector` names has the focus."""
    for key in ["Tab"] * 20 + ["Shift+Tab"] * 40:
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press(key)
    raise AssertionError(f"Tab never reached {selector}")


def drag_by_mouse(page):
    def drag(what, to):
        what.scroll_into_view_if_needed()
        start, end = what.bounding_box(), to.bounding_box()
        page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
        page.mouse.down()
        page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 4, steps=4)
        page.mouse.up()

    return drag


def fits(page):
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_a_type_is_answered_and_told(type, attempt, open_page, sign_in, axe, screenshot):
    page = open_page(viewport=PHONE, has_touch=True)
    sign_in(page, attempt.user)
    page.goto(f"/vi/quiz/attempts/{attempt.uuid}/")
    page.locator("[data-steps]:not([hidden])").wait_for()
    expect(page.locator("#q-1 legend")).to_be_focused()
    question, value = wanted(attempt)
    axe(page)
    fits(page)
    screenshot(page, f"type-{type}-360")

    by_pointer(page, type, question, value, lambda what: what.tap(), None)
    saved(page, attempt, value)
    resize(page, DESKTOP)
    axe(page)
    screenshot(page, f"type-{type}-1280")
    take_back(page, attempt, type)
    by_pointer(page, type, question, value, lambda what: what.click(), drag_by_mouse(page))
    saved(page, attempt, value)
    take_back(page, attempt, type)
    by_keyboard(page, type, question, value)
    saved(page, attempt, value)

    page.reload()
    page.locator("[data-steps]:not([hidden])").wait_for()
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "server")
    page.locator("[data-next]").click()
    expect(page.locator("[data-unanswered]")).to_contain_text("Đã trả lời")
    page.locator("[data-submit]").click()
    page.wait_for_url("**/result/")
    expect(page.locator("h1")).to_be_focused()
    axe(page)
    screenshot(page, f"type-{type}-result-1280")
    resize(page, PHONE)
    fits(page)
    screenshot(page, f"type-{type}-result-360")
    attempt.refresh_from_db()
    assert attempt.needs_marking == (type == "long")
    assert attempt.score == (0 if type == "long" else 1)

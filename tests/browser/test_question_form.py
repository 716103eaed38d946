"""The form of a question in the admin, by keyboard alone: options are added and taken away, and a type shows its own fields."""

import pytest
from playwright.sync_api import expect

from quizzes.models import Question
from tests.factories import quizzes as make
from tests.factories.cms import EditorFactory

pytestmark = pytest.mark.browser


def press(page, selector: str) -> None:
    """Reach a control as a keyboard does, and press it."""
    page.locator(selector).first.focus()
    page.keyboard.press("Enter")


def add_option(page, place: int, text: str) -> None:
    press(page, "#id_options-ADD")
    expect(page.locator(f"#id_options-{place}-text")).to_be_visible()
    page.locator(f"#id_options-{place}-text").focus()
    page.keyboard.type(text)


def test_options_come_and_go_by_keyboard(desktop, sign_in, live_site):
    question = make.question()
    sign_in(desktop, EditorFactory())
    desktop.goto(f"/admin/snippets/quizzes/question/edit/{question.pk}/")
    expect(desktop.locator("#id_options-2-text")).to_be_visible()
    add_option(desktop, 3, "dichvucong.example")
    # A row that was added later shows what its type needs, and nothing else.
    expect(desktop.locator("#id_options-3-fraction")).to_be_visible()
    expect(desktop.locator("#id_options-3-tolerance")).to_be_hidden()
    expect(desktop.locator("#id_targets-ADD")).to_be_hidden()
    press(desktop, "#id_options-2-DELETE-button")
    expect(desktop.locator("#id_options-2-text")).to_be_hidden()
    desktop.locator("#id_type").select_option("matching")
    expect(desktop.locator("#id_targets-ADD")).to_be_visible()
    expect(desktop.locator("#id_options-0-fraction")).to_be_hidden()
    desktop.locator("#id_type").select_option("numeric")
    expect(desktop.locator("#id_options-0-tolerance")).to_be_visible()
    add_option(desktop, 4, "5")
    expect(desktop.locator("#id_options-4-tolerance")).to_be_visible()
    press(desktop, "#id_options-4-DELETE-button")
    desktop.locator("#id_type").select_option("single")
    expect(desktop.locator("#id_options-0-tolerance")).to_be_hidden()
    press(desktop, "footer button[type=submit]")
    desktop.wait_for_url("**/question/")
    stored = Question.objects.get()
    assert [(one.text, one.is_correct) for one in stored.options.order_by("sort_order")] == [
        ("dichvucong.gov.vn", True), ("dichvucong.vn", False), ("dichvucong.example", False),
    ]  # fmt: skip

"""The form of a question in the admin, by keyboard alone: options are added and taken away, and a type shows its own fields."""

import pytest
from playwright.sync_api import expect

from quizzes.models import Question
from tests.factories import quizzes as make
from tests.factories.cms import EditorFactory

pytestmark = pytest.mark.browser


def press(page, selector: str, key: str = "Enter") -> None:
    """Reach a control as a keyboard does, and press a key on it."""
    page.locator(selector).focus()
    page.keyboard.press(key)


def add_option(page, place: int, text: str, right: bool = False) -> None:
    press(page, "#id_options-ADD")
    expect(page.locator(f"#id_options-{place}-text")).to_be_visible()
    page.locator(f"#id_options-{place}-text").focus()
    page.keyboard.type(text)
    if right:
        press(page, f"#id_options-{place}-is_correct", "Space")


def test_options_come_and_go_by_keyboard(desktop, sign_in, live_site):
    make.bank()
    sign_in(desktop, EditorFactory())
    desktop.goto("/admin/snippets/quizzes/question/add/")
    desktop.locator("#id_bank").select_option(index=1)
    desktop.locator("#id_stem").fill("Nên làm gì khi người lạ hỏi mã OTP?")
    add_option(desktop, 0, "Không đưa cho ai", right=True)
    add_option(desktop, 1, "Gửi qua Zalo")
    add_option(desktop, 2, "Viết nhầm")
    # A row that was added later shows what its type needs, and nothing else.
    expect(desktop.locator("#id_options-2-fraction")).to_be_visible()
    expect(desktop.locator("#id_options-2-tolerance")).to_be_hidden()
    expect(desktop.locator("#id_targets-ADD")).to_be_hidden()
    press(desktop, "#id_options-2-DELETE-button")
    expect(desktop.locator("#id_options-2-text")).to_be_hidden()
    desktop.locator("#id_type").select_option("matching")
    expect(desktop.locator("#id_targets-ADD")).to_be_visible()
    expect(desktop.locator("#id_options-0-fraction")).to_be_hidden()
    desktop.locator("#id_type").select_option("numeric")
    expect(desktop.locator("#id_options-0-tolerance")).to_be_visible()
    add_option(desktop, 3, "5")
    expect(desktop.locator("#id_options-3-tolerance")).to_be_visible()
    press(desktop, "#id_options-3-DELETE-button")
    desktop.locator("#id_type").select_option("single")
    expect(desktop.locator("#id_options-0-tolerance")).to_be_hidden()
    desktop.locator("footer button[type=submit]").first.focus()
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/question/")
    stored = Question.objects.get()
    assert [(one.text, one.is_correct) for one in stored.options.order_by("sort_order")] == [
        ("Không đưa cho ai", True), ("Gửi qua Zalo", False),
    ]  # fmt: skip

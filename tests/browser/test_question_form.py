"""An editor writes questions with the form of the admin alone: only what the type needs is shown, errors stand where
they are mended, the preview shows what a pupil will see."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from quizzes.models import Question
from tests.factories import quizzes as make
from tests.factories.cms import EditorFactory
from tests.live import resize

pytestmark = pytest.mark.browser

ADD = "/admin/snippets/quizzes/question/add/"
SIZES = {"1280": {"width": 1280, "height": 900}, "360": {"width": 360, "height": 740}}

# What is typed: places, then options as {field: value}; True is a tick.
TYPED = {
    "single": ([], [{"text": "Một", "is_correct": True}, {"text": "Hai"}]),
    "multiple": ([], [{"text": "Một", "is_correct": True}, {"text": "Hai", "is_correct": True}, {"text": "Ba"}]),
    "statements": ([], [{"text": f"Ý {one}", "is_correct": one in "ac"} for one in "abcd"]),
    "numeric": ([], [{"text": "3,14", "is_correct": True, "tolerance": "0.01"}]),
    "matching": (["Công an xã", "Cổng Dịch vụ công"], [
        {"text": "Lấy vân tay", "target_key": "1"}, {"text": "Nộp hồ sơ", "target_key": "2"}]),
    "ordering": ([], [{"text": "Tìm thủ tục"}, {"text": "Điền tờ khai"}, {"text": "Trả phí"}]),
}  # fmt: skip
# The fields of an option that are to be seen, beside text, why, picture and sound.
SHOWN = {
    "single": {"is_correct", "fraction"},
    "multiple": {"is_correct", "fraction"},
    "statements": {"is_correct"},
    "numeric": {"is_correct", "fraction", "tolerance"},
    "matching": {"target_key"},
    "ordering": set(),
}


@pytest.fixture
def form(desktop, sign_in, live_site):
    make.locale()
    make.bank()
    sign_in(desktop, EditorFactory())
    desktop.set_default_timeout(10_000)
    desktop.goto(ADD)
    return desktop


def add(page, prefix, fields):
    """Press the button under the rows and fill in the row that comes."""
    number = int(page.locator(f"#id_{prefix}-TOTAL_FORMS").input_value())
    page.locator(f"#id_{prefix}-ADD").click()
    for name, value in fields.items():
        field = page.locator(f"#id_{prefix}-{number}-{name}")
        if isinstance(value, bool):
            field.set_checked(value)
        else:
            field.fill(value)
    return number


def begin(page, type, stem):
    page.locator("#id_bank-chooser [data-chooser-action-choose]").first.click()
    page.locator(".modal-body a", has_text="ngan-hang").click()
    expect(page.locator("#id_bank")).not_to_have_value("")
    page.locator("#id_type").select_option(type)
    page.locator("#id_stem").fill(stem)


def save(page):
    page.get_by_role("button", name=re.compile("^(Lưu|Save)$")).click()


def shown_of_option(page, number):
    names = ("is_correct", "fraction", "tolerance", "target_key")
    return {name for name in names if page.locator(f"#id_options-{number}-{name}").is_visible()}


def preview(page):
    """The pupil's page in the side panel."""
    toggle = page.locator("[data-side-panel-toggle='preview']")
    if toggle.get_attribute("aria-expanded") != "true":
        toggle.click()
    return page.frame_locator("#w-preview-iframe")


@pytest.mark.parametrize("type", TYPED)
def test_a_question_of_each_type_is_written_by_the_form_alone(type, form, screenshot):
    places, options = TYPED[type]
    begin(form, type, f"Câu hỏi loại {type}?")
    for text in places:
        add(form, "targets", {"text": text})
    for fields in options:
        number = add(form, "options", fields)
        assert shown_of_option(form, number) == SHOWN[type]
    assert form.locator("#id_targets-ADD").is_visible() == bool(places)
    for size, viewport in SIZES.items():
        resize(form, viewport)
        screenshot(form, f"question-form-{type}-{size}")
    resize(form, SIZES["1280"])
    inside = preview(form)
    expect(inside.locator("fieldset")).to_contain_text(options[0]["text"] if type != "numeric" else "Câu hỏi loại")
    expect(inside.locator("[data-question]")).to_have_attribute("data-type", type)
    screenshot(form, f"question-form-{type}-preview-1280")
    save(form)
    expect(form.locator(".messages .success")).to_be_visible()
    made = Question.objects.get()
    assert [option.text for option in made.options.all()] == [one["text"] for one in options]
    assert [option.is_correct for option in made.options.all()] == [one.get("is_correct", False) for one in options]
    named = {target.translation_key: target.text for target in made.targets.all()}
    assert [named.get(option.target_key) for option in made.options.all()] == [
        places[int(one["target_key"]) - 1] if "target_key" in one else None for one in options
    ]
    if type == "numeric":
        assert made.options.get().tolerance == Decimal("0.01")


def test_another_type_shows_other_fields_in_rows_that_are_there(form):
    begin(form, "numeric", "Bao nhiêu?")
    number = add(form, "options", {"text": "5"})
    for type in ("numeric", "single", "matching", "ordering", "numeric"):
        form.locator("#id_type").select_option(type)
        assert shown_of_option(form, number) == SHOWN[type]


def test_an_error_stands_where_it_is_mended(form, screenshot):
    begin(form, "single", "Ai hỏi mã OTP?")
    add(form, "options", {"text": "Kẻ lừa đảo"})
    second = add(form, "options", {"text": "Công an"})
    third = add(form, "options", {"text": "Thừa", "is_correct": True})
    form.locator(f"#id_options-{third}-DELETE-button").click()
    form.locator("#id_options-0-fraction").fill("7")
    save(form)
    wrong = form.locator(".w-panel__wrapper", has=form.locator("#id_options-0-fraction")).locator(".error-message")
    expect(wrong.last).to_be_visible()
    form.locator("#id_options-0-fraction").fill("")
    save(form)
    panel = form.locator(".w-panel", has=form.locator("#id_options-TOTAL_FORMS")).last
    said = panel.locator(".error-message", has_text="đúng một phương án đúng")
    expect(said).to_be_visible()
    for size, viewport in SIZES.items():
        resize(form, viewport)
        said.scroll_into_view_if_needed()
        screenshot(form, f"question-form-error-{size}")
    # Nothing is stored while one types either.
    form.wait_for_timeout(1500)
    assert not Question.objects.exists()
    resize(form, SIZES["1280"])
    assert form.locator(f"#id_options-{second}-text").input_value() == "Công an"
    form.locator("#id_options-0-is_correct").check()
    save(form)
    expect(form.locator(".messages .success")).to_be_visible()
    assert [(one.text, one.is_correct) for one in Question.objects.get().options.all()] == [
        ("Kẻ lừa đảo", True),
        ("Công an", False),
    ]


def test_a_row_is_deleted_and_another_moved(form, live_site):
    made = make.of_type("ordering")
    form.goto(f"/admin/snippets/quizzes/question/edit/{made.pk}/")
    form.locator("#id_options-0-DELETE-button").click()
    add(form, "options", {"text": "Kiểm tra lại"})
    form.locator("#inline_child_options-4 [data-inline-panel-child-move-up]").click()
    form.wait_for_timeout(500)
    save(form)
    expect(form.locator(".messages .success")).to_be_visible()
    texts = list(Question.objects.get().options.values_list("text", flat=True))
    assert texts == ["Điền tờ khai", "Trả phí", "Kiểm tra lại", "Nhận kết quả"]


def test_in_english(open_page, sign_in, screenshot, live_site):
    make.locale()
    make.bank()
    page = open_page(viewport=SIZES["1280"])
    editor = EditorFactory()
    from wagtail.users.models import UserProfile

    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "en"})
    sign_in(page, editor)
    page.goto(ADD)
    begin(page, "single", "Which address is the portal's?")
    number = add(page, "options", {"text": "dichvucong.gov.vn"})
    assert shown_of_option(page, number) == SHOWN["single"]
    expect(page.locator("label[for=id_options-0-is_correct]")).to_have_text(re.compile("Right"))
    for size, viewport in SIZES.items():
        resize(page, viewport)
        screenshot(page, f"question-form-en-{size}")

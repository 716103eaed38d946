"""An editor brings questions in from Word, looks at them, imports and undoes; on a computer and on a phone."""

import pytest
from playwright.sync_api import expect

from quizzes.models import Question
from tests.factories import quizzes as make
from tests.factories.cms import EditorFactory
from tests.quizzes.exchange.word import Paper

pytestmark = pytest.mark.browser


def paper(path):
    out = (
        Paper()
        .lines("PHẦN I. Trắc nghiệm\nCâu 1. Đây là bản đồ của tỉnh nào?")
        .picture(alt="Bản đồ tỉnh", size=(320, 200))
    )
    out.lines(
        "A. Tỉnh Mẫu\tB. Tỉnh khác\nĐáp án: A\nLời giải: Tên tỉnh ghi ở góc bản đồ.\nCâu 3. Câu này không có đáp án?\nA. Một\nB. Hai"
    )
    out.line(("Câu 4. ", ""), ("DÞch vô c«ng trùc tuyÕn lµ g×?", "", ".VnTime"))
    out.lines("A. Nộp hồ sơ qua mạng\nB. Xem phim\nĐáp án: A")
    out.formula(
        "Câu 5. Tính ", "<m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
    ).lines("Đáp án: 0,5")
    path.write_bytes(out.data())


def test_from_upload_to_undo(desktop, phone, sign_in, live_site, axe, screenshot, tmp_path):
    bank, editor = make.bank(), EditorFactory()
    path = tmp_path / "de-kiem-tra.docx"
    paper(path)
    sign_in(desktop, editor)
    desktop.goto("/admin/snippets/quizzes/questionbank/")
    desktop.goto(f"/admin/questions/banks/{bank.pk}/")
    axe(desktop)
    screenshot(desktop, "questions-exchange-1280")
    desktop.get_by_label("Tệp (tối đa 50 MB)").set_input_files(path)
    desktop.get_by_role("button", name="Tải lên và xem trước").click()
    expect(desktop.get_by_role("heading", name="Câu bỏ qua và lý do")).to_be_visible(timeout=30_000)
    expect(desktop.get_by_text("Dịch vụ công trực tuyến là gì?").first).to_be_visible()
    expect(desktop.get_by_role("img", name="Bản đồ tỉnh")).to_be_visible()
    assert Question.objects.count() == 0
    axe(desktop)
    screenshot(desktop, "questions-preview-1280")
    sign_in(phone, editor)
    phone.goto(desktop.url)
    axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    screenshot(phone, "questions-preview-360")
    desktop.get_by_role("button", name="Nhập 3 câu hỏi").click()
    expect(desktop.get_by_role("button", name="Hoàn tác lần nhập này")).to_be_visible(timeout=30_000)
    axe(desktop)
    screenshot(desktop, "questions-committed-1280")
    assert Question.objects.count() == 3
    desktop.get_by_role("button", name="Hoàn tác lần nhập này").click()
    expect(desktop.get_by_text("Đã hoàn tác lần nhập này")).to_be_visible()
    assert Question.objects.count() == 0

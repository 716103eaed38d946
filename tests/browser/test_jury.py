"""The jury room in a real browser: two works scored by keyboard on a desk and on a telephone, then the secretary's side."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests import operations
from contests.models import Review
from tests.factories import jury as make
from tests.factories.contests import secretary
from tests.factories.schools import make_class, make_pupil, make_school, make_with_role, school_year
from tests.live import DESKTOP, PHONE, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def test_a_juror_scores_by_keyboard_and_the_secretary_sees_agreement_and_minutes(
    live_site, object_store, open_page, sign_in, look
):
    school_year()
    by = secretary()
    contest = make.contest(by)
    school_class = make_class(make_school("Trường THPT Biển Xa"), "10A1")
    works = [
        make.work(contest, make_pupil(school_class), school_class.school, content=make.poster()) for _number in range(2)
    ]
    make.work(contest, make_pupil(school_class), school_class.school, screening="waiting")
    for work in works:
        operations.make_copies(work.pk)
    person = make_with_role("juror", "Bùi Văn Khảo")
    make.juror(contest, by, user=person)
    other = make.juror(contest, by)
    operations.share_out(contest=contest, by=by)
    for number, review in enumerate(other.reviews.order_by("pk")):
        operations.submit_review(review=make.scored(review, 9 - 6 * number))

    for place, size in enumerate((DESKTOP, PHONE)):
        page = open_page(viewport=size)
        sign_in(page, person)
        page.goto(url("jury_works", contest.slug))
        if place == 0:
            look(page, "works")
        review = Review.objects.get(work=works[place], juror__user=person)
        page.get_by_role("link", name=works[place].code).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(works[place].code)
        expect(page.locator(".viewer__tools")).to_be_visible()
        page.locator(".viewer__frame").focus()
        page.keyboard.press("+")
        expect(page.locator("[data-zoom-level]")).to_have_text("150 %")
        # What is no number of the scale is said beside it, where one looks.
        page.locator("#points-noi-dung").fill("11")
        page.keyboard.press("Enter")
        expect(page.locator("#points-noi-dung ~ .field__error")).to_contain_text("từ 0 đến 10")
        page.locator("#points-noi-dung").fill("")
        page.locator("#points-noi-dung").focus()
        for key in ("7,5", "8", "6", "9"):
            page.keyboard.type(key)
            page.keyboard.press("Enter")
        expect(page.locator("#comment")).to_be_focused()
        eventually(page, lambda review=review: review.scores.count() == 4)
        expect(page.locator("[data-saved]")).to_contain_text("Đã lưu trên máy chủ")
        if place == 0:
            # A number taken out again is gone from the server too.
            page.locator("#points-lan-toa").fill("")
            page.keyboard.press("Enter")
            expect(page.locator("[data-missing]")).to_have_text("Còn thiếu điểm: 1")
            assert review.scores.count() == 3
            page.locator("#points-lan-toa").fill("9")
            page.keyboard.press("Enter")
            expect(page.locator("[data-missing]")).to_be_hidden()
            page.locator("#comment").focus()
        page.keyboard.type("Rõ ràng")
        if place == 0:
            page.goto(f"{page.url}?beside={Review.objects.get(work=works[1], juror__user=person).uuid}")
            expect(page.locator(".jury__pane")).to_have_count(2)
            look(page, "score")
        page.get_by_role("button", name="Nộp điểm").focus()
        page.keyboard.press("Enter")
        eventually(page, lambda review=review: Review.objects.get(pk=review.pk).state == "submitted")

    page = open_page(viewport=DESKTOP)
    sign_in(page, by)
    for name in ("screening", "jury_room", "minutes"):
        page.goto(url(name, contest.slug))
        look(page, name)
    page.goto(url("jury_room", contest.slug))
    expect(page.get_by_text("Độ thống nhất")).to_be_visible()
    expect(page.get_by_text("giám khảo chênh nhiều")).to_be_visible()
    page.get_by_role("link", name=works[1].code).click()
    look(page, "moderate")
    page.get_by_label("Lý do, ghi vào biên bản").fill("Đã bàn, giữ nguyên")
    page.get_by_role("button", name="Ghi quyết định").click()
    expect(page.get_by_text("Đã bàn, giữ nguyên")).to_be_visible()
    page.goto(url("minutes", contest.slug))
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").click()
    assert download.value.suggested_filename.endswith(".docx")

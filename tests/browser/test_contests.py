"""Contests in a real browser: no accessibility fault on any page, and an entrant's way from the page to the result."""

import os

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests import operations
from contests.models import Entry
from tests.factories import contests as make
from tests.factories import quizzes
from tests.factories.schools import make_class, make_pupil, make_school, make_teacher, make_unit, school_year
from tests.live import DESKTOP, PHONE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


@pytest.fixture
def site(live_site):
    """{role: (person, addresses)} around an open contest, a past one with its results, and a draft."""
    school_year()
    school_class = make_class(make_school("Trường THPT Sông Trong", code="SONGTRONG"), "10A1")
    pupil, newcomer = (make_pupil(school_class, name) for name in ("Trần Thị Bưởi", "Lê Văn Ổi"))
    teacher, by = make_teacher(school_class), make.secretary()
    make_unit("Phường Bến Dừa")
    rules = {"prediction": "entrants", "pledge": "Em tự làm bài.", "guardian_under": 16, "ai_declaration": True}
    open_track = {"slug": "dan", "title": "Người dân", "open_track": True}
    prizes = [
        {"kind": "individual", "title": "Giải Nhất", "count": 1, "value": "500.000 đồng", "points": 10},
        {"kind": "individual", "title": "Giải Nhì", "count": 2, "points": 8},
    ]
    about = {"who": "Học sinh THCS, THPT trong tỉnh.", "prizes": prizes}
    order = [["score", "desc"], ["prediction_error", "asc"], ["duration_ms", "asc"], ["draw", "asc"]]
    running = make.opened(
        by=by, rules=rules | {"identity": True}, order=order, weeks=3, categories=[open_track], **about
    )
    past = make.opened(by=by, title="Em và dịch vụ công", rules=rules | {"collective": {}}, order=order, **about)
    for number in range(8):
        other = make_pupil(school_class, f"Phạm Thị Mận {number}", password=None)
        make.entry(past, other)
        make.take(past, other, right=number % 5, seconds=80 + number, prediction=10 + number)
    for contest in (running, past):
        make.entry(contest, pupil)
        make.take(contest, pupil, prediction=12)
    make.close_rounds(past)
    ranking = operations.freeze_ranking(contest=past, by=by)
    entry = past.entries.get(user=pupil)
    operations.refresh_standings()
    draft = make.draft(by=by, title="Cuộc thi tháng sau", quiz=quizzes.quiz(3, title="Đề chưa ký", feedback="nothing"))
    appeal = operations.file_appeal(
        entry=past.entries.exclude(pk=entry.pk).first(), ranking=ranking, text="Em bị mất mạng ở câu cuối."
    )
    assert appeal
    return {
        "visitor": (
            None,
            [url("list"), url("contest", running.slug), url("enter", running.slug), url("standings", past.slug)],
        ),
        "pupil": (pupil, [url("contest", running.slug), url("contest", past.slug), url("accept", running.slug)]),
        "newcomer": (newcomer, [url("enter", running.slug)]),
        "teacher": (teacher, [url("class", past.slug, school_class.uuid)]),
        "secretary": (
            by,
            [
                *(url(name) for name in ("desk", "presets")),
                url("set_up", "tuan"),
                url("manage", draft.slug),
                url("manage", past.slug),
                url("step", running.slug, "rules"),
                url("entries", past.slug),
                url("appeals", past.slug),
            ],
        ),
        "running": running,
        "newcomers_name": newcomer,
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_of_contests_has_an_accessibility_fault(language, site, open_page, sign_in, axe):
    faults = []
    for role in ("visitor", "pupil", "newcomer", "teacher", "secretary"):
        person, addresses = site[role]
        page = open_page()
        page.emulate_media(reduced_motion="reduce")
        if person:
            sign_in(page, person)
        for place, address in enumerate(addresses):
            page.goto(address.replace("/vi/", f"/{language}/", 1))
            for size in (PHONE, DESKTOP):
                page.set_viewport_size(size)
                if folder := os.environ.get("SCREENSHOTS"):
                    page.screenshot(path=f"{folder}/{language}-{role}-{place}-{size['width']}.png", full_page=True)
                try:
                    axe(page)
                    width = page.evaluate("document.documentElement.scrollWidth")
                    assert width <= size["width"], f"{page.url} is {width} px wide at {size['width']}"
                except AssertionError as error:
                    faults.append(f"{size['width']}: {error}")
    assert not faults, "\n\n".join(faults)


def test_a_pupil_enters_guesses_and_takes_the_round(site, open_page, sign_in):
    pupil = site["newcomers_name"]
    page = open_page(viewport=PHONE)
    sign_in(page, pupil)
    page.goto(url("contest", site["running"].slug))
    expect(page.locator("[data-countdown-words]")).to_contain_text(":")
    page.get_by_role("link", name="Đăng ký dự thi").click()
    page.get_by_text("Em tự làm bài.").click()
    page.get_by_label("Cha mẹ hoặc người giám hộ đồng ý").fill("Lê Thị Bà")
    page.get_by_text("Không dùng AI").click()
    page.get_by_text("Tôi đã đọc và đồng ý với thể lệ").click()
    page.get_by_role("button", name="Đăng ký dự thi").click()
    expect(page.get_by_text("Đăng ký của tôi")).to_be_visible()
    assert Entry.objects.filter(user=pupil, contest=site["running"]).exists()
    page.get_by_label("Dự đoán: có bao nhiêu người dự thi hợp lệ").fill("120")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_url("**/quiz/attempts/**")
    assert Entry.objects.get(user=pupil).attempts.get().prediction == 120

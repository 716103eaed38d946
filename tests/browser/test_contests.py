"""Contests in a real browser: no accessibility fault on any page, and an entrant's way from the page to the result."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from contests import operations
from contests.models import Contest, Entry, Round, TakeDown
from contests.operations.states import name_of
from schools.operations.privacy import record_consent
from tests.factories import contests as make
from tests.factories import jury, quizzes
from tests.factories.schools import (
    make_class,
    make_pupil,
    make_school,
    make_teacher,
    make_unit,
    make_with_role,
    school_year,
)
from tests.live import PHONE, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def gallery(by, school_class) -> tuple[Contest, list]:
    """A poster contest whose results are out, with two works in its gallery."""
    shown, exhibits = jury.contest(by), []
    for name, caption in (("Hoàng Thị Mây", "Một cửa ở xã"), ("Vi Văn Sơn", "Nộp hồ sơ từ nhà")):
        maker = make_pupil(school_class, name, password=None)
        work = jury.work(shown, maker, school_class.school, content=jury.poster())
        operations.make_copies(work.pk)
        for giver in ("pupil", "representative"):
            record_consent(user=maker, purpose="publish", giver=giver, text_version="1", evidence="phiếu", actor=by)
        Contest.objects.filter(pk=shown.pk).update(state="published")
        work.contest.refresh_from_db()
        exhibits.append(operations.hang(work=work, caption=caption, alt_text=f"Tranh: {caption}", by=by))
    shown.refresh_from_db()
    return shown, exhibits


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
    operations.move_contest(contest=past, to="closed", by=by, signed_name=name_of(by))
    past.refresh_from_db()
    operations.move_contest(contest=past, to="published", by=by, signed_name=name_of(by))
    operations.write_faq(contest=running, text="Thi ở đâu?\nỞ trường hoặc ở nhà.", by=by)
    shown, exhibits = gallery(by, school_class)
    asked = operations.ask_to_take_down(
        contest=shown, key=uuid4(), relation="owner", reason="Hình này của tôi.", exhibit=exhibits[0]
    )
    admin = make_with_role("school_admin", "Đặng Văn Trường", school=school_class.school)
    now, level = timezone.now(), {"quota_per_unit": 2, "way_on": "unit", "promotes": True, "level": "school"}
    choosing = make.opened(
        by=by,
        title="Từ trường lên tỉnh",
        rounds=[
            level | {"opens_at": now - timedelta(hours=2), "closes_at": now + timedelta(hours=1)},
            {"level": "province", "opens_at": now + timedelta(days=2), "closes_at": now + timedelta(days=3)},
        ],
    )
    make.entry(choosing, pupil)
    make.take(choosing, pupil)
    Round.objects.filter(stage__contest=choosing, number=1).update(closes_at=now)
    return {
        "visitor": (
            None,
            [
                *(url("list"), url("contest", running.slug), url("enter", running.slug), url("standings", past.slug)),
                *(url(name, past.slug) for name in ("contest", "honour", "statistics", "share", "take_down")),
                url("gallery", shown.slug),
                url("exhibit", shown.slug, exhibits[0].uuid),
                url("take_down_work", shown.slug, exhibits[0].uuid),
                url("take_down_answer", shown.slug, asked.uuid),
            ],
        ),
        "admin": (
            admin,
            [
                url("school", past.slug, school_class.school.uuid),
                url("choose_of_school", choosing.slug, school_class.school.uuid, 1),
            ],
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
                *(url(name, running.slug) for name in ("outages", "questions", "faq")),
                *(
                    url("step", draft.slug, name)
                    for name in ("name", "who", "papers", "rules", "prizes", "try", "open")
                ),
                url("letters", past.slug),
                *(url(name, shown.slug) for name in ("hang", "take_downs")),
            ],
        ),
        "running": running,
        "shown": shown,
        "newcomers_name": newcomer,
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_of_contests_has_an_accessibility_fault(language, site, open_page, sign_in, look):
    faults = []
    for role in ("visitor", "pupil", "newcomer", "teacher", "admin", "secretary"):
        person, addresses = site[role]
        page = open_page()
        page.emulate_media(reduced_motion="reduce")
        if person:
            sign_in(page, person)
        for place, address in enumerate(addresses):
            page.goto(address.replace("/vi/", f"/{language}/", 1))
            try:
                look(page, f"contests-{role}-{place}", language)
            except AssertionError as error:
                faults.append(str(error))
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


def test_a_visitor_looks_at_the_works_and_asks_for_one_to_go(site, open_page):
    page = open_page(viewport=PHONE)
    page.goto(url("contest", site["shown"].slug))
    page.get_by_role("link", name="Phòng tranh").click()
    picture = page.get_by_alt_text("Tranh: Một cửa ở xã")
    expect(picture).to_be_visible()
    eventually(page, lambda: picture.evaluate("one => one.complete && one.naturalWidth > 0"))
    # By keyboard: into the first work, on to the next one.
    page.get_by_role("link", name="Một cửa ở xã").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Một cửa ở xã")
    page.get_by_role("link", name="Tiếp").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nộp hồ sơ từ nhà")
    page.get_by_role("link", name="Đề nghị không hiện bài này nữa").click()
    page.get_by_text("Bài có dùng thứ của tôi").click()
    page.get_by_label("Vì sao không nên hiện?").fill("Ngôi nhà trong tranh là hình của tôi.")
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_role("heading", name="Đề nghị của bạn")).to_be_visible()
    expect(page.get_by_text("Ngôi nhà trong tranh là hình của tôi.")).to_be_visible()
    made = TakeDown.objects.get(reason__startswith="Ngôi nhà")
    expect(page.locator("#address")).to_have_value(re.compile(str(made.uuid)))
    assert (made.state, made.is_own) == ("waiting", False)

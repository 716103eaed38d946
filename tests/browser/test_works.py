"""An entrant on a telephone: a team, a mate who confirms, a poster through a cut line, the receipt."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from contests.models import Work
from media import storage
from tests.factories import works
from tests.factories.schools import make_class, make_pupil

pytestmark = pytest.mark.browser


def agree(page):
    page.get_by_label("Bài do chính chúng em làm.").check()
    page.get_by_label("Cha mẹ hoặc người giám hộ").fill("Trần Văn Cha")
    page.get_by_label("Không dùng AI").check()
    page.get_by_label("Tôi đã đọc và đồng ý").check()


@pytest.fixture
def poster(tmp_path):
    """A real PNG longer than one part: noise does not pack."""
    import random

    side = 1400
    picture = Image.frombytes("RGB", (side, side), random.Random(1).randbytes(side * side * 3))
    held = io.BytesIO()
    picture.save(held, "PNG")
    path = tmp_path / "áp phích.png"
    path.write_bytes(held.getvalue())
    assert path.stat().st_size > storage.PART_SIZE
    return path


def test_a_team_hands_in_a_poster_through_a_cut_line(open_page, sign_in, axe, poster):
    contest, of_class = works.poster_contest(), make_class()
    leader, mate = make_pupil(of_class, code="L1"), make_pupil(of_class, code="M1")
    page, other = open_page(viewport={"width": 360, "height": 740}), open_page()
    sign_in(page, leader)
    page.goto(f"/vi/contests/{contest.slug}/")
    page.get_by_role("link", name="Dự thi").click()
    page.get_by_label("Tên tác phẩm").fill("Một cửa, một lần")
    agree(page)
    page.locator("button[type=submit]").last.click()
    page.wait_for_url("**/works/*/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator("#invite-code").fill("m1")
    page.locator("#invite-code").press("Enter")
    expect(page.get_by_text("chưa xác nhận").first).to_be_visible()

    sign_in(other, mate)
    other.goto(f"/vi/contests/{contest.slug}/")
    other.get_by_role("link", name="Một cửa, một lần").click()
    axe(other)
    agree(other)
    other.locator("button[type=submit]", has_text="Đồng ý").click()
    other.wait_for_url(re.compile(r"/works/[0-9a-f-]+/$"))

    sent, cut = [], []
    page.on("request", lambda request: sent.append(request.url) if request.method == "PUT" else None)

    def line(route):
        if route.request.method == "PUT" and not cut:
            cut.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/*partNumber=2*", line)
    page.reload()
    # What is being typed meanwhile is not wiped out when the file is there.
    page.locator("#work-title").fill("Một cửa, một lần, một nơi")
    page.locator("#file-ap-phich").set_input_files(poster)
    expect(page.locator("#slot-ap-phich .badge--done")).to_be_visible(timeout=60_000)
    expect(page.locator("#work-title")).to_have_value("Một cửa, một lần, một nơi")
    assert cut, "the line was never cut"
    assert sum("partNumber=1" in url for url in sent) == 1, "what the store has is not sent again"
    page.get_by_label("Bài do chính chúng em làm.").check()
    page.get_by_label("Không dùng AI").check()
    page.locator("form[action$='/hand-in/'] button").click()
    page.wait_for_url("**/receipts/*/")
    expect(page.locator(".receipt__code")).to_be_visible()
    axe(page)
    work = Work.objects.get()
    assert (work.state, work.counting_version.receipt_code) == (
        "submitted",
        page.locator(".receipt__code").inner_text(),
    )

"""A grandmother's way to somebody who sits down with her, and what a campaign and its honours look like on her telephone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms.models import Honour, HonourRollPage
from tests.cms.test_campaigns import event, target
from tests.factories.cms import (
    CampaignPageFactory,
    GoodModelPageFactory,
    GuidePageFactory,
    HelpPointFactory,
    HomePageFactory,
    SectionPageFactory,
    published,
)
from tests.factories.schools import make_unit
from tests.live import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_guide_to_the_own_commune_and_back(live_site, open_page, look):
    HomePageFactory()
    river, hill = make_unit("Xã Sông Trong"), make_unit("Xã Đồi Xa")
    HelpPointFactory(
        river,
        name="Bộ phận một cửa xã Sông Trong",
        phone="0254 385 0000",
        hours="T2-T6 7:30-11:30, 13:30-17:00",
        access=["step_free", "seats"],
    )
    stale = timezone.localdate() - timedelta(days=3)
    HelpPointFactory(
        river, kind="team", name="Tổ công nghệ số ấp Bến", checked_on=stale - timedelta(days=9), review_by=stale
    )
    HelpPointFactory(hill, kind="post", name="Bưu điện Đồi Xa")
    guide = GuidePageFactory(title="Làm căn cước").url
    page = open_page(viewport=PHONE)
    page.goto(guide)
    line = page.locator("[data-help-link]")
    expect(line).to_have_text("Tìm nơi giúp gần nhà")
    line.click()
    expect(page.locator(".help-points__communes a")).to_have_count(2)
    look(page, "help-points")
    page.get_by_role("link", name="Xã Sông Trong").click()
    expect(page.get_by_role("link", name="0254 385 0000")).to_have_attribute("href", "tel:02543850000")
    expect(page.get_by_text("gọi trước khi đi")).to_be_visible()
    look(page, "help-points-commune")
    # What the server said of now is taken back when its time is over, on a page that was left open or kept.
    standing = page.locator(".help-point__standing")
    expect(standing).to_be_visible()
    standing.evaluate(
        "one => { one.dataset.until = '2026-01-01T08:00:00+07:00'; dispatchEvent(new Event('pageshow')) }"
    )
    expect(standing).to_be_hidden()
    # The guide names her commune now; it is known to this browser only.
    page.goto(guide)
    expect(line).to_have_text("Nơi giúp bà con ở Xã Sông Trong")
    look(page, "help-line")
    page.goto("/vi/help-points/")
    expect(page.locator("[data-help-last] a")).to_contain_text("Xã Sông Trong")
    page.get_by_role("button", name="Quên xã của tôi").click()
    expect(page.locator("[data-help-last]")).to_be_hidden()
    page.goto(guide)
    expect(line).to_have_text("Tìm nơi giúp gần nhà")
    # By keyboard alone, and no accents.
    page.goto("/vi/help-points/")
    page.locator("#help-search").focus()
    page.keyboard.type("buu dien doi xa")
    page.keyboard.press("Enter")
    expect(page.locator(".help-point h3")).to_have_text("Bưu điện Đồi Xa")
    look(page, "help-points-found")


def test_a_campaign_a_story_and_the_honour_roll_fit_a_small_phone(live_site, open_page, look):
    home = HomePageFactory()
    section = SectionPageFactory(home, title="Phong trào", slug="phong-trao", kind="other")
    guide = GuidePageFactory(title="Làm căn cước")
    today = timezone.localdate()
    campaign = CampaignPageFactory(
        section,
        title="Tháng cao điểm dịch vụ công",
        main_day=today + timedelta(days=4),
        gathered=[("page", guide)],
        events=[event("Ngày hội ở chợ", 2, who="Bà con", organiser="UBND xã"), event("Buổi đầu", -2)],
        targets=[target("Hộ tự nộp", 400, reached=100, reached_on=today, source="Sổ của tổ")],
    )
    story = GoodModelPageFactory(
        section,
        title="Buổi tối ở nhà văn hóa",
        results=[("result", {"figure": "312 hộ", "what": "Hộ tự nộp", "source": "Sổ", "url": "", "as_of": today})],
        how_to_copy="<p>Chọn hai tối cố định.</p>",
    )
    roll = published(section, HonourRollPage(title="Bảng vàng", slug="bang-vang", locale=section.locale))
    for row in (
        {"whom": "person", "initials": "N.V.A."},
        {"whom": "group", "organisation": "Tổ khu phố 3", "story": story},
    ):
        Honour.objects.create(title="Giấy khen", reason="Giúp bà con", given_by="UBND xã", awarded_on=today, **row)
    page = open_page(viewport=PHONE)
    for name, address in (
        ("campaign", campaign.url),
        ("campaign-home", "/vi/"),
        ("movement", section.url),
        ("story", story.url),
        ("honours", roll.url),
    ):
        page.goto(address)
        expect(page.locator("h1")).to_be_visible()
        look(page, name)

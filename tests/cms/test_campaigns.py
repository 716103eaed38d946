"""Campaigns: the calendar tells where they stand; what they gather, their events as iCalendar and for programs."""

import json
from copy import deepcopy
from datetime import date, datetime, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from cms import gathered, tasks
from cms.models import CampaignPage, SearchText
from cms.models.campaigns import EventBlock, TargetBlock, campaigns_announced
from cms.search.indexing import index_page
from cms.sharing.operations import share_page
from contests.models import Contest
from reports.models import Figure, Indicator, Programme
from reports.queries.gathered import indicator_choices, indicator_figures
from schools.models import ReportingYear
from support.assistant.chunking import chunks_of
from tests.factories.cms import CampaignPageFactory, GuidePageFactory, HomePageFactory, SectionPageFactory
from tests.factories.schools import make_with_role, province

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def moment(days: int, hour: int) -> datetime:
    return timezone.make_aware(datetime(TODAY.year, TODAY.month, TODAY.day, hour)) + timedelta(days=days)


def event(name: str, days: int, **values) -> tuple[str, dict]:
    value = {
        "name": name,
        "starts": moment(days, 8),
        "ends": moment(days, 10),
        "place": "Sân chợ",
        "who": "",
        "organiser": "",
    }
    return "event", value | values


def target(name: str, goal: int, **values) -> tuple[str, dict]:
    value = {
        "name": name,
        "goal": goal,
        "counted_in": "hộ",
        "reached": None,
        "reached_on": None,
        "source": "",
        "figure": "",
    }
    return "target", value | values


@pytest.fixture(scope="module")
def made(shared_database):
    home = HomePageFactory()
    section = SectionPageFactory(home, title="Phong trào", slug="phong-trao", kind="other")
    guide = GuidePageFactory(title="Làm căn cước", slug="lam-can-cuoc")
    hidden = GuidePageFactory(title="Bài còn viết")
    english = SectionPageFactory(
        HomePageFactory("en"), slug="guides", translation_key=guide.get_parent().translation_key
    )
    english_guide = GuidePageFactory(english, title="The identity card", translation_key=guide.translation_key)
    for slug, state in (("tim-hieu", "open"), ("con-nhap", "draft")):
        Contest.objects.create(slug=slug, title=f"Cuộc thi {slug}", kind="knowledge", state=state, organiser=province())
    campaign = CampaignPageFactory(
        section,
        title="Tháng cao điểm",
        slug="thang-cao-diem",
        main_day=TODAY + timedelta(days=4),
        gathered=[
            ("page", guide),
            ("page", hidden),
            ("room", "contest:tim-hieu"),
            ("room", "contest:con-nhap"),
            ("link", {"title": "Nơi khác", "url": "https://noikhac.example/", "text": ""}),
        ],
        events=[event("Ngày hội", 2, who="Bà con", organiser="UBND xã"), event("Buổi đầu", -2)],
        targets=[
            target("Hộ tự nộp", 400, reached=100, reached_on=TODAY, source="Sổ của tổ"),
            target("Buổi hướng dẫn", 12),
        ],
        achieved="<p>Đã có 390 hộ.</p>",
    )
    hidden.unpublish()
    cache.clear()
    return {"campaign": campaign, "section": section, "english_guide": english_guide}


@pytest.fixture
def site(db, made):
    return deepcopy(made)


def page_of(client, address: str) -> BeautifulSoup:
    cache.clear()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def words(soup) -> str:
    return " ".join(soup.get_text(" ").split())


def moved(campaign: CampaignPage, *, first: int, day: int | None, last: int) -> None:
    """Its days from today on, as a publish would leave them."""
    CampaignPage.objects.filter(pk=campaign.pk).update(
        starts_on=TODAY + timedelta(days=first),
        main_day=None if day is None else TODAY + timedelta(days=day),
        ends_on=TODAY + timedelta(days=last),
    )


def test_the_page_tells_what_when_where_and_how_far(site, client):
    page = page_of(client, site["campaign"].url)
    text = words(page.main)
    assert "Đang diễn ra: còn 4 ngày đến" in text
    assert [words(one) for one in page.select("#events h3")] == ["Buổi đầu", "Ngày hội"]
    assert words(page.select_one("#events")).count("đã xong") == 1 and "UBND xã mời" in text
    progress = page.select_one("#targets progress")
    assert (progress["value"], progress["max"]) == ("100", "400")
    assert (
        "100 trên 400 hộ" in text
        and "Nguồn: Sổ của tổ" in text
        and "Buổi hướng dẫn : 12" in text.replace("dẫn:", "dẫn :")
    )
    # A page taken off and a contest still being written are left out; the order is the editor's.
    assert [words(one) for one in page.select("#gathered h3")] == ["Làm căn cước", "Cuộc thi tim-hieu", "Nơi khác"]
    assert "Kết quả đạt được" not in text


@pytest.mark.parametrize(
    ("days", "state", "said", "is_home"),
    [
        ({"first": 3, "day": 5, "last": 9}, "before", "Còn 3 ngày nữa bắt đầu", True),
        ({"first": 15, "day": None, "last": 20}, "before", "Còn 15 ngày nữa bắt đầu", False),
        ({"first": -2, "day": 0, "last": 9}, "during", "Hôm nay là ngày chính", True),
        ({"first": -5, "day": -1, "last": 2}, "during", "Đang diễn ra: còn 2 ngày", True),
        ({"first": -5, "day": None, "last": 0}, "during", "Hôm nay là ngày cuối", True),
        ({"first": -9, "day": -5, "last": -1}, "after", "Chiến dịch đã kết thúc", False),
    ],
)
def test_the_calendar_tells_where_it_stands_and_when_it_is_on_the_home_page(site, client, days, state, said, is_home):
    campaign = site["campaign"]
    moved(campaign, **days)
    page = page_of(client, campaign.url)
    assert said in words(page.main)
    assert ("390 hộ" in words(page.main)) == (state == "after")
    assert (page_of(client, "/vi/").select_one(".campaign-banner") is not None) == is_home
    card = page_of(client, site["section"].url)
    assert {"before": "Sắp tới", "during": "Đang diễn ra", "after": "Đã kết thúc"}[state] in words(
        card.select_one(".card")
    )


def test_a_new_day_drops_what_counts_days_and_nothing_else(site, client, django_capture_on_commit_callbacks):
    campaign = site["campaign"]
    page_of(client, campaign.url)
    moved(campaign, first=-9, day=None, last=-1)
    with django_capture_on_commit_callbacks(execute=True) as dropped:
        tasks.begin_day()
    assert "Chiến dịch đã kết thúc" in client.get(campaign.url).content.decode() and len(dropped) == 1
    moved(campaign, first=-9, day=None, last=-2)
    with django_capture_on_commit_callbacks() as dropped:
        tasks.begin_day()
    assert not dropped


def test_its_events_are_a_calendar_and_told_to_programs_search_and_the_assistant(site, client):
    campaign = site["campaign"]
    answer = client.get(f"/vi/feeds/events/{campaign.translation_key}.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    entries = {str(one["summary"]): one for one in Calendar.from_ical(answer.content).walk("VEVENT")}
    assert set(entries) == {"Tháng cao điểm", "Ngày hội", "Buổi đầu"}
    assert entries["Ngày hội"]["dtstart"].dt == moment(2, 8) and str(entries["Ngày hội"]["location"]) == "Sân chợ"
    assert entries["Tháng cao điểm"]["dtend"].dt == campaign.ends_on + timedelta(days=1)
    again = client.get("/vi/feeds/events.ics")
    assert {str(one["uid"]) for one in Calendar.from_ical(again.content).walk("VEVENT")} == {
        str(one["uid"]) for one in entries.values()
    }
    share_page(page=campaign)
    page = page_of(client, campaign.url)
    told = json.loads(page.select_one("script[type='application/ld+json']").string)
    assert told["@type"] == "EventSeries" and told["startDate"] == campaign.starts_on.isoformat()
    assert [one["name"] for one in told["subEvent"]] == ["Buổi đầu", "Ngày hội"]
    assert "Tháng cao điểm" in client.get("/vi/feeds/campaign.rss").content.decode()
    index_page(campaign.pk)
    assert "ngay hoi" in SearchText.objects.get(entry__key=str(campaign.translation_key)).folded
    assert any("Sân chợ" in chunk.text for chunk in chunks_of(campaign))


def test_gathered_pages_are_those_of_the_readers_language(site):
    campaign = site["campaign"]
    other = campaign.copy_for_translation(site["english_guide"].locale, copy_parents=True)
    assert [one["title"] for one in other.cards_shown()] == ["The identity card", "Cuộc thi tim-hieu", "Nơi khác"]


def test_a_figure_of_the_site_takes_the_place_of_one_entered(site, client):
    programme = Programme.objects.create(code="p", title="Đề án")
    a1, a2 = (
        Indicator.objects.create(
            programme=programme, code=code, title=f"Chỉ số {code}", definition="…", source="manual"
        )
        for code in ("X1", "X2")
    )
    year = ReportingYear.objects.create(code="2025", starts_on=date(2024, 12, 1), ends_on=date(2025, 11, 30))
    signed = {"reporting_year": year, "unit": province(), "taken_at": timezone.now()}
    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province(), username="cb.tinh")
    signature = {"signed_by": officer, "signed_at": timezone.now()}
    Figure.objects.create(indicator=a1, numerator=30, denominator=40, **signed, **signature)
    # Four people are too few to be told in public.
    Figure.objects.create(indicator=a2, numerator=4, denominator=40, **signed, **signature)
    assert {"X1": "X1 Chỉ số X1", "X2": "X2 Chỉ số X2"}.items() <= dict(indicator_choices()).items()
    assert indicator_figures(["X1", "X2"]).keys() == {"X1"}
    campaign = site["campaign"]
    campaign.targets = [
        target("Số của hệ thống", 80, counted_in="%", figure="indicator:X1", reached=1, reached_on=TODAY, source="x"),
        target("Số quá nhỏ", 80, counted_in="%", figure="indicator:X2"),
    ]
    campaign.save_revision().publish()
    shown = campaign.targets_shown()
    assert [(one["reached"], one["value"]) for one in shown] == [(75, 75), (None, None)]
    assert "75 trên 80 %" in words(page_of(client, campaign.url).main)
    assert ("indicator:X1", "X1 Chỉ số X1") in gathered.figure_choices()
    assert ("contest:tim-hieu", "Cuộc thi tim-hieu") in gathered.link_choices()


def test_rules_are_kept_by_the_form_and_by_the_database(site):
    campaign = site["campaign"]
    for values in ({"ends_on": TODAY - timedelta(days=30)}, {"main_day": TODAY + timedelta(days=90)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CampaignPage.objects.filter(pk=campaign.pk).update(**values)
        wrong = deepcopy(campaign)
        for name, value in values.items():
            setattr(wrong, name, value)
        with pytest.raises(ValidationError):
            wrong.clean()
    block = EventBlock()
    with pytest.raises(ValidationError):
        block.clean(
            block.to_python({"name": "A", "place": "B", "starts": "2027-10-10T10:00", "ends": "2027-10-10T09:00"})
        )
    block = TargetBlock()
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"name": "A", "goal": 5, "reached": 3}))


def test_home_costs_the_same_with_one_campaign_and_with_three(site, client):
    def statements() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            client.get("/vi/")
        return len(asked)

    one = statements()
    for _number in range(2):
        CampaignPageFactory(site["section"])
    assert len(campaigns_announced(site["campaign"].locale)) == 3
    assert statements() == one


def test_an_editor_writes_a_campaign(site, client, editor):
    client.force_login(editor)
    page = client.get(f"/admin/pages/add/cms/campaignpage/{site['section'].pk}/")
    assert page.status_code == 200 and "contest:tim-hieu" in page.content.decode()

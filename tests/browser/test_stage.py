"""An evening on a stage in real browsers: two judges on phones, the secretary, the board; the line is cut in the middle."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests import operations
from contests.models import Points, Sheet, Timing, Turn
from tests.factories import jury
from tests.factories import stage as make
from tests.factories.contests import secretary
from tests.factories.schools import make_with_role, school_year
from tests.live import DESKTOP, PHONE, eventually

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_two_judges_a_secretary_and_the_board_through_a_cut_line(live_site, object_store, open_page, sign_in, look):
    school_year()
    by = secretary()
    contest = make.contest(by, combine="mean")
    for name in ("Sóng nước", "Hoa sen"):
        make.team(contest, by, name=name)
    people = [make_with_role("juror", f"Bùi Văn Khảo {number}") for number in range(2)]
    for person in people:
        jury.juror(contest, by, user=person)
    keeper = make_with_role("juror", "Phan Thị Giờ")
    jury.juror(contest, by, user=keeper, task="timekeeper")
    round = make.round_of(contest)
    operations.draw_order(round=round, by=by)
    first, second = round.turns.order_by("position")

    def url(name: str, *more) -> str:
        return reverse(f"contests:{name}", args=[contest.slug, round.number, *more])

    desk = open_page(viewport=DESKTOP)
    sign_in(desk, by)
    desk.goto(url("stage_desk"))
    board = open_page(viewport=DESKTOP)
    board.goto(url("board"))
    expect(board.locator(".board__table li")).to_have_count(2)
    phones = []
    for person in people:
        phone = open_page(viewport=PHONE)
        sign_in(phone, person)
        phone.goto(url("stage"))
        expect(phone.locator("html[data-ready]")).to_be_attached()
        phones.append(phone)
    watch = open_page(viewport=PHONE)
    sign_in(watch, keeper)
    watch.goto(url("stage"))
    expect(watch.locator("html[data-ready]")).to_be_attached()

    # Called at the desk, and everybody knows without touching anything.
    desk.locator(f"#call-{first.pk}").click()
    expect(board.locator(".board__team")).to_have_text(str(first))
    expect(phones[0].locator("[data-now-name]")).to_have_text(str(first))
    expect(desk.locator("[data-live]")).to_contain_text(people[0].get_full_name())
    watch.locator("section:not([hidden]) [data-start]").first.click()
    expect(board.locator("[data-running-time]")).to_have_text(re.compile(r"^0:[0-5]\d$"))
    look(board, "board-on")
    watch.locator("section:not([hidden]) [data-stop]").first.click()
    eventually(watch, lambda: Timing.objects.filter(turn=first, seconds__isnull=False).exists())
    look(watch, "timer")

    # The first judge, with a line: a wrong number is said, then all is saved and locked.
    own = phones[0].locator(f"section[data-turn='{first.uuid}']")
    fields = own.locator("[data-mark] input")
    fields.first.fill("11")
    fields.first.blur()
    expect(own.locator("[data-help]").first).to_contain_text("Từ 0 đến 10")
    fields.first.fill("8,5")
    fields.first.press("Enter")
    expect(fields.nth(1)).to_be_focused()
    fields.nth(1).fill("9")
    fields.nth(2).fill("18")
    expect(own.locator("[data-total]")).to_have_text("35,5")
    expect(phones[0].locator("[data-when='server']")).to_be_visible()
    look(phones[0], "sheet")
    own.locator("[data-lock]").click()
    own.locator("[data-yes]").click()
    expect(own.locator("[data-is-locked]")).to_be_visible()
    eventually(phones[0], lambda: Sheet.objects.filter(turn=first, state="locked").count() == 1)

    # The second judge's line is cut: points and the lock stay on the phone and say so.
    other = phones[1].locator(f"section[data-turn='{first.uuid}']")
    phones[1].context.set_offline(True)
    for field, points in zip(other.locator("[data-mark] input").all(), ("7", "7,25", "16"), strict=True):
        field.fill(points)
    expect(phones[1].locator("[data-when='offline']")).to_be_visible()
    other.locator("[data-lock]").click()
    other.locator("[data-yes]").click()
    expect(other.locator("[data-lock-waits]")).to_be_visible()
    assert Points.objects.filter(sheet__juror__user=people[1]).count() == 0
    desk.locator(f"#end-{first.pk}").click()
    expect(desk.locator("[data-live]")).to_contain_text(people[1].get_full_name())
    expect(desk.locator(f"#reveal-{first.pk}")).to_have_count(0)
    expect(board.locator("[data-live]")).not_to_contain_text("35,5")
    # A page that is closed in the meantime loses nothing: the next one sends what the phone has kept.
    phones[1].context.set_offline(False)
    phones[1].goto("about:blank")
    phones[1].goto(url("stage"))
    eventually(phones[1], lambda: Sheet.objects.filter(turn=first, state="locked").count() == 2)
    assert Points.objects.filter(sheet__turn=first).count() == 6
    expect(phones[1].locator(f"section[data-turn='{first.uuid}'] [data-is-locked]")).to_be_attached()

    # The secretary's page has followed by itself; the points stand on the board when they are read out.
    look(desk, "desk")
    desk.locator(f"#reveal-{first.pk}").click()
    expect(board.locator(".board__points")).to_have_text("32,88")
    look(board, "board-points")
    desk.goto(url("stage_turn", first.uuid))
    look(desk, "turn")
    assert Turn.objects.get(pk=second.pk).state == "waiting"

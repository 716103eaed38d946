"""A contest on a stage: order, points from phones, locks, times, corrections, results, papers."""

import io
import json
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from contests import operations, problems
from contests.jury.performing import Limit, drawn, penalty_of, result_of
from contests.models import (
    Correction,
    Mark,
    Part,
    Points,
    Ranking,
    Round,
    Sheet,
    Timing,
    Turn,
    TurnOrder,
)
from contests.operations import Line
from contests.operations.states import name_of
from contests.queries.stage import evening_of, held_by
from contests.stage_documents import score_sheets
from tests.factories import jury as seats
from tests.factories import stage as make
from tests.factories.contests import secretary
from tests.factories.schools import make_class, make_pupil, make_school, make_teacher

LIMIT = Limit(300, 15, 60, Decimal(1), Decimal(3))


@pytest.mark.parametrize(
    ("seconds", "off"), [(None, 0), (300, 0), (315, 0), (316, 1), (360, 1), (361, 2), (900, 3), (0, 0)]
)
def test_points_come_off_for_each_begun_minute_once_the_grace_is_over(seconds, off):
    assert penalty_of(seconds, LIMIT) == off
    assert penalty_of(seconds, Limit(None, 0, 60, Decimal(1))) == 0


def test_the_result_is_what_the_rule_says_less_what_comes_off():
    totals = [Decimal(60), Decimal(80), Decimal(90), Decimal(100)]
    assert result_of(totals, [Decimal(2)], "mean") == Decimal("80.5")
    assert result_of(totals, [], "trimmed") == 85
    assert result_of(totals, [], "median") == 85
    assert result_of(totals[:1], [Decimal(99)], "median") == 0
    assert result_of([], [], "mean") is None


@given(st.sets(st.text("ABCDEFG0123456789", min_size=4, max_size=6), max_size=20), st.text(min_size=1))
def test_anybody_can_draw_the_lots_again(codes, seed):
    order = drawn(codes, seed)
    assert sorted(order) == sorted(codes)
    assert drawn(reversed(order), seed) == order


@pytest.fixture
def by(db):
    return secretary()


def url(name: str, round: Round, *more) -> str:
    return reverse(f"contests:{name}", args=[round.stage.contest.slug, round.number, *more])


def put(client, round: Round, lines, **more):
    saves = [{"question": one.key, "seq": one.seq, "value": one.value} | more for one in lines]
    address = f"/api/v1/contests/{round.stage.contest.slug}/stage/{round.number}/answers"
    body = {"sent_at": timezone.now().isoformat(), "saves": saves}
    return client.put(address, json.dumps(body), content_type="application/json")


@pytest.mark.slow
def test_an_evening_from_the_drawing_to_the_ranking_and_its_minutes(by, as_user, object_store):
    round, judges, turns = make.evening(by, teams=3, judges=3)
    contest = round.stage.contest
    keeper = seats.juror(contest, by, task="timekeeper")
    # The order is drawn once, kept with its seed, and anybody finds the same; a change needs a reason and stands beside it.
    first = round.orders.get()
    assert operations.draw_order(round=round, by=by) == first
    assert drawn([one.entry.code for one in turns], first.seed) == first.codes
    turned = [first.codes[1], first.codes[0], first.codes[2]]
    with pytest.raises(problems.ReasonMissing):
        operations.change_order(round=round, codes=turned, reason=" ", by=by)
    operations.change_order(round=round, codes=turned, reason="Xe của đội 1 đến muộn", by=by)
    assert [one.number for one in round.orders.all()] == [1, 2]
    turns = list(round.turns.select_related("team", "entry").order_by("position"))
    assert [one.entry.code for one in turns] == turned
    assert operations.change_order(round=round, codes=turned, reason="", by=by).number == 2

    operations.call_turn(turn=turns[0], by=by)
    with pytest.raises(problems.StageRefused):
        operations.call_turn(turn=turns[1], by=by)
    with pytest.raises(problems.StageRefused):
        operations.change_order(round=round, codes=first.codes, reason="Nhầm", by=by)
    # Points arrive, arrive again, arrive late and out of order: the highest number of a line counts, and once.
    phone = as_user(judges[0].user)
    lines = make.lines(turns[0], (8, 9, "17,5"), lock=False)
    for _again in range(2):
        answer = put(phone, round, lines)
        assert answer.status_code == 200, answer.content
        assert set(answer.json()["saved"].values()) == {1}
    assert Points.objects.filter(sheet__juror=judges[0]).count() == 3
    newer, older = (Line(lines[0].key, seq, value) for seq, value in ((3, "7"), (2, "1")))
    assert put(phone, round, [newer]).json()["saved"] == {newer.key: 3}
    assert put(phone, round, [older]).json()["saved"] == {newer.key: 3}
    other = put(phone, round, [Line(newer.key, 3, "4")]).json()
    assert other["answers"] == {newer.key: {"seq": 3, "value": "7"}}
    assert held_by(judges[0], round)[newer.key] == {"seq": 3, "value": "7"}
    # What is no number of this scale is refused and changes nothing; a lock of a sheet with gaps too.
    for wrong in ("11", "7.1", "-1", "x", {"a": 1}):
        assert put(phone, round, [Line(lines[0].key, 9, wrong)]).status_code == 422
    assert put(as_user(judges[1].user), round, make.lines(turns[0], (8, None, 3))).status_code == 422
    assert not Points.objects.filter(sheet__juror=judges[1]).exists()
    for points, seat in (((7, 9, 17.5), judges[0]), ((8, 8, 16), judges[1])):
        answer = put(as_user(seat.user), round, make.lines(turns[0], points, seq=5))
        assert answer.json()["saved"][f"{turns[0].uuid}:lock"] == 1
    # Locked is locked: what comes afterwards is said to be refused, the lock again is the lock.
    late = put(phone, round, [Line(lines[0].key, 6, "10"), Line(f"{turns[0].uuid}:lock", 2, True)]).json()
    assert (late["refused"], late["saved"]) == ([lines[0].key], {f"{turns[0].uuid}:lock": 2})
    # The timekeeper's phone measured while the line was cut.
    greeting = round.stage.parts.first()
    watch, time_key = as_user(keeper.user), f"{turns[0].uuid}:t{greeting.pk}"
    assert put(watch, round, [Line(time_key, 1, {"running": True})]).status_code == 200
    assert Turn.objects.get(pk=turns[0].pk).part == greeting
    assert 'data-running="' in phone.get(url("board", round)).text
    assert put(watch, round, [Line(time_key, 2, {"seconds": 420})]).json()["saved"] == {time_key: 2}
    assert Turn.objects.get(pk=turns[0].pk).part is None
    for wrong in ({"seconds": -1}, {"seconds": 10**6}, {"seconds": True}, "x"):
        assert put(watch, round, [Line(time_key, 3, wrong)]).status_code == 422
    # A judge keeps no time, the timekeeper gives no points.
    assert put(phone, round, [Line(time_key, 9, {"seconds": 1})]).status_code == 422
    assert put(watch, round, [Line(lines[0].key, 9, "1")]).status_code == 422

    desk = as_user(by)
    page = desk.get(url("stage_desk", round))
    assert judges[2].name in page.text and "Chưa khoá:" in page.text
    with pytest.raises(problems.StageRefused):
        operations.reveal_points(turn=turns[0], by=by)
    operations.end_turn(turn=turns[0], by=by)
    with pytest.raises(problems.SheetsMissing, match=judges[2].name):
        operations.reveal_points(turn=turns[0], by=by)
    # The third phone is dead: the paper is typed in.
    marks = list(Mark.objects.filter(part__stage=round.stage).order_by("part__position", "position"))
    with pytest.raises(problems.PointsMissing):
        operations.key_in_sheet(turn=turns[0], juror=judges[2], points={marks[0].pk: "9"}, by=by)
    operations.key_in_sheet(
        turn=turns[0],
        juror=judges[2],
        points=dict(zip([one.pk for one in marks], ("9", "9", "18"), strict=True)),
        by=by,
    )
    board = as_user(judges[0].user)
    assert "33,5" not in board.get(url("board", round)).text
    operations.reveal_points(turn=turns[0], by=by)
    # 33.5, 32 and 36: without the ends 33.5, less two begun minutes.
    done = evening_of(round).turns[0]
    assert (done.totals, done.penalty, done.result) == ([33.5, 32, 36], 2, Decimal("31.5"))
    assert "31,5" in board.get(url("board", round)).text
    assert put(watch, round, [Line(time_key, 4, {"seconds": 1})]).json()["refused"] == [time_key]

    # Corrections need a reason, are rows of their own, and reach the board.
    sheet = Sheet.objects.get(turn=turns[0], juror=judges[0])
    with pytest.raises(problems.ReasonMissing):
        operations.correct_points(sheet=sheet, mark=marks[2], value="18", reason="", by=by)
    before = desk.get(url("board_state", round)).json()["version"]
    operations.correct_points(sheet=sheet, mark=marks[2], value="19,5", reason="Cộng nhầm trên phiếu", by=by)
    operations.correct_time(turn=turns[0], part=greeting, seconds=330, reason="Bấm muộn", by=by)
    assert Points.objects.get(sheet=sheet, mark=marks[2]).points == Decimal("17.5")
    done = evening_of(round).turns[0]
    assert (done.totals, done.penalty, done.result) == ([35.5, 32, 36], 1, Decimal("34.5"))
    from django.core.cache import cache

    cache.clear()
    assert desk.get(url("board_state", round)).json()["version"] != before

    # The second team performs, the third does not come.
    operations.call_turn(turn=turns[1], by=by)
    for seat in judges[:2]:
        make.score(round, seat, turns[1], 10, 10, 18)
    operations.end_turn(turn=turns[1], by=by)
    operations.excuse_sheet(turn=turns[1], juror=judges[2], reason="Phải về sớm", by=by)
    operations.reveal_points(turn=turns[1], by=by)
    with pytest.raises(problems.ReasonMissing):
        operations.mark_absent(turn=turns[2], reason="", by=by)
    with pytest.raises(problems.StillJudging):
        operations.freeze_ranking(contest=contest, by=by)
    with pytest.raises(problems.NotReady, match=str(turns[2])):
        operations.move_contest(contest=contest, to="moderated", by=by, signed_name=name_of(by))
    operations.mark_absent(turn=turns[2], reason="Cầu hỏng", by=by)
    operations.write_minutes(
        contest=contest, by=by, held_at=timezone.now(), place="Nhà văn hoá", chair="Ông Chủ", clerk="Bà Thư"
    )
    operations.move_contest(contest=contest, to="moderated", by=by, signed_name=name_of(by))
    with pytest.raises(problems.StageRefused):
        operations.correct_points(sheet=sheet, mark=marks[2], value="1", reason="Muộn", by=by)
    # The same ranking code, frozen like any other.
    contest.refresh_from_db()
    ranking = operations.freeze_ranking(contest=contest, by=by)
    assert ranking.kind == Ranking.Kind.FROZEN and ranking.entrants == 2
    table = operations.compute_table(contest=contest)
    assert [(one.rank, one.row.entrant, one.row.score) for one in table.ranked] == [
        (1, turns[1].entry.code, Decimal(38)),
        (2, turns[0].entry.code, Decimal("34.5")),
    ]
    # Tie-breaks may name a part («2») or one thing looked at in it («2.1»): the judges' mean in each is there.
    means = table.ranked[1].row.criteria
    assert set(means) == {"1", "1.1", "1.2", "2", "2.1"} and means["1"] == means["1.1"] + means["1.2"]
    operations.move_contest(contest=contest, to="published", by=by, signed_name=name_of(by))
    word = desk.get(reverse("contests:minutes_word", args=[contest.slug])).content
    document = Document(io.BytesIO(word))
    cells = "\n".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    told = cells + "\n".join(one.text for one in document.paragraphs)
    for words in (
        "38",
        "34,5",
        "Vắng mặt: Cầu hỏng",
        "Cộng nhầm trên phiếu",
        "Xe của đội 1 đến muộn",
        first.seed,
        "phiếu giấy",
    ):
        assert words in told, words
    assert "Cầu hỏng" in "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(desk.get(reverse("contests:minutes_pdf", args=[contest.slug])).content)).pages
    )


@pytest.mark.slow
def test_a_judge_sees_no_trace_of_a_team_they_must_not_judge(by, as_user):
    contest = make.contest(by)
    own = make_class(make_school("Trường THPT Biển Xa"), "11A")
    person = make_teacher(own, "Bùi Văn Khảo")
    seat, other = seats.juror(contest, by, user=person), seats.juror(contest, by)
    home = make.team(contest, by, school=own.school, name="Đội nhà")
    away = make.team(contest, by, name="Đội khách")
    kin = make.team(contest, by, name="Đội người quen")
    round = make.round_of(contest)
    operations.draw_order(round=round, by=by)
    for one in (home, away, kin):
        one.refresh_from_db()
    client = as_user(person)
    page = client.get(url("stage", round)).text
    assert "Đội khách" in page and "Đội người quen" in page and "Đội nhà" not in page
    # Told by the judge: the team leaves the page, and nothing of it is taken any more.
    assert client.post(url("decline_turn", round, kin.uuid), {"reason": ""}).status_code == 302
    assert "Đội người quen" in client.get(url("stage", round)).text
    client.post(url("decline_turn", round, kin.uuid), {"reason": "Cháu của tôi", "conflict": "kin"})
    assert "Đội người quen" not in client.get(url("stage", round)).text
    for barred in (home, kin):
        assert put(client, round, make.lines(barred, (1, 1, 1))).status_code == 422
        assert client.post(url("decline_turn", round, barred.uuid), {"reason": "x"}).status_code == 404
        with pytest.raises(problems.StageRefused):
            operations.key_in_sheet(turn=barred, juror=seat, points={}, by=by)
    # A sheet that is locked is nobody's to take back.
    make.score(round, seat, away, 5, 5, 5)
    client.post(url("decline_turn", round, away.uuid), {"reason": "Đổi ý"})
    assert Sheet.objects.get(turn=away, juror=seat).state == Sheet.State.LOCKED
    operations.call_turn(turn=home, by=by)
    assert [one.juror for one in home.sheets.all()] == [other]
    paper = "".join(one.extract_text() for one in PdfReader(io.BytesIO(score_sheets(round))).pages)
    assert paper.count("Đội nhà") == 1 and paper.count("Đội khách") == 2
    # Whoever sits on no jury finds nothing, and the desk is not a judge's.
    stranger = as_user(make_pupil(own))
    assert stranger.get(url("stage", round)).status_code == 404
    assert put(stranger, round, make.lines(away, (1, 1, 1))).status_code == 404
    for name in ("stage_desk", "stage_state", "stage_papers"):
        assert client.get(url(name, round)).status_code == 404
    assert client.post(url("stage_act", round), {"do": f"call:{away.uuid}"}).status_code == 404


@pytest.mark.slow
def test_the_secretary_sets_parts_registers_teams_and_runs_the_evening_from_the_desk(by, as_user):
    contest = make.contest(by)
    round, desk = make.round_of(contest), as_user(by)
    parts = reverse("contests:parts", args=[contest.slug])
    management = {"part-TOTAL_FORMS": "2", "part-INITIAL_FORMS": "0"}
    first = {
        "part-0-title": "Tiểu phẩm",
        "part-0-minutes": "7.5",
        "part-0-penalty_points": "2",
        "part-0-penalty_step": "30",
    }
    wrong = desk.post(parts, management | first | {"part-0-marks": "Nội dung"})
    assert wrong.status_code == 422 and "Nội dung: 10" in wrong.text
    assert desk.post(parts, management | first | {"part-0-marks": "Nội dung: 10\nDiễn xuất = 7,5"}).status_code == 302
    skit = Part.objects.get(stage=round.stage)
    assert (skit.limit_seconds, skit.penalty_step, skit.penalty_points) == (450, 30, 2)
    assert [(one.title, one.top) for one in skit.marks.all()] == [("Nội dung", 10), ("Diễn xuất", Decimal("7.5"))]
    assert "Diễn xuất: 7,5" in desk.get(parts).text
    # A team from its paper: pupils of that school by their codes.
    of_class = make_class(make_school("Trường THPT Trên Núi"))
    for code in ("NUI1", "NUI2"):
        make_pupil(of_class, code=code)
    form = {
        "name": "Sao mai",
        "category": contest.categories.get().pk,
        "school": of_class.school.pk,
        "codes": "NUI1\nNUI9",
    }
    refused = desk.post(url("stage_team", round), form)
    assert refused.status_code == 422 and "NUI9" in refused.text
    for _twice in range(2):
        assert desk.post(url("stage_team", round), form | {"codes": "nui1\nNUI2"}).status_code == 302
    turn = Turn.objects.get(round=round)
    assert turn.team.members.count() == 2 and str(turn) == "Sao mai"
    invited = desk.post(url("stage_invite", round), {"name": "Phan Thị Giờ", "task": "timekeeper"})
    assert invited.status_code == 200 and "/jury/join/" in invited.text
    act = url("stage_act", round)
    assert desk.post(act, {"do": f"call:{turn.uuid}"}).status_code == 409
    assert desk.post(act, {"do": "draw"}).status_code == 302
    seat = seats.juror(contest, by)
    for what, status in (("call", 302), ("reveal", 409), ("end", 302), ("reveal", 409), ("nothing", 404)):
        assert desk.post(act, {"do": f"{what}:{turn.uuid}"}).status_code == status, what
    page = url("stage_turn", round, turn.uuid)
    marks = [one.pk for one in skit.marks.all()]
    paper = {"do": "paper", "juror": seat.pk} | {f"points-{pk}": "7" for pk in marks}
    assert desk.post(page, paper | {f"points-{marks[0]}": "99"}).status_code == 422
    assert desk.post(page, paper).status_code == 302
    assert desk.post(act, {"do": f"reveal:{turn.uuid}"}).status_code == 302
    sheet = Sheet.objects.get(turn=turn)
    point = {"do": "points", "sheet": sheet.pk, "mark": marks[0], "points": "9,25"}
    assert desk.post(page, point).status_code == 422
    assert desk.post(page, point | {"reason": "Đọc nhầm chữ số"}).status_code == 302
    time = {"do": "time", "part": skit.pk, "minutes": "8", "seconds": "05", "reason": "Đồng hồ hỏng"}
    assert desk.post(page, time).status_code == 302
    shown = desk.get(page).text
    # 9.25 + 7, less two begun half minutes at two points.
    assert "12,25" in shown and "8:05" in shown and "Đọc nhầm chữ số" in shown
    # Once points are given, parts stay; a second order and late teams say why.
    assert desk.post(parts, management | first | {"part-0-marks": "Khác: 5"}).status_code == 409
    make.team(contest, by, name="Đến muộn")
    assert [one.number for one in round.orders.all()] == [1, 2]
    assert desk.post(act, {"do": "order", "reason": ""}).status_code == 302
    assert desk.get(reverse("contests:manage", args=[contest.slug])).status_code == 200
    assert 'role="status"' in as_user(seat.user).get(url("stage", round)).text


@pytest.mark.slow
def test_pages_of_a_stage_ask_as_often_for_three_teams_as_for_one(by, as_user):
    def asked(client, address) -> int:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(address).status_code == 200
        return len(found)

    counts = []
    for teams in (1, 3):
        round, judges, turns = make.evening(by, teams=teams, judges=teams)
        for turn in turns:
            operations.call_turn(turn=turn, by=by)
            for seat in judges:
                make.score(round, seat, turn, 5, 5, 5)
            operations.end_turn(turn=turn, by=by)
            operations.reveal_points(turn=turn, by=by)
        desk, phone = as_user(by), as_user(judges[0].user)
        counts.append(
            [asked(desk, url(name, round)) for name in ("stage_desk", "board", "board_state", "stage_state")]
            + [asked(phone, url("stage", round)), asked(desk, url("stage_turn", round, turns[0].uuid))]
        )
    assert counts[0] == counts[1]


def test_the_database_holds_the_rules_of_a_stage(by):
    round, judges, turns = make.evening(by, teams=2, judges=1)
    operations.call_turn(turn=turns[0], by=by)
    sheet, mark = Sheet.objects.get(), Mark.objects.first()
    now = timezone.now()
    common = {"turn": turns[0], "reason": "x", "by": by}
    refused = [
        lambda: Turn.objects.filter(pk=turns[1].pk).update(state="on", began_at=now),
        lambda: Turn.objects.filter(pk=turns[1].pk).update(position=turns[0].position),
        lambda: Turn.objects.filter(pk=turns[1].pk).update(state="absent", reason=""),
        lambda: Turn.objects.filter(pk=turns[1].pk).update(part=mark.part),
        lambda: Turn.objects.filter(pk=turns[0].pk).update(revealed_at=now, revealed_by=by),
        lambda: Turn.objects.create(round=round, team=turns[0].team, entry=turns[1].entry),
        lambda: TurnOrder.objects.create(round=round, number=2, codes=[], by=by),
        lambda: TurnOrder.objects.create(round=round, number=1, seed="a", codes=[], by=by),
        lambda: Sheet.objects.create(turn=turns[0], juror=judges[0]),
        lambda: Sheet.objects.filter(pk=sheet.pk).update(state="locked"),
        lambda: Sheet.objects.filter(pk=sheet.pk).update(state="excused"),
        lambda: Sheet.objects.filter(pk=sheet.pk).update(keyed_by=by),
        lambda: Points.objects.create(sheet=sheet, mark=mark, seq=1, points=11, top=10),
        lambda: Points.objects.create(sheet=sheet, mark=mark, seq=0, points=1, top=10),
        lambda: Timing.objects.create(turn=turns[0], part=mark.part, seq=1, started_at=now, seconds=10**6, by=by),
        lambda: Correction.objects.create(**common | {"reason": ""}, part=mark.part, seconds=1),
        lambda: Correction.objects.create(**common, part=mark.part, seconds=1, sheet=sheet),
        lambda: Correction.objects.create(**common, sheet=sheet, points=1),
        lambda: Part.objects.create(stage=round.stage, key="x", position=9, title="x", penalty_points=1),
        lambda: Part.objects.create(stage=round.stage, key="x", position=9, title="x", limit_seconds=1),
        lambda: Mark.objects.create(part=mark.part, position=9, title="x", top=0),
    ]
    for number, attempt in enumerate(refused):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
            pytest.fail(f"rule {number} is not held")

"""Papers of a stage: sheets to fill in by hand, and what the minutes tell of it. Vietnamese, like every paper here."""

from contests.documents import _pdf, points_vi
from contests.models import Contest, Juror, Round
from contests.queries.stage import Evening, clock_of_seconds, evening_of, live_rounds, parts_of, turns_for_juror

NOTHING = "–"


def score_sheets(round: Round) -> bytes:
    """One page for each judge and team, without the teams a judge may not judge. Raises NoPdf."""
    parts, contest = parts_of(round), round.stage.contest
    sheets = [
        {"juror": seat, "turn": turn}
        for seat in Juror.objects.judges().filter(contest=contest).select_related("user")
        for turn in turns_for_juror(round, seat).exclude(state="absent").select_related("team").order_by("position")
    ]
    top = points_vi(sum(mark.top for part in parts for mark in part.marks.all()))
    return _pdf(
        "contests/papers/stage_sheets.html",
        {"contest": contest, "round": round, "parts": parts, "sheets": sheets, "top": top},
    )


def minutes_of_stage(contest: Contest) -> list[dict]:
    """Each round on a stage, for the minutes as Word and as PDF."""
    return [_told(evening_of(one)) for one in live_rounds(contest)]


def _told(evening: Evening) -> dict:
    orders = list(evening.round.orders.order_by("number"))
    names = {one.turn.entry.code: str(one.turn) for one in evening.turns}
    rows = [
        {
            "rank": one.rank or NOTHING,
            "position": one.turn.position or NOTHING,
            "team": one.turn.team.name or one.turn.entry.code,
            "unit": one.turn.team.unit_name,
            "totals": "; ".join(points_vi(total) for total in one.totals) or NOTHING,
            "penalty": points_vi(one.penalty) if one.penalty else NOTHING,
            "result": points_vi(one.result) if one.turn.state != "absent" else f"Vắng mặt: {one.turn.reason}",
        }
        for one in sorted(evening.turns, key=lambda one: (one.rank is None, one.rank or 0, one.turn.position or 0))
    ]
    told = []
    for one in orders:
        order = ", ".join(names.get(code, code) for code in one.codes)
        how = f"Bốc thăm (số gốc {one.seed})" if one.seed else f"Đổi thứ tự, lý do: {one.reason}"
        told.append(f"{how}: {order}.")
    for each in evening.turns:
        for part in each.timed:
            if part.penalty:
                told.append(
                    f"{each.turn}: phần “{part.part.title}” {clock_of_seconds(part.seconds)} phút, quá "
                    f"{clock_of_seconds(part.over)}, trừ {points_vi(part.penalty)} điểm."
                )
        for fixed in each.corrections:
            if fixed.part_id:
                what = f"thời gian phần “{fixed.part.title}”: {clock_of_seconds(fixed.seconds)}"
            else:
                what = f"{fixed.sheet.juror.name}, “{fixed.mark.title}”: {points_vi(fixed.points)} điểm"
            told.append(f"{each.turn}: sửa {what}. Lý do: {fixed.reason}")
        for scored in each.scored:
            if scored.sheet.state == "excused":
                told.append(
                    f"{each.turn}: không tính phiếu của {scored.sheet.juror.name}. Lý do: {scored.sheet.reason}"
                )
            elif scored.sheet.keyed_by_id:
                told.append(f"{each.turn}: phiếu giấy của {scored.sheet.juror.name} do thư ký nhập.")
    return {
        "title": evening.round.title or f"Vòng {evening.round.number}",
        "combined": str(evening.combined_by),
        "top": points_vi(evening.top),
        "rows": rows,
        "told": told,
    }

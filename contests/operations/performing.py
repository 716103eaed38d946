"""While the curtain is up: who is on, points and times as they come in from phones, locking, reading out, correcting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Conflict, Correction, Juror, Mark, Part, Points, Round, Sheet, Timing, Turn, TurnConflict
from contests.models.stage import LONGEST_SECONDS
from contests.operations.scoring import read_points
from contests.operations.setting_up import log
from contests.operations.stage import OVER, require_running
from contests.problems import PointsMissing, PointsRefused, ReasonMissing, SheetsMissing, StageRefused
from contests.queries.stage import judges_of, plain, time_value, turns_for_juror, waiting_for
from quizzes.merging import effective_time


def _locked(turn: Turn) -> Turn:
    return Turn.objects.select_for_update().select_related("round__stage__contest", "entry", "team").get(pk=turn.pk)


# --- Who is on --------------------------------------------------------------------------------------------------------


@transaction.atomic
def call_turn(*, turn: Turn, by) -> Turn:
    """The team comes on; every judge without a conflict gets a sheet. Pressed again: the same.

    Raises StageRefused (no order yet, another team is on, this one has been on).
    """
    require_running(turn.round.stage.contest)
    turn = _locked(turn)
    if turn.state == Turn.State.ON:
        return turn
    if turn.position is None:
        raise StageRefused(_("Draw the order first."))
    if turn.state == Turn.State.DONE:
        raise StageRefused(_("This team has performed already."))
    if not judges_of(turn.round.stage.contest).exists():
        raise StageRefused(_("No judge has taken their seat yet."))
    turn.state, turn.reason, turn.began_at = Turn.State.ON, "", timezone.now()
    try:
        with transaction.atomic():
            turn.save(update_fields=["state", "reason", "began_at"])
    except IntegrityError:
        raise StageRefused(_("Another team is still on stage. End its performance first.")) from None
    for juror in judges_of(turn.round.stage.contest):
        if turns_for_juror(turn.round, juror).filter(pk=turn.pk).exists():
            Sheet.objects.get_or_create(turn=turn, juror=juror)
    return turn


@transaction.atomic
def end_turn(*, turn: Turn, by) -> Turn:
    """The team has performed. Pressed again: the same. Raises StageRefused where it was not on."""
    turn = _locked(turn)
    if turn.state == Turn.State.DONE:
        return turn
    if turn.state != Turn.State.ON:
        raise StageRefused(_("This team is not on stage."))
    turn.state, turn.ended_at, turn.part = Turn.State.DONE, timezone.now(), None
    turn.save(update_fields=["state", "ended_at", "part"])
    return turn


@transaction.atomic
def mark_absent(*, turn: Turn, reason: str, by) -> Turn:
    """The team did not come. It may still be called. Raises ReasonMissing, StageRefused."""
    if not reason.strip():
        raise ReasonMissing()
    contest = require_running(turn.round.stage.contest)
    turn = _locked(turn)
    if turn.state not in {Turn.State.WAITING, Turn.State.ABSENT}:
        raise StageRefused(_("This team has been on stage."))
    turn.state, turn.reason = Turn.State.ABSENT, reason.strip()[:300]
    turn.save(update_fields=["state", "reason"])
    log(by, "mark_absent", contest, entry=turn.entry.code, reason=turn.reason)
    return turn


@transaction.atomic
def reveal_points(*, turn: Turn, by) -> Turn:
    """Read the points out: they stand on the board from now on. Pressed again: the same.

    Raises StageRefused before the end of the performance, SheetsMissing (with the names) while a judge has not locked.
    """
    require_running(turn.round.stage.contest)
    turn = _locked(turn)
    if turn.revealed_at is not None:
        return turn
    if turn.state != Turn.State.DONE:
        raise StageRefused(_("The performance has not ended yet."))
    if missing := waiting_for(turn):
        raise SheetsMissing(_("Not locked yet: %(names)s.") % {"names": ", ".join(one.name for one in missing)})
    if not turn.sheets.filter(state=Sheet.State.LOCKED).exists():
        raise StageRefused(_("No sheet counts: there are no points to read out."))
    turn.revealed_at, turn.revealed_by = timezone.now(), by
    turn.save(update_fields=["revealed_at", "revealed_by"])
    log(by, "reveal_points", turn.round.stage.contest, entry=turn.entry.code)
    return turn


# --- From the phones --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of a device: `key` is `<turn>:<criterion>`, `<turn>:lock` or `<turn>:t<part>`; `seq` its own count."""

    key: str
    seq: int
    value: Any
    at: datetime | None = None


@dataclass
class Taken:
    """What the server holds now: sequences by key, keys it no longer takes, and where it holds something else."""

    saved: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    differs: dict[str, dict] = field(default_factory=dict)


def _read(lines: Iterable[Line]) -> list[tuple[Line, UUID, str]]:
    """Locks last, whatever the order they were sent in. Raises PointsRefused for a key nobody has made."""
    found = []
    for one in lines:
        turn, _colon, what = one.key.partition(":")
        try:
            uuid = UUID(turn)
        except ValueError:
            raise PointsRefused() from None
        number = what.removeprefix("t")
        if one.seq < 1 or not (what == "lock" or (number.isascii() and number.isdigit() and len(number) < 10)):
            raise PointsRefused()
        found.append((one, uuid, what))
    return sorted(found, key=lambda row: row[2] == "lock")


@transaction.atomic
def save_lines(*, round: Round, seat: Juror, lines: Iterable[Line], sent_at: datetime | None = None) -> Taken:
    """Take in what a judge's or the timekeeper's phone has kept: points, times, locks. May be repeated; the highest `seq`
    of a line wins. Committed before it is answered.

    A judge's lines for a turn they may not judge are unknown, as is everything that is not theirs. Raises PointsRefused for
    what cannot be read, PointsMissing for a lock of a sheet with gaps. All or, on an error, none.
    """
    rows, taken, now = _read(lines), Taken(), timezone.now()
    if round.stage.contest.state in OVER:
        taken.refused = {line.key for line, _uuid, _what in rows}
        return taken
    known = turns_for_juror(round, seat) if seat.task == Juror.Task.JUDGE else round.turns.exclude(position=None)
    turns = {one.uuid: one for one in known.filter(uuid__in={uuid for _line, uuid, _what in rows})}
    if any(uuid not in turns for _line, uuid, _what in rows):
        raise PointsRefused()
    if seat.task == Juror.Task.TIMEKEEPER:
        parts = {one.pk: one for one in Part.objects.filter(stage=round.stage_id)}
        for line, uuid, what in rows:
            part = parts.get(int(what[1:])) if what.startswith("t") else None
            if part is None:
                raise PointsRefused()
            _time(taken, line, turns[uuid], part, effective_time(now=now, sent_at=sent_at, answered_at=line.at), seat)
        return taken
    sheets = _sheets(seat, turns)
    marks = {one.pk: one for one in Mark.objects.filter(part__stage=round.stage_id)}
    held = {
        (one.sheet_id, one.mark_id): one for one in Points.objects.filter(sheet__in=[one.pk for one in sheets.values()])
    }
    for line, uuid, what in rows:
        sheet = sheets[uuid]
        if what == "lock":
            _lock(taken, line, sheet, marks)
        elif what.isdigit() and int(what) in marks:
            _points(taken, line, sheet, marks[int(what)], held, now)
        else:
            raise PointsRefused()
    return taken


def _sheets(seat: Juror, turns: Mapping[UUID, Turn]) -> dict[UUID, Sheet]:
    """The judge's sheets of these turns, locked for the transaction. One that the line kept back is made here."""
    wanted = [one.pk for one in turns.values()]
    have = set(Sheet.objects.filter(juror=seat, turn__in=wanted).values_list("turn_id", flat=True))
    for pk in wanted:
        if pk not in have:
            Sheet.objects.get_or_create(turn_id=pk, juror=seat)
    found = Sheet.objects.select_for_update(of=("self",)).filter(juror=seat, turn__in=wanted).order_by("pk")
    return {one.turn.uuid: one for one in found.select_related("turn")}


def _points(taken: Taken, line: Line, sheet: Sheet, mark: Mark, held: dict, now: datetime) -> None:
    value = None if line.value in (None, "") else read_points(line.value, mark)
    have = held.get((sheet.pk, mark.pk))
    if have is not None and line.seq <= have.seq:
        taken.saved[line.key] = have.seq
        if line.seq == have.seq and value != have.points:
            taken.differs[line.key] = {"seq": have.seq, "value": plain(have.points)}
        return
    if sheet.state != Sheet.State.OPEN or sheet.turn.revealed_at is not None:
        taken.refused.add(line.key)
        return
    if have is None:
        have = held[(sheet.pk, mark.pk)] = Points(sheet=sheet, mark=mark)
    have.seq, have.points, have.top, have.saved_at = line.seq, value, mark.top, now
    have.save()
    taken.saved[line.key] = line.seq


def _lock(taken: Taken, line: Line, sheet: Sheet, marks: Mapping[int, Mark]) -> None:
    if sheet.state == Sheet.State.LOCKED:
        taken.saved[line.key] = line.seq
        return
    if sheet.state == Sheet.State.EXCUSED or line.value is not True:
        taken.refused.add(line.key)
        return
    if set(marks) - set(sheet.points.exclude(points=None).values_list("mark_id", flat=True)):
        raise PointsMissing()
    sheet.state, sheet.locked_at = Sheet.State.LOCKED, timezone.now()
    sheet.save(update_fields=["state", "locked_at"])
    taken.saved[line.key] = line.seq


def _time(taken: Taken, line: Line, turn: Turn, part: Part, at: datetime, seat: Juror) -> None:
    value = line.value if isinstance(line.value, dict) else {}
    seconds = value.get("seconds")
    if not (value.get("running") is True and seconds is None) and not (
        isinstance(seconds, int) and not isinstance(seconds, bool) and 0 <= seconds <= LONGEST_SECONDS
    ):
        raise PointsRefused(_("This is no time that a performance can take."))
    held = Timing.objects.select_for_update().filter(turn=turn, part=part).first()
    if held is not None and line.seq <= held.seq:
        taken.saved[line.key] = held.seq
        if line.seq == held.seq and held.seconds != seconds:
            taken.differs[line.key] = {"seq": held.seq, "value": time_value(held)}
        return
    if turn.revealed_at is not None:
        taken.refused.add(line.key)
        return
    if held is None:
        held = Timing(turn=turn, part=part, started_at=at)
    if seconds is None:
        held.started_at = at
    held.seq, held.seconds, held.by_id, held.saved_at = line.seq, seconds, seat.user_id, timezone.now()
    held.save()
    # The board tells which part is on; whose turn it is not, tells nothing.
    on = Turn.objects.filter(pk=turn.pk, state=Turn.State.ON)
    on.update(part=part) if seconds is None else on.filter(part=part).update(part=None)
    taken.saved[line.key] = line.seq


# --- Where something went wrong ---------------------------------------------------------------------------------------


def _sheet_of(turn: Turn, juror: Juror) -> Sheet:
    if not turns_for_juror(turn.round, juror).filter(pk=turn.pk).exists():
        raise StageRefused(_("This judge does not judge this team."))
    sheet, _made = Sheet.objects.get_or_create(turn=turn, juror=juror)
    return Sheet.objects.select_for_update().get(pk=sheet.pk)


@transaction.atomic
def key_in_sheet(*, turn: Turn, juror: Juror, points: Mapping[int, Any], by) -> Sheet:
    """Type in the paper a judge has signed, where their phone failed: {criterion: points}, all of them. The sheet is locked.

    Raises StageRefused (locked already, not theirs to judge), PointsRefused, PointsMissing.
    """
    contest = require_running(turn.round.stage.contest)
    sheet = _sheet_of(_locked(turn), juror)
    if sheet.state == Sheet.State.LOCKED:
        raise StageRefused(_("This sheet is locked. What is wrong in it is corrected with a reason."))
    for mark in Mark.objects.filter(part__stage=turn.round.stage_id):
        if str(points.get(mark.pk, "")).strip() == "":
            raise PointsMissing()
        value, have = read_points(points[mark.pk], mark), sheet.points.filter(mark=mark).first()
        # Above whatever the phone may still send.
        seq = (have.seq if have else 0) + 1000
        Points.objects.update_or_create(
            sheet=sheet,
            mark=mark,
            defaults={"seq": seq, "points": value, "top": mark.top, "saved_at": timezone.now()},
        )
    sheet.state, sheet.reason, sheet.locked_at, sheet.keyed_by = Sheet.State.LOCKED, "", timezone.now(), by
    sheet.save(update_fields=["state", "reason", "locked_at", "keyed_by"])
    log(by, "key_in_sheet", contest, entry=turn.entry.code, juror=juror.name)
    return sheet


@transaction.atomic
def excuse_sheet(*, turn: Turn, juror: Juror, reason: str, by, conflict: str = "") -> Sheet:
    """A judge's sheet for a team does not count, with the reason; `conflict` (a Conflict.Kind) also hides the team from the
    judge. What they gave stays on record. Raises ReasonMissing, StageRefused once the results are fixed.
    """
    if not reason.strip():
        raise ReasonMissing()
    contest, turn = require_running(turn.round.stage.contest), _locked(turn)
    sheet, _made = Sheet.objects.get_or_create(turn=turn, juror=juror)
    sheet = Sheet.objects.select_for_update().get(pk=sheet.pk)
    sheet.state, sheet.reason = Sheet.State.EXCUSED, reason.strip()[:300]
    sheet.locked_at = sheet.keyed_by = None
    sheet.save(update_fields=["state", "reason", "locked_at", "keyed_by"])
    if conflict:
        TurnConflict.objects.get_or_create(
            juror=juror,
            turn=turn,
            defaults={"kind": Conflict.Kind(conflict), "note": sheet.reason, "told_by": by},
        )
    log(by, "excuse_sheet", contest, entry=turn.entry.code, juror=juror.name, reason=sheet.reason)
    return sheet


@transaction.atomic
def decline_turn(*, turn: Turn, juror: Juror, reason: str, by, conflict: str) -> Sheet:
    """A judge says that they must not judge a team. Once their sheet is locked only the secretary can take it out.

    Raises ReasonMissing, StageRefused.
    """
    sheet = Sheet.objects.select_for_update().filter(turn=turn, juror=juror).first()
    if sheet is not None and sheet.state != Sheet.State.OPEN:
        raise StageRefused(_("This sheet is locked: tell the secretary."))
    return excuse_sheet(turn=turn, juror=juror, reason=reason, by=by, conflict=conflict)


@transaction.atomic
def correct_points(*, sheet: Sheet, mark: Mark, value, reason: str, by) -> Correction:
    """Other points in place of a judge's, with the reason: a new row, the judge's own stays. Also after they were read out.

    Raises ReasonMissing, PointsRefused, StageRefused while the sheet is not locked or once the results are fixed.
    """
    if not reason.strip():
        raise ReasonMissing()
    contest = require_running(sheet.turn.round.stage.contest)
    sheet = Sheet.objects.select_for_update().select_related("turn__entry", "turn__round", "juror").get(pk=sheet.pk)
    if sheet.state != Sheet.State.LOCKED:
        raise StageRefused(_("The judge has not locked this sheet: they can still change it themselves."))
    if mark.part.stage_id != sheet.turn.round.stage_id:
        raise PointsRefused()
    made = Correction.objects.create(
        turn=sheet.turn, sheet=sheet, mark=mark, points=read_points(value, mark), reason=reason.strip()[:300], by=by
    )
    log(
        by,
        "correct_points",
        contest,
        entry=sheet.turn.entry.code,
        juror=sheet.juror.name,
        mark=mark.title,
        points=str(made.points),
        reason=made.reason,
    )
    return made


@transaction.atomic
def correct_time(*, turn: Turn, part: Part, seconds: int, reason: str, by) -> Correction:
    """Another time for a part, with the reason: a new row. Raises ReasonMissing, PointsRefused, StageRefused."""
    if not reason.strip():
        raise ReasonMissing()
    contest, turn = require_running(turn.round.stage.contest), _locked(turn)
    if turn.state not in {Turn.State.ON, Turn.State.DONE}:
        raise StageRefused(_("This team has not been on stage."))
    if part.stage_id != turn.round.stage_id or not 0 <= seconds <= LONGEST_SECONDS:
        raise PointsRefused(_("This is no time that a performance can take."))
    made = Correction.objects.create(turn=turn, part=part, seconds=seconds, reason=reason.strip()[:300], by=by)
    log(by, "correct_time", contest, entry=turn.entry.code, part=part.key, seconds=seconds, reason=made.reason)
    return made

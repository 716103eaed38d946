"""What happens on a stage: whose sheets are whose, results with corrections, and what the board in the hall shows."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from contests.jury.performing import Limit, penalty_of, result_of, total_of
from contests.jury.scoring import COMBINE_LABELS, MEAN, combine
from contests.models import (
    Contest,
    Correction,
    Juror,
    Mark,
    Part,
    Points,
    Round,
    Sheet,
    Stage,
    TeamMember,
    Timing,
    Turn,
    TurnConflict,
)
from contests.problems import NoSuchStage
from contests.queries.conflicts import barred_works
from contests.queries.contests import rules_in_force
from contests.queries.criteria import mark_key
from contests.rules import Rules


def live_stage(contest: Contest) -> Stage | None:
    return Stage.objects.filter(contest=contest, kind=Stage.Kind.LIVE).order_by("position").first()


def live_round(contest: Contest, number: int) -> Round:
    """A round on a stage. Raises NoSuchStage."""
    found = Round.objects.filter(stage__contest=contest, stage__kind=Stage.Kind.LIVE, number=number)
    one = found.select_related("stage__contest").first()
    if one is None:
        raise NoSuchStage()
    return one


def live_rounds(contest: Contest) -> QuerySet[Round]:
    return Round.objects.filter(stage__contest=contest, stage__kind=Stage.Kind.LIVE).order_by("number")


def judges_of(contest: Contest) -> QuerySet[Juror]:
    return Juror.objects.judges().filter(contest=contest, is_reserve=False).select_related("user")


def seat_at(user, slug: str, number: int) -> tuple[Juror, Round]:
    """`user`'s seat at a live round: a judge's or the timekeeper's. Raises NoSuchStage."""
    seat = Juror.objects.of(user).filter(contest__slug=slug).select_related("contest", "user").first()
    if seat is None:
        raise NoSuchStage()
    return seat, live_round(seat.contest, number)


def turns_for_juror(round: Round, juror: Juror) -> QuerySet[Turn]:
    """The one gate to what a judge may score: no team they have a conflict of interest with."""
    told = TurnConflict.objects.filter(juror=juror, turn=OuterRef("pk"))
    return round.turns.exclude(position=None).filter(~Exists(told), ~barred_works(juror.user))


def waiting_promoted(round: Round) -> int:
    """How many whom an earlier round sent on are in no team of this one yet. One query."""
    seated = TeamMember.objects.filter(entry__isnull=False, team__turns__round=round).values("entry")
    return round.promotions.filter(entry__state="entered").exclude(entry__in=seated).count()


def waiting_for(turn: Turn) -> list[Juror]:
    """Judges whose sheet for this turn is neither locked nor excused."""
    return [one.juror for one in turn.sheets.filter(state=Sheet.State.OPEN).select_related("juror")]


def clock_of_seconds(seconds: int | None) -> str:
    """5:07 of seconds; «–» for nothing."""
    return "–" if seconds is None else f"{seconds // 60}:{seconds % 60:02}"


@dataclass
class Scored:
    """One judge's sheet as it counts now; `before` is what a correction replaced."""

    sheet: Sheet
    points: dict[int, Decimal] = field(default_factory=dict)
    before: dict[int, Decimal | None] = field(default_factory=dict)
    total: Decimal | None = None

    @property
    def counts(self) -> bool:
        return self.sheet.state == Sheet.State.LOCKED


@dataclass
class Timed:
    """A part's time as it counts now."""

    part: Part
    seconds: int | None
    is_running: bool
    penalty: Decimal
    started_at: datetime | None = None

    @property
    def clock(self) -> str:
        return clock_of_seconds(self.seconds)

    @property
    def over(self) -> int:
        if self.seconds is None or self.part.limit_seconds is None:
            return 0
        return max(0, self.seconds - self.part.limit_seconds)


@dataclass
class Performed:
    """A turn with everything that counts."""

    turn: Turn
    scored: list[Scored]
    timed: list[Timed]
    corrections: list[Correction]
    result: Decimal | None
    rank: int | None = None

    @property
    def totals(self) -> list[Decimal]:
        return [one.total for one in self.scored if one.counts and one.total is not None]

    @property
    def penalty(self) -> Decimal:
        return sum((one.penalty for one in self.timed), Decimal(0))

    @property
    def missing(self) -> list[Scored]:
        return [one for one in self.scored if one.sheet.state == Sheet.State.OPEN]

    @property
    def is_complete(self) -> bool:
        """Whether nothing can happen any more: the points are read out, or the team did not come."""
        return self.turn.revealed_at is not None or self.turn.state == Turn.State.ABSENT


@dataclass
class Evening:
    """A round on a stage as the secretary sees it."""

    round: Round
    parts: list[Part]
    marks: list[Mark]
    turns: list[Performed]
    how: str

    @property
    def top(self) -> Decimal:
        return sum((one.top for one in self.marks), Decimal(0))

    @property
    def combined_by(self):
        return COMBINE_LABELS[self.how]

    @property
    def on(self) -> Performed | None:
        return next((one for one in self.turns if one.turn.state == Turn.State.ON), None)

    @property
    def unfinished(self) -> list[Performed]:
        return [one for one in self.turns if not one.is_complete]


def parts_of(round: Round) -> list[Part]:
    """Parts with their criteria. Two queries."""
    return list(Part.objects.filter(stage=round.stage_id).prefetch_related("marks").order_by("position"))


def evening_of(round: Round) -> Evening:
    """Everything about a round. Nine queries however many teams and judges."""
    how = Rules.of(rules_in_force(round.stage.contest)).jury_terms.combine
    parts = parts_of(round)
    marks = [mark for part in parts for mark in part.marks.all()]
    sheets = Prefetch(
        "sheets", Sheet.objects.select_related("juror").prefetch_related(Prefetch("points", Points.objects.all()))
    )
    turns = (
        round.turns.select_related("team", "entry")
        .prefetch_related(
            sheets,
            Prefetch("timings", Timing.objects.all()),
            Prefetch(
                "corrections",
                Correction.objects.select_related("mark", "part", "sheet__juror", "by__person").order_by("at"),
            ),
        )
        .order_by("position", "pk")
    )
    found = [_performed(turn, parts, marks, how) for turn in turns]
    ranked = sorted((one for one in found if one.result is not None), key=lambda one: -one.result)
    for place, one in enumerate(ranked, 1):
        before = ranked[place - 2] if place > 1 else None
        one.rank = before.rank if before and before.result == one.result else place
    return Evening(round, parts, marks, found, how)


def _performed(turn: Turn, parts: list[Part], marks: list[Mark], how: str) -> Performed:
    corrections = list(turn.corrections.all())
    scored = []
    for sheet in turn.sheets.all():
        one = Scored(sheet, {row.mark_id: row.points for row in sheet.points.all() if row.points is not None})
        for correction in corrections:
            if correction.sheet_id == sheet.pk:
                one.before.setdefault(correction.mark_id, one.points.get(correction.mark_id))
                one.points[correction.mark_id] = correction.points
        one.total = total_of(one.points, [mark.pk for mark in marks])
        scored.append(one)
    times = {one.part_id: one for one in turn.timings.all()}
    corrected = {one.part_id: one.seconds for one in corrections if one.part_id}
    timed = []
    for part in parts:
        held = times.get(part.pk)
        seconds = corrected.get(part.pk, held.seconds if held else None)
        limit = Limit(part.limit_seconds, part.grace_seconds, part.penalty_step, part.penalty_points, part.penalty_most)
        running = held is not None and held.seconds is None and part.pk not in corrected
        timed.append(Timed(part, seconds, running, penalty_of(seconds, limit), held.started_at if held else None))
    totals = [one.total for one in scored if one.counts and one.total is not None]
    open_ones = [one for one in scored if one.sheet.state == Sheet.State.OPEN]
    # Before the last sheet is in, a number would only seem to be one.
    whole = turn.state == Turn.State.DONE and not open_ones
    result = result_of(totals, [one.penalty for one in timed], how) if whole else None
    return Performed(turn, scored, timed, corrections, result)


def mean_of(one: Performed) -> Decimal | None:
    """The mean of all judges, for a tie-break."""
    return combine(one.totals, MEAN)


def weightiest_of(one: Performed, marks: list[Mark]) -> Decimal | None:
    """The judges' mean in the criterion that brings the most points; of equal ones the earlier."""
    if not marks:
        return None
    most = max(marks, key=lambda mark: (mark.top, -marks.index(mark)))
    return combine([each.points[most.pk] for each in one.scored if each.counts and most.pk in each.points], MEAN)


def criteria_on_stage(one: Performed, parts: list[Part]) -> dict[str, Decimal | None]:
    """The judges' mean in each thing looked at («2.1») and in each part («2»), for tie-breaks that name them."""
    counted, found = [each for each in one.scored if each.counts], {}
    for part in parts:
        marks = list(part.marks.all())
        for mark in marks:
            found[mark_key(part, mark)] = combine(
                [each.points[mark.pk] for each in counted if mark.pk in each.points], MEAN
            )
        totals = [total_of(each.points, [mark.pk for mark in marks]) for each in counted]
        found[str(part.position)] = combine([total for total in totals if total is not None], MEAN)
    return found


# --- The board and the phones -----------------------------------------------------------------------------------------


def board_version(round: Round, *, inside: bool = False) -> str:
    """Changes whenever the board does; `inside`, whenever the secretary's page does. Two queries, however many look."""
    turns = round.turns.order_by("pk").values_list("pk", "position", "state", "part", "revealed_at")
    told = [f"{pk}.{place}.{state}.{part}.{at.timestamp() if at else 0:.0f}" for pk, place, state, part, at in turns]
    changed = Turn.objects.filter(round=round).aggregate(
        corrected_to=Max("corrections__pk"),
        excused_sheets=Count("sheets", filter=Q(sheets__state="excused"), distinct=True),
        **(
            {
                "all_sheets": Count("sheets", distinct=True),
                "locked_sheets": Count("sheets", filter=Q(sheets__state="locked"), distinct=True),
                "timed_at": Max("timings__saved_at"),
            }
            if inside
            else {}
        ),
    )
    whole = f"{changed}|{'|'.join(told)}"
    return sha256(whole.encode()).hexdigest()[:16]


def plain(points: Decimal | None) -> str | None:
    """As a device writes it: 7.5."""
    return None if points is None else f"{points.normalize():f}"


def time_value(held: Timing) -> dict:
    """What a device gets of a time that is held."""
    if held.seconds is None:
        return {"running": True, "started_at": held.started_at.isoformat(timespec="milliseconds")}
    return {"seconds": held.seconds}


def turn_on(round: Round) -> Turn | None:
    return round.turns.filter(state=Turn.State.ON).select_related("team").first()


def held_by(seat: Juror, round: Round) -> dict[str, dict]:
    """What the server has of a seat's lines, as its phone keeps them. Three queries at most."""
    found: dict[str, dict] = {}
    if seat.task == Juror.Task.TIMEKEEPER:
        for held in Timing.objects.filter(turn__round=round).select_related("turn"):
            found[f"{held.turn.uuid}:t{held.part_id}"] = {"seq": held.seq, "value": time_value(held)}
        return found
    turns = turns_for_juror(round, seat)
    for one in Points.objects.filter(sheet__juror=seat, sheet__turn__in=turns).select_related("sheet__turn"):
        found[f"{one.sheet.turn.uuid}:{one.mark_id}"] = {"seq": one.seq, "value": plain(one.points)}
    for turn, state in Sheet.objects.filter(juror=seat, turn__in=turns).values_list("turn__uuid", "state"):
        if state != Sheet.State.OPEN:
            found[f"{turn}:lock"] = {"seq": 1, "value": state}
    return found


def members_of(turns: list[Turn]) -> dict[int, list]:
    """{team: its members} for the papers. One query."""
    found: dict[int, list] = defaultdict(list)
    rows = TeamMember.objects.filter(team__in=[one.team_id for one in turns], state=TeamMember.State.CONFIRMED)
    for one in rows.select_related("user__person"):
        found[one.team_id].append(one)
    return found

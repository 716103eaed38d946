"""The stored rows a ranking is made of. The only place that reads attempts for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from contests.jury.scoring import MEAN, combine
from contests.models import Category, Contest, Entry, Outage, Round, RoundAttempt, TeamMember
from contests.queries.stage import criteria_on_stage, evening_of, live_rounds, mean_of, weightiest_of
from contests.ranking import Row, milliseconds
from contests.rules import Rules
from quizzes.models import Attempt
from schools.models import Roll, SchoolYear


def valid_rows(
    contest: Contest, rules: Rules, *, round: Round | None = None, category: Category | None = None
) -> list[Row]:
    """Every valid attempt of a round or of the whole contest: ended, of an entry in the running, and complete where the
    rules ask for all answers or for a guess. Two queries however many there are.
    """
    if contest.takes_works:
        return list(_works(contest, category))
    stages = list(live_rounds(contest)) if contest.kind == Contest.Kind.COMMUNICATOR else []
    # A quiz before a performance says only who goes on: the contest itself is won on the stage.
    if stages and (round is None or round in stages):
        return [row for one in stages if round is None or one.pk == round.pk for row in _stage(one, category)]
    attempts = RoundAttempt.objects.filter(entry__contest=contest, entry__state=Entry.State.ENTERED)
    attempts = attempts.exclude(attempt__state=Attempt.State.OPEN)
    if round is not None:
        attempts = attempts.filter(round=round)
    if category is not None:
        attempts = attempts.filter(entry__category=category)
    outages: dict[int, list[Outage]] = {}
    for outage in Outage.objects.filter(round__stage__contest=contest):
        outages.setdefault(outage.round_id, []).append(outage)
    return list(_rows(attempts, rules, outages))


def _works(contest: Contest, category: Category | None) -> Iterable[Row]:
    """Works with a result, as their leader's entry: what the jury gave, rulings included. As many queries as a board asks
    for each category, and two."""
    from contests.queries.judging import boards_of

    leaders = dict(
        TeamMember.objects.filter(
            category__contest=contest, role=TeamMember.Role.LEADER, state=TeamMember.State.CONFIRMED
        ).values_list("team_id", "entry__code")
    )
    # In the table of all each work stands in its category: a poster and a film were never compared.
    parted = category is None and contest.categories.count() > 1
    for board in boards_of(contest):
        if category is not None and board.category.pk != category.pk:
            continue
        weightiest = max(board.criteria, key=lambda one: (one.weight, -one.position), default=None)
        for one in board.works:
            if one.result is None or one.work.team_id not in leaders:
                continue
            given = {
                each.key: combine([row.points[each.key] for row in one.given if row.total is not None], MEAN)
                for each in board.criteria
            }
            yield Row(
                attempt=str(one.work.uuid),
                entrant=leaders[one.work.team_id],
                unit=one.work.team.unit_name,
                score=one.result,
                prediction=None,
                duration_ms=0,
                submitted_at=one.work.submitted_at,
                mean=combine(one.totals, MEAN),
                criterion=given[weightiest.key],
                criteria=given,
                category=board.category.slug if parted else "",
            )


def _stage(round: Round, category: Category | None) -> Iterable[Row]:
    """Teams with a result on a stage, as their leader's entry. As many queries as an evening asks."""
    evening = evening_of(round)
    for one in evening.turns:
        of = one.turn.entry
        if one.result is None or of.state != Entry.State.ENTERED or (category and of.category_id != category.pk):
            continue
        locked = [each.sheet.locked_at for each in one.scored if each.counts and each.sheet.locked_at]
        yield Row(
            attempt=str(one.turn.uuid),
            entrant=of.code,
            unit=one.turn.team.unit_name,
            score=one.result,
            prediction=None,
            duration_ms=1000 * sum(each.seconds or 0 for each in one.timed),
            submitted_at=max(locked),
            round=round.number,
            mean=mean_of(one),
            criterion=weightiest_of(one, evening.marks),
            criteria=criteria_on_stage(one, evening.parts),
        )


def _rows(attempts: QuerySet[RoundAttempt], rules: Rules, outages: dict[int, list[Outage]]) -> Iterable[Row]:
    found = attempts.values_list(
        "attempt__uuid",
        "entry__code",
        "entry__unit_name",
        "entry__school_key",
        "attempt__score",
        "attempt__max_score",
        "prediction",
        "attempt__started_at",
        "attempt__closed_at",
        "attempt__answered",
        "asked",
        "round_id",
        "round__number",
    )
    for uuid, code, unit, school, score, most, guess, began, ended, answered, asked, round_id, number in found.iterator(
        chunk_size=5000
    ):
        if rules.all_answered and (answered < asked or (rules.prediction and guess is None)):
            continue
        lost = _lost(outages.get(round_id, ()), school, code, began, ended)
        yield Row(
            attempt=str(uuid),
            entrant=code,
            unit=unit,
            score=score,
            prediction=guess if rules.prediction else None,
            duration_ms=max(0, milliseconds(ended) - milliseconds(began) - lost),
            submitted_at=ended,
            round=number,
            is_full=score == most,
        )


def _lost(outages: Iterable[Outage], school: UUID | None, code: str, began: datetime, ended: datetime) -> int:
    """Milliseconds of an attempt that lie in an outage; where two overlap, once."""
    spans = sorted(
        (max(began, one.starts_at), min(ended, one.ends_at))
        for one in outages
        if (one.school_key is None or one.school_key == school) and (not one.entry_codes or code in one.entry_codes)
    )
    lost, reached = 0, began
    for start, end in spans:
        start = max(start, reached)
        if end > start:
            lost += milliseconds(end) - milliseconds(start)
            reached = end
    return lost


@dataclass(frozen=True)
class Entrant:
    """What a table needs of an entry besides its attempt."""

    pk: int
    code: str
    user_id: int
    class_key: UUID | None
    school_key: UUID | None
    unit_key: UUID | None
    unit_name: str
    level: str


def entrants_of(contest: Contest) -> dict[str, Entrant]:
    """{entry code: entrant} of the entries in the running. One query."""
    rows = (
        Entry.objects.filter(contest=contest)
        .in_the_running()
        .values_list("pk", "code", "user_id", "class_key", "school_key", "unit_key", "unit_name", "snapshot")
    )
    found = {}
    for pk, code, user, of_class, school, unit, name, snapshot in rows.iterator(chunk_size=5000):
        found[code] = Entrant(pk, code, user, of_class, school, unit, name, snapshot.get("level", ""))
    return found


def frozen_rolls(day: date, *, grade_min: int | None = None, grade_max: int | None = None) -> dict[UUID, int]:
    """{school: pupils} by the latest frozen roll of the school year of `day`, of these grades. Two queries."""
    year = SchoolYear.objects.current(day)
    rolls = Roll.objects.filter(school_year=year).exclude(frozen_at=None)
    if grade_min is not None:
        rolls = rolls.filter(grade__gte=grade_min)
    if grade_max is not None:
        rolls = rolls.filter(grade__lte=grade_max)
    latest = dict(rolls.values_list("school_id").annotate(Max("on")))
    sums = rolls.values_list("school_id", "school__uuid", "on").annotate(Sum("pupils"))
    return {key: pupils for school, key, on, pupils in sums if latest[school] == on}

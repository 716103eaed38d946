"""Computing rankings: live standings every so often, frozen ones on demand. What was frozen is never changed."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from contests import snapshots
from contests.collective import SchoolFigures, rank_schools
from contests.eligibility import OF_SCHOOL, Eligibility
from contests.models import Award, Category, Contest, Prize, Promotion, Ranking, Round, RoundAttempt, Stage, Turn
from contests.operations.setting_up import log
from contests.problems import NothingToRank, ReasonMissing, RoundStillOpen, StillJudging
from contests.publishing import plain, rules_document, stamp, table_of
from contests.queries.contests import categories_of, rounds_of, rules_in_force
from contests.queries.names import names_of
from contests.queries.rows import Entrant, entrants_of, frozen_rolls, valid_rows
from contests.queries.stage import evening_of, live_rounds
from contests.ranking import Ranked, Row, actual_of, rank, valid_entrants
from contests.rules import Rules
from quizzes.models import Allowance, Attempt, Opening

# Where the number of entrants is what is guessed, live standings show no more than these.
SHOWN_WHILE_GUESSED = 100
# Live standings older than the newest are kept this many, for readers between two pages of one.
OLD_LIVE_KEPT = 1


@dataclass(frozen=True)
class Table:
    """A ranking as it is computed, before anything is written."""

    contest: Contest
    round: Round | None
    category: Category | None
    version: int
    rules: Rules
    ranked: list[Ranked]
    entrants: int
    actual: int | None
    seed: str

    @property
    def csv(self) -> bytes:
        return table_of(self.ranked, self.rules)

    @property
    def document(self) -> bytes:
        return rules_document(
            version=self.version,
            rules=self.rules,
            valid_entrants=self.entrants,
            actual=self.actual,
            seed=self.seed,
        )


def seed_of(contest: Contest, round: Round | None) -> str:
    """The seed of a round's lots; of the whole contest those of its rounds, joined."""
    if round is not None:
        return round.lot_seed
    return "-".join(one.lot_seed for one in rounds_of(contest))


def compute_table(
    *, contest: Contest, round: Round | None = None, category: Category | None = None, live: bool = False
) -> Table:
    """The ranking of a round or of the whole contest from stored rows. Writes nothing.

    The number that was to be guessed is that of all entrants of the round or contest, whatever their category. `live`
    leaves out what is decided only at the end: the guess and the lots.
    """
    version = rules_in_force(contest)
    rules = Rules.of(version)
    if round is not None and round.stage.kind == Stage.Kind.QUIZ:
        rules = rules.of_quiz()
    rows = valid_rows(contest, rules, round=round)
    entrants, actual = valid_entrants(rows), actual_of(rows, rules.prediction)
    if category is not None and contest.takes_works:
        # A person may have a work in each of two categories.
        rows = valid_rows(contest, rules, category=category)
    elif category is not None:
        members = set(category.entries.values_list("code", flat=True))
        rows = [row for row in rows if row.entrant in members]
    order = rules.order
    if live:
        order = tuple(pair for pair in order if pair[0] not in {"prediction_error", "draw"}) or (("score", "desc"),)
    seed = "" if live else seed_of(contest, round)
    ranked = rank(rows, order=order, keep=rules.keep, seed=seed, actual=None if live else actual)
    return Table(contest, round, category, version.number, rules, ranked, entrants, actual, seed)


def _shown(table: Table, members: dict[str, Entrant]) -> list[dict]:
    """The rows as people may see them: the entry's code, initials unless a name may be told, school or commune."""
    names = names_of([members[one.row.entrant].user_id for one in table.ranked if one.row.entrant in members])
    return [
        {
            "rank": one.rank,
            "entrant": one.row.entrant,
            "name": names.get(members[one.row.entrant].user_id, "") if one.row.entrant in members else "",
            "unit": one.row.unit,
            "score": plain(one.row.score),
            "prediction": one.row.prediction,
            "prediction_error": one.prediction_error,
            "duration_ms": one.row.duration_ms,
            "submitted_at": stamp(one.row.submitted_at),
        }
        | ({"category": one.row.category} if one.row.category else {})
        for one in table.ranked
    ]


def _keep(table: Table, kind: str, **more) -> Ranking:
    """Store a table: its rows first, then the row that names them, so that nobody is ever led to a file that is not there."""
    members = entrants_of(table.contest)
    rows = _shown(table, members)
    if kind == Ranking.Kind.LIVE and not table.rules.tells_numbers:
        rows = [row | {"prediction": None} for row in rows[:SHOWN_WHILE_GUESSED]]
    ranking = Ranking(
        contest=table.contest,
        round=table.round,
        category=table.category,
        kind=kind,
        rules=rules_in_force(table.contest),
        entrants=table.entrants,
        actual=table.actual,
        pages=-(-len(rows) // snapshots.PAGE),
        rows_digest=sha256(table.csv).hexdigest(),
        computed_at=timezone.now(),
        **more,
    )
    snapshots.keep_rows(ranking, rows)
    if kind == Ranking.Kind.FROZEN:
        snapshots.keep_file(ranking, snapshots.TABLE, table.csv)
        snapshots.keep_file(ranking, snapshots.RULES, table.document)
    same = Ranking.objects.filter(
        contest=table.contest, round=table.round, category=table.category, kind=kind, is_current=True
    )
    with transaction.atomic():
        same.update(is_current=False)
        ranking.save()
    return ranking


# --- Live -------------------------------------------------------------------------------------------------------------


def refresh_standings() -> int:
    """Compute the live standings of every open round whose rules show them; what has not changed is left. Returns how
    many were written.
    """
    now, written = timezone.now(), 0
    for contest in Contest.objects.filter(state=Contest.State.OPEN):
        rules = Rules.of(rules_in_force(contest))
        if not rules.live_standings or rules.results != "now":
            continue
        for round in rounds_of(contest):
            if round.opens_at <= now < round.closes_at:
                written += refresh_round(contest=contest, round=round)
    return written


def refresh_round(*, contest: Contest, round: Round) -> bool:
    """Make the live standing of one round anew; False where nothing has changed since.

    Nothing is locked while it is computed: only the last step, putting the new standing in the place of the old one, is
    a transaction. Where two do this at once, one of them wins.
    """
    table = compute_table(contest=contest, round=round, live=True)
    tables = Ranking.objects.filter(contest=contest, round=round, category=None, kind=Ranking.Kind.LIVE)
    held = tables.filter(is_current=True).first()
    if not table.ranked or (held and held.rows_digest == sha256(table.csv).hexdigest()):
        return False
    try:
        _keep(table, Ranking.Kind.LIVE)
    except IntegrityError:
        return False
    for ranking in tables.filter(is_current=False).order_by("-computed_at")[OLD_LIVE_KEPT:]:
        snapshots.forget(ranking)
        ranking.delete()
    return True


# --- Frozen -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def freeze_ranking(*, contest: Contest, round: Round | None = None, by, reason: str = "") -> Ranking:
    """Freeze the ranking of a round, or of the whole contest, with its prizes; an earlier one is kept beside it.

    With several categories each has a table of its own, with its prizes, and the returned one holds all. A second
    ranking says why (a question was cancelled, an appeal upheld). Raises RoundStillOpen, NothingToRank, ReasonMissing.
    """
    contest = Contest.objects.select_for_update().get(pk=contest.pk)
    _require_ended(contest, round)
    categories = list(categories_of(contest))
    held = Ranking.objects.filter(contest=contest, round=round, kind=Ranking.Kind.FROZEN)
    number = (held.aggregate(Max("number"))["number__max"] or 0) + 1
    if number > 1 and not reason.strip():
        raise ReasonMissing()
    more = {"number": number, "reason": reason.strip()[:300], "computed_by": by}
    table = compute_table(contest=contest, round=round)
    if not table.ranked:
        raise NothingToRank()
    members = entrants_of(contest)
    awards: list[tuple[Prize, Ranked]] = []
    for category in categories if len(categories) > 1 else []:
        own = compute_table(contest=contest, round=round, category=category)
        ranking = _keep(own, Ranking.Kind.FROZEN, **more)
        awards += _award(ranking, own, members)
    ranking = _keep(table, Ranking.Kind.FROZEN, **more)
    if len(categories) == 1:
        awards = _award(ranking, table, members)
    _award_schools(ranking, table, members, awards, categories)
    if round is not None and round.promotes_to_id and round.way_on == Round.Way.RANK:
        _promote(round, ranking, table, members)
    log(
        by,
        "freeze_ranking",
        contest,
        round=round.number if round else None,
        number=number,
        entrants=table.entrants,
        digest=ranking.rows_digest,
        reason=more["reason"],
    )
    return ranking


def _require_ended(contest: Contest, round: Round | None) -> None:
    if contest.takes_works and contest.state not in {Contest.State.MODERATED, Contest.State.PUBLISHED}:
        raise StillJudging()
    rounds = [round] if round else list(rounds_of(contest))
    if any(evening_of(one).unfinished for one in live_rounds(contest) if one in rounds):
        raise StillJudging()
    decided = contest.state in {Contest.State.MODERATED, Contest.State.PUBLISHED}
    if round is None and not decided and live_rounds(contest).exists():
        raise StillJudging()
    if any(one.closes_at > timezone.now() for one in rounds):
        raise RoundStillOpen()
    running = RoundAttempt.objects.filter(round__in=rounds, attempt__state=Attempt.State.OPEN)
    # Whom an outage met may still be given time after the end.
    longer = Allowance.objects.filter(
        opening__context_kind=Opening.Kind.CONTEST,
        opening__context_key__in=[str(one.uuid) for one in rounds],
        closes_at__gt=timezone.now(),
    )
    if running.exists() or longer.exists():
        raise RoundStillOpen()


def winners(prizes: list[Prize], ranked: list[Ranked]) -> list[tuple[Prize, Ranked]]:
    """Who gets which prize: prizes are given out in their order, so many of each, down the ranking.

    Whoever shares a rank shares the prize: a tie at the line is not cut, since nothing in the rules says who is first.
    """
    given, waiting = [], list(ranked)
    for prize in prizes:
        chosen = waiting[: prize.count]
        while chosen and len(chosen) < len(waiting) and waiting[len(chosen)].rank == chosen[-1].rank:
            chosen.append(waiting[len(chosen)])
        given += [(prize, one) for one in chosen]
        waiting = waiting[len(chosen) :]
    return given


def _prizes(table: Table, kind: str) -> list[Prize]:
    return list(table.contest.prizes.filter(kind=kind, per_round=table.round is not None).order_by("position"))


def _award(ranking: Ranking, table: Table, members: dict[str, Entrant]) -> list[tuple[Prize, Ranked]]:
    given = winners(_prizes(table, Prize.Kind.INDIVIDUAL), table.ranked)
    Award.objects.bulk_create(
        [
            Award(
                ranking=ranking,
                prize=prize,
                rank=one.rank,
                entry_id=members[one.row.entrant].pk,
                unit_name=one.row.unit,
            )
            for prize, one in given
        ]
    )
    return given


def school_figures(
    table: Table, members: dict[str, Entrant], awards: list[tuple[Prize, Ranked]], categories: list[Category]
) -> list[SchoolFigures]:
    """What each school did: different entrants, their scores, points of prizes, and the frozen roll where there is one."""
    conditions = [Eligibility.read(one.eligibility) for one in categories]
    lows, highs = [one.grade_min for one in conditions], [one.grade_max for one in conditions]
    rolls = frozen_rolls(
        table.contest.reference_date,
        grade_min=None if None in lows else min(lows, default=None),
        grade_max=None if None in highs else max(highs, default=None),
    )
    # Whoever stands in two categories counts once, by the better work.
    counted: dict[UUID, dict[str, Row]] = defaultdict(dict)
    names: dict[UUID, str] = {}
    for one in table.ranked:
        member = members.get(one.row.entrant)
        if member and member.school_key and member.level in OF_SCHOOL:
            held = counted[member.school_key].get(one.row.entrant, one.row)
            counted[member.school_key][one.row.entrant] = max(held, one.row, key=lambda row: row.score)
            names[member.school_key] = member.unit_name
    points: dict[UUID, int] = defaultdict(int)
    for prize, one in awards:
        school = members[one.row.entrant].school_key
        if school:
            points[school] += prize.points
    return [
        SchoolFigures(
            key=str(school),
            name=names[school],
            entrants=len(rows),
            roll=rolls.get(school),
            points=points[school],
            score_sum=sum((row.score for row in rows.values()), Decimal(0)),
        )
        for school, rows in counted.items()
    ]


def _award_schools(ranking: Ranking, table: Table, members, awards, categories) -> None:
    if table.rules.collective is None:
        return
    ranking.collective = rank_schools(school_figures(table, members, awards, categories), table.rules.collective)
    ranking.save(update_fields=["collective"])
    waiting = [row for row in ranking.collective if row["rank"]]
    for prize in _prizes(table, Prize.Kind.COLLECTIVE):
        for row in waiting[: prize.count]:
            Award.objects.create(
                ranking=ranking, prize=prize, rank=row["rank"], school_key=row["key"], unit_name=row["name"]
            )
        waiting = waiting[prize.count :]


_GROUP_BY = {Round.Level.CLASS: "class_key", Round.Level.SCHOOL: "school_key", Round.Level.COMMUNE: "unit_key"}


def promoted(round: Round, ranked: list[Ranked], members: dict[str, Entrant]) -> list[Ranked]:
    """The best of each unit of the round's level, as many as its quota; whoever shares the last rank goes too.

    Of works in several categories the best of each: their ranks are not of one ranking.
    """
    groups: dict[object, list[Ranked]] = defaultdict(list)
    for one in ranked:
        member = members.get(one.row.entrant)
        attribute = _GROUP_BY.get(Round.Level(round.level))
        key = getattr(member, attribute) if member and attribute else None
        if member and (key is not None or attribute is None):
            groups[key, one.row.category].append(one)
    chosen = []
    for group in groups.values():
        last = group[min(len(group), round.quota_per_unit) - 1].rank
        chosen += [one for one in group if one.rank <= last]
    return chosen


def _promote(round: Round, ranking: Ranking, table: Table, members: dict[str, Entrant]) -> None:
    """Let the best into the next round. Who was let in by an earlier ranking and has begun there stays."""
    going = {members[one.row.entrant].pk: one.rank for one in promoted(round, table.ranked, members)}
    begun = RoundAttempt.objects.filter(round=round.promotes_to).values("entry")
    # A team that somebody of an earlier ranking is in stands on the list already.
    listed = Turn.objects.filter(round=round.promotes_to).values("team__members__entry")
    gone = Promotion.objects.filter(round=round.promotes_to).exclude(entry__in=going)
    gone.exclude(entry__in=begun).exclude(entry__in=listed.exclude(team__members__entry=None)).delete()
    for entry, place in going.items():
        Promotion.objects.get_or_create(
            entry_id=entry, round=round.promotes_to, defaults={"ranking": ranking, "rank": place}
        )
